package ringcentral

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is RingCentral.
var Vendor = source.Vendor{
	Name:    "ringcentral",
	Schemes: []string{"ringcentral"},
	NewVerifier: func(s source.Settings) (source.Verifier, error) {
		return verifier{source.NewSecrets(s.Auth.Secrets)}, nil
	},
	NewDecoder: func(s source.Settings) (source.Decoder, error) { return decoder{agents: s.Agents}, nil },
}

// tokenHeader comes with the handshake, and with every delivery if the subscription has a
// token of its own; newer subscriptions name it otherwise.
const (
	tokenHeader      = "Validation-Token"
	newerTokenHeader = "Verification-Token"
)

// maxToken bounds the token that is echoed, in bytes: the whole answer, headers included, may
// have 1,024.
const maxToken = 256

// verifier compares the subscription's own token.
type verifier struct{ tokens source.Secrets }

func (v verifier) Verify(d *source.Delivery) error {
	older, newer := v.tokens.Has(d.Header.Get(tokenHeader)), v.tokens.Has(d.Header.Get(newerTokenHeader))
	if !older && !newer {
		return fmt.Errorf("%w: validation-token: is missing or wrong; it is what deliveryMode.validationToken was when the subscription was made", source.ErrUnauthenticated)
	}
	return nil
}

// Handshake echoes the token with which RingCentral asks whether somebody is there. It
// authenticates nobody, and such a request has no event.
func (decoder) Handshake(d *source.Delivery) (source.Response, bool) {
	token, body := d.Header.Get(tokenHeader), bytes.TrimSpace(d.Body)
	if d.Method != http.MethodPost || token == "" || len(token) > maxToken || len(body) > 0 && string(body) != "{}" {
		return source.Response{}, false
	}
	return source.Response{Status: http.StatusOK, Header: http.Header{
		tokenHeader: {token}, "Content-Type": {"application/json"},
	}}, true
}

// Acknowledge answers 200 with next to nothing, as RingCentral has it.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}}
}
