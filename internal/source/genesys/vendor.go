package genesys

import "github.com/wallboard/wallboard/internal/source"

// Vendor is Genesys Cloud. Neither EventBridge nor a data action signs; both send a shared
// secret in a header.
var Vendor = source.Vendor{
	Name:       "genesys",
	Schemes:    []string{"header"},
	NewDecoder: func(s source.Settings) (source.Decoder, error) { return decoder{agents: s.Agents}, nil },
}
