package salesforce

import (
	"cmp"

	"github.com/wallboard/wallboard/internal/interaction"
)

// messagingSession tells what is known of a MessagingSession. Transfers stay within it.
func (f *facts) messagingSession() {
	f.base = interaction.Event{Interaction: f.id, Leg: f.id, Channel: interaction.Messaging}
	f.same(f.id)
	origin, by := f.word("origin", "origintype"), f.word("agenttype")
	status := f.word("status", "messagingsessionstatus")
	role := f.sessionRole(origin, by)
	f.base.Direction = interaction.Inbound
	if role == interaction.OutboundRole {
		f.base.Direction = interaction.Outbound
	}
	start := f.time("starttime", "startdatetime", "createddate")
	if f.created || start != 0 && !f.delta {
		f.emit(interaction.Started, cmp.Or(start, f.at), func(e *interaction.Event) {
			e.Role, e.Customer = role, f.text("messagingenduserid")
		})
	}
	if by == "bot" {
		at := f.at
		if f.created || start != 0 {
			at = cmp.Or(start, f.at)
		}
		f.emit(interaction.BotEngaged, at)
	}
	switch {
	case status == "waiting":
		f.emit(interaction.Queued, f.at)
	case by == "bottoagent" || by == "agent" || by == "" && status == "new":
		// No bot has the customer any more, or none ever had, whether or not a rep is there yet.
		f.emit(interaction.Queued, f.at, because(interaction.UnknownWhy))
	}
	if by != "bot" {
		// A bot's session has an accept too, which is no rep's.
		f.snapshot(interaction.Accepted, first(f.fields, "accepttime", "acceptdatetime", "accepteddatetime"))
	}
	f.sessionEnd(status)
}

// sessionRole is what a session is for. One that the company began is not the customer's, unless
// the customer is known to have written.
func (f *facts) sessionRole(origin, agentType string) interaction.Role {
	switch {
	case origin == "agentinitiated" || origin == "triggeredoutbound" || origin == "" && agentType == "system":
		if n := f.text("endusermessagecount"); n != "" && n != "0" {
			return interaction.Customer
		}
		return interaction.OutboundRole
	case origin == "inboundinitiated" || origin == "":
		return interaction.Customer
	}
	return interaction.Internal // OptIn, OptOut, Help and what is no conversation either
}

// sessionEnd tells the end. Enhanced sessions say who ended them, standard ones do not. Inactive is
// no end.
func (f *facts) sessionEnd(status string) {
	ender := f.text("endedbytype")
	end := func(e *interaction.Event) {
		e.Sequence, e.Cause = lastOfAll, interaction.Normal
		switch word(ender) {
		case "enduser":
			e.By, e.Reason = interaction.ByCustomer, "EndUser"
		case "agent":
			e.By, e.Reason = interaction.ByAgent, "Agent"
		case "bot":
			e.By, e.Reason = interaction.BySystem, "Bot"
		case "system":
			e.By, e.Reason = interaction.BySystem, "System"
		default:
			e.By = interaction.ByUnknown
		}
	}
	at := f.time("endtime", "enddatetime")
	switch {
	case status == "error" && at != 0:
		f.emit(interaction.Disconnected, at, end, func(e *interaction.Event) {
			e.By, e.Cause, e.Reason = interaction.BySystem, interaction.Technical, "Error"
		})
		return
	case status != "ended" && status != "" || status == "" && at == 0 && ender == "":
		return
	case at == 0:
		f.emit(interaction.Disconnected, f.at, end)
		return
	}
	f.emit(interaction.Disconnected, at, end, versioned(max(f.version, 1)))
	if f.dated && f.at > at {
		f.emit(interaction.Disconnected, f.at, end)
	}
}

// first is the first of the names that the record tells.
func first(f fields, names ...string) string {
	for _, n := range names {
		if _, ok := f[n]; ok {
			return n
		}
	}
	return ""
}
