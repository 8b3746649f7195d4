package salesforce

import (
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
)

// disconnect is what a disconnectReason says.
type disconnect struct {
	by    interaction.Party
	cause interaction.Cause
	word  string
}

// parties reads a disconnectReason. It is the vendor's own text; the words are those of Amazon
// Connect, from which most of it comes, and CALLBACK, the only one with a meaning to Salesforce.
// Its isError says nothing: one text sets it always, the other hardly ever.
func parties(reason string) disconnect {
	switch r := strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_").Replace(strings.TrimSpace(reason))); r {
	case "":
		return disconnect{by: interaction.ByUnknown, cause: interaction.Normal}
	case "CUSTOMER_DISCONNECT", "CUSTOMER_NEVER_ARRIVED", "TELECOM_ORIGINATOR_CANCEL", "CALLBACK", "VOICEMAIL":
		return disconnect{interaction.ByCustomer, interaction.Normal, r}
	case "AGENT_DISCONNECT", "AGENT_COMPLETED":
		return disconnect{interaction.ByAgent, interaction.Normal, r}
	case "IDLE_DISCONNECT":
		return disconnect{interaction.ByUnknown, interaction.Inactivity, r}
	case "TELECOM_PROBLEM", "AGENT_NETWORK_DISCONNECT", "SYSTEM_ERROR", "CUSTOMER_CONNECTION_NOT_ESTABLISHED":
		return disconnect{interaction.BySystem, interaction.Technical, r}
	case "CONTACT_FLOW_DISCONNECT", "EXPIRED", "API", "DISCARDED", "BARGED", "OTHER", "TELECOM_BUSY", "TELECOM_NUMBER_INVALID",
		"TELECOM_POTENTIAL_BLOCKING", "TELECOM_UNANSWERED", "TELECOM_TIMEOUT":
		return disconnect{interaction.BySystem, interaction.Normal, r}
	case "THIRD_PARTY_DISCONNECT":
		return disconnect{interaction.ByUnknown, interaction.Normal, r}
	}
	return disconnect{interaction.ByUnknown, interaction.Normal, "other"}
}
