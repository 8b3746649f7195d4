package source

import (
	"errors"
	"fmt"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// standardWebhooks checks Standard Webhooks signatures with any of several secrets. The
// timestamp may differ from our clock by five minutes either way.
type standardWebhooks []*webhooks.Webhook

// NewStandardWebhooks makes the verifier of the scheme standard-webhooks. Its error names the
// setting and the remedy.
func NewStandardWebhooks(s Settings) (Verifier, error) {
	var v standardWebhooks
	for _, secret := range s.Auth.Secrets {
		if secret == "whsec_" {
			return nil, errors.New("auth.secret: is empty after whsec_; give the whole secret")
		}
		w, err := webhooks.NewWebhook(secret)
		if err != nil {
			return nil, errors.New("auth.secret: is not base64, as Standard Webhooks secrets are (with or without whsec_ before it)")
		}
		v = append(v, w)
	}
	return v, nil
}

func (v standardWebhooks) Verify(d *Delivery) error {
	for _, w := range v {
		if w.Verify(d.Body, d.Header) == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: webhook-signature: is missing, wrong, or its webhook-timestamp is more than five minutes off", ErrUnauthenticated)
}
