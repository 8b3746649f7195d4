package simulate

import (
	"container/heap"
	"fmt"
	"slices"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// floor plays the contact centre in virtual time. It is owned by who plays, and tells
// what happens to emit.
type floor struct {
	// Static after construction.
	rates Rates
	draw  *draw
	emit  func(*Fact)
	queue []Queue

	now     time.Time
	events  events
	agents  []*agent
	waiting []*contact // those who want an agent, ringing or not, by arrival there

	facts, contacts, works, transfers uint64
	scheduled                         uint64
}

// contact is one contact that is being played.
type contact struct {
	Contact
	last      time.Time // of its latest fact
	spell     int       // counts its waits, so that an old one's plans lapse
	waits     bool
	offers    []*work // open ones
	refused   map[int]time.Time
	refusedAt time.Time // the latest of these
	legs      int
	lost      bool // its end never comes
	silent    bool // from then on
	wrapping  int  // works in wrap-up
	over      bool
	transfer  *Transfer
	passing   *work // whose agent began a warm transfer and still talks
	transfers int
}

// work is one offer.
type work struct {
	Work
	agent   *agent
	contact *contact
	open    bool
}

// agent is one agent.
type agent struct {
	Agent
	skills     []int // ids of queues
	busy       bool
	idleSince  time.Time
	since      time.Time // of the activity
	wantsBreak bool
}

// event is something that is planned.
type event struct {
	at  time.Time
	seq uint64 // of planning, which orders what is planned for one instant
	do  func()
}

type events []event

func (e events) Len() int      { return len(e) }
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e events) Less(i, j int) bool {
	if !e[i].at.Equal(e[j].at) {
		return e[i].at.Before(e[j].at)
	}
	return e[i].seq < e[j].seq
}

func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	(*e)[len(*e)-1] = event{}
	*e = (*e)[:len(*e)-1]
	return last
}

var agentNames = []string{
	"Ana", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana", "Ivo", "June",
	"Kai", "Lena", "Max", "Nora", "Omar", "Pia", "Quin", "Rosa", "Sam", "Tess",
}

func queues() []Queue {
	return []Queue{
		{1, "Billing", interaction.Voice, 0.3},
		{2, "Orders", interaction.Voice, 0.3},
		{3, "Support", interaction.Voice, 0.25},
		{4, "Chat", interaction.Messaging, 0.15},
	}
}

// newFloor opens the centre: its agents come in, and the first customer is on the way.
func newFloor(seed uint64, rates Rates, start time.Time, emit func(*Fact)) *floor {
	f := &floor{rates: rates, draw: newDraw(seed, 1), emit: emit, queue: queues(), now: start}
	for i, name := range agentNames {
		a := &agent{Agent: Agent{ID: i + 1, Name: name, Activity: Offline}, since: start.Add(-8 * time.Hour)}
		// Everybody has two of the four queues, a few a third one.
		a.skills = []int{1 + i%4, 1 + (i+1+i/4)%4}
		if a.skills[0] == a.skills[1] || i%5 == 0 {
			a.skills = append(a.skills, 1+(i+2)%4)
		}
		f.agents = append(f.agents, a)
		f.after(time.Duration(i+1)*37*time.Millisecond, func() {
			f.act(a, Available)
			f.planBreak(a)
			f.free(a)
		})
		a.busy = true
	}
	f.planArrival()
	return f
}

// next returns when the next planned thing happens. There always is one.
func (f *floor) next() time.Time { return f.events[0].at }

// step plays the next planned thing.
func (f *floor) step() {
	e := heap.Pop(&f.events).(event)
	f.now = e.at
	e.do()
}

// after plans something, in whole milliseconds and one at least.
func (f *floor) after(d time.Duration, do func()) {
	f.scheduled++
	heap.Push(&f.events, event{f.now.Add(max(d.Truncate(time.Millisecond), time.Millisecond)), f.scheduled, do})
}

// tell emits a fact of a contact, after now by about the given time, and always after
// the contact's latest one.
func (f *floor) tell(c *contact, kind Kind, later time.Duration, w *work) *Fact {
	at := f.now.Add(later)
	if !at.After(c.last) {
		at = c.last.Add(time.Millisecond)
	}
	c.last = at
	f.facts++
	c.silent = c.silent || c.lost && ends(kind)
	fact := &Fact{Number: f.facts, Kind: kind, At: at, Contact: c.Contact}
	if w != nil {
		fact.Work = w.Work
		fact.Work.Agent = w.agent.Agent
	}
	if c.transfer != nil {
		fact.Transfer = *c.transfer
	}
	if !c.silent {
		f.emit(fact)
	}
	return fact
}

// ends reports whether a fact of this kind ends a contact, or may.
func ends(k Kind) bool {
	switch k {
	case Released, Completed, HungUp, VoicemailChosen, CallbackChosen, Expired:
		return true
	}
	return false
}

func (c *contact) reach(s Stage) {
	if c.Stage != s {
		c.Stage = s
		c.Version++
	}
}

func (f *floor) planArrival() {
	at := f.draw.arrival(f.now, f.rates.ArrivalsPerHour)
	f.after(at.Sub(f.now), func() {
		f.planArrival()
		q := f.pickQueue()
		number := fmt.Sprintf("+447700900%03d", f.draw.rand.IntN(1000))
		f.arrive(Contact{Role: interaction.Customer, Channel: q.Channel, Queue: q, Customer: number})
	})
}

func (f *floor) pickQueue() Queue {
	x := f.draw.rand.Float64()
	for _, q := range f.queue {
		if x -= q.share; x < 0 {
			return q
		}
	}
	return f.queue[0]
}

func (f *floor) arrive(in Contact) {
	f.contacts++
	in.ID, in.Began, in.Entered = f.contacts, f.now, f.now
	if in.Origin == 0 {
		in.Origin = in.ID
	}
	in.Leg = Leg{Number: 1, Queue: in.Queue, Began: f.now}
	c := &contact{Contact: in, refused: make(map[int]time.Time), legs: 1}
	if c.Role == interaction.Customer && f.rates.LostEnd > 0 {
		c.lost = f.draw.chance(f.rates.LostEnd)
	}
	f.tell(c, Arrived, 0, nil)
	c.Leg.Queued = f.tell(c, Queued, 200*time.Millisecond, nil).At
	// The queue takes in the contact only now; nothing happens to it before.
	f.after(250*time.Millisecond, func() { f.wait(c) })
}

// wait puts a contact among those who want an agent, and draws how it may end there.
func (f *floor) wait(c *contact) {
	c.spell++
	c.waits = true
	f.waiting = append(f.waiting, c)
	if c.Role == interaction.Customer {
		patience := f.rates.Patience
		if c.Channel == interaction.Messaging {
			patience = f.rates.ChatPatience
		}
		f.ifWaiting(c, f.draw.exponential(patience), func() { f.leave(c, HungUp) })
		x := f.draw.rand.Float64()
		later := f.draw.between(15*time.Second, 90*time.Second)
		r := &f.rates
		switch {
		case c.transfers > 0:
		case x < r.Voicemail && c.Channel == interaction.Voice:
			f.ifWaiting(c, later, func() { f.deflect(c, VoicemailChosen, interaction.Voicemail) })
		case x >= r.Voicemail && x < r.Voicemail+r.Callback && c.Channel == interaction.Voice:
			f.ifWaiting(c, later, func() { f.deflect(c, CallbackChosen, interaction.Callback) })
		case x > 1-r.Expire:
			f.ifWaiting(c, later, func() { f.leave(c, Expired) })
		}
	}
	f.dispatch()
}

// resentment is for how long at least a customer stays after a refused offer. Where a
// format does not say why an offer ended, an end within a second of it could have been
// its cause.
const resentment = 1200 * time.Millisecond

// ifWaiting plans something for a contact that still waits by then, in the same spell.
func (f *floor) ifWaiting(c *contact, d time.Duration, do func()) {
	spell := c.spell
	f.after(d, func() {
		switch stays := c.refusedAt.Add(resentment); {
		case !c.waits || c.spell != spell:
		case f.now.Before(stays):
			f.ifWaiting(c, stays.Sub(f.now), do)
		default:
			do()
		}
	})
}

func (f *floor) stopWaiting(c *contact) {
	c.waits = false
	if i := slices.Index(f.waiting, c); i >= 0 {
		f.waiting = slices.Delete(f.waiting, i, i+1)
	}
}

// leave ends a waiting contact: its offers are taken back ten milliseconds later, and
// a transfer that was under way has failed.
func (f *floor) leave(c *contact, how Kind) {
	f.stopWaiting(c)
	c.over = true
	c.reach(Gone)
	f.tell(c, how, 0, nil)
	offers := c.offers
	c.offers = nil
	for _, w := range offers {
		w.open = false
		f.tell(c, OfferCanceled, 10*time.Millisecond, w)
	}
	if c.transfer != nil {
		f.tell(c, TransferFailed, 20*time.Millisecond, nil)
		c.transfer = nil
	}
	for _, w := range offers {
		f.free(w.agent)
	}
}

// deflect ends a waiting contact by the customer's choice, and plans the follow-up.
func (f *floor) deflect(c *contact, how Kind, role interaction.Role) {
	next := Contact{Origin: c.ID, Role: role, Channel: c.Channel, Queue: c.Queue, Customer: c.Customer}
	f.leave(c, how)
	f.after(f.draw.between(5*time.Second, 40*time.Second), func() { f.arrive(next) })
}

// act changes what an agent does.
func (f *floor) act(a *agent, activity string) {
	if a.Activity == activity {
		return
	}
	at := f.now.Add(30 * time.Millisecond)
	if !at.After(a.since) {
		at = a.since.Add(time.Millisecond)
	}
	change := Activity{Previous: a.Activity, For: at.Sub(a.since)}
	a.Activity, a.since = activity, at
	change.Agent = a.Agent
	f.facts++
	f.emit(&Fact{Number: f.facts, Kind: ActivityChanged, At: at, Activity: change})
}

func (f *floor) planBreak(a *agent) {
	f.after(f.draw.exponential(f.rates.BetweenBreaks), func() {
		a.wantsBreak = true
		if !a.busy {
			f.free(a)
		}
	})
}

// free gives an agent back to the floor, or to a break that is due.
func (f *floor) free(a *agent) {
	a.busy, a.idleSince = false, f.now
	if a.wantsBreak {
		a.wantsBreak = false
		f.sendAway(a, OnBreak, f.draw.exponential(f.rates.Break))
		return
	}
	f.dispatch()
}

// sendAway keeps an agent away for a while.
func (f *floor) sendAway(a *agent, activity string, d time.Duration) {
	a.busy = true
	f.act(a, activity)
	f.after(d, func() {
		f.act(a, Available)
		if activity == OnBreak {
			f.planBreak(a)
		}
		f.free(a)
	})
}
