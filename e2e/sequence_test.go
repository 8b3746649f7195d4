package e2e

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

type sequence struct {
	Scenario   string `json:"scenario"`
	Deliveries []struct {
		Headers map[string]string `json:"headers"`
		URL     string            `json:"url"`
		Body    string            `json:"body"`
	} `json:"deliveries"`
}

// TestTwilioSequences posts the recorded sequences, signed, in order, shuffled and with
// duplicates: the outcome is the same.
func TestTwilioSequences(t *testing.T) {
	names, err := filepath.Glob("testdata/*.seq.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no sequences: %v", err)
	}
	want := map[string]string{
		"A1-hangup-while-ringing":     "abandoned before_accept",
		"N1-accepted-customer-leaves": "answered accepted",
		"N3-voicemail":                "self_served voicemail",
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var q sequence
		if err := json.Unmarshal(b, &q); err != nil {
			t.Fatal(err)
		}
		for _, way := range []string{"in order", "shuffled", "duplicated"} {
			t.Run(q.Scenario+" "+way, func(t *testing.T) {
				s := start(t)
				ds := q.Deliveries
				if way != "in order" {
					ds = append(ds[:0:0], ds...)
					rand.New(rand.NewPCG(1, 2)).Shuffle(len(ds), func(i, j int) { ds[i], ds[j] = ds[j], ds[i] })
				}
				if way == "duplicated" {
					ds = append(ds, ds...)
				}
				for _, d := range ds {
					u, err := url.Parse(d.URL)
					if err != nil {
						t.Fatal(err)
					}
					h := http.Header{}
					for k, v := range d.Headers {
						h.Set(k, v)
					}
					if code := s.do("POST", u.RequestURI(), h, d.Body, nil); code != 204 {
						t.Fatalf("a delivery got %d", code)
					}
				}
				var list struct {
					Interactions []struct {
						Outcome string  `json:"outcome"`
						Reason  *string `json:"reason"`
					} `json:"interactions"`
				}
				s.do("GET", "/api/v1/interactions?source=twilio", nil, "", &list)
				var got []string
				for _, in := range list.Interactions {
					if in.Outcome == "open" || in.Outcome == "out_of_scope" {
						continue // the follow-up of a voicemail
					}
					got = append(got, in.Outcome+" "+*in.Reason)
				}
				if d := cmp.Diff([]string{want[q.Scenario]}, got); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
			})
		}
	}
}

// TestLateVoicemail: the count goes up, and down when the vendor's update comes late; and
// both survive kill -9.
func TestLateVoicemail(t *testing.T) {
	s := start(t)
	at := time.Now().Add(-2 * time.Minute)
	for i, e := range []struct{ kind, data string }{
		{"started", `{"channel":"voice"}`},
		{"queued", `{"queue":"Billing"}`},
		{"assigned", `{"work":"W1","agent":{"id":"A1","name":"Ada"}}`},
		{"disconnected", `{"by":"customer"}`},
	} {
		if code := s.post(string(rune('a'+i)), e.kind, "I1", at.Add(time.Duration(i)*time.Second), e.data); code != 204 {
			t.Fatalf("%s got %d", e.kind, code)
		}
	}
	b := s.board()
	if b.Status["Abandoned"] != 1 || b.Reasons["before_accept"] != 1 || b.Customers["abandoned"] != 1 {
		t.Errorf("after the hang-up: %+v", b)
	}
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.launch()
	again := s.board()
	if d := cmp.Diff(b.Status, again.Status); d != "" || again.Epoch == b.Epoch {
		t.Errorf("after kill -9, epoch %s and %s (-before +after):\n%s", b.Epoch, again.Epoch, d)
	}
	if code := s.post("v", "voicemail_chosen", "I1", at.Add(30*time.Second), `{}`); code != 204 {
		t.Fatalf("voicemail got %d", code)
	}
	if b := s.board(); b.Status["Abandoned"] != 0 || b.Status["Canceled"] != 1 || b.Customers["self_served"] != 1 {
		t.Errorf("after the voicemail: %+v", b)
	}
	var in struct {
		Corrections int `json:"corrections"`
	}
	s.do("GET", "/api/v1/interactions/lab/I1", nil, "", &in)
	if in.Corrections != 1 {
		t.Errorf("%d corrections, want 1", in.Corrections)
	}
}

// TestStatusCodes: exactly those of the contract.
func TestStatusCodes(t *testing.T) {
	s := start(t)
	for _, tc := range []struct {
		name, method, path string
		header             http.Header
		body               string
		want               int
	}{
		{"no signature", "POST", "/hooks/lab", http.Header{"Content-Type": {"application/cloudevents+json"}}, "{}", 401},
		{"wrong signature", "POST", "/hooks/twilio", http.Header{"X-Twilio-Signature": {"AAAA"}}, "a=b", 401},
		{"unknown source", "POST", "/hooks/nobody", nil, "{}", 404},
		{"method", "GET", "/hooks/lab", nil, "", 405},
		{"too large", "POST", "/hooks/lab", nil, strings.Repeat("x", 1<<20+1), 413},
		{"at the limit", "POST", "/hooks/lab", nil, strings.Repeat("x", 1<<20), 401},
		{"compressed", "POST", "/hooks/lab", http.Header{"Content-Encoding": {"gzip"}}, "{}", 415},
		{"no board", "GET", "/api/v1/boards/none", nil, "", 404},
		{"no interaction", "GET", "/api/v1/interactions/lab/none", nil, "", 404},
		{"bad parameter", "GET", "/api/v1/interactions?limit=0", nil, "", 400},
		{"list page", "GET", "/interactions?outcome=abandoned", nil, "", 200},
		{"bad list page", "GET", "/interactions?outcome=sad", nil, "", 400},
		{"no interaction's page", "GET", "/interactions/lab/none", nil, "", 404},
		{"healthy", "GET", "/healthz", nil, "", 200},
		{"ready", "GET", "/readyz", nil, "", 200},
	} {
		if got := s.do(tc.method, tc.path, tc.header, tc.body, nil); got != tc.want {
			t.Errorf("%s: got %d, want %d", tc.name, got, tc.want)
		}
	}
	if got := s.post("p", "queued", "I/1 ?", time.Now(), `{}`); got != 204 {
		t.Errorf("a queued got %d", got)
	}
	if got := s.do("GET", "/interactions/lab/I/1%20%3F", nil, "", nil); got != 200 {
		t.Errorf("an interaction's page got %d", got)
	}
	// Authentic, and not understood: kept, and acknowledged.
	if got := s.post("q", "exploded", "I", time.Now(), `{}`); got != 204 {
		t.Errorf("an unknown kind got %d", got)
	}
}
