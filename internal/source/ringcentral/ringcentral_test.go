package ringcentral

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/sourcetest"
)

func TestGolden(t *testing.T) {
	sourcetest.Golden(t, decoder{agents: map[string]string{"62264425016": "Ada"}})
}

func TestVerify(t *testing.T) {
	v, err := source.NewVerifier(Vendor, source.Settings{Auth: source.Auth{Secrets: []string{"new-test-token", "old-test-token"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		header http.Header
		want   bool
	}{
		{http.Header{"Validation-Token": {"new-test-token"}}, true},
		{http.Header{"Validation-Token": {"old-test-token"}}, true},
		{http.Header{"Verification-Token": {"old-test-token"}}, true},
		{http.Header{"Validation-Token": {"wrong"}, "Verification-Token": {"new-test-token"}}, true},
		{http.Header{"Validation-Token": {"NEW-TEST-TOKEN"}}, false},
		{http.Header{"Validation-Token": {"new-test-token "}}, false},
		{http.Header{"Validation-Token": {""}}, false},
		{http.Header{"Authorization": {"new-test-token"}}, false},
		{http.Header{}, false},
	} {
		err := v.Verify(&source.Delivery{Header: tc.header})
		if (err == nil) != tc.want || err != nil && !errors.Is(err, source.ErrUnauthenticated) {
			t.Errorf("%v: %v, want accepted %v", tc.header, err, tc.want)
		}
	}
	if _, err := source.NewVerifier(Vendor, source.Settings{}); err == nil || !strings.HasPrefix(err.Error(), "auth.secret: ") {
		t.Errorf("without a secret: %v", err)
	}
}

// TestHandshake answers the recorded one as RingCentral requires, and nothing else.
func TestHandshake(t *testing.T) {
	b, err := os.ReadFile("testdata/handshake.json")
	if err != nil {
		t.Fatal(err)
	}
	type message struct {
		Method  string            `json:"method"`
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	}
	var file struct {
		Request  message `json:"request"`
		Required message `json:"required_response"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	d := &source.Delivery{Method: file.Request.Method, Header: http.Header{}, Body: []byte(file.Request.Body)}
	for name, value := range file.Request.Headers {
		d.Header.Set(name, value)
	}
	r, ok := decoder{}.Handshake(d)
	got := message{Status: r.Status, Headers: map[string]string{}, Body: string(r.Body)}
	for name := range r.Header {
		got.Headers[name] = r.Header.Get(name)
	}
	if diff := cmp.Diff(file.Required, got); !ok || diff != "" {
		t.Errorf("it is a handshake: %v (-want +got):\n%s", ok, diff)
	}
	for name, change := range map[string]func(*source.Delivery){
		"a delivery":       func(d *source.Delivery) { d.Body = []byte(`{"uuid":"1"}`) },
		"no token":         func(d *source.Delivery) { d.Header.Del(tokenHeader) },
		"another method":   func(d *source.Delivery) { d.Method = http.MethodPatch },
		"too long a token": func(d *source.Delivery) { d.Header.Set(tokenHeader, strings.Repeat("x", maxToken+1)) },
	} {
		other := &source.Delivery{Method: d.Method, Header: d.Header.Clone(), Body: d.Body}
		change(other)
		if _, ok := (decoder{}).Handshake(other); ok {
			t.Errorf("%s is taken for a handshake", name)
		}
	}
}

// TestOdd has what does not decode, and what is not needed.
func TestOdd(t *testing.T) {
	const event = `"event":"/restapi/v1.0/account/1/telephony/sessions",`
	for body, want := range map[string]string{
		`[]`:                             "problem: the body is no object",
		`{"uuid":"1"}`:                   "problem: event: is missing",
		`{` + event[:len(event)-1] + `}`: "problem: body.telephonySessionId: is missing",
		`{` + event + `"body":{"telephonySessionId":"s","parties":[]}}`:                                                                                               "problem: body.eventTime: is missing or no time",
		`{` + event + `"timestamp":"2026-09-21T14:13:24Z","body":{"telephonySessionId":"s","parties":[{"id":"p"}]}}`:                                                  "problem: body.parties: a party has no id or no status.code",
		`{` + event + `"timestamp":"2026-09-21T14:13:24Z","body":{"telephonySessionId":"s","parties":[null]}}`:                                                        "ignored no party",
		`{` + event + `"timestamp":"2026-09-21T14:13:24Z","body":{"telephonySessionId":"s","parties":{}}}`:                                                            "nothing",
		`{` + event + `"timestamp":"2026-09-21T14:13:24Z","body":{"telephonySessionId":"s","parties":[{"id":"p","extensionId":"1","status":{"code":"FaxReceive"}}]}}`: "ignored other status",
		`{"event":"/restapi/v1.0/subscription/~?threshold=60&interval=15","body":{}}`:                                                                                 "ignored other event",
	} {
		out, err := decoder{}.Decode(&source.Delivery{Method: "POST", Body: []byte(body)})
		got := "nothing"
		switch {
		case err != nil:
			got = err.Error()
		case len(out.Problems) > 0:
			got = "problem: " + out.Problems[0].Reason
		case len(out.Ignored) > 0:
			for name := range out.Ignored {
				got = "ignored " + name
			}
		case len(out.Events) > 0:
			got = "events"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	for _, body := range []string{"", "{", "a=b"} {
		if _, err := (decoder{}).Decode(&source.Delivery{Method: "POST", Body: []byte(body)}); !errors.Is(err, source.ErrMalformed) {
			t.Errorf("%q: %v, want malformed", body, err)
		}
	}
	if _, err := (decoder{}).Decode(&source.Delivery{Method: "PATCH"}); !errors.Is(err, source.ErrMethod) {
		t.Errorf("PATCH: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.json")
	for _, name := range names {
		for _, d := range sourcetest.Deliveries(f, name) {
			f.Add([]byte(d.Body))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d := &source.Delivery{Method: "POST", Body: body, Header: http.Header{"Validation-Token": {"x"}}}
		out, _ := decoder{}.Decode(d)
		again, _ := decoder{}.Decode(d)
		if diff := cmp.Diff(out, again); diff != "" {
			t.Errorf("decoding again says something else:\n%s", diff)
		}
		decoder{}.Handshake(d)
	})
}
