package classify

import (
	"slices"
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Interaction is what became of one interaction, or what it is now.
type Interaction struct {
	ID        string
	Channel   interaction.Channel
	Direction interaction.Direction
	Role      interaction.Role // 0 until a started says it
	Customer  string           // hashed; "" if it is not known
	// Queue is the id of the latest queue, QueueName what the vendor calls it.
	// Queued tells a queue without an id from none.
	Queue, QueueName string
	Queued           bool

	Outcome interaction.Outcome
	Reason  string
	State   string // in_menu, waiting, assigned, opened, self_service, outside, ended or lost_track

	Started Moment // the first event
	Last    Moment // the latest time of an event and the latest receipt, each for itself
	Ended   Moment // zero while not ended
	// Accepted is the first accept.
	Accepted Moment
	// Waiting is since when the customer waits, or waited at the end: the latest entry
	// into the queue. FirstQueued is the first one.
	Waiting, FirstQueued Moment
	// InQueue is that the queue holds the customer, now or at the end.
	InQueue bool
	Works   []Work
}

// Work is one row of the Agent Work Status table.
type Work struct {
	ID, Agent, AgentName string
	Queue, QueueName     string
	Status               interaction.Status
	Assigned, Accepted   Moment
	Ended                Moment
	// HandledUntil is the end of the work, after-contact work included; zero if it
	// was not accepted or goes on.
	HandledUntil Moment
}

// InScope reports whether the interaction counts: outbound, internal and
// follow-up contacts do not.
func (in *Interaction) InScope() bool {
	return in.Role == 0 || in.Role == interaction.Customer
}

// AnswerWait is the queue wait until the first accept, in microseconds, never negative.
func (in *Interaction) AnswerWait() int64 {
	if in.Accepted.IsZero() || in.FirstQueued.IsZero() {
		return 0
	}
	return max(0, in.Accepted.At-in.FirstQueued.At)
}

// LastWait is the wait at the end, in microseconds, never negative.
func (in *Interaction) LastWait() int64 {
	if in.Ended.IsZero() || in.Waiting.IsZero() {
		return 0
	}
	return max(0, in.Ended.At-in.Waiting.At)
}

// Interaction returns the i-th interaction of the contact, from 0. Its works are
// ordered by the time of assignment, then id; one without an agent comes last.
// Whether silence makes an open one lost_track is the caller's to say, for the fold
// knows no clock.
func (c *Contact) Interaction(i int) Interaction {
	s := &c.segments[i]
	in := Interaction{
		ID: SegmentID(c.ID(), i), Channel: s.channel, Direction: s.direction, Role: s.role, Customer: s.customer,
		Queue: s.queue, QueueName: s.queueName, Queued: s.queued || s.queue != "",
		Started: s.first, Last: s.last, Accepted: s.accepted,
		Waiting: s.lastWait, FirstQueued: s.waitStart, InQueue: s.holder == inQueue,
	}
	in.Outcome, in.Reason = s.outcome()
	rows := s.rows
	if s.end.is() {
		rows = s.closedRows()
		in.Ended, in.Waiting, in.InQueue = s.end.at, s.end.lastWait, s.end.holder == inQueue
	}
	in.State = s.stateName(in.Outcome)
	in.Works = make([]Work, len(rows))
	for j := range rows {
		in.Works[j] = rows[j].view()
	}
	slices.SortStableFunc(in.Works, compareWorks)
	return in
}

func (r *row) view() Work {
	w := Work{
		ID: r.work, Agent: r.agent, AgentName: r.agentName, Queue: r.queue, QueueName: r.queueName,
		Status: r.status, Assigned: r.assigned, Accepted: r.accepted, Ended: r.ended,
	}
	if !r.accepted.IsZero() && !r.ended.IsZero() {
		w.HandledUntil = r.ended
		if r.closed.At > r.ended.At {
			w.HandledUntil = r.closed
		}
	}
	return w
}

func compareWorks(a, b Work) int {
	if x, y := a.bare(), b.bare(); x != y {
		if x {
			return 1
		}
		return -1
	}
	if x, y := a.from(), b.from(); x != y {
		if x < y {
			return -1
		}
		return 1
	}
	return strings.Compare(a.ID, b.ID)
}

// bare is a row without an agent and without an id.
func (w *Work) bare() bool { return w.ID == "" && w.Agent == "" }

// from is the first time known of a work.
func (w *Work) from() int64 {
	for _, m := range [...]Moment{w.Assigned, w.Accepted, w.Ended} {
		if !m.IsZero() {
			return m.At
		}
	}
	return 0
}

func (s *state) stateName(o interaction.Outcome) string {
	switch {
	case o == interaction.LostTrack:
		return "lost_track"
	case s.end.is():
		return "ended"
	}
	switch s.holder {
	case withAgent:
		return "opened"
	case inSelfService:
		return "self_service"
	case outside:
		return "outside"
	case inQueue:
		for i := range s.rows {
			if s.rows[i].status == interaction.StatusAssigned {
				return "assigned"
			}
		}
		return "waiting"
	}
	return "in_menu"
}
