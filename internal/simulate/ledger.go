package simulate

import (
	"slices"
	"sync"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// entry is one fact of a contact in the ledger, and whether the server has it.
type entry struct {
	kind  Kind
	at    time.Time
	queue Queue
	work  Work
	warm  bool
	from  uint64 // the work whose agent passes the customer on
	parts int    // deliveries that the server has not acknowledged yet
	// received is when the latest of them was, in virtual time.
	received time.Time
}

// account is all that was played of one contact, in order.
type account struct {
	contact Contact
	entries []*entry
}

// shift is one change of an agent's activity.
type shift struct {
	agent Agent
	at    time.Time
	parts int
}

// ledger keeps what was played and what the server acknowledged of it.
type ledger struct {
	mu       sync.Mutex
	vendor   Vendor
	accounts []*account // by contact id; nil once forgotten
	shifts   []*shift
	tally    Deliveries
	asOf     time.Time

	// Static after construction. Without horizons nobody is lost.
	horizons  map[interaction.Channel]time.Duration
	silence   map[interaction.Channel]time.Duration // after which what is over is forgotten
	forget    bool
	forgetful func(Interaction) // told what is forgotten; may be nil

	swept     time.Time // in virtual time; guarded by mu, as is what follows
	first     int       // no account before it is left
	forgotten Truth     // what is counted and listed no more
}

func newLedger(o *Options) *ledger {
	l := &ledger{forget: o.Forget, forgetful: o.Forgotten, forgotten: newTruth()}
	l.silence = map[interaction.Channel]time.Duration{interaction.Voice: o.LostVoiceAfter, interaction.Messaging: o.LostMessagingAfter}
	if o.Deliver != nil {
		l.horizons = l.silence
	}
	return l
}

// lost reports whether silence has made a contact lost by now: n of its facts are known, and
// nothing else came.
func (l *ledger) lost(a *account, n int) bool {
	horizon, ok := l.horizons[a.contact.Channel]
	return ok && n > 0 && !a.last(n).Add(horizon).After(l.asOf)
}

// past reports whether nothing comes of a contact any more: it was silent for its time, and
// is over where the server does not take the silent for lost.
func (l *ledger) past(a *account) bool {
	n := len(a.entries)
	if n == 0 || a.last(n).Add(l.silence[a.contact.Channel]).After(l.asOf) || slices.ContainsFunc(a.entries, func(e *entry) bool { return e.parts > 0 }) {
		return false
	}
	return l.horizons != nil || judge(l.vendor, a, n).ended
}

// last is when the latest of the first n facts was received.
func (a *account) last(n int) (at time.Time) {
	for _, e := range a.entries[:n] {
		if e.received.After(at) {
			at = e.received
		}
	}
	return at
}

// sweepEvery is how often what is over is looked for, in virtual time.
const sweepEvery = time.Hour

// sweep counts what was silent for longer than its horizon, and forgets it. mu is held.
func (l *ledger) sweep() {
	l.swept = l.asOf
	for l.first < len(l.accounts) && l.accounts[l.first] == nil {
		l.first++
	}
	for i := l.first; i < len(l.accounts); i++ {
		if a := l.accounts[i]; a != nil && l.past(a) {
			l.count(&l.forgotten, a, len(a.entries))
			l.accounts[i] = nil
			if l.forgetful != nil {
				l.forgetful(l.forgotten.Interactions[len(l.forgotten.Interactions)-1])
			}
		}
	}
	l.forgotten.Interactions = nil
	latest := make(map[int]*shift)
	for _, s := range l.shifts {
		if b := latest[s.agent.ID]; s.parts == 0 && (b == nil || b.at.Before(s.at)) {
			latest[s.agent.ID] = s
		}
	}
	l.shifts = slices.DeleteFunc(l.shifts, func(s *shift) bool { return s.parts == 0 && latest[s.agent.ID] != s })
}

// record notes a fact that makes the given number of deliveries. The returned function
// acknowledges one of them, received at an instant.
func (l *ledger) record(f *Fact, parts int) (acknowledge func(at time.Time)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f.Kind == ActivityChanged {
		s := &shift{f.Activity.Agent, f.At, parts}
		l.shifts = append(l.shifts, s)
		return func(time.Time) { s.parts-- }
	}
	if f.Kind == Arrived {
		l.accounts = append(l.accounts, &account{contact: f.Contact})
	}
	kind, shown := l.vendor.Shown(f)
	if !shown {
		return func(time.Time) {}
	}
	a := l.accounts[f.Contact.ID-1]
	e := &entry{
		kind: kind, at: f.At, queue: f.Contact.Queue, work: f.Work,
		warm: f.Transfer.Warm, from: f.Transfer.From.ID, parts: parts,
	}
	a.entries = append(a.entries, e)
	e.received = e.at
	return func(at time.Time) {
		e.parts--
		if at.After(e.received) {
			e.received = at
		}
	}
}

// acknowledged notes that the server has a delivery.
func (l *ledger) acknowledged(d *delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tally.Acknowledged++
	switch {
	case d.copy:
		l.tally.Duplicates++
	case d.late:
		l.tally.Late++
	case d.reordered:
		l.tally.Reordered++
	}
	if !*d.done {
		*d.done = true
		d.acknowledge(d.due)
	}
}

func (l *ledger) retried() {
	l.mu.Lock()
	l.tally.Retries++
	l.mu.Unlock()
}

// reached moves the instant that truth names.
func (l *ledger) reached(t time.Time) {
	l.mu.Lock()
	if t.After(l.asOf) {
		l.asOf = t
		if l.forget && t.Sub(l.swept) >= sweepEvery {
			l.sweep()
		}
	}
	l.mu.Unlock()
}
