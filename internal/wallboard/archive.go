package wallboard

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
)

// Archive keeps the contacts that left memory. It is asked without the wallboard's lock.
//
// # Concurrency
//
// The methods may be called from several goroutines at once.
type Archive interface {
	// Find returns the contacts of a source that know any of the ids, each once. It waits
	// until it can answer, because to go on without an answer would count wrongly; ok is false
	// only when the program stops.
	Find(source string, ids []string) (contacts []Stored, ok bool)
	// Get returns the contact of a source that knows an id.
	Get(source, id string) (c Stored, found bool, err error)
	// Scan returns at most limit contacts of the rows after one, by row. With recent above 0,
	// only those whose newest time is not before it (µs).
	Scan(after int64, limit int, recent int64) ([]Stored, error)
}

// Stored is a contact as the archive keeps it. Its outcome is not kept: it is the fold of
// its events.
type Stored struct {
	Row      int64 // above 0
	Source   string
	IDs      []string
	Events   []interaction.Event // in any order
	Shown    []Shown             // of each interaction
	Exceeded bool
}

// Base is what a wallboard begins from instead of the whole journal.
type Base struct {
	// Row is the newest row that was given away.
	Row     int64
	Cells   []StoredCell
	Agents  []interaction.Event // the latest state of each
	Sources map[string]int64    // the counted time of the newest event, µs
}

// StoredCell is what a cell counted: its balance of starts and ends, and its buckets.
type StoredCell struct {
	Source  string
	Channel interaction.Channel
	Queue   string
	Balance int64
	Buckets []StoredBucket
}

// StoredBucket is what happened in ten seconds, as the wallboard counts it.
type StoredBucket struct {
	Index  int64
	Counts []int64
	Waits  []int64 // µs, sorted
}

// layout numbers the forms of what is stored.
const layout = 4

// Floor is the first bucket that boards still need. What is stored from a higher floor was
// stored by a clock that went ahead, and lacks buckets.
func (w *Wallboard) Floor() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.floor
}

// Rules identifies all that decides how events are counted: the rule's version, the policies,
// the names of queues and their service levels. What was stored under other rules is of no use.
func (w *Wallboard) Rules() string { return w.rules }

func rules(o *Options) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d %v\n", classify.Version, layout, o.ServiceLevelSeconds)
	for _, s := range o.Sources {
		fmt.Fprintf(h, "%q %q %q %+v\n", s.Name, s.Vendor, s.Queues, s.Policies)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Begin puts what was stored into an empty wallboard. The contacts that are open are handed
// over by Reopen, afterwards and before anything is applied.
func (w *Wallboard) Begin(b Base) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lastRow = b.Row
	for _, sc := range b.Cells {
		src := w.sources[sc.Source]
		if src == nil {
			return fmt.Errorf("wallboard: a stored cell is of a source that is not configured")
		}
		sc.Buckets = slices.DeleteFunc(sc.Buckets, func(sb StoredBucket) bool { return sb.Index < w.floor })
		if sc.Balance == 0 && len(sc.Buckets) == 0 {
			continue // it fell idle
		}
		c := w.cell(src, sc.Channel, sc.Queue) // over the limit, one for several
		c.balance += sc.Balance
		for _, sb := range sc.Buckets {
			if len(sb.Counts) != int(fields) {
				return fmt.Errorf("wallboard: a stored bucket has %d counts and not %d", len(sb.Counts), fields)
			}
			k := c.bucket(sb.Index)
			k.counts.addAll((*counts)(sb.Counts), 1)
			c.course.add(sb.Index, started, sb.Counts[started])
			c.course.add(sb.Index, abandoned, sb.Counts[abandoned])
			k.waits = append(k.waits, sb.Waits...)
			slices.Sort(k.waits)
		}
	}
	for _, e := range b.Agents {
		if src := w.sources[e.Source]; src != nil {
			if a := w.agent(src, e.Agent); a != nil {
				a.latest = e
			}
		}
	}
	for name, at := range b.Sources {
		if src := w.sources[name]; src != nil {
			src.lastEvent = at
		}
	}
	return nil
}

// Reopen puts a stored contact that is open back into memory.
func (w *Wallboard) Reopen(c *Stored) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if src := w.sources[c.Source]; src != nil {
		w.restore(src, c)
	}
}

// fetch asks the archive for the contacts that a delivery's events name and memory does not
// know. It reads the book without the lock: only the applier, who calls it, changes the book.
func (w *Wallboard) fetch(src *source, events []interaction.Event) ([]Stored, bool) {
	if w.archive == nil {
		return nil, true
	}
	var unknown []string
	want := func(id string) {
		if id != "" && src.book.Find(id) == nil && !slices.Contains(unknown, id) {
			unknown = append(unknown, id)
		}
	}
	for i := range events {
		want(events[i].Interaction)
		if events[i].Kind == interaction.Linked {
			want(events[i].Other)
		}
	}
	if len(unknown) == 0 {
		return nil, true
	}
	return w.archive.Find(src.name, unknown)
}

// restore puts a stored contact back. Its counts are in the cells' buckets already; what is
// so now is not, because only open contacts have such, and those never left.
func (w *Wallboard) restore(src *source, st *Stored) {
	if w.rows[st.Row] != nil {
		return
	}
	e := stub(src, src.book, st)
	w.contributeAll(e)
	e.version, e.kept = 1, 1
	w.entries[e.contact] = e
	w.rows[st.Row] = e
	w.moveNow(&e.contribution, true)
}

// stub folds a stored contact in a book and makes an entry of it, without a contribution.
func stub(src *source, book *classify.Book, st *Stored) *entry {
	c := book.Restore(st.IDs, st.Events, st.Exceeded)
	e := &entry{src: src, contact: c, row: st.Row}
	for i := range st.Events {
		e.touched = max(e.touched, st.Events[i].Received)
	}
	for i := range st.Shown {
		if i >= c.Len() {
			break
		}
		in := c.Interaction(i)
		e.segments = append(e.segments, segment{Shown: st.Shown[i], deadline: src.deadline(&in)})
	}
	return e
}

// stay is how long a contact stays in memory after its newest event was received, because
// late events come soon if they come.
const stay = 15 * time.Minute

// mayLeave reports whether the contact is over, has been quiet, and is durable in the archive.
func (w *Wallboard) mayLeave(e *entry, now int64) bool {
	if w.archive == nil || e.kept != e.version || e.row == 0 || now-e.touched < stay.Microseconds() {
		return false
	}
	for _, s := range e.segments {
		if s.deadline != 0 && !s.Lost {
			return false
		}
	}
	return len(e.contribution.gauges) == 0 && len(e.contribution.busy) == 0
}

// leave takes a contact out of memory. Its counts stay.
func (w *Wallboard) leave(e *entry) {
	w.audit.count(e)
	e.src.book.Remove(e.contact)
	delete(w.entries, e.contact)
	delete(w.rows, e.row)
	delete(w.dirty, e)
}

// Release lets go at once what may leave memory. It is called by the applier.
func (w *Wallboard) Release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now().UnixMicro()
	for _, e := range w.entries {
		if w.mayLeave(e, now) {
			w.leave(e)
		}
	}
}

// Held is how many contacts are in memory.
func (w *Wallboard) Held() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.entries)
}
