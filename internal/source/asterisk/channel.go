package asterisk

import (
	"strconv"
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
)

// hangup emits that a channel hung up: a leg's end if it queued for somebody, an agent's if a
// queue called the agent on it. Only the channel that began a call is taken for a customer's, and
// its hanging up for the customer's, unless our forwarder knows that nothing tells whose it was.
func (a *adapter) hangup() {
	f := a.Fields
	unique, cause := f["uniqueid"], f["cause"]
	first := unique != "" && (unique == f["linkedid"] || f["linkedid"] == "")
	if unique != "" && !first {
		a.emit(interaction.Released, func(e *interaction.Event) {
			e.Work, e.Leg = unique, ""
			if cause == "17" || cause == "21" { // busy (SIP 486, 600), or rejected (603): a hand on the phone
				e.By = interaction.ByAgent
			}
			if word, technical := failures[cause]; technical {
				e.By, e.Cause, e.Reason = interaction.BySystem, interaction.Technical, word
			}
		})
	}
	a.emit(interaction.LegEnded, func(e *interaction.Event) {
		e.Leg = a.First("uniqueid", "linkedid")
		if !first {
			return
		}
		if word, technical := failures[cause]; technical {
			e.By, e.Cause, e.Reason = interaction.BySystem, interaction.Technical, word
		} else if !local(f["channel"]) && f["wallboardunsure"] == "" {
			e.By, e.Cause = interaction.ByCustomer, interaction.Normal
		}
	})
}

// failures are the causes of Q.850 by which a line breaks, with Asterisk's own words.
var failures = map[string]string{
	"25": "Exchange routing error", "27": "Destination out of order", "34": "Circuit/channel congestion", "38": "Network out of order",
	"41": "Temporary failure", "42": "Switching equipment congestion", "43": "Access information discarded",
	"44": "Requested channel not available", "47": "Resource unavailable", "58": "Bearer capability not available",
	"65": "Bearer capability not implemented", "66": "Channel not implemented", "88": "Incompatible destination",
	"101": "Wrong message for state", "102": "Recover on timer expiry", "111": "Protocol error",
}

// pickedUp emits that somebody picked up who was dialled: a member whom a queue offered the
// customer, or somebody outside. Inside a Local channel it may be a member's own phone, and
// counts only where the customer was transferred.
func (a *adapter) pickedUp() {
	f := a.Fields
	if !strings.EqualFold(f["dialstatus"], "ANSWER") || f["uniqueid"] == "" || !a.caller() {
		return
	}
	a.emit(interaction.TransferCompleted, func(e *interaction.Event) {
		e.Leg, e.Work, e.To = "", f["destuniqueid"], interaction.ToExternal
		if local(f["channel"]) {
			e.Mode = interaction.UnknownMode
		}
	})
}

// transfer emits that somebody passed a call on. By a blind transfer the customer waits for
// whoever is next. By an attended one he is with whom the second call led to: a queue, which tells
// itself; a phone that rings; or somebody outside of queues.
func (a *adapter) transfer() {
	f := a.Fields
	if !strings.EqualFold(f["result"], "Success") {
		return
	}
	blind := strings.EqualFold(f["event"], "BlindTransfer")
	from := f.First("transfereruniqueid", "origtransfereruniqueid")
	call := f.First("transfereelinkedid", "transfererlinkedid", "origtransfererlinkedid", "linkedid", "uniqueid")
	if call == "" {
		a.problem("TransfereeLinkedid and TransfererLinkedid: are missing")
		return
	}
	a.base.Interaction = call
	a.link(f["transfererlinkedid"], f["origtransfererlinkedid"], f["secondtransfererlinkedid"], f["transfertargetlinkedid"])
	if !blind {
		a.emit(interaction.TransferCompleted, nil)
	}
	a.emit(interaction.Transferred, func(e *interaction.Event) {
		e.Work, e.Mode = from, interaction.Cold
		rings := strings.EqualFold(f["desttype"], "App") && strings.Contains(strings.ToLower(f["destapp"]), "dial")
		if !blind && !rings {
			e.To, e.Mode, e.ToID = interaction.ToExternal, interaction.Warm, f["secondtransfereruniqueid"]
		}
		if !blind && !local(f["transfereechannel"]) {
			e.Leg = f["transfereeuniqueid"]
		}
	})
}

// link ties other calls to this one. All are told in one event, so their keys differ by them.
func (a *adapter) link(others ...string) {
	done := map[string]bool{"": true, a.base.Interaction: true}
	for _, other := range others {
		if done[other] {
			continue
		}
		done[other] = true
		a.emit(interaction.Linked, func(e *interaction.Event) {
			e.Leg, e.Other, e.Key = "", other, e.Key+"/"+strconv.Itoa(len(done))
		})
	}
}

// fact emits what a dialplan marks by UserEvent(WallboardFact,Fact: …).
func (a *adapter) fact(fact string) {
	switch fact {
	case "started":
		a.emit(interaction.Started, a.started)
	case "bot_engaged", "bot":
		a.emit(interaction.BotEngaged, nil)
	case "voicemail_started", "voicemail_left", "voicemail":
		a.emit(interaction.VoicemailChosen, nil)
	case "callback_requested", "callback":
		a.emit(interaction.CallbackRequested, nil)
	case "queue_exit":
		a.letGo(a.Fields["status"])
	case "queue_timeout":
		a.letGo("TIMEOUT")
	default:
		a.problem("Fact: is none of started, bot_engaged, voicemail_started, callback_requested, queue_exit, queue_timeout")
	}
}

// application emits that a customer's channel came to voicemail, or that the dialplan hangs up on
// it. A member's own mailbox is behind a Local channel; and what is done for a channel that has hung
// up already, in the extension h or a context of that kind, is nobody's hanging up.
func (a *adapter) application() {
	f := a.Fields
	if local(f["channel"]) {
		return
	}
	switch strings.ToLower(f["application"]) {
	case "voicemail", "minivmrecord":
		if a.caller() {
			a.emit(interaction.VoicemailChosen, nil)
		}
	case "hangup":
		after := strings.EqualFold(f["extension"], "h") || strings.EqualFold(f["exten"], "h") || strings.Contains(strings.ToLower(f["context"]), "hangup")
		if !after && f["uniqueid"] != "" && f["uniqueid"] == f["linkedid"] && a.caller() {
			a.emit(interaction.LegEnded, func(e *interaction.Event) {
				e.By, e.Cause, e.Reason = interaction.BySystem, interaction.Normal, "Hangup"
			})
		}
	}
}

// letGo emits why a queue let a customer go, or did not let him in, by the value of QUEUESTATUS.
// It ends the wait by the system, until something shows that the customer went on.
func (a *adapter) letGo(status string) {
	status = strings.ToUpper(status)
	whys := map[string]interaction.Why{
		"TIMEOUT": interaction.QueueTimeout, "FULL": interaction.QueueFull, "WITHDRAW": interaction.Overflow,
		"JOINEMPTY": interaction.QueueEmpty, "LEAVEEMPTY": interaction.QueueEmpty,
		"JOINUNAVAIL": interaction.QueueEmpty, "LEAVEUNAVAIL": interaction.QueueEmpty,
	}
	why, ok := whys[status]
	if !ok {
		return
	}
	a.base.Queue = a.Fields["queue"]
	switch status {
	case "FULL", "JOINEMPTY", "JOINUNAVAIL":
		a.joined() // of which the queue says nothing itself
	}
	a.emit(interaction.Dequeued, func(e *interaction.Event) { e.Why = why })
	a.emit(interaction.Disconnected, func(e *interaction.Event) {
		e.By, e.Cause, e.Reason, e.Leg = interaction.BySystem, interaction.Normal, status, ""
	})
}

// lost emits that our forwarder was away when a call ended: with an agent it was answered, in a
// mailbox it had been served, and what became of one that waited is not known.
func (a *adapter) lost() {
	if state := strings.ToLower(a.Fields["state"]); state == "talking" || state == "mailbox" {
		a.emit(interaction.Disconnected, func(e *interaction.Event) { e.By, e.Leg = interaction.ByUnknown, "" })
		return
	}
	a.emit(interaction.Reported, func(e *interaction.Event) { e.Outcome, e.Leg = interaction.LostTrack, "" })
}

// seconds reads whole seconds, in microseconds; 0 if they are none or more than a day.
func seconds(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > 86400 {
		return 0
	}
	return n * 1_000_000
}
