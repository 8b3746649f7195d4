package classify

import "github.com/wallboard/wallboard/internal/interaction"

// row is one work: one offer of the contact to one agent, and what became of it.
type row struct {
	work, agent, agentName string
	leg                    string // on which it was offered or accepted, where that is told
	queue, queueName       string
	status                 interaction.Status

	assigned, accepted, ended, closed Moment

	pickedUp Moment // the agent's phone was, which is not yet an accept

	talking  bool
	released bool
	explicit bool // an event ended the offer, not a conclusion from others
	unstated bool // it ended as canceled, or missed without a stated cause
	passing  int  // generation of the transfer by which its agent passes the customer on
	target   int  // generation of the transfer under which it was offered
}

// letGo ends the agent's part.
func (r *row) letGo(as interaction.Status, at Moment) {
	r.talking = false
	if r.status == interaction.Opened {
		r.status, r.ended = as, at
	}
}

// complete takes over what an event tells of the row and no earlier one did.
func (r *row) complete(e *interaction.Event) {
	if r.agent == "" {
		r.agent, r.agentName = e.Agent, e.AgentName
	}
	if r.leg == "" {
		r.leg = e.Leg
	}
}

// find returns the row that an event names: the latest of its work, one that is
// not final before one that is; without a work, the agent's latest open one. any
// says whether final rows do for an agent, too. -1 is none.
func (s *state) find(e *interaction.Event, any bool) int {
	found := -1
	for i := range s.rows {
		r := &s.rows[i]
		var match bool
		switch {
		case e.Work != "":
			match = r.work == e.Work
		case e.Agent != "":
			match = r.agent == e.Agent && (any || !r.status.Final())
		}
		if match && (found < 0 || !r.status.Final() || s.rows[found].status.Final()) {
			found = i
		}
	}
	return found
}

// talker returns the row of the agent who passes the customer on: the one
// named, else the only one or the latest to accept of those who talk. -1 is none.
func (s *state) talker(e *interaction.Event) int {
	found := -1
	for i := range s.rows {
		r := &s.rows[i]
		if !r.talking || e.Work != "" && r.work != e.Work || e.Work == "" && e.Agent != "" && r.agent != e.Agent {
			continue
		}
		if found < 0 || r.accepted.At >= s.rows[found].accepted.At {
			found = i
		}
	}
	if found < 0 && (e.Work != "" || e.Agent != "") {
		return s.talker(&interaction.Event{})
	}
	return found
}

// offer makes a row for an assignment, unless that work's offer is open already.
func (s *state) offer(e *interaction.Event, at Moment) {
	if i := s.find(e, false); i >= 0 && e.Work != "" && !s.rows[i].status.Final() {
		s.rows[i].complete(e)
		return
	}
	s.rows = append(s.rows, s.newRow(e, interaction.StatusAssigned, at))
	s.rows[len(s.rows)-1].assigned = at
}

// newRow makes a row from an event. A work belongs to the queue from which it was
// offered.
func (s *state) newRow(e *interaction.Event, status interaction.Status, at Moment) row {
	r := row{
		work: e.Work, agent: e.Agent, agentName: e.AgentName, leg: e.Leg,
		queue: s.queue, queueName: s.queueName, status: status,
	}
	if e.Queue != "" {
		r.queue, r.queueName = e.Queue, e.QueueName
	}
	if s.transfer.underWay {
		r.target = s.transfer.generation
	}
	return r
}

// accept opens the row of an accepted offer and cancels the others: of a transfer
// only its own offers cancel each other. Of one who talks already it says nothing new.
func (s *state) accept(e *interaction.Event, at Moment) int {
	i := s.offerFor(e)
	if i < 0 {
		s.rows = append(s.rows, s.newRow(e, interaction.StatusAssigned, at))
		i = len(s.rows) - 1
	}
	r := &s.rows[i]
	r.complete(e)
	if r.status == interaction.Opened && r.talking {
		return i
	}
	if r.status != interaction.Opened {
		r.status, r.accepted, r.ended = interaction.Opened, at, Moment{}
		r.released, r.passing = false, 0
	}
	r.talking = true
	for j := range s.rows {
		o := &s.rows[j]
		if o.status != interaction.StatusAssigned {
			continue
		}
		if s.transfer.underWay && o.target == s.transfer.generation && r.target != o.target {
			continue
		}
		o.status, o.ended = interaction.StatusCanceled, at
	}
	return i
}

// offerFor finds the row that an accept opens: that of its work, unless an event
// ended that offer; without a work the latest open offer to its agent.
func (s *state) offerFor(e *interaction.Event) int {
	if e.Work != "" {
		i := s.find(e, false)
		if i >= 0 && s.rows[i].status.Final() && (s.rows[i].explicit || s.rows[i].status != interaction.StatusCanceled) {
			return -1
		}
		return i
	}
	found := -1
	for i := range s.rows {
		r := &s.rows[i]
		if e.Agent != "" && r.agent != e.Agent {
			continue
		}
		if r.status == interaction.StatusAssigned || r.status == interaction.Opened && r.talking && e.Agent != "" {
			found = i
		}
	}
	return found
}

// strength orders the endings of one offer: of two the stronger wins.
func strength(st interaction.Status, why interaction.Why) int {
	switch st {
	case interaction.StatusDeclined:
		return 5
	case interaction.DeclinedOnPushTimeout:
		return 4
	case interaction.Unavailable:
		return 3
	case interaction.StatusCanceled:
		if why == interaction.AnsweredElsewhere {
			return 2
		}
		return 1
	}
	return 0
}

// refused ends an offer that the agent did not take. Where the vendor does not tell a
// missed offer from one that the customer's leaving took back, what was near the end
// says which it was; see openAtEnd.
func (s *state) refused(e *interaction.Event, at Moment, as interaction.Status) {
	s.declined = s.declined || e.Why != interaction.UnknownWhy || e.Work == ""
	s.endOffer(e, at, as)
}

// missed reports whether the offer was declined or timed out without a stated cause.
func (r *row) missed() bool {
	return r.unstated && (r.status == interaction.StatusDeclined || r.status == interaction.DeclinedOnPushTimeout)
}

// endOffer ends an offer. An offer that was never seen was made all the same.
func (s *state) endOffer(e *interaction.Event, at Moment, as interaction.Status) {
	s.offered = true
	i := s.find(e, false)
	if i < 0 {
		if e.Work == "" {
			return
		}
		s.rows = append(s.rows, s.newRow(e, interaction.StatusAssigned, at))
		i = len(s.rows) - 1
	}
	r := &s.rows[i]
	unstated := as == interaction.StatusCanceled && e.Why != interaction.AnsweredElsewhere || e.Why == interaction.UnknownWhy
	switch {
	case r.status == interaction.StatusAssigned:
		r.status, r.ended, r.explicit, r.unstated = as, at, true, unstated
	case r.status == interaction.Opened, r.status == interaction.Closed, r.status == interaction.StatusTransferred:
		// It was accepted; the end of the offer comes late or is wrong.
	case strength(as, e.Why) > strength(r.status, 0):
		r.status, r.ended, r.explicit, r.unstated = as, at, true, unstated
	case !r.explicit:
		r.explicit, r.unstated = true, unstated
	}
}
