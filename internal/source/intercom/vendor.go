package intercom

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is Intercom.
var Vendor = source.Vendor{
	Name:        "intercom",
	Schemes:     []string{"hub-signature"},
	NewVerifier: func(s source.Settings) (source.Verifier, error) { return verifier{secrets: s.Auth.Secrets}, nil },
	NewDecoder:  func(source.Settings) (source.Decoder, error) { return decoder{}, nil },
}

// verifier checks X-Hub-Signature: "sha1=" and in hex the HMAC-SHA1 of the body by the
// app's client secret. Nothing dates it; a replay is met by the keys of the events.
type verifier struct{ secrets []string }

func (v verifier) Verify(d *source.Delivery) error {
	refused := func(why string) error {
		return fmt.Errorf("%w: x-hub-signature: %s", source.ErrUnauthenticated, why)
	}
	scheme, digest, _ := strings.Cut(d.Header.Get("X-Hub-Signature"), "=")
	got, err := hex.DecodeString(digest)
	if !strings.EqualFold(scheme, "sha1") || err != nil || len(got) != sha1.Size {
		return refused("is missing, or not sha1= and 40 hexadecimal digits")
	}
	for _, secret := range v.secrets {
		m := hmac.New(sha1.New, []byte(secret))
		m.Write(d.Body)
		if hmac.Equal(m.Sum(nil), got) {
			return nil
		}
	}
	return refused("is wrong; check that the secret is the app's client secret")
}
