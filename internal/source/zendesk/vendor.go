package zendesk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is Zendesk.
var Vendor = source.Vendor{
	Name:        "zendesk",
	Schemes:     []string{"zendesk"},
	NewVerifier: func(s source.Settings) (source.Verifier, error) { return verifier{secrets: s.Auth.Secrets}, nil },
	NewDecoder: func(s source.Settings) (source.Decoder, error) {
		return decoder{agents: s.Agents, statuses: s.Activities}, nil
	},
	Limit: "Zendesk does not tell when a customer leaves: Abandoned counts only what your triggers report.",
}

// verifier checks X-Zendesk-Webhook-Signature: in base64 the HMAC-SHA256, by the webhook's
// signing secret, of the timestamp's header as it is and the body. How old the timestamp
// is does not matter, for what comes twice counts once.
type verifier struct{ secrets []string }

func (v verifier) Verify(d *source.Delivery) error {
	got, err := base64.StdEncoding.DecodeString(d.Header.Get("X-Zendesk-Webhook-Signature"))
	stamp := d.Header.Get("X-Zendesk-Webhook-Signature-Timestamp")
	if err != nil || len(got) != sha256.Size || stamp == "" {
		return fmt.Errorf("%w: x-zendesk-webhook-signature and its -timestamp: are missing or not base64", source.ErrUnauthenticated)
	}
	for _, secret := range v.secrets {
		m := hmac.New(sha256.New, []byte(secret))
		m.Write([]byte(stamp))
		m.Write(d.Body)
		if hmac.Equal(m.Sum(nil), got) {
			return nil
		}
	}
	return fmt.Errorf("%w: x-zendesk-webhook-signature: is wrong; check that the secret is the webhook's signing secret, and save the webhook before testing it",
		source.ErrUnauthenticated)
}
