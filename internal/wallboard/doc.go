// Package wallboard is the live state: the interactions on the floor, what
// became of each, and the counts that boards show.
//
// # The one applier
//
// [Wallboard.Apply] is the only way by which counts change. It folds a
// delivery's events into their contacts, takes each touched interaction's old
// contribution out of the counts and puts the new one in. It is called by one
// goroutine, in commit order; applying an event twice is harmless.
//
// # Cells
//
// Counts are kept per cell: one source, channel and queue. A cell has gauges of
// what is so now, and sparse buckets of ten seconds for what ended, under the
// vendor's time but never later than the receipt. A board sums the cells that
// its filter lets through, so its cost depends on cells and not on interactions.
//
// # What counts
//
// Interactions whose role is not customer are in no count, nor are their works.
// An agent with an open work counts as busy, unless the agent's own latest
// state is away or offline.
//
// # Concurrency
//
// All methods may be called from any goroutine; the mutex separates the applier
// from readers. What readers get is theirs: nobody modifies it again.
package wallboard
