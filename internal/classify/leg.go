package classify

import (
	"slices"

	"github.com/wallboard/wallboard/internal/interaction"
)

// leg returns the leg that an event names, noting it when it is new, or nil.
func (s *state) leg(e *interaction.Event) *leg {
	if e.Leg == "" {
		return nil
	}
	for i := range s.legs {
		if s.legs[i].id == e.Leg {
			return &s.legs[i]
		}
	}
	l := leg{id: e.Leg, since: e.At}
	if s.transfer.underWay {
		l.generation = s.transfer.generation
		s.transfer.legs++
		s.transfer.legsSeen = true
	}
	s.legs = append(s.legs, l)
	return &s.legs[len(s.legs)-1]
}

// sameLeg takes in that another id names the same leg.
func (s *state) sameLeg(other, id string) {
	if other == id || s.legNames[other] != "" {
		return
	}
	if s.legNames == nil {
		s.legNames = make(map[string]string)
	}
	s.legNames[other] = id
	j := slices.IndexFunc(s.legs, func(l leg) bool { return l.id == other })
	if j < 0 {
		return
	}
	// It was seen by that id already.
	l := s.legs[j]
	s.legs = slices.Delete(s.legs, j, j+1)
	if !l.ended && l.generation != 0 && l.generation == s.transfer.generation {
		s.transfer.legs--
	}
	for i := range s.legs {
		if o := &s.legs[i]; o.id == id {
			o.ended, o.moved, o.accepted = o.ended || l.ended, o.moved || l.moved, o.accepted || l.accepted
			o.queued, o.waits, o.since = o.queued || l.queued, o.waits || l.waits, min(o.since, l.since)
		}
	}
	for i := range s.rows {
		if s.rows[i].leg == other {
			s.rows[i].leg = id
		}
	}
}

// dequeued lets go of a leg. One that never joined the queue is the one that did: a phone system
// gave its channel another id, and of the old one no end may come.
func (s *state) dequeued(l *leg) {
	if l == nil || l.queued || l.accepted || s.talking() {
		return
	}
	for i := range s.legs {
		if o := &s.legs[i]; o.queued {
			o.ended = true
		}
	}
}

// hasQueued reports whether the leg of an id ever queued.
func (s *state) hasQueued(id string) bool {
	for i := range s.legs {
		if s.legs[i].id == id {
			return s.legs[i].queued
		}
	}
	return false
}

// legEnded ends a leg. When every leg has ended, the last one without moving on, and
// no agent talks, the contact is over. While an agent talks, the end of every
// leg of a transfer that nobody accepted is the failure of that transfer: a
// consultation that was not answered leaves the customer where he is. A vendor that says
// of every leg how it ended says with the last one how the contact did, whether an agent still
// talks or not; else it is unknown.
func (s *state) legEnded(l *leg, e *interaction.Event, at Moment) {
	if l == nil {
		return
	}
	if !l.ended && l.generation == s.transfer.generation && s.transfer.generation != 0 {
		s.transfer.legs--
	}
	l.ended, l.waits, l.moved = true, false, e.Moved
	if s.talking() {
		if s.transfer.underWay && s.transfer.legsSeen && s.transfer.legs <= 0 && !s.transfer.onQueue && !l.moved {
			s.transferFailed(at)
		}
		if e.By == 0 || e.By == interaction.ByUnknown {
			return
		}
	}
	if l.moved {
		return
	}
	for i := range s.legs {
		if !s.legs[i].ended {
			return
		}
	}
	s.finish(end{at: at, by: e.By, cause: e.Cause, word: e.Reason})
}
