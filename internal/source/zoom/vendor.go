package zoom

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is Zoom Contact Center.
var Vendor = source.Vendor{
	Name:        "zoom",
	Schemes:     []string{"zoom"},
	NewVerifier: func(s source.Settings) (source.Verifier, error) { return verifier{secrets: s.Auth.Secrets}, nil },
	NewDecoder: func(s source.Settings) (source.Decoder, error) {
		return decoder{agents: s.Agents, statuses: s.Activities}, nil
	},
}

// verifier checks X-Zm-Signature: "v0=" and in hex the HMAC-SHA256, by the app's secret
// token, of "v0:", the time of the request, ":" and the body. How old the request is does
// not matter, for what comes twice counts once.
type verifier struct{ secrets []string }

func (v verifier) Verify(d *source.Delivery) error {
	if _, ok := v.signedBy(d); !ok {
		return fmt.Errorf("%w: x-zm-signature: is missing or wrong; check that the secret is the app's secret token", source.ErrUnauthenticated)
	}
	return nil
}

// signedBy finds the secret by which a delivery is signed.
func (v verifier) signedBy(d *source.Delivery) (string, bool) {
	version, digest, _ := strings.Cut(d.Header.Get("X-Zm-Signature"), "=")
	got, err := hex.DecodeString(digest)
	if !strings.EqualFold(version, "v0") || err != nil || len(got) != sha256.Size {
		return "", false
	}
	for _, secret := range v.secrets {
		m := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(m, "v0:%s:", d.Header.Get("X-Zm-Request-Timestamp"))
		m.Write(d.Body)
		if hmac.Equal(m.Sum(nil), got) {
			return secret, true
		}
	}
	return "", false
}

// tokenForm is what Zoom asks to be hashed. It has no colon: who could have any text
// hashed here could sign deliveries.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9+/=_-]{1,128}$`)

// Handshake answers Zoom's check of the URL, by which the server shows that it has the
// secret. Where the request is signed, the secret of the signature answers; else the
// first one.
func (v verifier) Handshake(d *source.Delivery) (source.Response, bool) {
	var request struct {
		Event   source.Text `json:"event"`
		Payload source.One[struct {
			PlainToken source.Text `json:"plainToken"`
		}] `json:"payload"`
	}
	if d.Method != http.MethodPost || json.Unmarshal(d.Body, &request) != nil || request.Event != urlValidation ||
		!tokenForm.MatchString(string(request.Payload.Value.PlainToken)) {
		return source.Response{}, false
	}
	secret, signed := v.signedBy(d)
	if !signed {
		if d.Header.Get("X-Zm-Signature") != "" {
			return source.Response{}, false // Verify refuses it
		}
		secret = v.secrets[0]
	}
	plain := string(request.Payload.Value.PlainToken)
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(plain))
	return source.Response{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Appendf(nil, `{"plainToken":%q,"encryptedToken":%q}`, plain, hex.EncodeToString(m.Sum(nil))),
	}, true
}
