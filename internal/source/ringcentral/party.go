package ringcentral

import (
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// transfers are the reasons by which an agent passes a customer on, moves those by which a
// call goes on elsewhere.
var (
	transfers = map[string]bool{
		"BlindTransfer": true, "RccTransfer": true, "AttendedTransfer": true, "DtmfTransfer": true, "CallPark": true,
		"ParkLocation": true, "CallFlip": true, "CallSwitch": true, "TakeOver": true,
	}
	moves = map[string]bool{
		"BlindTransfer": true, "RccTransfer": true, "AttendedTransfer": true, "DtmfTransfer": true, "CallPark": true,
		"ParkLocation": true, "CallFlip": true, "CallSwitch": true, "TakeOver": true,
		"CallerInputRedirect": true, "CallRedirected": true, "CallReplied": true, "Pickup": true, "AgentAnswered": true,
	}
)

// queueLeg names the queue's leg by the queue's extension, as the agents' parties can too.
func (l *leg) queueLeg() string { return l.base.Interaction + "/" + string(l.To.Value.ExtensionID) }

// queue tells of the queue's own party. What is told again while an agent talks would be
// taken for a transfer, so only the statuses before that say that the customer waits.
func (l *leg) queue(code string, over bool) {
	switch {
	case code == "setup", code == "proceeding":
		l.emit(interaction.Queued, func(e *interaction.Event) {
			e.Leg, e.Version = l.queueLeg(), 0
			e.Queue, e.QueueName = string(l.To.Value.ExtensionID), source.Clip(string(l.To.Value.Name))
		})
	case code == "voicemail", code == "voicemailscreening":
		l.voicemail(l.queueLeg())
	case over:
		if l.reason == "Voicemail" {
			l.voicemail(l.queueLeg())
		}
		l.emit(interaction.LegEnded, func(e *interaction.Event) {
			e.Leg, e.Version, e.Moved = l.queueLeg(), 0, code == "gone" || moves[l.reason]
			e.By, e.Cause, e.Reason = endedBy(l.reason)
		})
	default:
		l.out.Ignore("other status")
	}
}

// voicemail tells that the caller is led to the voicemail, which is chosen by staying.
func (l *leg) voicemail(leg string) {
	l.emit(interaction.VoicemailChosen, func(e *interaction.Event) { e.Leg = leg })
}

// queueOver tells, by an agent's party, that the part of the queue that rang it is over.
func (l *leg) queueOver(moved bool) {
	if to := l.To.Value.ExtensionID; to != "" && to != l.ExtensionID {
		l.emit(interaction.LegEnded, func(e *interaction.Event) { e.Leg, e.Moved, e.Version = l.queueLeg(), moved, 0 })
	}
}

// offer tells of the party as an agent's work.
func (x decoder) offer(l *leg, k interaction.Kind, why interaction.Why) {
	l.emit(k, func(e *interaction.Event) {
		e.Work, e.Agent, e.Why, e.Leg = string(l.ID), string(l.ExtensionID), why, string(l.ID)
		e.AgentName = x.agents[e.Agent]
		to := l.To.Value
		switch {
		case to.ExtensionID == l.ExtensionID && e.AgentName == "":
			e.AgentName = source.Clip(string(to.Name))
		case k == interaction.Assigned && l.QueueCall.True():
			e.Queue, e.QueueName = string(to.ExtensionID), source.Clip(string(to.Name))
		}
	})
}

// agent tells of an agent's party.
func (x decoder) agent(l *leg, code string, over bool) {
	switch code {
	case "setup", "proceeding":
		x.offer(l, interaction.Assigned, 0)
	case "answered":
		x.offer(l, interaction.Assigned, 0)
		x.offer(l, interaction.Accepted, 0)
		l.queueOver(true) // it gave the customer to this agent, whether its own party says so or not
	case "voicemail", "voicemailscreening":
		l.voicemail(string(l.ID))
	default:
		if !over {
			l.out.Ignore("other status") // hold, park, fax
			return
		}
		if l.reason == "Cancelled" {
			l.queueOver(false) // by the caller, who is gone from the queue as well
		}
		x.agentOver(l, code == "gone")
		l.ended(code == "gone" || moves[l.reason])
	}
}

// agentOver tells how the end of an agent's party came about. Whether that agent talked, the
// fold knows: the end of an offer says nothing of one that was accepted, and a release
// nothing of one that was not.
func (x decoder) agentOver(l *leg, gone bool) {
	switch l.reason {
	case "Rejected", "TargetBusy":
		x.offer(l, interaction.Declined, 0)
	case "NoAnswer", "Timeout":
		x.offer(l, interaction.TimedOut, 0)
	case "AgentAnswered", "Pickup":
		x.offer(l, interaction.Withdrawn, interaction.AnsweredElsewhere)
	case "NoSuchUser", "InvalidNumber", "InternationalDisabled", "DestinationBlocked", "NotEnoughFunds":
		x.offer(l, interaction.Withdrawn, interaction.AgentUnavailable)
	case "Supervising":
	default:
		if gone || transfers[l.reason] {
			// Whether the next agent talks already, and this was announced, or has yet to
			// answer, is what decides who holds the customer from here on.
			l.emit(interaction.Transferred, func(e *interaction.Event) {
				e.Work, e.Agent, e.To, e.Mode = string(l.ID), string(l.ExtensionID), interaction.ToAgent, interaction.ConsultTransfer
			})
			l.emit(interaction.TransferCompleted, func(e *interaction.Event) { e.Work = string(l.ID) })
			x.offer(l, interaction.Withdrawn, interaction.UnknownWhy)
			return
		}
		if l.reason == "Voicemail" {
			l.voicemail(string(l.ID))
		}
		x.offer(l, interaction.Withdrawn, interaction.Canceled)
		l.emit(interaction.Released, func(e *interaction.Event) {
			e.Work, e.Agent, e.Leg = string(l.ID), string(l.ExtensionID), string(l.ID)
			if l.reason == "CallDropped" || l.reason == "InternalError" {
				e.By, e.Cause, e.Reason = interaction.BySystem, interaction.Technical, l.reason
			}
		})
	}
}

// ended tells that a party is over.
func (l *leg) ended(moved bool) {
	l.emit(interaction.LegEnded, func(e *interaction.Event) { e.Leg, e.Moved = string(l.ID), moved })
}

// endedBy says who ended a waiting party, where the reason says it. That the caller did is
// never said.
func endedBy(reason string) (interaction.Party, interaction.Cause, string) {
	switch reason {
	case "CallDropped", "InternalError":
		return interaction.BySystem, interaction.Technical, reason
	case "Timeout", "TargetBusy", "NoSuchUser", "InvalidNumber", "InternationalDisabled", "DestinationBlocked", "NotEnoughFunds":
		return interaction.BySystem, interaction.Normal, reason
	}
	return interaction.ByUnknown, interaction.Normal, ""
}
