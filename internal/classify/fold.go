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
	if e.Mode == interaction.Cold && !s.talking() {
		s.passedOn()
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

// choose is the customer's choice of voicemail or a callback.
func (s *state) choose(what string, at Moment) {
	if s.talking() || s.locked {
		return
	}
	s.hold(inSelfService, at)
	s.self, s.final = what, true
}
