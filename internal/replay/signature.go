package replay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"mime"
	"net/http"
	"net/url"

	"github.com/wallboard/wallboard/internal/simulate"
)

// token makes a JSON Web Token of claims, signed with HS256.
func token(claims []byte, secret string) []byte {
	b64 := base64.RawURLEncoding
	text := b64.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + b64.EncodeToString(claims)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return []byte(text + "." + b64.EncodeToString(mac.Sum(nil)))
}

// signTwilio signs a delivery anew for the query and the URL that it gets, and returns
// the query: that of a body which is no form carries the body's hash.
func signTwilio(header http.Header, hook, query string, body []byte, secret string) string {
	form := ""
	if kind, _, _ := mime.ParseMediaType(header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
		form = string(body)
	} else if values, err := url.ParseQuery(query); err == nil {
		sum := sha256.Sum256(body)
		values.Set("bodySHA256", hex.EncodeToString(sum[:]))
		query = values.Encode()
	}
	header.Set("X-Twilio-Signature", simulate.SignTwilioForm(withQuery(hook, query), form, secret))
	return query
}

func withQuery(hook, query string) string {
	if query == "" {
		return hook
	}
	return hook + "?" + query
}
