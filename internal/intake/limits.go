package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Times within which a vendor's time is believed to be one. They catch seconds taken for
// microseconds; an old time as such is no reason to refuse.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// invalid says what is wrong with a decoder's event and names the field, or returns "".
// It does not echo the value.
func invalid(e *interaction.Event) string {
	switch {
	case e.Kind < interaction.Started || e.Kind > interaction.AgentState:
		return "kind: is not known"
	case e.Kind == interaction.AgentState && e.Agent == "":
		return "agent: is missing"
	case e.Kind == interaction.AgentState && e.Presence == 0:
		return "state: is missing"
	case e.Kind != interaction.AgentState && e.Interaction == "":
		return "interaction: is missing"
	case e.Kind == interaction.Linked && e.Other == "":
		return "other: is missing"
	case e.Key == "":
		return "id: is missing"
	case e.At < earliest || e.At >= latest:
		return "time: is not between the years 2000 and 2100"
	}
	for _, f := range [...]struct {
		name, value string
		limit       int
	}{
		{"interaction", e.Interaction, interaction.MaxID},
		{"id", e.Key, interaction.MaxKey},
		{"leg", e.Leg, interaction.MaxID},
		{"queue", e.Queue, interaction.MaxID},
		{"queue name", e.QueueName, interaction.MaxName},
		{"work", e.Work, interaction.MaxID},
		{"agent", e.Agent, interaction.MaxID},
		{"agent name", e.AgentName, interaction.MaxName},
		{"to_id", e.ToID, interaction.MaxID},
		{"reason", e.Reason, interaction.MaxReason},
		{"other", e.Other, interaction.MaxID},
	} {
		if len(f.value) > f.limit {
			return fmt.Sprintf("%s: is longer than %d bytes", f.name, f.limit)
		}
		// A frame with such a text could not be sent to any browser.
		if !utf8.ValidString(f.value) {
			return f.name + ": is not valid UTF-8"
		}
	}
	return ""
}

// pseudonym replaces a customer's identifier by a keyed hash of 128 bits in hex, which can
// be compared and not read. Nobody stays nobody.
func pseudonym(key []byte, customer string) string {
	if customer == "" {
		return ""
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(customer))
	return hex.EncodeToString(m.Sum(nil)[:16])
}
