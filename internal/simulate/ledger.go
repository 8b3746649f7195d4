package simulate

import (
	"sync"
	"time"
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
	accounts []*account // by contact id
	shifts   []*shift
	tally    Deliveries
	asOf     time.Time
}

// record notes a fact that makes the given number of deliveries. The returned function
// acknowledges one of them.
func (l *ledger) record(f *Fact, parts int) (acknowledge func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f.Kind == ActivityChanged {
		s := &shift{f.Activity.Agent, f.At, parts}
		l.shifts = append(l.shifts, s)
		return func() { s.parts-- }
	}
	if f.Kind == Arrived {
		l.accounts = append(l.accounts, &account{contact: f.Contact})
	}
	kind, shown := l.vendor.Shown(f)
	if !shown {
		return func() {}
	}
	a := l.accounts[f.Contact.ID-1]
	e := &entry{
		kind: kind, at: f.At, queue: f.Contact.Queue, work: f.Work,
		warm: f.Transfer.Warm, from: f.Transfer.From.ID, parts: parts,
	}
	a.entries = append(a.entries, e)
	return func() { e.parts-- }
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
		d.acknowledge()
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
	}
	l.mu.Unlock()
}
