package wallboard

import (
	"slices"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Changes are what happened since the archive last took something: enough, with what it has,
// to begin again at the position Through.
type Changes struct {
	// Through is the journal's position up to which everything is in here or was taken before.
	Through int64
	// Floor is the first bucket that boards still need.
	Floor    int64
	Contacts []Change
	Gone     []int64 // rows of contacts that became part of another
	Strays   []Stray
	// Cells hold the buckets that changed, in full.
	Cells   []StoredCell
	Agents  []interaction.Event
	Sources map[string]int64
}

// Change is one contact as it is now.
type Change struct {
	Row       int64
	Source    string
	IDs       []string
	Positions []int64 // of its events, sorted
	Shown     []Shown
	Exceeded  bool
	Open      bool  // it must be in memory
	Last      int64 // its newest time, µs
	Received  int64 // when its newest event was received, µs
	Lost      int64 // when silence made it lost_track, µs; 0 if it did not
	// Interactions are what lists and reports need.
	Interactions []Listing

	entry   *entry
	version uint64
}

// Empty reports whether there is nothing to take but the position.
func (c *Changes) Empty() bool {
	return len(c.Contacts)+len(c.Gone)+len(c.Strays)+len(c.Cells)+len(c.Agents) == 0
}

// Unkept is how many contacts changed since the archive last took something.
func (w *Wallboard) Unkept() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.dirty)
}

// Take returns what changed since it was last called. Whoever takes it says what became of it,
// by Kept or by PutBack, before taking again.
func (w *Wallboard) Take() *Changes {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch := &Changes{Through: w.reached.Load(), Floor: w.floor, Gone: w.gone, Strays: w.strays, Sources: make(map[string]int64)}
	w.gone, w.strays = nil, nil
	for e := range w.dirty {
		ch.Contacts = append(ch.Contacts, w.change(e))
	}
	clear(w.dirty)
	for _, c := range w.cells {
		if !c.moved && len(c.changed) == 0 {
			continue
		}
		sc := StoredCell{Source: c.key.source, Channel: c.key.channel, Queue: c.key.queue, Balance: c.balance}
		for i := range c.changed {
			if b := c.buckets[i]; b != nil {
				sc.Buckets = append(sc.Buckets, StoredBucket{i, slices.Clone(b.counts[:]), slices.Clone(b.waits)})
			}
		}
		clear(c.changed)
		c.moved = false
		ch.Cells = append(ch.Cells, sc)
	}
	for k := range w.dirtyAgents {
		ch.Agents = append(ch.Agents, w.agents[k].latest)
	}
	clear(w.dirtyAgents)
	for _, s := range w.order {
		ch.Sources[s.name] = s.lastEvent
	}
	return ch
}

func (w *Wallboard) change(e *entry) Change {
	if e.row == 0 {
		w.lastRow++
		e.row = w.lastRow
		w.rows[e.row] = e
	}
	c := Change{
		Row: e.row, Source: e.src.name, IDs: slices.Clone(e.contact.IDs()), Exceeded: e.contact.Exceeded(),
		entry: e, version: e.version,
	}
	for _, ev := range e.contact.Events() {
		c.Positions = append(c.Positions, ev.Position)
		c.Last, c.Received = max(c.Last, ev.At, ev.Received), max(c.Received, ev.Received)
	}
	slices.Sort(c.Positions)
	for i, s := range e.segments {
		c.Shown = append(c.Shown, s.Shown)
		c.Open = c.Open || s.deadline != 0 && !s.Lost
		c.Last, c.Lost = max(c.Last, s.lostAt()), max(c.Lost, s.lostAt())
		c.Interactions = append(c.Interactions, w.listing(e, i))
	}
	return c
}

// listing is what the archive projects of an interaction. It counts as contribute does.
func (w *Wallboard) listing(e *entry, i int) Listing {
	in := e.contact.Interaction(i)
	l := Listing{Interaction: w.view(e, i), Customer: in.Customer, Counts: in.InScope(), Came: in.Started.Counted()}
	lost := e.segments[i].lostAt()
	switch {
	case lost != 0:
		l.Over = lost
	case !in.Ended.IsZero():
		l.Over = in.Ended.Counted()
	case in.InQueue:
		l.Since = in.Waiting.Counted()
	}
	within := int64(w.serviceLevel(l.Queue)) * 1_000_000
	switch {
	case in.Outcome == interaction.Abandoned:
		l.Within = in.LastWait() <= within
	case !in.Accepted.IsZero():
		l.Answered = in.Accepted.Counted()
		l.Within = in.AnswerWait() <= within
	}
	for j := range in.Works {
		k := &in.Works[j]
		handled := int64(-1)
		if !k.HandledUntil.IsZero() {
			handled = max(0, k.HandledUntil.At-k.Accepted.At)
		}
		l.Ended, l.Handled = append(l.Ended, k.Ended.Counted()), append(l.Handled, handled)
	}
	return l
}

// Kept says that the changes are durable. From then on what is over may leave memory.
func (w *Wallboard) Kept(ch *Changes) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range ch.Contacts {
		c := &ch.Contacts[i]
		c.entry.kept = max(c.entry.kept, c.version)
	}
	for _, row := range ch.Gone {
		delete(w.absorbed, row)
	}
}

// PutBack says that the changes could not be kept. They will be taken again.
func (w *Wallboard) PutBack(ch *Changes) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = append(w.gone, ch.Gone...)
	w.strays = append(w.strays, ch.Strays...)
	for i := range ch.Contacts {
		if e := ch.Contacts[i].entry; w.entries[e.contact] == e {
			w.dirty[e] = struct{}{}
		}
	}
	for i := range ch.Cells {
		sc := &ch.Cells[i]
		c := w.cell(w.sources[sc.Source], sc.Channel, sc.Queue) // it may have fallen idle since
		c.moved = true
		for _, b := range sc.Buckets {
			c.changed[b.Index] = struct{}{}
		}
	}
	for i := range ch.Agents {
		w.dirtyAgents[agentKey{ch.Agents[i].Source, ch.Agents[i].Agent}] = struct{}{}
	}
}
