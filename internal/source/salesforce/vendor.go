package salesforce

import (
	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is Salesforce. EventBridge, a Flow's callout and a proxy in front of Outbound Messages send a
// secret in a header; telephony vendors sign a JWT, and Data 360 the body.
var Vendor = source.Vendor{
	Name:    "salesforce",
	Schemes: []string{"header", "jwt", "data360"},
	NewVerifier: func(s source.Settings) (source.Verifier, error) {
		if s.Auth.Scheme == "jwt" {
			return newTokens(s.Auth.Secrets)
		}
		return signatures{keys: s.Auth.Secrets}, nil
	},
	NewDecoder: func(s source.Settings) (source.Decoder, error) {
		return decoder{agents: s.Agents, activities: s.Activities}, nil
	},
}
