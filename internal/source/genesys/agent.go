package genesys

import (
	"cmp"

	"github.com/wallboard/wallboard/internal/interaction"
)

// session tells of the state of one session of a user: that it rings, that the user talks,
// and with it what the user does. Who listens in does not talk.
func (f *fact) session() string {
	at := cmp.Or(f.body.CurrentStateStart, f.body.EventTime, f.sent)
	f.body.UserID = cmp.Or(f.body.UserID, text(f.topic.id))
	switch {
	case f.body.UserID == "":
		return "eventBody.userId: is missing"
	case f.body.CurrentState == "":
		return "eventBody.currentState: is missing"
	case at == 0:
		return "eventBody.currentStateStart: is missing or no time"
	}
	counts := f.body.ConversationID != "" && f.of(string(f.body.ConversationID), cmp.Or(f.body.OriginatingDirection, f.body.Direction))
	switch f.body.CurrentState.Upper() {
	case "ALERT":
		if counts {
			f.rings(at)
		}
	case "INTERACT", "HOLD":
		if counts {
			f.talks(at)
		}
		f.state(at, interaction.Busy)
	case "WRAPUP":
		f.state(at, interaction.WrapUp)
	default:
		f.out.Ignore("other state of a session")
	}
	return ""
}

// talks tells that the user accepted.
func (f *fact) talks(at instant) {
	f.called(at)
	f.offer(interaction.Accepted, at, func(e *interaction.Event) { e.Leg = f.leg() })
}

// activity tells what a user does, by the later of the two times that it names: it is sent
// again when something else of it changes.
func (f *fact) activity() string {
	f.body.UserID = text(cmp.Or(string(f.body.UserID), f.topic.id, string(f.body.ID)))
	at := cmp.Or(max(f.body.RoutingStatus.StartTime, f.body.Presence.Modified), f.body.EventTime, f.sent)
	p := doing(f.body.RoutingStatus.Status.Upper(), cmp.Or(f.body.Presence.System, f.body.SystemPresence).Upper())
	switch {
	case f.body.UserID == "":
		return "eventBody.id: is missing"
	case at == 0:
		return "eventBody.routingStatus.startTime: is missing or no time"
	case p == 0:
		f.out.Ignore("activity without a state")
	default:
		f.state(at, p)
	}
	return ""
}

// doing is the state of a user in the vendor's terms put into ours. Who did not respond is
// offered nothing until going on queue again, and is away; so is who is at work but not
// on queue.
func doing(routing, presence string) interaction.Presence {
	switch {
	case routing == "INTERACTING" || routing == "COMMUNICATING":
		return interaction.Busy
	case presence == "OFFLINE":
		return interaction.Offline
	case presence == "ON_QUEUE" && (routing == "IDLE" || routing == ""), presence == "" && routing == "IDLE":
		return interaction.Available
	case presence != "" || routing == "NOT_RESPONDING" || routing == "OFF_QUEUE":
		return interaction.Away
	}
	return 0
}

// state tells what a user does.
func (f *fact) state(at instant, p interaction.Presence) {
	f.add(interaction.Event{Kind: interaction.AgentState, At: int64(at), Agent: string(f.body.UserID), Presence: p})
}
