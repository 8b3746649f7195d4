package wallboard

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
)

// Verdict is what an audit found. The zero Verdict is that of no audit.
type Verdict struct {
	// At is when it ended, and Position that of the journal to which it holds.
	At       time.Time
	Position int64
	// Contacts and Events are how many were counted.
	Contacts, Events int64
	// Whole says that every stored contact and event was looked at, and not only those that
	// boards still count.
	Whole bool
	// Differences names what differs, at most maxDifferences of them; Differing is how many do.
	Differences []string
	Differing   int
}

// maxDifferences bounds the differences that are named.
const maxDifferences = 20

func (v *Verdict) differs(format string, args ...any) {
	v.Differing++
	if len(v.Differences) < maxDifferences {
		v.Differences = append(v.Differences, fmt.Sprintf(format, args...))
	}
}

// auditSlice is how many contacts are counted under one hold of the lock.
const auditSlice = 128

// ErrAuditing means that an audit is under way already.
var ErrAuditing = errors.New("wallboard: an audit is under way; try again when it has ended")

// audit is a recount at one position, in slices, while the counts go on. It begins with a copy
// of the cells, from which it takes each contact's contribution as it was then: a contact
// that is about to change, and was not counted yet, is counted before it does. In the end
// nothing may be left.
type audit struct {
	floor   int64 // first bucket that counted when it began
	left    map[cellKey]*tally
	works   map[agentKey]int
	counted map[*entry]struct{}
	rows    map[int64]struct{}
	claimed *positions // nil where events are not looked at
	verdict Verdict
}

// tally is what is left of a cell.
type tally struct {
	balance, open int64
	gauge         [interaction.StatusCount]int64
	waiting       map[int64]int64 // entries into the queue
	counts        map[int64]*counts
	waits         map[wait]int64 // by bucket and length; the cell is nil
}

func (a *audit) tally(k cellKey) *tally {
	t := a.left[k]
	if t == nil {
		t = &tally{waiting: make(map[int64]int64), counts: make(map[int64]*counts), waits: make(map[wait]int64)}
		a.left[k] = t
	}
	return t
}

func (t *tally) bucket(i int64) *counts {
	c := t.counts[i]
	if c == nil {
		c = &counts{}
		t.counts[i] = c
	}
	return c
}

// beginAudit copies the cells. The caller holds mu.
func (w *Wallboard) beginAudit(whole bool) *audit {
	a := &audit{
		floor: w.floor, left: make(map[cellKey]*tally, len(w.cells)), works: make(map[agentKey]int),
		counted: make(map[*entry]struct{}, len(w.entries)), rows: make(map[int64]struct{}),
	}
	a.verdict.Position, a.verdict.Whole = w.reached.Load(), whole
	if whole {
		a.claimed = new(positions)
	}
	for row := range w.absorbed {
		a.rows[row] = struct{}{}
	}
	for k, c := range w.cells {
		t := a.tally(k)
		t.balance, t.open, t.gauge = c.balance, c.open, c.gauge
		for _, at := range c.waiting {
			t.waiting[at]++
		}
		for i, b := range c.buckets {
			if i < a.floor {
				continue
			}
			*t.bucket(i) = b.counts
			for _, x := range b.waits {
				t.waits[wait{at: i, wait: x}]++
			}
		}
	}
	for k, g := range w.agents {
		a.works[k] = g.works
	}
	return a
}

// count takes an entry's contribution out, once. The caller holds mu; a nil audit is none
// under way.
func (a *audit) count(e *entry) {
	if a == nil {
		return
	}
	if _, ok := a.counted[e]; ok {
		a.rows[e.row] = struct{}{} // it may have got its row since
		return
	}
	a.counted[e] = struct{}{}
	if e.row != 0 {
		if _, ok := a.rows[e.row]; ok {
			return
		}
		a.rows[e.row] = struct{}{}
	}
	a.take(e)
}

func (a *audit) take(e *entry) {
	a.verdict.Contacts++
	events := e.contact.Events()
	a.verdict.Events += int64(len(events))
	if a.claimed != nil {
		for i := range events {
			a.claimed.add(events[i].Position)
		}
	}
	k := &e.contribution
	for _, it := range k.items {
		t := a.tally(it.cell.key)
		t.balance -= it.field.weigh(it.amount)
		if i := it.at / bucketMicros; i >= a.floor {
			t.bucket(i)[it.field] -= it.amount
		}
	}
	for _, x := range k.waits {
		if i := x.at / bucketMicros; i >= a.floor {
			a.tally(x.cell.key).waits[wait{at: i, wait: x.wait}]--
		}
	}
	for _, g := range k.gauges {
		t := a.tally(g.cell.key)
		if g.open {
			t.open--
		} else {
			t.gauge[g.status]--
		}
		if g.waiting != 0 {
			t.waiting[g.waiting]--
		}
	}
	for _, x := range k.busy {
		a.works[x.key]--
	}
}

// Audit recounts at the present position, in slices and beside the work, and compares: each
// contact's fold with one from its set of events, and the sum of all contributions with the
// cells. With nil events it takes in the contacts that boards still count. With events, which
// yields everything that was stored up to a position, it takes in every contact, and finds
// events that no contact has and links that tie nothing. The verdict stays in
// [Wallboard.Audited]. It fails where the archive or ctx does, and with ErrAuditing.
func (w *Wallboard) Audit(ctx context.Context, events func(through int64) iter.Seq2[[]interaction.Event, error]) (Verdict, error) {
	w.mu.Lock()
	if w.audit != nil {
		w.mu.Unlock()
		return Verdict{}, ErrAuditing
	}
	a := w.beginAudit(events != nil)
	w.audit = a
	entries := make([]*entry, 0, len(w.entries))
	for _, e := range w.entries {
		entries = append(entries, e)
	}
	w.mu.Unlock()

	err := w.auditMemory(ctx, a, entries)
	if err == nil && w.archive != nil {
		err = w.auditArchive(ctx, a)
	}
	w.mu.Lock()
	w.audit = nil
	w.mu.Unlock()
	if err == nil {
		a.compare()
		if events != nil {
			err = w.auditEvents(ctx, a, events(a.verdict.Position))
		}
	}
	if err != nil {
		return Verdict{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	a.verdict.At = w.now()
	w.verdict = a.verdict
	w.wake()
	return a.verdict, nil
}

// Audited is what the newest audit found.
func (w *Wallboard) Audited() Verdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.verdict
}

func (w *Wallboard) auditMemory(ctx context.Context, a *audit, entries []*entry) error {
	for part := range slices.Chunk(entries, auditSlice) {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.mu.Lock()
		for _, e := range part {
			if _, ok := a.counted[e]; ok {
				continue // it changed since, or left
			}
			a.count(e)
			w.refolded(a, e)
		}
		w.mu.Unlock()
	}
	return nil
}

// refolded compares an entry with one made anew from the set of its events.
func (w *Wallboard) refolded(a *audit, e *entry) {
	st := Stored{IDs: e.contact.IDs(), Events: e.contact.Events(), Exceeded: e.contact.Exceeded()}
	for _, s := range e.segments {
		st.Shown = append(st.Shown, s.Shown)
	}
	anew := stub(e.src, classify.NewBook(&e.src.policies), &st)
	w.contributeAll(anew)
	if !anew.contribution.equal(&e.contribution) {
		a.verdict.differs("source %s: the fold of contact %d is not that of its events", e.src.name, e.row)
	}
}

// equal compares what two contributions count, and where. A cell may have fallen idle and
// begun anew, so its key is what counts.
func (k *contribution) equal(o *contribution) bool {
	return slices.EqualFunc(k.items, o.items, func(a, b item) bool {
		return a.cell.key == b.cell.key && a.at == b.at && a.field == b.field && a.amount == b.amount
	}) && slices.EqualFunc(k.gauges, o.gauges, func(a, b gauge) bool {
		return a.cell.key == b.cell.key && a.status == b.status && a.open == b.open && a.waiting == b.waiting
	}) && slices.EqualFunc(k.waits, o.waits, func(a, b wait) bool {
		return a.cell.key == b.cell.key && a.at == b.at && a.wait == b.wait
	}) && slices.EqualFunc(k.busy, o.busy, func(a, b *agent) bool { return a.key == b.key })
}

// auditArchive counts the stored contacts that are not in memory.
func (w *Wallboard) auditArchive(ctx context.Context, a *audit) error {
	recent := int64(0)
	if !a.verdict.Whole {
		recent = a.floor * bucketMicros
	}
	for after := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		stored, err := w.archive.Scan(after, auditSlice, recent)
		if err != nil || len(stored) == 0 {
			return err
		}
		after = stored[len(stored)-1].Row
		folded := make([]*entry, len(stored)) // before the lock is taken
		for i := range stored {
			if src := w.sources[stored[i].Source]; src != nil {
				folded[i] = stub(src, classify.NewBook(&src.policies), &stored[i])
			}
		}
		w.mu.Lock()
		for _, e := range folded {
			if e != nil {
				w.auditStored(a, e)
			}
		}
		w.mu.Unlock()
	}
}

// auditStored counts one stored contact, unless memory has it or had it since the beginning.
func (w *Wallboard) auditStored(a *audit, e *entry) {
	_, counted := a.rows[e.row]
	_, absorbed := w.absorbed[e.row]
	if counted || absorbed {
		return
	}
	if held := w.rows[e.row]; held != nil { // it came back unchanged since the beginning
		a.count(held)
		w.refolded(a, held)
		return
	}
	a.rows[e.row] = struct{}{}
	w.contributeAll(e)
	a.take(e)
	for i, s := range e.segments {
		if in := e.contact.Interaction(i); s.Outcome != in.Outcome || s.Reason != in.Reason {
			a.verdict.differs("source %s: what is stored of contact %d is not the fold of its events", e.src.name, e.row)
		}
	}
}

// compare finds what is left.
func (a *audit) compare() {
	for k, t := range a.left {
		name := fmt.Sprintf("source %s, channel %q, queue %q", k.source, k.channel, k.queue)
		if t.balance != 0 {
			a.verdict.differs("%s: the starts less the ends are %+d off", name, t.balance)
		}
		if t.open != 0 {
			a.verdict.differs("%s: the open interactions are %+d off", name, t.open)
		}
		for st, n := range t.gauge {
			if n != 0 {
				a.verdict.differs("%s: %s is %+d off", name, interaction.Status(st), n)
			}
		}
		for _, n := range t.waiting {
			if n != 0 {
				a.verdict.differs("%s: those who wait are %+d off", name, n)
			}
		}
		for i, c := range t.counts {
			for f, n := range c {
				if n != 0 {
					a.verdict.differs("%s: count %d of %s is %+d off", name, f, time.UnixMicro(i*bucketMicros).UTC().Format(time.RFC3339), n)
				}
			}
		}
		for x, n := range t.waits {
			if n != 0 {
				a.verdict.differs("%s: a wait of %s is %+d off", name, time.UnixMicro(x.at*bucketMicros).UTC().Format(time.RFC3339), n)
			}
		}
	}
	for k, n := range a.works {
		if n != 0 {
			a.verdict.differs("source %s: the open works of an agent are %+d off", k.source, n)
		}
	}
}
