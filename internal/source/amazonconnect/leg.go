package amazonconnect

import (
	"cmp"
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// lastOfItsTime is the sequence of an agent's hanging up, behind what ends in the same
// millisecond: a consulted leg that ends with the first agent's did not take the customer.
const lastOfItsTime = 1

// leg adds what is known of one contact of a chain.
type leg struct {
	id        string // the contactId
	role      interaction.Role
	continues bool // it continues another contact: a transfer
	base      interaction.Event
	out       *source.Decoded
}

// newLeg is the leg of a contact: of its chain's interaction where a customer waits or
// talks in it, else of an interaction of its own.
func newLeg(out *source.Decoded, contact, initial, method text, ch interaction.Channel) *leg {
	l := &leg{id: string(contact), role: role(method, ch), out: out}
	l.base = interaction.Event{Interaction: l.id, Leg: l.id, Channel: ch, Direction: interaction.Inbound}
	switch l.role {
	case interaction.Customer:
		l.continues = method.Upper() == "TRANSFER" || method.Upper() == "QUEUE_TRANSFER"
		l.base.Interaction = cmp.Or(string(initial), l.id)
	case interaction.OutboundRole, interaction.Callback:
		l.base.Direction = interaction.Outbound
	}
	return l
}

// emit adds one fact. Its key holds the contact, the fact and all that it says: whoever
// tells the same gives the same key, and what differs is another fact, so that it does
// not depend on arrival which of two is kept.
func (l *leg) emit(k interaction.Kind, at instant, more func(*interaction.Event)) {
	e := l.base
	e.Kind, e.At = k, int64(at)
	if more != nil {
		more(&e)
	}
	key := []string{l.id, k.String(), at.Key()}
	for _, said := range []string{
		e.Agent, e.Queue, e.Role.String(), e.Other, e.Why.String(), e.Channel.String(), e.By.String(), e.Cause.String(), e.Reason,
	} {
		if said != "" {
			key = append(key, said)
		}
	}
	if e.Interaction != l.id {
		key = append(key, e.Interaction)
	}
	if e.Sequence != 0 {
		key = append(key, "last")
	}
	e.Key = strings.Join(key, "/")
	l.out.Events = append(l.out.Events, e)
}

// begins tells that a contact began: an interaction's first, or a further leg of one,
// under whose id the interaction can be found too. A transferred customer waits from the
// transfer on, also while a flow still chooses the queue.
func (l *leg) begins(initial, previous text, start instant) {
	if l.continues {
		l.emit(interaction.Queued, start, nil)
	} else {
		l.emit(interaction.Started, start, func(e *interaction.Event) { e.Role = l.role })
	}
	switch {
	case l.role == interaction.Callback:
		l.choseCallback(cmp.Or(initial, previous), start)
	case l.base.Interaction != l.id:
		l.link(l.id, start)
	case l.continues:
		l.link(string(previous), start)
	}
}

// link ties another id to the interaction.
func (l *leg) link(other string, at instant) {
	if other == "" || other == l.base.Interaction {
		return
	}
	l.emit(interaction.Linked, at, func(e *interaction.Event) { e.Leg, e.Other = "", other })
}

// choseCallback tells, of the chain that a callback follows, what its customer chose.
func (l *leg) choseCallback(chain text, at instant) {
	if chain == "" || string(chain) == l.id {
		return
	}
	l.emit(interaction.CallbackRequested, at, func(e *interaction.Event) {
		e.Interaction, e.Leg, e.Direction = string(chain), "", 0
	})
}

// queued tells that the contact waits in a queue. A transfer to one agent waits in that
// agent's personal queue, which is not where the customer's interaction belongs.
func (l *leg) queued(at instant, arn text) {
	l.emit(interaction.Queued, at, func(e *interaction.Event) {
		if q := shortID(arn, "queue"); !l.continues || !strings.HasPrefix(q, "agent/") {
			e.Queue = q
		}
	})
}

// offer tells of one agent's work on this contact.
func (l *leg) offer(k interaction.Kind, at instant, agent string, more ...func(*interaction.Event)) {
	l.emit(k, at, func(e *interaction.Event) {
		e.Work, e.Agent = l.id+"/"+agent, agent
		for _, m := range more {
			m(e)
		}
	})
}

// released tells that the agent's part is over.
func (l *leg) released(at instant, agent string) {
	l.offer(interaction.Released, at, agent, func(e *interaction.Event) { e.Sequence = lastOfItsTime })
}

// channel is what a channel counts as. counts is false for tasks, e-mails and what may
// come: nobody waits on the line there.
func channel(t text) (c interaction.Channel, counts bool) {
	switch t.Upper() {
	case "VOICE":
		return interaction.Voice, true
	case "CHAT":
		return interaction.Messaging, true
	case "":
		return 0, true
	}
	return 0, false
}

// role is what a contact is for, by how it began. A contact by API is a chat that a
// customer began, or an outbound call. A method that is not known is not taken for a
// customer's.
func role(method text, c interaction.Channel) interaction.Role {
	switch method.Upper() {
	case "INBOUND", "WEBRTC_API", "TRANSFER", "QUEUE_TRANSFER", "":
		return interaction.Customer
	case "API":
		if c == interaction.Voice {
			return interaction.OutboundRole
		}
		return interaction.Customer
	case "CALLBACK":
		return interaction.Callback
	case "DISCONNECT":
		return interaction.Survey
	case "MONITOR":
		return interaction.Monitor
	case "OUTBOUND", "EXTERNAL_OUTBOUND", "AGENT_REPLY", "CAMPAIGN_PREVIEW":
		return interaction.OutboundRole
	}
	return interaction.Internal
}
