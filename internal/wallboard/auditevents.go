package wallboard

import (
	"context"
	"iter"
	"slices"

	"github.com/wallboard/wallboard/internal/interaction"
)

// auditEvents finds events of configured sources that no contact has, and links whose ids
// are of two contacts.
func (w *Wallboard) auditEvents(ctx context.Context, a *audit, batches iter.Seq2[[]interaction.Event, error]) error {
	for events, err := range batches {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range events {
			e := &events[i]
			if e.Kind == interaction.AgentState || w.sources[e.Source] == nil {
				continue
			}
			claimed := a.claimed.has(e.Position)
			if claimed && e.Kind != interaction.Linked {
				continue
			}
			if err := w.auditEvent(a, e, claimed); err != nil {
				return err
			}
		}
	}
	return nil
}

// auditEvent looks at one event that no contact had, or that ties two ids.
func (w *Wallboard) auditEvent(a *audit, e *interaction.Event, claimed bool) error {
	c, found, err := w.contact(e.Source, e.Interaction)
	switch {
	case err != nil:
		return err
	case !found:
		a.verdict.differs("source %s: the event at %d belongs to no contact", e.Source, e.Position)
		return nil
	}
	known := c.Exceeded || slices.ContainsFunc(c.Events, func(x interaction.Event) bool { return x.Key == e.Key })
	if !claimed && !known {
		a.verdict.differs("source %s: the event at %d is not in its contact", e.Source, e.Position)
	}
	if e.Kind == interaction.Linked && !c.Exceeded && !slices.Contains(c.IDs, e.Other) {
		a.verdict.differs("source %s: the link at %d ties nothing", e.Source, e.Position)
	}
	return nil
}

// contact is a copy of what is known of an id, from memory or from the archive.
func (w *Wallboard) contact(sourceName, id string) (Stored, bool, error) {
	w.mu.Lock()
	if c := w.sources[sourceName].book.Find(id); c != nil {
		defer w.mu.Unlock()
		return Stored{IDs: slices.Clone(c.IDs()), Events: slices.Clone(c.Events()), Exceeded: c.Exceeded()}, true, nil
	}
	w.mu.Unlock()
	if w.archive == nil {
		return Stored{}, false, nil
	}
	return w.archive.Get(sourceName, id)
}

// positions is a set of places in the journal, a bit for each.
type positions struct{ bits []uint64 }

func (p *positions) add(at int64) {
	if at <= 0 {
		return
	}
	if i := int(at >> 6); i >= len(p.bits) {
		p.bits = append(p.bits, make([]uint64, i+1-len(p.bits))...)
	}
	p.bits[at>>6] |= 1 << (at & 63)
}

func (p *positions) has(at int64) bool {
	return at>>6 < int64(len(p.bits)) && p.bits[at>>6]&(1<<(at&63)) != 0
}
