package aircall

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is Aircall.
var Vendor = source.Vendor{
	Name:    "aircall",
	Schemes: []string{"token"},
	NewVerifier: func(s source.Settings) (source.Verifier, error) {
		return newVerifier(s.Auth.Secrets), nil
	},
	NewDecoder: func(s source.Settings) (source.Decoder, error) { return decoder{substatuses: s.Activities}, nil },
}

// verifier compares the body's token with those of the configured webhooks, by digests of
// one length.
type verifier struct{ digests [][sha256.Size]byte }

func newVerifier(tokens []string) verifier {
	var v verifier
	for _, t := range tokens {
		v.digests = append(v.digests, sha256.Sum256([]byte(t)))
	}
	return v
}

func (v verifier) Verify(d *source.Delivery) error {
	var w struct {
		Token source.Text `json:"token"`
	}
	// A body that is not JSON has no token either, and whoever sends it is not known.
	if err := json.Unmarshal(d.Body, &w); err != nil || w.Token == "" {
		return fmt.Errorf("%w: token: is missing in the body", source.ErrUnauthenticated)
	}
	got, found := sha256.Sum256([]byte(w.Token)), false
	for _, want := range v.digests {
		found = hmac.Equal(want[:], got[:]) || found
	}
	if !found {
		return fmt.Errorf("%w: token: is none of the configured; each webhook at Aircall has its own", source.ErrUnauthenticated)
	}
	return nil
}
