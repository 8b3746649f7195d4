package amazonconnect

import (
	"cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// contact tells all that a contact event shows. sent is the envelope's time, in whole
// seconds, which stands in where the contact gives none.
func (x decoder) contact(out *source.Decoded, c contact, sent instant, problem func(string)) {
	kind := c.EventType.Upper()
	switch kind {
	case "INITIATED", "CONNECTED_TO_SYSTEM", "CONTACT_DATA_UPDATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED", "PAUSED", "RESUMED":
	case "":
		problem("detail.eventType: is missing")
		return
	default:
		out.Ignore("other eventType")
		return
	}
	if c.ContactID == "" {
		problem("detail.contactId: is missing")
		return
	}
	ch, counts := channel(c.Channel)
	if !counts {
		out.Ignore("task or e-mail")
		return
	}
	q, a := c.QueueInfo.Value, c.AgentInfo.Value
	ended := c.DisconnectTimestamp
	if ended == 0 && (kind == "DISCONNECTED" || kind == "COMPLETED") {
		ended = cmp.Or(a.AfterContactWorkStartTimestamp, sent)
	}
	start := cmp.Or(c.InitiationTimestamp, c.ConnectedToSystemTimestamp, q.EnqueueTimestamp, a.ConnectedToAgentTimestamp, ended, sent)
	if start == 0 {
		problem("detail.initiationTimestamp: is missing, and nothing else tells a time")
		return
	}

	l := newLeg(out, c.ContactID, c.InitialContactID, c.InitiationMethod, ch)
	l.begins(c.InitialContactID, c.PreviousContactID, start)
	if c.QueueInfo.Is {
		at := q.EnqueueTimestamp
		if at == 0 && kind == "QUEUED" {
			at = sent
		}
		l.queued(cmp.Or(at, start), q.QueueARN)
	}
	l.chooses(c.Tags.outcome, cmp.Or(ended, sent))
	agent, accepted := shortID(a.AgentARN, "agent"), a.ConnectedToAgentTimestamp
	if agent == "" {
		accepted = 0
	}
	if accepted != 0 {
		l.offer(interaction.Accepted, accepted, agent, x.named(agent))
		if ended != 0 {
			l.released(ended, agent)
		}
		if a.AfterContactWorkEndTimestamp != 0 {
			l.offer(interaction.WorkClosed, a.AfterContactWorkEndTimestamp, agent)
		}
	}
	if ended != 0 {
		l.ends(ended, c.DisconnectReason, accepted != 0)
	}
}

// chooses tells what the customer chose, by the tag that a flow set. The closing events
// tell it at the end, which is where it counts.
func (l *leg) chooses(outcome string, at instant) {
	if at == 0 {
		return
	}
	switch outcome {
	case "voicemail":
		l.emit(interaction.VoicemailChosen, at, nil)
	case "callback":
		l.emit(interaction.CallbackRequested, at, nil)
	case "bot":
		l.emit(interaction.BotEngaged, at, nil)
	}
}

// ends tells that the contact ended, and by whom where Connect says so.
func (l *leg) ends(at instant, reason text, answered bool) {
	l.emit(interaction.LegEnded, at, func(e *interaction.Event) {
		e.By, e.Cause, e.Reason = parties(reason)
		if answered {
			e.Sequence = lastOfItsTime
		}
	})
}

// parties is what a disconnectReason says. AWS itself says that CUSTOMER_DISCONNECT may
// be a connection that broke; it is taken at its word. Most inbound events give none.
func parties(reason text) (interaction.Party, interaction.Cause, string) {
	switch r := reason.Upper(); r {
	case "":
		return interaction.ByUnknown, interaction.Normal, ""
	case "CUSTOMER_DISCONNECT", "CUSTOMER_NEVER_ARRIVED", "TELECOM_ORIGINATOR_CANCEL":
		return interaction.ByCustomer, interaction.Normal, r
	case "AGENT_DISCONNECT", "AGENT_COMPLETED":
		return interaction.ByAgent, interaction.Normal, r
	case "IDLE_DISCONNECT":
		return interaction.ByUnknown, interaction.Inactivity, r
	case "TELECOM_PROBLEM", "AGENT_NETWORK_DISCONNECT", "SYSTEM_ERROR", "CUSTOMER_CONNECTION_NOT_ESTABLISHED":
		return interaction.BySystem, interaction.Technical, r
	case "CONTACT_FLOW_DISCONNECT", "EXPIRED", "API", "DISCARDED", "BARGED", "OTHER", "TELECOM_BUSY", "TELECOM_NUMBER_INVALID",
		"TELECOM_POTENTIAL_BLOCKING", "TELECOM_UNANSWERED", "TELECOM_TIMEOUT":
		return interaction.BySystem, interaction.Normal, r
	case "THIRD_PARTY_DISCONNECT":
		return interaction.ByUnknown, interaction.Normal, r
	}
	return interaction.ByUnknown, interaction.Normal, "other"
}
