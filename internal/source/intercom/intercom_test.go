package intercom

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/sourcetest"
)

func TestGolden(t *testing.T) { sourcetest.Golden(t, decoder{}) }

// vector is the signature of testdata.
func vector(t *testing.T) (secret, body, signature string) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors/signature.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Secret    string `json:"client_secret"`
		Body      string `json:"raw_body"`
		Signature string `json:"X-Hub-Signature"`
	}
	if err := json.Unmarshal(b, &v); err != nil || v.Secret == "" {
		t.Fatalf("the vector: %v", err)
	}
	return v.Secret, v.Body, v.Signature
}

func TestSignature(t *testing.T) {
	secret, body, signature := vector(t)
	v := verifier{secrets: []string{"new-test-secret", secret}}
	digest := strings.TrimPrefix(signature, "sha1=")
	for name, tc := range map[string]struct {
		body, signature string
		ok              bool
	}{
		"the vector":            {body, signature, true},
		"in capitals":           {body, "SHA1=" + strings.ToUpper(digest), true},
		"another body":          {body + " ", signature, false},
		"another digest":        {body, "sha1=" + strings.Repeat("0", 40), false},
		"a digest cut short":    {body, signature[:len(signature)-2], false},
		"no scheme":             {body, digest, false},
		"another scheme":        {body, "sha256=" + digest, false},
		"not hexadecimal":       {body, "sha1=" + strings.Repeat("z", 40), false},
		"nothing":               {body, "", false},
		"the scheme alone":      {body, "sha1=", false},
		"an empty body's":       {"", signature, false},
		"two digests in a line": {body, signature + "," + signature, false},
	} {
		d := &source.Delivery{Body: []byte(tc.body), Header: http.Header{}}
		d.Header.Set("x-hub-signature", tc.signature)
		err := v.Verify(d)
		if (err == nil) != tc.ok || err != nil && !errors.Is(err, source.ErrUnauthenticated) {
			t.Errorf("%s: %v, want accepted %v", name, err, tc.ok)
		}
	}
	d := &source.Delivery{Body: []byte(body), Header: http.Header{"X-Hub-Signature": {signature}}}
	if err := (verifier{secrets: []string{"another-test-secret"}}).Verify(d); err == nil {
		t.Error("another secret verifies")
	}
}

// TestHandshake: the URL's check is answered and nothing else is one.
func TestHandshake(t *testing.T) {
	if r, ok := (decoder{}).Handshake(&source.Delivery{Method: http.MethodHead}); !ok || r.Status != http.StatusOK || len(r.Body) > 0 {
		t.Errorf("HEAD: %v %+v", ok, r)
	}
	for _, method := range []string{http.MethodPost, http.MethodGet, http.MethodOptions} {
		if _, ok := (decoder{}).Handshake(&source.Delivery{Method: method}); ok {
			t.Errorf("%s is a handshake", method)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, tc := range []struct {
		method, body string
		want         error
	}{
		{http.MethodPatch, "{}", source.ErrMethod},
		{http.MethodPost, "", source.ErrMalformed},
		{http.MethodPost, "topic=ping", source.ErrMalformed},
		{http.MethodPost, "{} {}", source.ErrMalformed},
	} {
		if _, err := (decoder{}).Decode(&source.Delivery{Method: tc.method, Body: []byte(tc.body)}); !errors.Is(err, tc.want) {
			t.Errorf("%s %q: %v, want %v", tc.method, tc.body, err, tc.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		for _, d := range sourcetest.Deliveries(f, name) {
			f.Add(string(d.Body), "sha1=00")
		}
	}
	f.Fuzz(func(t *testing.T, body, signature string) {
		d := &source.Delivery{Method: http.MethodPost, Body: []byte(body), Header: http.Header{"X-Hub-Signature": {signature}}}
		out, err := decoder{}.Decode(d)
		if err == nil && len(out.Events)+len(out.Problems)+len(out.Ignored) == 0 {
			t.Error("nothing is said of it, not even that it is not needed")
		}
		if err := (verifier{secrets: []string{"s"}}).Verify(d); err == nil {
			t.Error("a signature was found by chance")
		}
	})
}
