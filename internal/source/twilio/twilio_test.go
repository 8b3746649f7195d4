package twilio

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/source"
)

// sdkCases are the vectors of Twilio's SDK tests, with the token 12345.
func TestSDKVectors(t *testing.T) {
	const form = "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309"
	const body = `{"property": "value", "boolean": true}`
	const hash = "bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
	for _, tc := range []struct{ base, query, body, signature string }{
		{"https://mycompany.com", "foo=1&bar=2", form, "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
		{"https://mycompany.com:443", "foo=1&bar=2", form, "kvajT1Ptam85bY51eRf/AJRuM3w="},
		{"https://mycompany.com", "foo=1&bar=2", form, "kvajT1Ptam85bY51eRf/AJRuM3w="},
		{"http://mycompany.com:80", "foo=1&bar=2", form, "0ZXoZLH/DfblKGATFgpif+LLRf4="},
		{"http://mycompany.com:1234", "foo=1&bar=2", form, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="},
		{"https://mycompany.com", "foo=1&bar=2", form + "&Reason=Participant&ReasonConferenceEnded=test", "vOEb5UThFn24KEfnOFLQY2AE5FY="},
		{"http://mycompany.com", "foo=1&bar=2", form + "&Reason=Participant&ReasonConferenceEnded=test", "n2xBNyzSW7rfYStDtOFiFMv7qNo="},
		{"https://mycompany.com", "foo=1&bar=2", "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234", "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
		{"https://mycompany.com", "foo=1&bar=2&" + hash, body, "a9nBmqA0ju/hNViExpshrM61xv4="},
		{"https://mycompany.com", hash, body, "y77kIzt2vzLz71DgmJGsen2scGs="},
	} {
		d := &source.Delivery{Method: "POST", RawQuery: tc.query, Body: []byte(tc.body), Header: http.Header{}}
		d.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		if strings.HasPrefix(tc.body, "{") {
			d.Header.Set("Content-Type", "application/json")
		}
		d.Header.Set("X-Twilio-Signature", tc.signature)
		v := verifier{hook: tc.base + "/myapp.php", tokens: []string{"old", "12345"}}
		if err := v.Verify(d); err != nil {
			t.Errorf("%s: %v", tc.base, err)
		}
		if err := (verifier{hook: v.hook, tokens: []string{"54321"}}).Verify(d); err == nil {
			t.Errorf("%s: another token verifies", tc.base)
		}
		d.Body = append([]byte{'x'}, d.Body...)
		if err := v.Verify(d); err == nil {
			t.Errorf("%s: a changed body verifies", tc.base)
		}
	}
}

func fixture(t *testing.T, name string) *source.Delivery {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	b = bytes.TrimRight(b, "\n") // the files end with one, the deliveries did not
	d := &source.Delivery{Method: "POST", Body: b, RawQuery: "site=north", Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
	if strings.HasSuffix(name, ".json") {
		d.Header.Set("Content-Type", "application/json")
	}
	return d
}

func TestFixtureSignatures(t *testing.T) {
	var vectors struct {
		AuthToken string            `json:"auth_token"`
		Forms     map[string]string `json:"forms"`
		JSON      map[string]struct {
			URL, Signature string
		} `json:"json"`
	}
	if err := json.Unmarshal(fixture(t, "vectors.json").Body, &vectors, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	v := verifier{hook: "https://wallboard.example.org/hooks/twilio", tokens: []string{vectors.AuthToken}}
	check := func(name, signature string, d *source.Delivery) {
		d.Header.Set("X-Twilio-Signature", signature)
		if err := v.Verify(d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, signature := range vectors.Forms {
		d := fixture(t, name)
		check(name, signature, d)
	}
	for name, x := range vectors.JSON {
		d := fixture(t, name)
		d.Path = "/events"
		_, d.RawQuery, _ = strings.Cut(x.URL, "?")
		check(name, x.Signature, d)
	}
	if len(vectors.Forms) == 0 || len(vectors.JSON) == 0 {
		t.Error("no vectors were read")
	}
}

func TestProblems(t *testing.T) {
	for body, want := range map[string]string{
		"a=b": "EventType", "EventType=task.created&TaskSid=WT1&TimestampMs=1": "Sid",
		"EventType=task.created&Sid=EV1&TaskSid=WT1": "Timestamp", "EventType=task.created&Sid=EV1&TimestampMs=1": "TaskSid",
		"EventType=reservation.created&Sid=EV1&TimestampMs=1&TaskSid=WT1": "ReservationSid",
	} {
		d := &source.Delivery{Method: "POST", Body: []byte(body), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
		out, err := decoder{}.Decode(d)
		if err != nil || len(out.Problems) != 1 || !strings.Contains(out.Problems[0].Reason, want) {
			t.Errorf("%s: %v %+v", body, err, out)
		}
	}
}

func FuzzDecode(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.txt")
	for _, n := range names {
		b, _ := os.ReadFile(n)
		f.Add(string(b), false)
	}
	b, _ := os.ReadFile("testdata/event-streams-batch-out-of-order.json")
	f.Add(string(b), true)
	f.Fuzz(func(t *testing.T, body string, stream bool) {
		d := &source.Delivery{Method: "POST", Body: []byte(body), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
		if stream {
			d.Header.Set("Content-Type", "application/json")
		}
		decoder{}.Decode(d)
		verifier{hook: "https://h", tokens: []string{"t"}}.Verify(d)
	})
}
