package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is Twilio.
var Vendor = source.Vendor{
	Name:        "twilio",
	Schemes:     []string{"twilio"},
	NewVerifier: newVerifier,
	NewDecoder:  func(s source.Settings) (source.Decoder, error) { return decoder{activities: s.Activities}, nil },
}

// verifier checks X-Twilio-Signature: base64 of HMAC-SHA1, by the auth token, over the
// URL as configured at Twilio, followed for forms by the sorted parameters. For other
// bodies the URL carries the SHA-256 of the body.
type verifier struct {
	hook   string // the hook's public URL
	tokens []string
}

func newVerifier(s source.Settings) (source.Verifier, error) {
	if s.PublicURL == "" {
		return nil, errors.New("public_url: is missing; Twilio signs the URL that it calls, so set the one that is pasted there")
	}
	return verifier{hook: s.PublicURL + "/hooks/" + s.Name, tokens: s.Auth.Secrets}, nil
}

func (v verifier) Verify(d *source.Delivery) error {
	refused := func(why string) error {
		return fmt.Errorf("%w: x-twilio-signature: %s", source.ErrUnauthenticated, why)
	}
	got, err := base64.StdEncoding.DecodeString(d.Header.Get("X-Twilio-Signature"))
	if err != nil || len(got) != sha1.Size {
		return refused("is missing or not base64")
	}
	params := ""
	if isForm(d) {
		values, err := url.ParseQuery(string(d.Body))
		if err != nil {
			return refused("the form cannot be read")
		}
		params = joined(values)
	} else {
		query, _ := url.ParseQuery(d.RawQuery)
		sum := sha256.Sum256(d.Body)
		want, err := hex.DecodeString(query.Get("bodySHA256"))
		if err != nil || !hmac.Equal(want, sum[:]) {
			return refused("does not cover the body; the URL's bodySHA256 is missing or another's")
		}
	}
	address := v.hook + d.Path
	if d.RawQuery != "" {
		address += "?" + d.RawQuery
	}
	for _, token := range v.tokens {
		for _, u := range variants(address) {
			m := hmac.New(sha1.New, []byte(token))
			m.Write([]byte(u + params))
			if hmac.Equal(m.Sum(nil), got) {
				return nil
			}
		}
	}
	return refused("is wrong; check the primary auth token, and that public_url is the URL that Twilio calls")
}

// variants are the URL as it is, with its scheme's port and without, each also with
// apostrophes encoded: Twilio is not of one mind.
func variants(address string) []string {
	all := []string{address}
	if u, err := url.Parse(address); err == nil {
		scheme, rest, _ := strings.Cut(address, "://")
		host, path, _ := strings.Cut(rest, "/")
		if u.Port() == "" {
			host += ":" + map[string]string{"https": "443", "http": "80"}[u.Scheme]
		} else {
			host = strings.TrimSuffix(host, ":"+u.Port())
		}
		all = append(all, scheme+"://"+host+"/"+path)
	}
	if strings.Contains(address, "'") {
		for _, u := range all[:len(all):len(all)] {
			all = append(all, strings.ReplaceAll(u, "'", "%27"))
		}
	}
	return all
}

// joined sorts parameters by name and joins names and values. The values of a name that
// comes more than once are sorted too, each once.
func joined(values url.Values) string {
	names := make([]string, 0, len(values))
	for n := range values {
		names = append(names, n)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, n := range names {
		vs := slices.Clone(values[n])
		slices.Sort(vs)
		for _, v := range slices.Compact(vs) {
			b.WriteString(n)
			b.WriteString(v)
		}
	}
	return b.String()
}

func isForm(d *source.Delivery) bool {
	t, _, _ := mime.ParseMediaType(d.Header.Get("Content-Type"))
	return t == "application/x-www-form-urlencoded"
}
