package classify

import (
	"slices"

	"github.com/wallboard/wallboard/internal/interaction"
)

// holder is who holds the customer.
type holder uint8

const (
	nobody holder = iota // nothing that says who was seen yet
	inMenu
	inQueue
	withAgent
	inSelfService
	outside
)

// Moment is an instant of a contact: the vendor's time, and when the delivery
// that told it was received, both in microseconds since the Unix epoch. The zero
// Moment is "not known".
type Moment struct{ At, Received int64 }

// IsZero reports whether the moment is not known.
func (m Moment) IsZero() bool { return m == Moment{} }

// Counted is the time under which a moment is counted: the vendor's, but never
// later than the receipt. A receipt of 0 does not bound.
func (m Moment) Counted() int64 {
	if m.Received != 0 && m.Received < m.At {
		return m.Received
	}
	return m.At
}

// transfer is the passing on of the customer by one agent.
type transfer struct {
	underWay   bool
	generation int // counts transfers; offers made under one carry it
	from       int // row that passes the customer on, -1 if it is not known
	cold       bool
	// legs counts the legs first seen since the transfer began that have not
	// ended; legsSeen is whether there was one. onQueue is that the target is a
	// queue whose place has no leg of its own, so that the end of an offer's
	// leg says nothing of the transfer.
	legs     int
	legsSeen bool
	onQueue  bool
	// untold is that nobody said to whom.
	untold bool
}

// leg is one part of the contact.
type leg struct {
	id         string
	ended      bool
	moved      bool
	accepted   bool
	queued     bool
	waits      bool  // it was queued, and since then neither ended nor anybody accepted
	generation int   // of the transfer under which it was first seen, 0 for none
	since      int64 // when it was first seen
}

// state is the fold of one interaction so far. Its methods are the effects of
// SPEC section 3, one for each row of the table.
type state struct {
	policies *Policies
	from     int // the place of its first event among the contact's

	// What the contact is. The first started decides; hints from other events
	// stand in until then.
	seen      bool // started, queued or assigned
	begun     bool // a started was seen
	channel   interaction.Channel
	direction interaction.Direction
	role      interaction.Role
	customer  string
	queue     string // id of the latest queue
	queueName string
	queued    bool // it was in a queue, even one without an id
	first     Moment
	last      Moment // the latest event's time, and the latest receipt

	holder   holder
	self     string // reason while self-service holds
	final    bool   // self-service was chosen: only an accept takes it back
	locked   bool   // rerouted after an accept: the holder stays
	transfer transfer
	rows     []row
	legs     []leg
	legNames map[string]string // other ids of legs

	offered   bool // an offer was made
	declined  bool // an offer was declined, timed out or became unavailable
	accepted  Moment
	waitStart Moment // first entry into the queue
	lastWait  Moment // latest entry into the queue

	end end
}

func newState(p *Policies) state { return state{policies: p, transfer: transfer{from: -1}} }

// hold makes h the holder, unless a reroute locked it, and notes the entry into
// the queue.
func (s *state) hold(h holder, at Moment) {
	if s.locked {
		return
	}
	if h == inQueue && s.holder != inQueue {
		s.lastWait = at
		if s.waitStart.IsZero() {
			s.waitStart = at
		}
	}
	s.holder = h
	if h != inSelfService {
		s.self, s.final = "", false
	}
}

// talking reports whether any agent talks.
func (s *state) talking() bool {
	for i := range s.rows {
		if s.rows[i].talking {
			return true
		}
	}
	return false
}

// talks reports whether the agent of an id talks.
func (s *state) talks(agent string) bool {
	return agent != "" && slices.ContainsFunc(s.rows, func(r row) bool { return r.talking && r.agent == agent })
}

// step takes the next event in order.
func (s *state) step(e *interaction.Event) {
	at := Moment{e.At, e.Received}
	if id := s.legNames[e.Leg]; id != "" {
		named := *e
		named.Leg = id
		e = &named
	}
	s.note(e, at)
	l := s.leg(e)
	if s.end.is() && !s.afterEnd(e, at) {
		return
	}
	switch e.Kind {
	case interaction.Started:
		if s.holder == nobody {
			s.hold(inMenu, at)
		}
	case interaction.Queued:
		s.queuedEffect(e, at, l)
	case interaction.Transferred:
		s.transferred(e, at)
	case interaction.Assigned:
		s.assigned(e, at)
	case interaction.Accepted:
		s.acceptedEffect(e, at, l)
	case interaction.Declined:
		s.refused(e, at, interaction.StatusDeclined)
	case interaction.TimedOut:
		s.refused(e, at, interaction.DeclinedOnPushTimeout)
	case interaction.Withdrawn:
		if e.Why == interaction.AgentUnavailable {
			s.declined = true
			s.endOffer(e, at, interaction.Unavailable)
		} else {
			s.endOffer(e, at, interaction.StatusCanceled)
		}
	case interaction.TransferFailed:
		s.transferFailed(at)
	case interaction.TransferCompleted:
		if e.To == interaction.ToExternal {
			s.putThrough(e, at)
		} else {
			s.transferCompleted(at)
		}
	case interaction.Rerouted:
		s.rerouted(at)
	case interaction.BotEngaged:
		if s.holder == inMenu || s.holder == nobody {
			s.hold(inSelfService, at)
			s.self = "bot"
		}
	case interaction.VoicemailChosen:
		s.choose("voicemail", at)
	case interaction.CallbackRequested:
		s.choose("callback", at)
	case interaction.Dequeued:
		s.dequeued(l)
	case interaction.Released:
		s.released(e, at)
	case interaction.LegEnded:
		s.legEnded(l, e, at)
	case interaction.WorkClosed:
		if i := s.find(e, true); i >= 0 {
			s.rows[i].closed = at
		}
	case interaction.Disconnected:
		s.finish(end{at: at, by: e.By, cause: e.Cause, word: e.Reason})
	case interaction.Linked:
		if e.Leg != "" {
			s.sameLeg(e.Other, e.Leg)
		}
	case interaction.Reported:
		s.finish(end{at: at, reported: e.Outcome})
	}
}

// note keeps what every event may say of the contact.
func (s *state) note(e *interaction.Event, at Moment) {
	if s.first.IsZero() {
		s.first = at
	}
	s.last = Moment{max(s.last.At, at.At), max(s.last.Received, at.Received)}
	switch e.Kind {
	case interaction.Started, interaction.Queued, interaction.Assigned:
		s.seen = true
	}
	if e.Kind == interaction.Started && !s.begun {
		s.begun = true
		s.role = e.Role
		if e.Channel != 0 {
			s.channel = e.Channel
		}
		if e.Direction != 0 {
			s.direction = e.Direction
		}
	}
	if s.channel == 0 {
		s.channel = e.Channel
	}
	if s.direction == 0 {
		s.direction = e.Direction
	}
	if s.customer == "" {
		s.customer = e.Customer
	}
}

// toQueue notes the queue that an event names.
func (s *state) toQueue(e *interaction.Event) {
	if e.Queue != "" {
		s.queue, s.queueName = e.Queue, e.QueueName
	}
}

// waited takes in that the customer was waiting by then, from a vendor that does not tell since
// when: out of the menu or from a bot, and without any other effect.
func (s *state) waited(e *interaction.Event, at Moment) {
	s.queued = true
	if s.queue == "" {
		s.toQueue(e)
	}
	if s.holder == nobody || s.holder == inMenu || s.holder == inSelfService && !s.final {
		s.hold(inQueue, at)
	}
}

func (s *state) queuedEffect(e *interaction.Event, at Moment, l *leg) {
	if e.Why == interaction.UnknownWhy {
		s.waited(e, at)
		return
	}
	fresh := l != nil && !l.queued && !l.accepted
	if l != nil {
		l.queued, l.waits = true, true
	}
	s.queued = true
	s.toQueue(e)
	if s.final {
		return
	}
	if !s.talking() {
		s.hold(inQueue, at)
		return
	}
	if !s.transfer.underWay {
		s.beginTransfer(-1, s.policies.WarmTransfer == "waiting", at)
		if !s.talking() {
			s.hold(inQueue, at)
		}
		if fresh {
			// The leg that brings the transfer belongs to it.
			l.generation = s.transfer.generation
			s.transfer.legs, s.transfer.legsSeen = 1, true
		}
	}
	s.transfer.onQueue = l == nil
}

func (s *state) transferred(e *interaction.Event, at Moment) {
	if s.final {
		return
	}
	if e.To == interaction.ToExternal && e.ToID != "" && s.hasQueued(e.ToID) {
		return // it went there by a leg that queues for somebody, which tells itself
	}
	named := s.find(e, true)
	if named >= 0 && s.rows[named].status == interaction.StatusTransferred && s.holder != nobody {
		// Who has let go by a transfer tells of the same one again; where it went to may be new. After
		// an end it re-opens, and the customer waits.
		if e.To == interaction.ToExternal && s.holder == inQueue {
			s.transfer.underWay = false
			s.hold(outside, at)
		}
		return
	}
	from := s.talker(e)
	if from >= 0 && e.To == interaction.ToAgent && e.ToID != "" && s.rows[from].agent == e.ToID {
		return // nobody passes a customer on to himself: who had it already is told once more
	}
	if e.Work != "" && from >= 0 && named >= 0 && s.rows[from].work != e.Work {
		// The named agent let go before, and another talks already: no news but how it was let go.
		if r := &s.rows[named]; r.status == interaction.Closed {
			r.status = interaction.StatusTransferred
		}
		return
	}
	released := -1 // the named agent let go a moment before the transfer shows
	if from < 0 && named >= 0 && s.rows[named].status == interaction.Closed {
		released = named
	}
	if e.To == interaction.ToExternal {
		s.beginTransfer(from, e.Mode != interaction.Warm && e.Mode != interaction.ConsultTransfer, at)
		s.transfer.underWay = false
		if released >= 0 {
			s.rows[released].status = interaction.StatusTransferred
		}
		s.hold(outside, at)
		return
	}
	cold := e.Mode == interaction.Cold || s.policies.WarmTransfer == "waiting"
	s.beginTransfer(from, cold, at)
	if released >= 0 {
		s.rows[released].status = interaction.StatusTransferred
	}
	s.transfer.onQueue, s.transfer.untold = e.To == interaction.ToQueue, e.To == 0
	if e.To == interaction.ToQueue && e.ToID != "" && cold {
		s.queued = true
		s.queue, s.queueName = e.ToID, e.QueueName
	}
	if cold && e.To == interaction.ToAgent && s.talks(e.ToID) {
		s.transfer.underWay = false // that agent took the customer before the transfer shows
		return
	}
	if cold || !s.talking() {
		s.hold(inQueue, at)
	}
}

// beginTransfer puts a transfer under way. A cold one takes the agent who passes
// the customer on out of the talk: without a name, every agent who talks.
func (s *state) beginTransfer(from int, cold bool, at Moment) {
	s.transfer = transfer{underWay: true, generation: s.transfer.generation + 1, from: from, cold: cold}
	for i := range s.rows {
		r := &s.rows[i]
		if !r.talking || from >= 0 && i != from {
			continue
		}
		r.passing = s.transfer.generation
		if cold {
			r.letGo(interaction.StatusTransferred, at)
		}
	}
}

func (s *state) assigned(e *interaction.Event, at Moment) {
	s.offered = true
	s.toQueue(e)
	s.offer(e, at)
	if !s.final && !s.talking() {
		s.hold(inQueue, at)
	}
}

func (s *state) acceptedEffect(e *interaction.Event, at Moment, l *leg) {
	if s.toldAgain(e, l) {
		return
	}
	i := s.accept(e, at)
	if l != nil {
		l.accepted = true
	}
	for j := range s.legs {
		s.legs[j].waits = s.legs[j].waits && s.rows[i].accepted != at
	}
	if s.accepted.IsZero() {
		s.accepted = at
	}
	// Another agent's accept is what a transfer waits for: from then on the end
	// of the first agent's part leaves the customer with the second.
	if s.transfer.underWay && s.rows[i].passing != s.transfer.generation {
		s.transfer.underWay = false
	}
	s.hold(withAgent, at)
}

// toldAgain reports whether a snapshot of a leg, which knows no works, tells of the accept that the
// agent's own work has told already.
func (s *state) toldAgain(e *interaction.Event, l *leg) bool {
	if e.Version == 0 || e.Work != "" || l == nil || s.transfer.underWay {
		return false
	}
	for i := range s.rows {
		if r := &s.rows[i]; r.talking && r.accepted.At >= l.since && (e.Agent == "" || r.agent == "" || r.agent == e.Agent) {
			return true
		}
	}
	return false
}

func (s *state) transferFailed(at Moment) {
	g := s.transfer.generation
	was := s.transfer.underWay || s.holder == outside
	s.transfer.underWay = false
	if g == 0 {
		return
	}
	for i := range s.rows {
		r := &s.rows[i]
		if r.passing != g {
			continue
		}
		r.passing = 0
		if was && s.transfer.cold && !r.released && r.status == interaction.StatusTransferred {
			r.status, r.ended, r.talking = interaction.Opened, Moment{}, true
		}
	}
	if s.talking() {
		s.hold(withAgent, at)
	}
}

func (s *state) transferCompleted(at Moment) {
	g := s.transfer.generation
	s.transfer.underWay = false
	if g == 0 {
		return
	}
	for i := range s.rows {
		if r := &s.rows[i]; r.passing == g && r.talking {
			r.letGo(interaction.StatusTransferred, at)
		}
	}
	switch {
	case s.talking():
		s.hold(withAgent, at)
	case s.transfer.untold && (s.holder == withAgent || s.holder == inQueue) && !s.awaited():
		s.hold(outside, at)
	case s.holder == withAgent:
		s.hold(inQueue, at)
	}
}

// putThrough is that somebody outside took the customer, who waits or is in the menu. A vendor
// may tell so of every phone that is picked up: that of an agent who was offered the customer
// has not accepted yet. One that names a mode counts for a transfer only.
func (s *state) putThrough(e *interaction.Event, at Moment) {
	if i := s.find(e, false); e.Work != "" && i >= 0 {
		s.rows[i].pickedUp = at
		return
	}
	if (s.holder == inQueue || s.holder == inMenu) && (e.Mode == 0 || s.transfer.underWay) {
		s.transfer.underWay = false
		s.hold(outside, at)
	}
}

// awaited reports whether an offer is open, or a leg waits in a queue. A vendor that tells
// of every agent and queue, and not to whom a transfer goes, tells so that the customer
// went to neither: to a number outside, a survey, a menu.
func (s *state) awaited() bool {
	for i := range s.rows {
		if s.rows[i].status == interaction.StatusAssigned {
			return true
		}
	}
	for i := range s.legs {
		if s.legs[i].waits {
			return true
		}
	}
	return false
}

func (s *state) rerouted(at Moment) {
	if s.accepted.IsZero() || !s.talking() {
		return
	}
	if s.policies.ReroutedAfterAccept != "waiting" {
		s.locked = true
		return
	}
	for i := range s.rows {
		if r := &s.rows[i]; r.talking {
			r.letGo(interaction.Closed, at)
		}
	}
	s.hold(inQueue, at)
}

// choose is the customer's choice of voicemail or a callback.
func (s *state) choose(what string, at Moment) {
	if s.talking() || s.locked {
		return
	}
	s.hold(inSelfService, at)
	s.self, s.final = what, true
}

func (s *state) released(e *interaction.Event, at Moment) {
	if e.Work == "" && e.Agent == "" {
		if e.Leg != "" {
			s.releasedLeg(e, at)
		}
		return
	}
	i := s.find(e, false)
	if i < 0 {
		i = s.find(e, true)
	}
	if i < 0 {
		return
	}
	r := &s.rows[i]
	r.released = true
	if !r.talking {
		if e.By == interaction.ByAgent && r.accepted.IsZero() {
			// The agent hung up on what was only an offer.
			s.refused(e, at, interaction.StatusDeclined)
		}
		return
	}
	s.release(i, end{at: at, by: e.By, cause: e.Cause, word: e.Reason}, at)
}

// releasedLeg ends the part of every agent who talks on a leg, where a vendor tells of the leg
// alone. When nobody is left, that is the end, of which the vendor may say how it came.
func (s *state) releasedLeg(e *interaction.Event, at Moment) {
	for i := range s.rows {
		if r := &s.rows[i]; r.leg == e.Leg && r.talking {
			r.released = true
			s.release(i, end{at: at, by: e.By, cause: e.Cause, word: e.Reason}, at)
		}
	}
}

// release ends the part of one agent who talks.
func (s *state) release(i int, last end, at Moment) {
	r := &s.rows[i]
	held := s.holder
	if r.passing != 0 && r.passing == s.transfer.generation {
		r.letGo(interaction.StatusTransferred, at)
	} else {
		r.letGo(interaction.Closed, at)
	}
	switch {
	case s.talking():
		if r.target != 0 && r.target == s.transfer.generation {
			// The consulted agent left; the first one keeps the customer.
			for j := range s.rows {
				s.rows[j].passing = 0
			}
		}
	case s.transfer.underWay:
		s.hold(inQueue, at)
	default:
		s.holder = held
		s.finish(last)
	}
}
