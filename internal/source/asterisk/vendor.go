package asterisk

import (
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is Asterisk. It posts nothing itself; our forwarder signs by Standard Webhooks.
var Vendor = source.Vendor{
	Name:        "asterisk",
	Schemes:     []string{"standard-webhooks"},
	NewVerifier: source.NewStandardWebhooks,
	NewDecoder: func(s source.Settings) (source.Decoder, error) {
		return decoder{agents: s.Agents, pauses: s.Activities}, nil
	},
}

// decoder decodes all wrappings.
type decoder struct {
	agents map[string]string               // configured names by interface
	pauses map[string]interaction.Presence // what reasons of pauses mean
}
