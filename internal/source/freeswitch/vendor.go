package freeswitch

import (
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is FreeSWITCH. It posts nothing itself; our forwarder signs by Standard Webhooks.
var Vendor = source.Vendor{
	Name:        "freeswitch",
	Schemes:     []string{"standard-webhooks"},
	NewVerifier: source.NewStandardWebhooks,
	NewDecoder: func(s source.Settings) (source.Decoder, error) {
		return decoder{agents: s.Agents, statuses: s.Activities}, nil
	},
}

// decoder decodes both forms.
type decoder struct {
	agents   map[string]string               // configured names by CC-Agent
	statuses map[string]interaction.Presence // what statuses mean, where they are not the usual ones
}
