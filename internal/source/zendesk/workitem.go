package zendesk

import (
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// meaning is what a reason of a work item says.
type meaning uint8

const (
	unknownReason meaning = iota
	offered               // the agent is asked
	accepted              // the agent said yes
	given                 // the agent has it without being asked, which is as good
	reopened              // likewise, after the ticket had been solved
	missed
	declined
	obsoleted // the offer was taken back, and nothing tells why
)

// reasons are the words of Zendesk's API, and other words for a refusal, which nothing documents and
// which can mean nothing else; those of an offer's end also without their OFFER_. What is left
// out, as UNKNOWN_ADD, says nothing.
var reasons = map[string]meaning{
	"offered": offered, "accepted": accepted, "reopened": reopened,
	"assigned": given, "manual_assigned": given, "assigned_transfer": given, "channel_change": given,
	"missed": missed, "timed_out": missed, "timeout": missed, "declined": declined, "rejected": declined, "obsoleted": obsoleted,
}

// workItem reads that a ticket came into an agent's hands, changed there, or left them.
func (x decoder) workItem(out *source.Decoded, b *body, name string, problem func(string)) {
	c := &b.Event.change
	// Zendesk's API writes the id of an item as the end of a path.
	item := string(c.WorkItemID)
	item = item[strings.LastIndexByte(item, '|')+1:]
	if item == "" || b.agent() == "" || b.at() == 0 {
		problem("event.work_item_id, detail.agent_id, event.updated_at: an item, an agent and a time are needed")
		return
	}
	base := interaction.Event{
		Interaction: item, At: b.at(), Channel: channel(c.Channel), Direction: interaction.Inbound,
		Work: item + "." + b.agent(), Agent: b.agent(), AgentName: x.agents[b.agent()],
	}
	emit := func(k interaction.Kind, why interaction.Why) {
		e := base
		e.Kind, e.Why = k, why
		b.emit(out, e)
	}
	says := reasons[strings.TrimPrefix(c.Reason.Lower(), "offer_")]
	switch says {
	case missed:
		emit(interaction.TimedOut, 0)
	case declined:
		emit(interaction.Declined, 0)
	case obsoleted:
		emit(interaction.Withdrawn, interaction.UnknownWhy)
	}
	switch name {
	case "work_item_removed":
		if says != missed && says != declined && says != obsoleted {
			// Of an agent who had accepted this is the end of the work, of another the end of
			// the offer; each does nothing to the other.
			emit(interaction.Withdrawn, interaction.UnknownWhy)
			emit(interaction.Released, 0)
		}
	case "work_item_added", "work_item_updated":
		if says == unknownReason && name == "work_item_added" {
			says = offered
		}
		switch says {
		case reopened:
			e := base
			e.Kind, e.Role, e.Work, e.Agent, e.AgentName = interaction.Started, interaction.Customer, "", "", ""
			b.emit(out, e)
			emit(interaction.Assigned, 0)
			emit(interaction.Accepted, 0)
		case given:
			emit(interaction.Assigned, 0)
			emit(interaction.Accepted, 0)
		case offered:
			emit(interaction.Assigned, 0)
		case accepted:
			emit(interaction.Accepted, 0)
		}
	}
	if len(out.Events) == 0 {
		out.Ignore("work item, by a reason that is not known")
	}
}

// channel is that of a work item, or of a ticket's via. Tickets by e-mail or form have none.
func channel(t source.Text) interaction.Channel {
	switch via := t.Lower(); {
	case strings.Contains(via, "messag"), strings.Contains(via, "chat"), via == "whatsapp", via == "sms", via == "line":
		return interaction.Messaging
	case via == "talk", via == "voice", strings.Contains(via, "phone"):
		return interaction.Voice
	}
	return 0
}
