package classify

import "github.com/wallboard/wallboard/internal/interaction"

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

// passedOn takes in that whoever let go of the customer last did so by a transfer, as it shows now.
func (s *state) passedOn() {
	last := -1
	for i := range s.rows {
		if r := &s.rows[i]; !r.accepted.IsZero() && (last < 0 || r.ended.At >= s.rows[last].ended.At) {
			last = i
		}
	}
	if last >= 0 && s.rows[last].status == interaction.Closed {
		s.rows[last].status = interaction.StatusTransferred
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
