package classify

import (
	"slices"

	"github.com/wallboard/wallboard/internal/interaction"
)

// nearEnd is how shortly before the end a canceled offer still counts as open
// at the end, in microseconds: vendors take an offer back because the customer left.
const nearEnd = 1_000_000

// end is where an interaction ended, with all that is read there. The zero end
// is none.
type end struct {
	at       Moment
	by       interaction.Party
	cause    interaction.Cause
	word     string // the vendor's own
	reported interaction.Outcome

	// Read at the end.
	holder   holder
	self     string
	lastWait Moment
	declined bool
	offered  bool
	rows     []row
}

func (e *end) is() bool { return !e.at.IsZero() }

// tier orders ends: one that shows itself beats one that the vendor reports, and a
// known party beats an unknown one.
func (e *end) tier() int {
	switch {
	case e.reported != 0:
		return 1
	case e.by == 0 || e.by == interaction.ByUnknown:
		return 2
	}
	return 3
}

// finish notes an end, if it counts more than the one so far, and reads holder
// and offers there.
func (s *state) finish(e end) {
	if s.end.is() && e.tier() <= s.end.tier() {
		return
	}
	s.acceptPickedUp()
	e.holder, e.self, e.lastWait = s.holder, s.self, s.lastWait
	e.declined, e.offered = s.declined, s.offered
	e.rows = append(s.end.rows[:0], s.rows...)
	s.end = e
	for i := range s.rows {
		s.rows[i].talking = false
	}
}

// acceptPickedUp takes the offer whose agent has picked up, and not hung up again, as accepted:
// what is left to happen between both belongs to the phone system.
func (s *state) acceptPickedUp() {
	if s.holder != inQueue {
		return
	}
	for i := range s.rows {
		if r := &s.rows[i]; !r.pickedUp.IsZero() && r.status == interaction.StatusAssigned {
			s.acceptedEffect(&interaction.Event{Work: r.work, Agent: r.agent}, r.pickedUp, nil)
			return
		}
	}
}

// afterEnd handles an event after an end, and reports whether it has its usual
// effect: because it re-opens, or because a better end may still come and the
// facts that it will read go on.
func (s *state) afterEnd(e *interaction.Event, at Moment) bool {
	switch e.Kind {
	case interaction.Queued, interaction.Assigned, interaction.Accepted, interaction.Transferred:
		if e.Kind == interaction.Queued && e.Why == interaction.UnknownWhy {
			s.waitedBefore(e)
			return false
		}
		if e.Kind == interaction.Transferred && e.Why == interaction.UnknownWhy {
			s.passedBefore(e)
			return false
		}
		if s.end.holder == inSelfService {
			return false
		}
		s.reopen()
		return true
	case interaction.TransferCompleted:
		h := s.end.holder
		if e.To != interaction.ToExternal || e.Mode != 0 || h != inQueue && h != inMenu || s.find(e, false) >= 0 {
			return false
		}
		// Let go by the queue, and taken by somebody outside it.
		s.reopen()
		if !s.locked {
			s.holder = h
		}
		return true
	case interaction.VoicemailChosen, interaction.CallbackRequested:
		if h := s.end.holder; (h == inQueue || h == inMenu) && !s.locked {
			s.end.holder, s.end.reported = inSelfService, 0
			s.end.self = "voicemail"
			if e.Kind == interaction.CallbackRequested {
				s.end.self = "callback"
			}
			s.holder, s.self, s.final = s.end.holder, s.end.self, true
		}
	case interaction.WorkClosed:
		for _, rows := range [2][]row{s.rows, s.end.rows} {
			if i := (&state{rows: rows}).find(e, true); i >= 0 {
				rows[i].closed = at
			}
		}
	case interaction.Released:
		if i := s.find(e, false); i >= 0 {
			s.rows[i].released = true
		}
	case interaction.Declined, interaction.TimedOut, interaction.Withdrawn:
		// A better end may still come; it reads the offers as they are by then.
		return s.end.tier() < 3
	case interaction.Disconnected, interaction.LegEnded, interaction.Reported:
		return true
	}
	return false
}

// waitedBefore takes in, after the end, that the customer had been waiting before it.
func (s *state) waitedBefore(e *interaction.Event) {
	s.queued = true
	if s.queue == "" {
		s.toQueue(e)
	}
	if h := s.end.holder; (h == nobody || h == inMenu || h == inSelfService && s.end.self == "bot") && !s.locked {
		s.end.holder, s.end.self = inQueue, ""
		s.holder, s.self = inQueue, ""
	}
}

// passedBefore takes in, after the end, that an agent had passed the customer on before it. Unless
// another agent accepted since, the customer waited.
func (s *state) passedBefore(e *interaction.Event) {
	passed, accepted := false, int64(0)
	for _, rows := range [2][]row{s.rows, s.end.rows} {
		i := (&state{rows: rows}).find(e, true)
		if i < 0 || rows[i].status != interaction.Opened && rows[i].status != interaction.Closed {
			continue
		}
		r := &rows[i]
		if r.status == interaction.Opened {
			r.ended = s.end.at
		}
		r.status, r.talking, passed, accepted = interaction.StatusTransferred, false, true, r.accepted.At
	}
	taken := slices.ContainsFunc(s.end.rows, func(r row) bool { return r.status == interaction.Opened || r.accepted.At > accepted })
	if passed && !taken && s.end.holder == withAgent && !s.locked {
		s.end.holder, s.end.lastWait = inQueue, s.end.at
		s.holder = inQueue
	}
}

// reopen takes the end back. Offers that were open there are over.
func (s *state) reopen() {
	for i := range s.rows {
		switch r := &s.rows[i]; r.status {
		case interaction.StatusAssigned:
			r.status, r.ended = interaction.StatusCanceled, s.end.at
		case interaction.Opened:
			r.status, r.ended = interaction.Closed, s.end.at
		}
		s.rows[i].talking = false
	}
	if (s.holder == withAgent || s.holder == inQueue) && !s.locked {
		s.holder = nobody
	}
	s.transfer.underWay = false
	s.end = end{rows: s.end.rows[:0]}
}

// closedRows are the rows as the end leaves them: those who talked are Closed,
// offers Canceled, and of an abandoned interaction one is Abandoned. It is worked
// out when it is asked for, because what comes after the end may change the outcome.
func (s *state) closedRows() []row {
	rows := slices.Clone(s.end.rows)
	outcome, _ := s.outcome()
	abandoned := -1
	if outcome == interaction.Abandoned {
		if abandoned = s.openAtEnd(); abandoned < 0 {
			abandoned = len(rows)
			rows = append(rows, row{queue: s.queue, queueName: s.queueName})
		}
	}
	for i := range rows {
		r := &rows[i]
		switch {
		case i == abandoned:
			r.status, r.ended = interaction.StatusAbandoned, s.end.at
		case r.status == interaction.StatusAssigned:
			r.status, r.ended = interaction.StatusCanceled, s.end.at
		case r.status == interaction.Opened:
			r.status, r.ended = interaction.Closed, s.end.at
		}
	}
	return rows
}

// openAtEnd returns the offer that was open at the end: the latest, of a tie the
// one with the greatest work id. The last offer counts too if it was canceled, or
// ended without a stated cause, just before the end. -1 is none.
func (s *state) openAtEnd() int {
	rows := s.end.rows
	latest := func(a, b int) bool {
		if b < 0 || rows[a].assigned.At != rows[b].assigned.At {
			return b < 0 || rows[a].assigned.At > rows[b].assigned.At
		}
		return rows[a].work > rows[b].work
	}
	open, last := -1, -1
	for i := range rows {
		if rows[i].assigned.IsZero() {
			continue
		}
		if latest(i, last) {
			last = i
		}
		if rows[i].status == interaction.StatusAssigned && latest(i, open) {
			open = i
		}
	}
	if open >= 0 || last < 0 {
		return open
	}
	if r := &rows[last]; (r.status == interaction.StatusCanceled || r.missed()) && r.explicit && r.unstated && s.end.at.At-r.ended.At <= nearEnd {
		return last
	}
	return -1
}

// declinedBefore reports whether an offer was refused before the one, if any, that was
// open at the end.
func (s *state) declinedBefore() bool {
	if s.end.declined {
		return true
	}
	open := s.openAtEnd()
	for i := range s.end.rows {
		if i != open && s.end.rows[i].missed() {
			return true
		}
	}
	return false
}
