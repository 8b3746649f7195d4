package wallboard

import (
	"sync"
	"time"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
)

// Options are what a Wallboard is made from.
type Options struct {
	Sources []Source
	// ServiceLevelSeconds is T for a queue's name; nil means 20 for all.
	ServiceLevelSeconds func(queue string) int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Source is one configured source.
type Source struct {
	Name, Vendor string
	// Queues names queues by the vendor's ids.
	Queues   map[string]string
	Policies classify.Policies
}

// sweepEvery is how often silent interactions are looked for, and old buckets dropped.
const sweepEvery = 10 * time.Second

// source is a configured source and its contacts.
type source struct {
	// Static after construction.
	name, vendor string
	queues       map[string]string
	policies     classify.Policies

	// Guarded by Wallboard.mu.
	book      *classify.Book
	lastEvent int64 // µs, counted; 0 if there was none
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

// entry is what the wallboard keeps of a contact.
type entry struct {
	src          *source
	contact      *classify.Contact
	contribution contribution
	segments     []shown
}

// shown is what was last shown of one interaction.
type shown struct {
	ended       bool // it was shown as ended once
	outcome     interaction.Outcome
	reason      string
	corrections int
	deadline    int64 // when silence makes it lost_track, µs; 0 if it is not open
	lost        bool
}

// Wallboard is the live state. Make one with New.
type Wallboard struct {
	// Static after construction.
	sources      map[string]*source
	order        []*source
	serviceLevel func(queue string) int
	now          func() time.Time

	mu       sync.Mutex
	entries  map[*classify.Contact]*entry
	cells    map[cellKey]*cell
	agents   map[agentKey]*agent
	asOf     int64 // µs
	floor    int64 // first bucket that is kept
	swept    int64 // µs, of the last sweep
	watchers map[chan struct{}]struct{}
}

// New returns an empty wallboard.
func New(o Options) *Wallboard {
	w := &Wallboard{
		sources: make(map[string]*source), serviceLevel: o.ServiceLevelSeconds, now: o.Now,
		entries: make(map[*classify.Contact]*entry), cells: make(map[cellKey]*cell),
		agents: make(map[agentKey]*agent), watchers: make(map[chan struct{}]struct{}),
	}
	if w.now == nil {
		w.now = time.Now
	}
	if w.serviceLevel == nil {
		w.serviceLevel = func(string) int { return 20 }
	}
	for _, s := range o.Sources {
		src := &source{name: s.Name, vendor: s.Vendor, queues: s.Queues, policies: s.Policies}
		src.book = classify.NewBook(&src.policies)
		w.sources[s.Name] = src
		w.order = append(w.order, src)
	}
	w.asOf = w.now().UnixMicro()
	return w
}

// Apply takes in what one delivery of a source brought, received at the given time
// (µs). Events of a source that is no longer configured are left out.
func (w *Wallboard) Apply(sourceName string, received int64, events []interaction.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	src := w.sources[sourceName]
	if src == nil {
		return
	}
	touched := make(map[*classify.Contact]struct{}, 1)
	for _, e := range events {
		if e.Received == 0 {
			e.Received = received
		}
		e.Source = sourceName
		src.lastEvent = max(src.lastEvent, classify.Moment{At: e.At, Received: e.Received}.Counted())
		if e.Kind == interaction.AgentState {
			w.applyPresence(&e)
			continue
		}
		c, absorbed, changed := src.book.Apply(e)
		if absorbed != nil {
			w.forget(absorbed, c)
			delete(touched, absorbed)
		}
		if changed {
			touched[c] = struct{}{}
		}
	}
	for c := range touched {
		w.count(src, c)
	}
	w.wake()
}

// forget takes an absorbed contact out of the counts; its corrections go on with the other.
func (w *Wallboard) forget(absorbed, into *classify.Contact) {
	old := w.entries[absorbed]
	if old == nil {
		return
	}
	w.move(&old.contribution, false)
	delete(w.entries, absorbed)
	e := w.entry(old.src, into)
	for i, s := range old.segments {
		if i < len(e.segments) {
			e.segments[i].corrections += s.corrections
			continue
		}
		e.segments = append(e.segments, s)
	}
}

func (w *Wallboard) entry(src *source, c *classify.Contact) *entry {
	e := w.entries[c]
	if e == nil {
		e = &entry{src: src, contact: c}
		w.entries[c] = e
	}
	return e
}

// count replaces a contact's contribution by that of its present state.
func (w *Wallboard) count(src *source, c *classify.Contact) {
	e := w.entry(src, c)
	w.move(&e.contribution, false)
	e.contribution.reset()
	if aliasesOnly(c) {
		return
	}
	now := w.now().UnixMicro()
	for len(e.segments) < c.Len() {
		e.segments = append(e.segments, shown{})
	}
	e.segments = e.segments[:c.Len()]
	for i := range e.segments {
		in := c.Interaction(i)
		s := &e.segments[i]
		s.show(&in)
		s.deadline, s.lost = 0, false
		lostAt := int64(0)
		if in.Ended.IsZero() {
			s.deadline = max(in.Last.At, in.Last.Received) + src.policies.LostTrackAfter(in.Channel).Microseconds()
			if s.lost = s.deadline <= now; s.lost {
				lostAt = s.deadline
			}
		}
		w.contribute(&e.contribution, src, &in, lostAt)
	}
	w.move(&e.contribution, true)
}

// show notes what is shown from now on, and counts a correction if the outcome or
// the reason of an interaction changed that was shown as ended.
func (s *shown) show(in *classify.Interaction) {
	if s.ended && (s.outcome != in.Outcome || s.reason != in.Reason) {
		s.corrections++
	}
	s.ended = s.ended || !in.Ended.IsZero()
	s.outcome, s.reason = in.Outcome, in.Reason
}

// aliasesOnly reports whether nothing but links is known of the contact: it is no
// interaction until something shows one.
func aliasesOnly(c *classify.Contact) bool {
	for _, e := range c.Events() {
		if e.Kind != interaction.Linked {
			return false
		}
	}
	return true
}

func (w *Wallboard) cell(src *source, ch interaction.Channel, queue string) *cell {
	k := cellKey{src.name, ch, queue}
	c := w.cells[k]
	if c == nil {
		c = newCell(k)
		w.cells[k] = c
	}
	return c
}

// Tick says that everything received until asOf (µs) has been applied. From time to
// time it looks for interactions that fell silent.
func (w *Wallboard) Tick(asOf int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asOf = max(w.asOf, asOf)
	now := w.now().UnixMicro()
	if now-w.swept < sweepEvery.Microseconds() {
		return
	}
	w.swept = now
	w.floor = now/bucketMicros - keepBuckets
	for _, c := range w.cells {
		c.prune(w.floor)
	}
	for c, e := range w.entries {
		for _, s := range e.segments {
			if s.deadline != 0 && !s.lost && s.deadline <= now {
				w.count(e.src, c)
				w.wake()
				break
			}
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
