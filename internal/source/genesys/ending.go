package genesys

import (
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
)

// transferred reports whether the session ended because its contact moved on.
func (f *fact) transferred() bool {
	return strings.HasSuffix(f.body.DisconnectType.Upper(), "TRANSFER")
}

// parties is what disconnectType says of the end of a customer's session: ENDPOINT and
// CLIENT are the customer's own phone or browser, PEER is whoever else was there. A session
// that timed out is a customer who fell silent where one writes, and the system's doing
// where one speaks. A word that is not known is not repeated.
func (f *fact) parties() (interaction.Party, interaction.Cause, string) {
	switch kind := f.body.DisconnectType.Upper(); kind {
	case "":
		return interaction.ByUnknown, interaction.Normal, ""
	case "ENDPOINT", "CLIENT":
		return interaction.ByCustomer, interaction.Normal, kind
	case "PEER":
		return interaction.ByAgent, interaction.Normal, kind
	case "SYSTEM", "ERROR", "TRANSPORT_FAILURE":
		return interaction.BySystem, interaction.Technical, kind
	case "INACTIVITY", "SESSION_EXPIRED":
		return interaction.ByUnknown, interaction.Inactivity, kind
	case "TIMEOUT":
		if f.base.Channel == interaction.Messaging {
			return interaction.ByUnknown, interaction.Inactivity, kind
		}
		return interaction.BySystem, interaction.Normal, kind
	case "OTHER", "SPAM", "UNCALLABLE", "DND_ENDPOINT", "TAKEOVER", "TRANSFER", "CONFERENCE_TRANSFER", "CONSULT_TRANSFER",
		"FORWARD_TRANSFER", "NO_ANSWER_TRANSFER", "NOT_AVAILABLE_TRANSFER", "DND_TRANSFER":
		return interaction.BySystem, interaction.Normal, kind
	case "UNKNOWN":
		return interaction.ByUnknown, interaction.Normal, kind
	}
	return interaction.ByUnknown, interaction.Normal, "other"
}
