package cloudevents

import "github.com/wallboard/wallboard/internal/source"

// Vendor is the neutral format.
var Vendor = source.Vendor{
	Name:        "cloudevents",
	Schemes:     []string{"standard-webhooks"},
	NewVerifier: source.NewStandardWebhooks,
	NewDecoder:  func(source.Settings) (source.Decoder, error) { return decoder{}, nil },
}
