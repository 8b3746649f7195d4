package aircall

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is Aircall.
var Vendor = source.Vendor{
	Name:    "aircall",
	Schemes: []string{"token"},
	NewVerifier: func(s source.Settings) (source.Verifier, error) {
		return verifier{source.NewSecrets(s.Auth.Secrets)}, nil
	},
	NewDecoder: func(s source.Settings) (source.Decoder, error) { return decoder{substatuses: s.Activities}, nil },
}

// verifier compares the body's token with those of the configured webhooks.
type verifier struct{ tokens source.Secrets }

func (v verifier) Verify(d *source.Delivery) error {
	var w struct {
		Token source.Text `json:"token"`
	}
	// A body that is not JSON has no token either, and whoever sends it is not known.
	if err := json.Unmarshal(d.Body, &w); err != nil || w.Token == "" {
		return fmt.Errorf("%w: token: is missing in the body", source.ErrUnauthenticated)
	}
	if !v.tokens.Has(string(w.Token)) {
		return fmt.Errorf("%w: token: is none of the configured; each webhook at Aircall has its own", source.ErrUnauthenticated)
	}
	return nil
}
