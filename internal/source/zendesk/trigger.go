package zendesk

import (
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// trigger reads a body after the template. Its event says what happened.
func (x decoder) trigger(out *source.Decoded, b *body, stamp string, problem func(string)) {
	at := b.updated(stamp)
	if b.TicketID == "" || at == 0 {
		problem("ticket_id, updated_at: one is missing or no time; write the template's placeholders")
		return
	}
	base := interaction.Event{
		Interaction: string(b.TicketID), At: at, Channel: channel(b.Via), Direction: interaction.Inbound, Customer: string(b.RequesterID),
	}
	emit := func(k interaction.Kind, more func(*interaction.Event)) {
		e := base
		e.Kind = k
		if more != nil {
			more(&e)
		}
		b.emit(out, e)
	}
	group := source.Clip(string(b.Group))
	queue := func(e *interaction.Event) { e.Queue, e.QueueName = group, group }
	agent := func(e *interaction.Event) {
		name, ok := x.agents[string(b.AssigneeID)]
		if !ok {
			name = source.Clip(string(b.AssigneeName))
		}
		e.Work, e.Agent, e.AgentName = string(b.TicketID)+"."+string(b.AssigneeID), string(b.AssigneeID), name
	}
	// The customer waits for an agent, or for nobody in particular. Who talked so far passes
	// the customer on, unless that agent has the ticket still.
	waits := func() {
		if b.AssigneeID == "" {
			emit(interaction.Queued, queue)
			emit(interaction.Transferred, func(e *interaction.Event) {
				e.To, e.ToID, e.QueueName, e.Mode = interaction.ToQueue, group, group, interaction.Cold
			})
			return
		}
		emit(interaction.Transferred, func(e *interaction.Event) {
			e.To, e.ToID, e.Mode = interaction.ToAgent, string(b.AssigneeID), interaction.Cold
		})
		emit(interaction.Assigned, func(e *interaction.Event) { agent(e); queue(e) })
	}
	// Of one update two triggers may tell the end, in either order: that it is one, and why.
	ends := func(version int64, how func(*interaction.Event)) {
		emit(interaction.Disconnected, func(e *interaction.Event) {
			how(e)
			e.Leg, e.Version = source.Clip("end/"+string(b.UpdatedAt)), version
		})
	}
	starts := func() { emit(interaction.Started, func(e *interaction.Event) { e.Role = interaction.Customer }) }
	switch b.Event.name.Lower() {
	case "ticket_created", "ticket_reopened":
		starts()
		waits()
	case "assignee_changed", "group_changed":
		waits()
	case "ticket_updated":
		switch status := b.Status.Lower(); status {
		case "solved", "closed":
			// Whoever solves a ticket is an agent or the system, and no customer who left.
			ends(1, func(e *interaction.Event) { e.By, e.Reason = interaction.ByAgent, status })
		case "new":
			starts()
			waits()
		case "open":
			waits()
		case "pending", "hold", "on-hold":
			// An agent has answered, and waits for the customer or for somebody else.
			if b.AssigneeID != "" {
				waits()
				emit(interaction.Accepted, agent)
			}
		}
		if len(out.Events) == 0 {
			out.Ignore("ticket_updated")
		}
	case "agent_replied":
		if b.AssigneeID == "" {
			problem("assignee_id: is missing; nothing else tells who replied")
			return
		}
		emit(interaction.Accepted, agent)
	case "bot_started":
		// The bot's first answer makes the ticket: nobody waits for a human yet.
		starts()
		emit(interaction.BotEngaged, nil)
	case "voicemail_left":
		emit(interaction.VoicemailChosen, nil)
	case "callback_requested":
		emit(interaction.CallbackRequested, nil)
	case "customer_left":
		ends(2, func(e *interaction.Event) { e.By = interaction.ByCustomer })
	case "closed_for_inactivity":
		ends(2, func(e *interaction.Event) { e.By, e.Cause = interaction.BySystem, interaction.Inactivity })
	default:
		problem("event: is none of the template's names")
	}
}

// toTheMinute is how Zendesk writes times where it leaves the seconds out.
const toTheMinute = "2006-01-02T15:04Z07:00"

// updated is when the ticket was updated, in microseconds; 0 if nothing says it. Where
// the time is to the minute, it is when the delivery was signed, within that minute: so the
// steps of a minute keep their order.
func (t *ticket) updated(stamp string) int64 {
	if at := t.UpdatedAt.Micros(); at != 0 {
		return at
	}
	minute, err := time.Parse(toTheMinute, string(t.UpdatedAt))
	if err != nil {
		return 0
	}
	at := minute
	if signed, err := time.Parse(time.RFC3339Nano, stamp); err == nil && signed.After(minute) {
		at = signed
		if last := minute.Add(time.Minute - time.Second); at.After(last) {
			at = last
		}
	}
	return at.UnixMicro()
}
