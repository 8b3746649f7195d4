package cloudevents

import (
	"fmt"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is the neutral format.
var Vendor = source.Vendor{
	Name:        "cloudevents",
	Schemes:     []string{"standard-webhooks"},
	NewVerifier: newVerifier,
	NewDecoder:  func(source.Settings) (source.Decoder, error) { return decoder{}, nil },
}

// verifier checks Standard Webhooks signatures with any of several secrets. The
// timestamp may differ from our clock by five minutes either way.
type verifier []*webhooks.Webhook

func newVerifier(s source.Settings) (source.Verifier, error) {
	var v verifier
	for _, secret := range s.Auth.Secrets {
		if secret == "whsec_" {
			return nil, fmt.Errorf("auth.secret: is empty after whsec_; give the whole secret")
		}
		w, err := webhooks.NewWebhook(secret)
		if err != nil {
			return nil, fmt.Errorf("auth.secret: is not base64, as Standard Webhooks secrets are (with or without whsec_ before it)")
		}
		v = append(v, w)
	}
	return v, nil
}

func (v verifier) Verify(d *source.Delivery) error {
	for _, w := range v {
		if w.Verify(d.Body, d.Header) == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: webhook-signature: is missing, wrong, or its webhook-timestamp is more than five minutes off", source.ErrUnauthenticated)
}
