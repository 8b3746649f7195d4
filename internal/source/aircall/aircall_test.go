package aircall

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/sourcetest"
)

const token = "aircall-test-token-7f3d"

func TestGolden(t *testing.T) { sourcetest.Golden(t, decoder{}) }

func post(body string) *source.Delivery { return &source.Delivery{Method: "POST", Body: []byte(body)} }

func TestVerify(t *testing.T) {
	v, err := source.NewVerifier(Vendor, source.Settings{Auth: source.Auth{Secrets: []string{"new-test-token", token}}})
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]bool{
		`{"token":"` + token + `"}`:                         true,
		`{"event":"x","token":"new-test-token"}`:            true,
		`{"event":"x","data":{"token":"` + token + `"}}`:    false,
		`{"Token":"` + token + `"}`:                         false,
		`{"token":"` + strings.ToUpper(token) + `"}`:        false,
		`{"token":"` + token + ` "}`:                        false,
		`{"token":""}`:                                      false,
		`{"token":null}`:                                    false,
		`{"token":["` + token + `"]}`:                       false,
		`{"token":"` + token + `","token":"` + token + `"}`: false,
		`{"token":"` + token + `"`:                          false,
		`[{"token":"` + token + `"}]`:                       false,
		token:                                               false,
		``:                                                  false,
		`{"a":` + strings.Repeat("[", 20_000) + `,"token":"` + token: false,
	} {
		err := v.Verify(post(body))
		if (err == nil) != want || err != nil && (!errors.Is(err, source.ErrUnauthenticated) || strings.Contains(err.Error(), token)) {
			t.Errorf("%.60s: %v, want accepted %v", body, err, want)
		}
	}
	if _, err := source.NewVerifier(Vendor, source.Settings{}); err == nil || !strings.HasPrefix(err.Error(), "auth.secret: ") {
		t.Errorf("without a secret: %v", err)
	}
}

// TestRedacted: the token is taken out wherever it stands, nothing else is, and the body says
// the same as before.
func TestRedacted(t *testing.T) {
	for body, want := range map[string]string{
		`{"token": "` + token + `" ,"event":"token"}`: `{"token": "redacted" ,"event":"token"}`,
		`{"a":["token","x"],"b":{"token":{"c":1}}}`:   `{"a":["token","x"],"b":{"token":"redacted"}}`,
		`{"tok\u0065n":"` + token + `"}`:              `{"tok\u0065n":"redacted"}`,
		`{"token":"` + token + `","token":"x"}`:       `{"token":"redacted","token":"redacted"}`,
		`[{"token":"` + token + `"}]`:                 `[{"token":"redacted"}]`,
		`{"token":"` + token:                          ``,
	} {
		d := post(body)
		if got := string(decoder{}.Redacted(d)); got != want || string(d.Body) != body {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		for _, d := range sourcetest.Deliveries(t, name) {
			before, _ := decoder{}.Decode(d)
			kept := decoder{}.Redacted(d)
			after, _ := decoder{}.Decode(post(string(kept)))
			if d := cmp.Diff(before, after); d != "" || strings.Contains(string(kept), token) {
				t.Errorf("%s: the redacted body says something else, or holds the token:\n%s", name, d)
			}
		}
	}
}

// TestOdd has what does not decode, what is not needed, and what the answer is.
func TestOdd(t *testing.T) {
	for body, want := range map[string]string{
		`[]`:              "problem: the body is no object",
		`{"timestamp":1}`: "problem: event: is missing",
		`{"event":"call.created","data":{"id":1}}`:                                          "problem: timestamp: is missing or no time",
		`{"event":"call.created","timestamp":"soon","data":{"id":1}}`:                       "problem: timestamp: is missing or no time",
		`{"event":"call.created","timestamp":1790000000,"data":[]}`:                         "problem: data: is missing or no object",
		`{"event":"call.created","timestamp":1790000000,"data":{}}`:                         "problem: data.id: is missing",
		`{"event":"call.ringing_on_agent","timestamp":1790000000,"data":{"id":1}}`:          "problem: data.user.id: is missing; the event names no agent",
		`{"event":"user.closed.v2","timestamp":1790000000,"data":{}}`:                       "problem: data.id: is missing",
		`{"event":"ai_voice_agent.started","timestamp":1790000000,"data":{}}`:               "problem: data.call_id: is missing",
		`{"event":"call.tagged","timestamp":1790000000,"data":{}}`:                          "ignored call",
		`{"event":"call.anything_new","timestamp":1790000000}`:                              "ignored call",
		`{"event":"user.created","timestamp":1790000000}`:                                   "ignored user",
		`{"event":"integration.deleted"}`:                                                   "ignored other",
		`{"event_name":"message.received","timestamp":1790000000000}`:                       "ignored message callback",
		`{"event":"call.answered","timestamp":1790000000,"data":{"id":1,"user":null}}`:      "ignored answered by no user",
		`{"event":"ai_voice_agent.summary","timestamp":1790000000,"data":{"call_id":1}}`:    "ignored ai_voice_agent",
		`{"event":"CALL.CREATED","timestamp":1790000000,"data":{"id":1,"number":{"id":5}}}`: "2 events",
	} {
		out, err := decoder{}.Decode(post(body))
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case len(out.Problems) > 0:
			got = "problem: " + out.Problems[0].Reason
		case len(out.Ignored) > 0:
			for name := range out.Ignored {
				got = "ignored " + name
			}
		case len(out.Events) == 2:
			got = "2 events"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	for body, want := range map[string]error{`{"event":`: source.ErrMalformed, "": source.ErrMalformed} {
		if _, err := (decoder{}).Decode(post(body)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", body, err, want)
		}
	}
	if _, err := (decoder{}).Decode(&source.Delivery{Method: "PATCH"}); !errors.Is(err, source.ErrMethod) {
		t.Errorf("PATCH: %v", err)
	}
	if r := (decoder{}).Acknowledge(nil); r.Status != 200 || len(r.Body) != 0 {
		t.Errorf("acknowledged by %+v", r)
	}
}

func TestUsers(t *testing.T) {
	x := decoder{substatuses: map[string]interaction.Presence{"in_training": interaction.Busy}}
	for said, want := range map[string]interaction.Presence{
		`user.opened.v2 "available":true,"availability_status":"available"`:                             interaction.Available,
		`user.connected.v2 "available":true,"availability_status":"custom"`:                             interaction.Available,
		`user.connected.v2 "available":false,"availability_status":"unavailable"`:                       interaction.Away,
		`user.connected.v2 "available":false`:                                                           interaction.Away,
		`user.disconnected.v2 "available":false,"availability_status":"unavailable"`:                    interaction.Offline,
		`user.closed.v2 "available":false,"substatus":"on_a_break"`:                                     interaction.Away,
		`user.closed.v2 "available":false,"substatus":"in_training"`:                                    interaction.Busy,
		`user.wut_start.v2 "available":false`:                                                           interaction.WrapUp,
		`user.wut_end.v2 "available":true`:                                                              interaction.Available,
		`user.wut_end "available":false,"availability_status":"unavailable","substatus":"in_training"`:  interaction.Busy,
		`user.opened "available":"true"`:                                                                interaction.Available,
		`user.opened.v2 "available":true,"availability_status":"available","substatus":"always_opened"`: interaction.Available,
	} {
		event, fields, _ := strings.Cut(said, " ")
		out, err := x.Decode(post(`{"event":"` + event + `","timestamp":1790000000,"data":{"id":7,"name":"Ada",` + fields + `}}`))
		if err != nil || len(out.Events) != 1 || out.Events[0].Presence != want || out.Events[0].Agent != "7" {
			t.Errorf("%s: %v %+v, want %v", said, err, out, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.json")
	for _, name := range names {
		for _, d := range sourcetest.Deliveries(f, name) {
			f.Add([]byte(d.Body))
		}
	}
	v := verifier{source.NewSecrets([]string{token})}
	f.Fuzz(func(t *testing.T, body []byte) {
		d := &source.Delivery{Method: "POST", Body: body}
		out, err := decoder{}.Decode(d)
		again, _ := decoder{}.Decode(d)
		if diff := cmp.Diff(out, again); diff != "" {
			t.Errorf("decoding again says something else:\n%s", diff)
		}
		kept := decoder{}.Redacted(d)
		if err == nil && !jsontext.Value(kept).IsValid() {
			t.Errorf("what is kept is not JSON: %q", kept)
		}
		if v.Verify(d) == nil && strings.Contains(string(kept), `"token":"`+token) {
			t.Errorf("the token is kept: %q", kept)
		}
	})
}
