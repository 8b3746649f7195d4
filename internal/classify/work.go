package classify

import "github.com/wallboard/wallboard/internal/interaction"

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
