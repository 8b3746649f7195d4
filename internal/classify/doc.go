// Package classify decides what became of an interaction. It is the rule of
// the wallboard: pure, without clock or I/O, and it never panics.
//
// # The set and the fold
//
// A [Contact] holds the set of distinct events of one contact, under all its
// ids. Its events are folded in the order of interaction.Compare, which does
// not depend on arrival: duplicates, retries, reordering and lateness give the
// same result, and a late event can change an outcome in either direction.
// An event that comes in order takes one step; any other refolds. Both give
// the same state.
//
// The fold keeps who holds the customer (menu, queue, agent, self-service or
// outside), which agents talk, which offers are open and whether a transfer is
// under way. Where an interaction ends, these are read, and the first matching
// rule names the outcome:
//
//	start unseen → lost_track · role → out_of_scope · self-service → self_served
//	agent or outside → answered · queue, left by the customer → abandoned
//	queue, ended otherwise → ended_by_system · menu → left_in_menu
//
// The rules for abandoned follow what Salesforce publishes in "Analyze
// Abandoned Customer Interactions": a customer who leaves before a service rep
// accepts is abandoned, also after a transfer or a decline; one whose contact
// was accepted, or who chose voicemail or a callback, is not.
//
// # Concurrency
//
// A Contact belongs to one goroutine at a time. What it returns by value may be
// kept; the [Interaction] of [Contact.Interactions] is valid until the next change.
package classify
