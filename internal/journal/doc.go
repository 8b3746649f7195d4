// Package journal is the log of deliveries and of the events in them: the one
// truth from which every number can be counted again.
//
// # Contract
//
// Append stores a record durably, hands what is new in it to the applier, and
// only then returns. Records are committed in groups: one transaction, one
// fsync. Records are applied in commit order, each exactly once per run of the
// program, by one goroutine.
//
// An event is new if no stored event of its source has its key under a time of the same
// ten seconds. The same key under another time is stored again, and counted once, because
// a contact is a set by key. The events of one record are stored together or not at all.
//
// Read returns what was stored, in commit order, and with the same grouping by
// delivery, so that a replay repeats the run.
package journal
