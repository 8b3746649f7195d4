package freeswitch

import (
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
)

// left emits that a stay in a queue ended, and by whom.
func (a *adapter) left() {
	f := a.Fields
	if !strings.EqualFold(f["cc-cause"], "Cancel") {
		// Served. That the agent let go is told apart, but may be lost.
		if f["cc-agent"] != "" && !transferred(f["cc-hangup-cause"]) {
			a.offer(interaction.Released, 0)
		}
		a.ended(a.stay(), interaction.ByUnknown, "", f["cc-hangup-cause"])
		return
	}
	reason := strings.ToUpper(f["cc-cancel-reason"])
	why := interaction.Why(0)
	switch reason {
	case "TIMEOUT":
		why = interaction.QueueTimeout
	case "NO_AGENT_TIMEOUT":
		why = interaction.QueueEmpty
	case "EXIT_WITH_KEY":
		why = interaction.ExitKey
	case "BREAK_OUT", "NONE", "":
		if a.hungUp() {
			a.ended(a.stay(), interaction.ByCustomer, "", f["hangup-cause"])
			return
		}
		reason = "BREAK_OUT"
	default:
		reason = "other"
	}
	// The system lets go, or the caller chose another way than the queue. What comes of it may
	// show later; the wait is over.
	a.emit(interaction.Dequeued, func(e *interaction.Event) { e.Why = why })
	a.ended(a.stay(), interaction.BySystem, reason, "")
}

// hungUp reports whether the caller's channel has: it is not enough that somebody broke the
// caller out of the queue. An event that says nothing of the channel says nothing against it.
func (a *adapter) hungUp() bool {
	f := a.Fields
	states := []string{f["answer-state"], f["channel-call-state"], f["channel-state"]}
	told := false
	for _, s := range states {
		switch strings.ToUpper(s) {
		case "":
			continue
		case "HANGUP", "CS_HANGUP", "CS_REPORTING", "CS_DESTROY":
			return true
		}
		told = true
	}
	return !told
}

// ended emits the end of a leg. A line that broke is nobody's wish.
func (a *adapter) ended(leg string, by interaction.Party, word, cause string) {
	a.emit(interaction.LegEnded, func(e *interaction.Event) {
		e.Leg, e.By, e.Cause, e.Reason = leg, by, interaction.Normal, word
		if cause = strings.ToUpper(cause); failures[cause] {
			e.By, e.Cause, e.Reason = interaction.BySystem, interaction.Technical, cause
		}
	})
}

// failures are the hang-up causes by which a line breaks.
var failures = map[string]bool{
	"NETWORK_OUT_OF_ORDER": true, "NORMAL_TEMPORARY_FAILURE": true, "SWITCH_CONGESTION": true, "NORMAL_CIRCUIT_CONGESTION": true,
	"RECOVERY_ON_TIMER_EXPIRE": true, "MEDIA_TIMEOUT": true, "DESTINATION_OUT_OF_ORDER": true, "EXCHANGE_ROUTING_ERROR": true,
	"PROTOCOL_ERROR": true, "BEARERCAPABILITY_NOTAVAIL": true, "INCOMPATIBLE_DESTINATION": true,
	"REQUESTED_CHAN_UNAVAIL": true, "MANDATORY_IE_MISSING": true, "CRASH": true, "SYSTEM_SHUTDOWN": true, "GATEWAY_DOWN": true,
}

func transferred(cause string) bool {
	switch strings.ToUpper(cause) {
	case "BLIND_TRANSFER", "ATTENDED_TRANSFER":
		return true
	}
	return false
}

// hangup emits that a channel hung up. Of a caller's it ends what the queue left open; an agent's
// is of nobody's contact. Who hung up tells the SIP profile, where there is one.
func (a *adapter) hangup() {
	by := interaction.ByUnknown
	switch strings.ToLower(a.Fields["variable_sip_hangup_disposition"]) {
	case "recv_bye", "recv_cancel", "recv_refuse":
		by = interaction.ByCustomer
	case "send_bye", "send_cancel", "send_refuse":
		by = interaction.BySystem
	}
	// The channel itself is the leg: its end is the last one.
	a.ended(a.base.Interaction, by, "", a.Fields["hangup-cause"])
}

// fact emits what a dialplan marks by the application event.
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
	case "lost":
		// Our forwarder was away when it ended: with an agent it was answered.
		if strings.EqualFold(a.Fields["state"], "talking") {
			a.emit(interaction.Disconnected, func(e *interaction.Event) { e.By = interaction.ByUnknown })
			return
		}
		a.emit(interaction.Reported, func(e *interaction.Event) { e.Outcome = interaction.LostTrack })
	default:
		a.problem("Fact: is none of started, bot_engaged, voicemail_started, callback_requested")
	}
}

// status emits what an agent is ready for.
func (a *adapter) status() {
	agent, status := a.Fields["cc-agent"], a.Fields["cc-agent-status"]
	if agent == "" || status == "" {
		a.problem("CC-Agent or CC-Agent-Status: is missing")
		return
	}
	p, ok := a.statuses[status]
	if !ok {
		switch low := strings.ToLower(status); {
		case strings.HasPrefix(low, "available"): // also "Available (On Demand)"
			p = interaction.Available
		case low == "on break":
			p = interaction.Away
		case low == "logged out":
			p = interaction.Offline
		default:
			return
		}
	}
	a.emit(interaction.AgentState, func(e *interaction.Event) {
		e.Channel, e.Agent, e.AgentName, e.Presence = 0, agent, a.agents[agent], p
	})
}
