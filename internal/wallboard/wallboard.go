package wallboard

import (
	"cmp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
)

// Options are what a Wallboard is made from.
type Options struct {
	Sources []Source
	// ServiceLevelSeconds is T by queue name; 20 for those that it does not name.
	ServiceLevelSeconds map[string]int
	// Archive takes in contacts that leave memory; nil keeps all in memory.
	Archive Archive
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Source is one configured source.
type Source struct {
	Name, Vendor string
	// Queues names queues by the vendor's ids.
	Queues   map[string]string
	Policies classify.Policies
	// Limit is what the vendor does not tell, in a sentence for readers of a board; "" if
	// there is nothing to say.
	Limit string
}

// sweepEvery is how often silent interactions are looked for, and old buckets dropped.
const sweepEvery = 10 * time.Second

// source is a configured source and its contacts.
type source struct {
	// Static after construction.
	name, vendor string
	queues       map[string]string
	policies     classify.Policies
	limit        string

	// Guarded by Wallboard.mu.
	book      *classify.Book
	lastEvent int64 // µs, counted; 0 if there was none
	cells     int   // of this source
	agents    int   // of this source
	exceeded  bool  // something was not told apart because of a limit
}

// queueName is the name under which a queue counts: the configured one, the
// vendor's, or the id.
func (s *source) queueName(id, vendorName string) string {
	if n, ok := s.queues[id]; ok {
		return n
	}
	if vendorName != "" {
		return vendorName
	}
	return id
}

// Wallboard is the live state. Make one with New.
type Wallboard struct {
	// Static after construction.
	sources       map[string]*source
	order         []*source
	serviceLevels map[string]int
	rules         string
	archive       Archive
	now           func() time.Time
	began         time.Time // when it was made, by now

	// reached is the journal's position up to which everything was applied.
	reached atomic.Int64

	mu       sync.Mutex
	entries  map[*classify.Contact]*entry
	rows     map[int64]*entry // those with a row in the archive
	cells    map[cellKey]*cell
	agents   map[agentKey]*agent
	asOf     int64 // µs
	floor    int64 // first bucket that is kept
	swept    int64 // µs, of the last sweep
	watchers map[chan struct{}]struct{}

	// What the archive has not taken yet.
	dirty       map[*entry]struct{}
	dirtyAgents map[agentKey]struct{}
	gone        []int64            // rows of contacts that became part of another
	absorbed    map[int64]struct{} // those that the archive still has
	strays      []Stray            // events that are in no set
	lastRow     int64              // the newest row that was given away
	stopped     bool               // the archive does not answer any more
	audit       *audit             // the one under way; nil if there is none
	verdict     Verdict            // of the newest audit
}

// New returns an empty wallboard.
func New(o Options) *Wallboard {
	w := &Wallboard{
		sources: make(map[string]*source), serviceLevels: o.ServiceLevelSeconds, archive: o.Archive, now: o.Now,
		entries: make(map[*classify.Contact]*entry), rows: make(map[int64]*entry), cells: make(map[cellKey]*cell),
		agents: make(map[agentKey]*agent), watchers: make(map[chan struct{}]struct{}),
		dirty: make(map[*entry]struct{}), dirtyAgents: make(map[agentKey]struct{}),
		absorbed: make(map[int64]struct{}), rules: rules(&o),
	}
	if w.now == nil {
		w.now = time.Now
	}
	for _, s := range o.Sources {
		src := &source{name: s.Name, vendor: s.Vendor, queues: s.Queues, policies: s.Policies, limit: s.Limit}
		src.book = classify.NewBook(&src.policies)
		w.sources[s.Name] = src
		w.order = append(w.order, src)
	}
	w.began = w.now()
	w.asOf = w.began.UnixMicro()
	w.floor = w.asOf/bucketMicros - keepBuckets
	return w
}

// defaultServiceLevel is T of a queue that names none, in seconds.
const defaultServiceLevel = 20

// serviceLevel is T of a queue, in seconds.
func (w *Wallboard) serviceLevel(queue string) int {
	if t, ok := w.serviceLevels[queue]; ok {
		return t
	}
	return defaultServiceLevel
}

// Apply takes in what one delivery of a source brought, received at the given time
// (µs). Events of a source that is no longer configured are left out. Contacts that left
// memory are brought back first, before the lock is taken.
func (w *Wallboard) Apply(sourceName string, received int64, events []interaction.Event) {
	src := w.sources[sourceName]
	if src == nil {
		return
	}
	stored, ok := w.fetch(src, events)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !ok {
		w.stopped = true
		return
	}
	for i := range stored {
		w.restore(src, &stored[i])
	}
	touched := make(map[*classify.Contact]*interaction.Event, 1) // by what
	for i := range events {
		e := events[i]
		if e.Received == 0 {
			e.Received = received
		}
		e.Source = sourceName
		src.lastEvent = max(src.lastEvent, classify.Moment{At: e.At, Received: e.Received}.Counted())
		if e.Kind == interaction.AgentState {
			w.applyPresence(src, &e)
			continue
		}
		c, absorbed, changed := src.book.Apply(e)
		if absorbed != nil {
			w.forget(absorbed, c)
			delete(touched, absorbed)
		}
		if !changed || e.Kind == interaction.Linked || c.Exceeded() {
			w.stray(src, c, events[i:i+1])
		}
		if changed {
			if touched[c] == nil {
				touched[c] = &events[i]
			}
			entry := w.entry(src, c)
			entry.touched = max(entry.touched, e.Received)
		}
	}
	for c, e := range touched {
		w.count(src, c, Correction{At: cmp.Or(e.Received, received), Position: e.Position})
	}
	w.wake()
}

// maxCells bounds the channels and queues of one source. Queues beyond are counted
// together, as MoreQueues.
const maxCells = 4000

// MoreQueues is the name under which queues beyond the limit are counted together.
const MoreQueues = "(more queues)"

func (w *Wallboard) cell(src *source, ch interaction.Channel, queue string) *cell {
	k := cellKey{src.name, ch, queue}
	c := w.cells[k]
	if c == nil && src.cells >= maxCells {
		src.exceeded = true
		k.queue = MoreQueues
		c = w.cells[k]
	}
	if c == nil {
		c = newCell(k)
		w.cells[k] = c
		src.cells++
	}
	return c
}

// Reached says that everything up to a position of the journal was applied. It is called by
// the applier, after Apply.
func (w *Wallboard) Reached(position int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.stopped {
		w.reached.Store(position)
	}
}

// Tick says that everything received until asOf (µs) has been applied. From time to
// time it looks for interactions that fell silent, and lets go what is over.
func (w *Wallboard) Tick(asOf int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return
	}
	w.asOf = asOf // in order, unless the clock was set back
	now := w.now().UnixMicro()
	if since := now - w.swept; since >= 0 && since < sweepEvery.Microseconds() {
		return
	}
	w.swept = now
	// A clock that is set forward and back again must not cost the buckets between, so the
	// floor follows the time that has passed.
	passed := w.began.Add(w.now().Sub(w.began)).UnixMicro()
	w.floor = max(w.floor, passed/bucketMicros-keepBuckets)
	for k, c := range w.cells {
		c.prune(w.floor)
		if c.idle() {
			delete(w.cells, k)
			w.sources[k.source].cells--
		}
	}
	for c, e := range w.entries {
		for _, s := range e.segments {
			if s.deadline != 0 && !s.Lost && s.deadline <= now {
				w.count(e.src, c, Correction{At: now})
				w.wake()
				break
			}
		}
		if w.mayLeave(e, now) {
			w.leave(e)
		}
	}
}

// Watch returns a channel that is signalled after anything changed; bursts merge.
// The woken read the present state. stop ends it; the channel is never closed.
func (w *Wallboard) Watch() (wake <-chan struct{}, stop func()) {
	ch := make(chan struct{}, 1)
	w.mu.Lock()
	w.watchers[ch] = struct{}{}
	w.mu.Unlock()
	return ch, func() {
		w.mu.Lock()
		delete(w.watchers, ch)
		w.mu.Unlock()
	}
}

// wake signals the watchers. The caller holds mu; no send blocks.
func (w *Wallboard) wake() {
	for ch := range w.watchers {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
