package salesforce

import (
	"cmp"
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
)

// conversation is the channel of a work item, by how its id begins; 0 for cases, leads and whatever
// else is routed, which no customer waits on the line for.
func conversation(item string) interaction.Channel {
	switch {
	case strings.HasPrefix(item, "0LQ"):
		return interaction.Voice
	case strings.HasPrefix(item, "0Mw"), strings.HasPrefix(item, "570"):
		return interaction.Messaging
	}
	return 0
}

// item makes the work item the interaction that the facts belong to, where the record names it,
// and ties the record to it.
func (f *facts) item(item string) {
	f.base = interaction.Event{Interaction: cmp.Or(item, f.id), Channel: conversation(item)}
	f.same(f.id)
	if item == "" {
		return
	}
	f.same(item)
	f.link(item, f.id, f.at)
	if f.base.Channel == interaction.Voice {
		f.base.Leg = item
	}
	if f.base.Channel == 0 {
		// Unless the record of a conversation says otherwise.
		f.emit(interaction.Started, f.at, func(e *interaction.Event) { e.Role, e.Sequence = interaction.Internal, asGuessed })
	}
}

// isBot reports whether a bot or an AI agent has the work.
func (f *facts) isBot() bool {
	return f.text("botid", "botlid", "bottype", "externalbotid") != ""
}

// agentWork tells what is known of an AgentWork: one offer to one rep. One is written as Abandoned
// besides where Salesforce counts it so; it is taken for a report, because the offers and the end
// of the conversation tell the same, and more.
func (f *facts) agentWork() {
	f.item(f.text("workitemid", "relatedtoid"))
	if f.isBot() {
		f.botWork()
		return
	}
	status := f.word("status", "agentworkstatus")
	requested := f.time("requestdatetime")
	if status == "abandoned" {
		f.abandoned(requested)
		return
	}
	if requested != 0 {
		f.waited(requested)
	}
	f.base.Work = f.id
	rep := f.agent(user(f.text("userid"), f.text("ownerid")))
	if assigned := f.time("assigneddatetime"); assigned != 0 || f.created || status == "assigned" {
		at := f.at
		if !f.dated {
			at = cmp.Or(requested, at)
		}
		f.emit(interaction.Assigned, cmp.Or(assigned, f.time("createddate"), at), rep, func(e *interaction.Event) {
			e.Queue = f.queue()
		})
	}
	accepted := f.time("acceptdatetime", "acceptdate")
	opened := status == "opened" || status == "accepted" || status == "accept"
	if accepted != 0 || opened {
		f.emit(interaction.Accepted, cmp.Or(accepted, f.at), rep, earliest)
	}
	ends := func(k interaction.Kind, why interaction.Why, fields ...string) {
		f.emit(k, cmp.Or(f.time(fields...), f.at), because(why))
	}
	switch {
	case status == "" || status == "assigned" || opened:
	case status == "declined":
		ends(interaction.Declined, 0, "declinedatetime")
	case status == "declinedonpushtimeout" || status == "pushtimeout":
		ends(interaction.TimedOut, 0, "pushtimeoutdatetime", "declinedatetime")
	case status == "unavailable":
		ends(interaction.Withdrawn, interaction.AgentUnavailable)
	case status == "canceled" || status == "cancelled":
		ends(interaction.Withdrawn, interaction.Canceled, "canceldatetime")
	case status == "closed":
		ends(interaction.Released, 0, "closedatetime")
		ends(interaction.WorkClosed, 0, "closedatetime")
	case status == "transferred":
		// The rep is rid of the customer by now, whether or not the next one took over.
		at := cmp.Or(f.time("closedatetime"), f.at)
		f.emit(interaction.Transferred, at, earliest, func(e *interaction.Event) {
			e.To, e.Mode, e.Why = interaction.ToAgent, interaction.UnknownMode, interaction.UnknownWhy
		})
		f.emit(interaction.TransferCompleted, at, earliest)
	default:
		f.out.Ignore("other AgentWork.Status")
	}
}

func (f *facts) queue() string { return f.text("originalgroupid", "originalqueueid", "usergroupid") }

// waited tells that the customer waited for a rep by then.
func (f *facts) waited(at int64) {
	f.emit(interaction.Queued, at, because(interaction.UnknownWhy), func(e *interaction.Event) { e.Leg, e.Queue = "", f.queue() })
}

// abandoned tells that Salesforce counts the work item as abandoned.
func (f *facts) abandoned(requested int64) {
	at := cmp.Or(f.time("abandoneddatetime"), f.at)
	f.waited(cmp.Or(requested, at))
	f.emit(interaction.Reported, at, sequence(afterThose), func(e *interaction.Event) { e.Leg, e.Outcome = "", interaction.Abandoned })
}

// botWork tells that a bot has the work. Later changes of the record do not say so again: whatever
// they tell of a rep is taken back beforehand, and the wait that led to the bot too.
func (f *facts) botWork() {
	if f.base.Interaction != f.id {
		f.emit(interaction.BotEngaged, cmp.Or(f.time("assigneddatetime", "createddate"), f.at))
	}
	for _, k := range [...]interaction.Kind{
		interaction.Assigned, interaction.Accepted, interaction.Declined, interaction.TimedOut, interaction.Withdrawn,
		interaction.Transferred, interaction.TransferCompleted,
	} {
		f.emit(k, f.at, versioned(final), retracted, func(e *interaction.Event) { e.Work, e.Leg = f.id, "" })
	}
	if routing := f.text("pendingserviceroutingid"); routing != "" {
		f.emit(interaction.Queued, f.at, versioned(final), retracted, func(e *interaction.Event) { e.Interaction, e.Leg = routing, "" })
	}
}
