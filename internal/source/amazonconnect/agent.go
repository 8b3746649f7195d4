package amazonconnect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// maxContacts is how many contacts one agent can have in a snapshot. Connect allows ten
// chats and a call at once.
const maxContacts = 100

// named puts the configured name of an agent into an event; contact events have none.
func (x decoder) named(agent string) func(*interaction.Event) {
	return func(e *interaction.Event) { e.AgentName = x.agents[agent] }
}

// agent tells what an event of the agent stream shows: the agent's state, and what became
// of each contact that the agent has or had just before. The two snapshots of the event
// itself are compared, and no others.
func (x decoder) agent(out *source.Decoded, e agentEvent, problem func(string)) {
	switch e.EventType.Upper() {
	case "LOGIN", "LOGOUT", "STATE_CHANGE", "HEART_BEAT":
	case "":
		problem("EventType: is missing")
		return
	default:
		out.Ignore("other agent event")
		return
	}
	agent := shortID(e.AgentARN, "agent")
	if e.EventTimestamp == 0 {
		problem("EventTimestamp: is missing or no time")
		return
	}
	now, before := e.Current.Value, e.Previous.Value
	if max(len(now.Contacts), len(before.Contacts)) > maxContacts {
		problem("Contacts: are more than an agent can have")
		return
	}
	name := cmp.Or(x.agents[agent], string(now.Configuration.Value.Username), string(before.Configuration.Value.Username))
	if p := presence(e); p != 0 {
		out.Events = append(out.Events, interaction.Event{
			Kind: interaction.AgentState, At: int64(e.EventTimestamp), Agent: agent, AgentName: name, Presence: p,
			Key: strings.Join([]string{"agent", agent, cmp.Or(string(e.EventID), e.EventTimestamp.Key()), p.String()}, "/"),
		})
	}
	w := work{decoder: x, id: agent, name: name, seen: e.EventTimestamp, out: out}
	for _, c := range now.Contacts {
		w.shows(c)
	}
	for _, old := range before.Contacts {
		i := slices.IndexFunc(now.Contacts, func(c agentContact) bool { return c.ContactID == old.ContactID })
		if i < 0 {
			w.shows(old)
			w.gone(old)
		} else if old.StateStartTimestamp < now.Contacts[i].StateStartTimestamp {
			w.shows(old)
		}
	}
}

// presence is the state of an agent in the vendor's terms put into ours. An agent who
// could be offered nothing, as after a missed call until it is cleared, is away.
func presence(e agentEvent) interaction.Presence {
	s := e.Current.Value
	status := s.AgentStatus.Value.Type.Upper()
	var talks, wraps, rings, missed bool
	for _, c := range s.Contacts {
		switch c.State.Upper() {
		case "CONNECTED", "CONNECTED_ONHOLD", "PAUSED":
			talks = true
		case "ENDED":
			wraps = true
		case "CONNECTING", "INCOMING", "PENDING":
			rings = true
		case "MISSED", "REJECTED", "ERROR":
			missed = true
		}
	}
	slots := s.Configuration.Value.RoutingProfile.Value.Concurrency
	free := len(slots) == 0 && !missed
	for _, c := range slots {
		free = free || c.AvailableSlots != "" && c.AvailableSlots != "0"
	}
	switch {
	case e.EventType.Upper() == "LOGOUT" || status == "OFFLINE":
		return interaction.Offline
	case talks:
		return interaction.Busy
	case wraps:
		return interaction.WrapUp
	case status == "ROUTABLE" && (free || rings):
		return interaction.Available
	case status == "ROUTABLE" || status == "CUSTOM":
		return interaction.Away
	}
	return 0
}

// work tells of one agent's contacts.
type work struct {
	decoder
	id, name string  // the agent's
	seen     instant // the event's time
	out      *source.Decoded
}

// leg is the contact's leg, or nil if it is none that a customer waits or talks in. The
// contact events tell of those; only that a callback was chosen is told again here.
func (w work) leg(c agentContact) *leg {
	ch, counts := channel(c.Channel)
	if c.ContactID == "" || !counts {
		return nil
	}
	l := newLeg(w.out, c.ContactID, c.InitialContactID, c.InitiationMethod, ch)
	if l.role == interaction.Callback {
		l.choseCallback(c.InitialContactID, cmp.Or(c.QueueTimestamp, c.StateStartTimestamp, w.seen))
	}
	if l.role != interaction.Customer {
		return nil
	}
	return l
}

// shows tells what one contact of a snapshot shows. Missed says nothing of why: on voice a
// decline, a time-out and a customer who left look alike, and rejected covers a customer
// who left while a chat was offered. Both are told as an offer that ended without a
// stated cause, so that one just before the customer's leaving is not held against
// the agent.
func (w work) shows(c agentContact) {
	l := w.leg(c)
	if l == nil {
		return
	}
	if c.QueueTimestamp != 0 && c.Queue.Is {
		l.queued(c.QueueTimestamp, c.Queue.Value.ARN)
	}
	since := cmp.Or(c.StateStartTimestamp, w.seen)
	unstated := func(e *interaction.Event) { e.Why = interaction.UnknownWhy }
	if c.ConnectedToAgentTimestamp != 0 {
		l.offer(interaction.Accepted, c.ConnectedToAgentTimestamp, w.id, w.named(w.id))
	}
	switch c.State.Upper() {
	case "CONNECTING", "INCOMING":
		l.offer(interaction.Assigned, since, w.id, func(e *interaction.Event) {
			e.AgentName = w.name
			if q := shortID(c.Queue.Value.ARN, "queue"); !strings.HasPrefix(q, "agent/") {
				e.Queue = q
			}
		})
	case "CONNECTED", "CONNECTED_ONHOLD", "PAUSED":
		if c.ConnectedToAgentTimestamp == 0 {
			l.offer(interaction.Accepted, since, w.id, w.named(w.id))
		}
	case "MISSED":
		l.offer(interaction.TimedOut, since, w.id, unstated)
	case "REJECTED":
		l.offer(interaction.Declined, since, w.id, unstated)
	case "ERROR":
		l.offer(interaction.Withdrawn, since, w.id, func(e *interaction.Event) { e.Why = interaction.AgentUnavailable })
	case "ENDED":
		if c.ConnectedToAgentTimestamp != 0 {
			l.released(since, w.id)
		}
	}
}

// gone tells of a contact that the agent had before the event and has no more.
func (w work) gone(c agentContact) {
	l := w.leg(c)
	if l == nil {
		return
	}
	switch c.State.Upper() {
	case "CONNECTING", "INCOMING":
		l.offer(interaction.Withdrawn, w.seen, w.id, func(e *interaction.Event) { e.Why = interaction.UnknownWhy })
	case "CONNECTED", "CONNECTED_ONHOLD", "PAUSED":
		l.released(w.seen, w.id)
	case "ENDED":
		if c.ConnectedToAgentTimestamp != 0 {
			l.offer(interaction.WorkClosed, w.seen, w.id)
		}
	}
}
