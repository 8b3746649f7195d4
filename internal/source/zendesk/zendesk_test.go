package zendesk

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/sourcetest"
)

var configured = decoder{agents: map[string]string{"10011": "Ada Reyes"}, statuses: map[string]interaction.Presence{"Lunch": interaction.Away}}

func TestGolden(t *testing.T) { sourcetest.Golden(t, configured) }

func TestSignature(t *testing.T) {
	b, err := os.ReadFile("testdata/vectors/signature.json")
	if err != nil {
		t.Fatal(err)
	}
	var x struct {
		Secret    string `json:"secret"`
		Stamp     string `json:"X-Zendesk-Webhook-Signature-Timestamp"`
		Body      string `json:"raw_body"`
		Signature string `json:"X-Zendesk-Webhook-Signature"`
	}
	if err := json.Unmarshal(b, &x); err != nil || x.Secret == "" {
		t.Fatalf("the vector: %v", err)
	}
	v := verifier{secrets: []string{"new-test-secret", x.Secret}}
	for name, tc := range map[string]struct {
		body, stamp, signature string
		ok                     bool
	}{
		"the vector":          {x.Body, x.Stamp, x.Signature, true},
		"another body":        {x.Body + " ", x.Stamp, x.Signature, false},
		"another time":        {x.Body, "2026-09-21T14:13:41Z", x.Signature, false},
		"no time":             {x.Stamp + x.Body, "", x.Signature, false},
		"time moved to body":  {x.Stamp[19:] + x.Body, x.Stamp[:19], x.Signature, true}, // Zendesk signs both without a divider
		"another case":        {x.Body, x.Stamp, strings.ToLower(x.Signature), false},
		"cut short":           {x.Body, x.Stamp, x.Signature[:len(x.Signature)-4], false},
		"not base64":          {x.Body, x.Stamp, "?" + x.Signature[1:], false},
		"nothing":             {x.Body, x.Stamp, "", false},
		"an empty body":       {"", x.Stamp, x.Signature, false},
		"in another encoding": {x.Body, x.Stamp, "f39ed68788", false},
	} {
		d := &source.Delivery{Body: []byte(tc.body), Header: http.Header{}}
		d.Header.Set("x-zendesk-webhook-signature", tc.signature)
		d.Header.Set("x-zendesk-webhook-signature-timestamp", tc.stamp)
		err := v.Verify(d)
		if (err == nil) != tc.ok || err != nil && !errors.Is(err, source.ErrUnauthenticated) {
			t.Errorf("%s: %v, want accepted %v", name, err, tc.ok)
		}
	}
}

// TestMovedTime: what the missing divider lets pass is no JSON any more, so nothing comes
// of it.
func TestMovedTime(t *testing.T) {
	if _, err := configured.Decode(&source.Delivery{Method: http.MethodPost, Body: []byte(`Z{"type":"x"}`)}); !errors.Is(err, source.ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

// TestToTheMinute: Zendesk's placeholder may leave the seconds out; within the minute the
// signature's time gives the order, and a retry later does not leave it.
func TestToTheMinute(t *testing.T) {
	for _, tc := range []struct{ updated, stamp, want string }{
		{"2026-09-21T14:13Z", "2026-09-21T14:13:20Z", "2026-09-21T14:13:20Z"},
		{"2026-09-21T14:13Z", "2026-09-21T14:13:20.5Z", "2026-09-21T14:13:20.5Z"},
		{"2026-09-21T14:13Z", "2026-09-21T14:25:00Z", "2026-09-21T14:13:59Z"},
		{"2026-09-21T14:13Z", "2026-09-21T14:12:59Z", "2026-09-21T14:13:00Z"},
		{"2026-09-21T16:13+02:00", "", "2026-09-21T14:13:00Z"},
		{"2026-09-21T14:13:10Z", "2026-09-21T14:13:20Z", "2026-09-21T14:13:10Z"},
		{"yesterday", "2026-09-21T14:13:20Z", ""},
	} {
		want := int64(0)
		if at, err := time.Parse(time.RFC3339Nano, tc.want); err == nil {
			want = at.UnixMicro()
		}
		if got := (&ticket{UpdatedAt: source.Text(tc.updated)}).updated(tc.stamp); got != want {
			t.Errorf("%s signed at %s: %d, want %s", tc.updated, tc.stamp, got, tc.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, tc := range []struct {
		method, body string
		want         error
	}{
		{http.MethodPatch, "{}", source.ErrMethod}, {http.MethodPost, "{{ticket.id}}", source.ErrMalformed}, {http.MethodPost, "", nil},
	} {
		if _, err := configured.Decode(&source.Delivery{Method: tc.method, Body: []byte(tc.body)}); !errors.Is(err, tc.want) {
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
			f.Add(string(d.Body), "AAAA")
		}
	}
	f.Fuzz(func(t *testing.T, body, signature string) {
		d := &source.Delivery{Method: http.MethodPost, Body: []byte(body), Header: http.Header{
			"X-Zendesk-Webhook-Signature": {signature}, "X-Zendesk-Webhook-Signature-Timestamp": {"2026-09-21T14:13:40Z"},
		}}
		out, err := configured.Decode(d)
		if err == nil && len(out.Events)+len(out.Problems)+len(out.Ignored) == 0 {
			t.Error("nothing is said of it, not even that it is not needed")
		}
		if err := (verifier{secrets: []string{"s"}}).Verify(d); err == nil {
			t.Error("a signature was found by chance")
		}
	})
}
