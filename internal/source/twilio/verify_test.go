package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/wallboard/wallboard/internal/source"
)

// TestSignedURLs: the URL that was signed may differ from the configured one by the port of
// its scheme and the encoding of an apostrophe, and by nothing else.
func TestSignedURLs(t *testing.T) {
	v := verifier{hook: "https://wallboard.example.com/hooks/twilio", tokens: []string{"test-token"}}
	for signed, want := range map[string]bool{
		"https://wallboard.example.com/hooks/twilio?site=o'hare":       true,
		"https://wallboard.example.com:443/hooks/twilio?site=o'hare":   true,
		"https://wallboard.example.com/hooks/twilio?site=o%27hare":     true,
		"https://wallboard.example.com:443/hooks/twilio?site=o%27hare": true,
		"http://wallboard.example.com/hooks/twilio?site=o'hare":        false,
		"https://wallboard.example.com:8443/hooks/twilio?site=o'hare":  false,
		"https://wallboard.example.com/hooks/other?site=o'hare":        false,
		"https://wallboard.example.com/hooks/twilio":                   false,
	} {
		m := hmac.New(sha1.New, []byte("test-token"))
		m.Write([]byte(signed + "ab"))
		d := &source.Delivery{Method: "POST", RawQuery: "site=o'hare", Body: []byte("a=b"), Header: http.Header{
			"Content-Type": {"application/x-www-form-urlencoded"}, "X-Twilio-Signature": {base64.StdEncoding.EncodeToString(m.Sum(nil))},
		}}
		if err := v.Verify(d); (err == nil) != want {
			t.Errorf("signed as %s: %v, want accepted %v", signed, err, want)
		}
	}
}
