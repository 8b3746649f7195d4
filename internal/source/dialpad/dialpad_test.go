package dialpad

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"hash"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/sourcetest"
)

func TestGolden(t *testing.T) { sourcetest.Golden(t, decoder{}) }

func post(body string) *source.Delivery { return &source.Delivery{Method: "POST", Body: []byte(body)} }

func sign(header, claims, secret string, by func() hash.Hash) string {
	b64 := base64.RawURLEncoding
	text := b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString([]byte(claims))
	m := hmac.New(by, []byte(secret))
	m.Write([]byte(text))
	return text + "." + b64.EncodeToString(m.Sum(nil))
}

const (
	hs256  = `{"alg":"HS256","typ":"JWT"}`
	claim  = `{"call_id":5100000000000001,"state":"hangup","event_timestamp":1790000120500}`
	secret = "old-test-secret"
)

func TestVerify(t *testing.T) {
	v, err := source.NewVerifier(Vendor, source.Settings{Auth: source.Auth{Secrets: []string{"new-test-secret", secret}}})
	if err != nil {
		t.Fatal(err)
	}
	good := sign(hs256, claim, secret, sha256.New)
	header, rest, _ := strings.Cut(good, ".")
	_, signature, _ := strings.Cut(rest, ".")
	for name, tc := range map[string]struct {
		body string
		want bool
	}{
		"the old secret":          {good, true},
		"the new secret":          {sign(hs256, claim, "new-test-secret", sha256.New), true},
		"no typ":                  {sign(`{"alg":"HS256"}`, claim, secret, sha256.New), true},
		"a line's end":            {good + "\n", true},
		"times of long ago":       {sign(hs256, `{"call_id":1,"exp":1,"nbf":1}`, secret, sha256.New), true},
		"times to come":           {sign(hs256, `{"call_id":1,"iat":9999999999,"nbf":9999999999}`, secret, sha256.New), true},
		"another secret":          {sign(hs256, claim, "another", sha256.New), false},
		"the secret's other case": {sign(hs256, claim, strings.ToUpper(secret), sha256.New), false},
		"HS512":                   {sign(`{"alg":"HS512","typ":"JWT"}`, claim, secret, sha512.New), false},
		"HS512 that says HS256":   {sign(hs256, claim, secret, sha512.New), false},
		"HS256 that says HS384":   {sign(`{"alg":"HS384"}`, claim, secret, sha256.New), false},
		"no algorithm":            {sign(`{"alg":"none"}`, claim, secret, sha256.New), false},
		"nOnE":                    {base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"nOnE"}`)) + "." + rest[:strings.Index(rest, ".")] + ".", false},
		"no signature":            {header + "." + rest[:strings.Index(rest, ".")] + ".", false},
		"two parts":               {header + "." + rest[:strings.Index(rest, ".")], false},
		"four parts":              {good + "." + signature, false},
		"padded":                  {good + "=", false},
		"other claims":            {header + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"call_id":2}`)) + "." + signature, false},
		"plain JSON":              {claim, false},
		"in quotes":               {`"` + good + `"`, false},
		"nothing":                 {"", false},
	} {
		err := v.Verify(post(tc.body))
		if (err == nil) != tc.want || err != nil && !errors.Is(err, source.ErrUnauthenticated) {
			t.Errorf("%s: %v, want accepted %v", name, err, tc.want)
		}
	}
	if _, err := source.NewVerifier(Vendor, source.Settings{}); err == nil || !strings.HasPrefix(err.Error(), "auth.secret: ") {
		t.Errorf("without a secret: %v", err)
	}
}

// TestVector: the recorded token is accepted and says what it says, and what must be rejected is.
func TestVector(t *testing.T) {
	b, err := os.ReadFile("testdata/vectors/jwt-vector.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Secret     string            `json:"secret"`
		Body       string            `json:"request_body"`
		MustReject map[string]string `json:"must_reject"`
	}
	if err := json.Unmarshal(b, &f); err != nil || len(f.MustReject) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	v := newVerifier([]string{f.Secret})
	if err := v.Verify(post(f.Body)); err != nil {
		t.Error(err)
	}
	for name, body := range f.MustReject {
		if err := v.Verify(post(body)); !errors.Is(err, source.ErrUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
	token, err := decoder{}.Decode(post(f.Body))
	plain, err2 := decoder{}.Decode(post(f.MustReject["plain_json_when_secret_is_set"]))
	if diff := cmp.Diff(plain, token); err != nil || err2 != nil || diff != "" || len(token.Events) == 0 {
		t.Errorf("%v, %v (-plain +token):\n%s", err, err2, diff)
	}
}

// TestOdd has what does not decode, and what is not needed.
func TestOdd(t *testing.T) {
	for body, want := range map[string]string{
		`[]`:                                   "problem: the event is no object, or has a name twice",
		`{"state":"hangup","state":"ringing"}`: "error: malformed",
		`{"state":"hangup","event_timestamp":1790000120500}`:             "problem: call_id: is missing",
		`{"state":"hangup","call_id":0,"event_timestamp":1790000120500}`: "problem: call_id: is missing",
		`{"state":"hangup","call_id":1}`:                                 "problem: event_timestamp: is missing or no time",
		`{"call_id":1}`:                                                  "ignored no call event",
		`{"call_id":1,"state":"monitor"}`:                                "ignored other state",
		`eyJ.e30`:                                                        "error: malformed",
		`a.!.c`:                                                          "error: malformed",
		`a.e30.c`:                                                        "ignored no call event",
		``:                                                               "error: malformed",
		`{`:                                                              "error: malformed",
	} {
		out, err := decoder{}.Decode(post(body))
		got := "events"
		switch {
		case errors.Is(err, source.ErrMalformed):
			got = "error: malformed"
		case len(out.Problems) > 0:
			got = "problem: " + out.Problems[0].Reason
		case len(out.Ignored) > 0:
			for name := range out.Ignored {
				got = "ignored " + name
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	if _, err := (decoder{}).Decode(&source.Delivery{Method: "PATCH"}); !errors.Is(err, source.ErrMethod) {
		t.Errorf("PATCH: %v", err)
	}
}

// TestLargeIDs: ids beyond 2^53 stay as they are written.
func TestLargeIDs(t *testing.T) {
	out, err := decoder{}.Decode(post(`{"call_id":9007199254740993,"state":"queued","event_timestamp":1790000120500}`))
	if err != nil || len(out.Events) == 0 || out.Events[0].Interaction != "9007199254740993" {
		t.Errorf("%v %+v", err, out)
	}
}

func FuzzDecode(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.json")
	for _, name := range names {
		for _, d := range sourcetest.Deliveries(f, name) {
			f.Add([]byte(d.Body))
			f.Add([]byte(sign(hs256, string(d.Body), secret, sha256.New)))
		}
	}
	v := newVerifier([]string{secret})
	f.Fuzz(func(t *testing.T, body []byte) {
		d := &source.Delivery{Method: "POST", Body: body}
		out, err := decoder{}.Decode(d)
		again, _ := decoder{}.Decode(d)
		if diff := cmp.Diff(out, again); diff != "" {
			t.Errorf("decoding again says something else:\n%s", diff)
		}
		if v.Verify(d) == nil && err != nil {
			t.Errorf("what is authentic is not readable: %v", err)
		}
	})
}
