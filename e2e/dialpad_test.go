package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

const dialpadSecret = "wallboard-dialpad-secret-0123456789ab"

var dialpad = vendor{
	folder: "dialpad", source: "vendor: dialpad, auth: {scheme: jwt, secret: " + dialpadSecret + "}",
	prepare: func(_ string, d *delivery) error {
		d.body = signHS256(d.body, dialpadSecret)
		return nil
	},
	shift: shiftUnix,
}

// signHS256 makes a JSON Web Token of claims.
func signHS256(claims, secret string) string {
	b64 := base64.RawURLEncoding
	text := b64.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + b64.EncodeToString([]byte(claims))
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text))
	return text + "." + b64.EncodeToString(m.Sum(nil))
}

// TestDialpadTokens posts the vectors under the content types that may come: the body alone
// says what it is.
func TestDialpadTokens(t *testing.T) {
	b, err := os.ReadFile("../internal/source/dialpad/testdata/vectors/jwt-vector.json")
	if err != nil {
		t.Fatal(err)
	}
	var vector struct {
		Body       string            `json:"request_body"`
		MustReject map[string]string `json:"must_reject"`
	}
	if err := json.Unmarshal(b, &vector); err != nil || len(vector.MustReject) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	s := startWith(t, "access: {mode: open}\nsources:\n  - {name: dialpad, "+dialpad.source+"}\n  - {name: open, vendor: dialpad, auth: {scheme: none}}\n")
	for _, kind := range []string{"application/jwt", "application/json", "text/plain; charset=utf-8", ""} {
		h := http.Header{}
		if kind != "" {
			h.Set("Content-Type", kind)
		}
		if code := s.do("POST", "/hooks/dialpad", h, vector.Body, nil); code != 200 {
			t.Errorf("%q got %d, want 200", kind, code)
		}
		for name, body := range vector.MustReject {
			if code := s.do("POST", "/hooks/dialpad", h, body, nil); code != 401 {
				t.Errorf("%s as %q got %d, want 401", name, kind, code)
			}
		}
		if code := s.do("POST", "/hooks/open", h, vector.MustReject["plain_json_when_secret_is_set"], nil); code != 200 {
			t.Errorf("plain JSON to a source without a secret got %d, want 200", code)
		}
	}
	for _, source := range []string{"dialpad", "open"} {
		if list := s.list(source); len(list) != 1 || list[0].ID != "5100000000000001" {
			t.Errorf("%s has %+v", source, list)
		}
	}
}

// TestDialpadPage follows the page of Dialpad.
func TestDialpadPage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/dialpad.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("DIALPAD_SECRET", "test-secret-of-the-page")
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 200") {
		t.Errorf("the documented request:\n%s", out)
	}
	const id = "5100000000000120"
	if list := s.list("dialpad"); len(list) != 1 || list[0].ID != id || list[0].Outcome != "abandoned" || !strings.Contains(page, "/interactions/dialpad/"+id) {
		t.Errorf("after the documented request there is %+v", list)
	}
	t.Setenv("DIALPAD_SECRET", "another-secret")
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 401") {
		t.Errorf("with another secret:\n%s", out)
	}
}
