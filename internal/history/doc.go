// Package history keeps what the live state lets go: projections of the journal, which say
// what events each contact has, and how far they reach.
//
// # Contract
//
// Each batch of projections is one transaction, and names the journal's position that it
// reaches. A contact leaves memory only after its projection is durable. The start is the
// open contacts, the stored buckets and agents, and a replay of the journal after that
// position; events that were applied already change nothing.
//
// An outcome is never read from a projection: it is folded from the contact's events, which
// the journal has. What was projected under other rules (another policy, queue name,
// service level or version of the rule) is thrown away, and the journal is replayed whole.
//
// # Concurrency
//
// A Store may be used by many goroutines. Project is called by one at a time.
package history
