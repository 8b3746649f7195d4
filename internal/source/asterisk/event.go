package asterisk

import (
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// adapter turns one event of a manager into ours.
type adapter struct {
	source.Fields
	decoder
	base    interaction.Event
	out     *source.Decoded
	problem func(string)
}

// emit adds an event of a kind. One manager's event gives at most one of each kind, so its key
// and the kind are the key.
func (a *adapter) emit(k interaction.Kind, more func(*interaction.Event)) {
	e := a.base
	e.Kind, e.Key = k, e.Key+"/"+k.String()
	if more != nil {
		more(&e)
	}
	a.out.Events = append(a.out.Events, e)
}

// notNeeded are the events that come with what is read, and say nothing for us. Others are
// counted together, so that nobody's names become ours.
var notNeeded = map[string]bool{
	"QueueCallerLeave": true, "DialBegin": true, "DialState": true, "DialEnd": true, "Newchannel": true, "Newstate": true, "Newexten": true,
	"VarSet": true, "UserEvent": true, "HangupRequest": true, "SoftHangupRequest": true, "QueueMemberPenalty": true,
	"QueueMemberRinginuse": true, "BlindTransfer": true, "AttendedTransfer": true, "QueueParams": true, "CoreShowChannel": true, "WallboardGap": true,
}

// name is the event's name where it is one of those.
func (a *adapter) name() string {
	for n := range notNeeded {
		if strings.EqualFold(n, a.Fields["event"]) {
			return n
		}
	}
	return "other"
}

// known emits what an event says; it is false for those that say nothing for us.
func (a *adapter) known() bool {
	before := len(a.out.Events) + len(a.out.Problems)
	switch strings.ToLower(a.Fields["event"]) {
	case "queuecallerjoin", "queuecallerleave", "queuecallerabandon", "queueentry", "agentcalled", "agentconnect",
		"agentringnoanswer", "agentdump", "agentcomplete":
		if a.caller() {
			a.queue()
		}
	case "hangup":
		if a.caller() {
			a.hangup()
		}
	case "dialend":
		a.pickedUp()
	case "blindtransfer", "attendedtransfer":
		a.transfer()
	case "userevent":
		if strings.EqualFold(a.Fields["userevent"], "WallboardFact") && a.caller() {
			a.fact(strings.ToLower(a.Fields["fact"]))
		}
	case "newexten":
		a.application()
	case "varset":
		if strings.EqualFold(a.Fields["variable"], "QUEUESTATUS") && a.caller() {
			a.letGo(a.Fields["value"])
		}
	case "wallboardlost":
		if a.caller() {
			a.lost()
		}
	case "queuememberstatus", "queuememberadded", "queuememberpause", "queuememberremoved", "queuemember":
		a.member()
	}
	return len(a.out.Events)+len(a.out.Problems) > before
}

// caller makes the channel of the event a leg, and its call the interaction. It reports whether
// there is one.
func (a *adapter) caller() bool {
	unique, linked := a.Fields["uniqueid"], a.Fields["linkedid"]
	if unique == "" && linked == "" {
		a.problem("Linkedid and Uniqueid: are missing")
		return false
	}
	a.base.Interaction, a.base.Leg = linked, unique
	if linked == "" {
		a.base.Interaction = unique
	}
	return true
}

// local reports whether a channel is one half of a Local channel.
func local(channel string) bool {
	return len(channel) >= 6 && strings.EqualFold(channel[:6], "Local/")
}

// tie says that a channel that queues for somebody is of this call, where the call has another's
// name by now.
func (a *adapter) tie(unique string) {
	if unique != "" && unique != a.base.Interaction {
		a.emit(interaction.Linked, func(e *interaction.Event) { e.Leg, e.Other = "", unique })
	}
}

// queue emits what a queue says of a caller and its members.
func (a *adapter) queue() {
	f := a.Fields
	a.base.Queue = f["queue"]
	switch strings.ToLower(f["event"]) {
	case "queuecallerjoin":
		a.joined()
	case "queueentry":
		a.base.At -= seconds(f["wait"])
		a.joined()
	case "queuecallerabandon":
		a.emit(interaction.Dequeued, nil)
	case "agentcalled":
		a.offer(interaction.Assigned, f["destuniqueid"])
	case "agentconnect":
		// By the agent alone: who picks up for another has a channel of his own.
		a.offer(interaction.Accepted, "")
	case "agentringnoanswer":
		a.offer(interaction.TimedOut, f["destuniqueid"])
	case "agentdump":
		a.offer(interaction.Declined, f["destuniqueid"])
	case "agentcomplete":
		// By the agent, too: the member's channel may be another by now.
		if strings.EqualFold(f["reason"], "transfer") {
			a.offer(interaction.Transferred, "")
		} else {
			a.offer(interaction.Released, "")
		}
	}
	a.tie(f["uniqueid"])
}

// joined emits that a customer came to a queue: the beginning, if it is the first one.
func (a *adapter) joined() {
	a.emit(interaction.Started, a.started)
	a.emit(interaction.Queued, nil)
}

func (a *adapter) started(e *interaction.Event) {
	e.Role, e.Direction, e.Queue = interaction.Customer, interaction.Inbound, ""
	if n := a.Fields["calleridnum"]; n != "<unknown>" && !strings.EqualFold(n, "anonymous") {
		e.Customer = n
	}
}

// offer emits what becomes of a member's being called. Without a channel the offer is found by
// its agent.
func (a *adapter) offer(k interaction.Kind, channel string) {
	agent := a.First("interface", "membername")
	if agent == "" {
		a.problem("Interface: is missing; it names the queue's member")
		return
	}
	a.emit(k, func(e *interaction.Event) {
		e.Work, e.Agent, e.AgentName = channel, agent, a.agentName(agent)
		switch k {
		case interaction.Assigned, interaction.Accepted:
		default:
			e.Leg = ""
		}
		if k == interaction.Transferred {
			e.Mode, e.Queue = interaction.Cold, ""
		}
	})
}

// agentName is the configured name of a queue's member, else the queue's.
func (a *adapter) agentName(id string) string {
	if n := a.agents[id]; n != "" {
		return n
	}
	return a.First("membername", "name")
}
