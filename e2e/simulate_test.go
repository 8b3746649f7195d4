package e2e

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

type told struct {
	ID      string     `json:"id"`
	Outcome string     `json:"outcome"`
	Reason  string     `json:"reason"`
	Works   []toldWork `json:"works"`
}

type toldWork struct {
	Status string `json:"status"`
}

// TestSimulatedHour: what the server says of each interaction after the simulator's
// hour, with its duplicates and late deliveries, is the truth that was played.
func TestSimulatedHour(t *testing.T) {
	const token = "research-token-0123456789abcdef"
	for vendor, auth := range map[string]struct{ scheme, secret string }{
		"twilio":         {"scheme: twilio", token},
		"amazon-connect": {"scheme: header, header: X-Api-Key", token},
		"asterisk":       {"scheme: standard-webhooks", secret},
	} {
		t.Run(vendor, func(t *testing.T) {
			simulatedHour(t, vendor, fmt.Sprintf("{%s, secret: %q}", auth.scheme, auth.secret), auth.secret)
		})
	}
}

func simulatedHour(t *testing.T, vendor, auth, key string) {
	s := startWith(t, fmt.Sprintf(`public_url: https://wallboard.example.org
access: {mode: open}
sources:
  - {name: centre, vendor: %s, auth: %s}
`, vendor, auth))
	file := filepath.Join(t.TempDir(), "truth.json")
	cmd := exec.Command(binary, "simulate", "--to", "http://"+s.address, "--source", "centre", "--vendor", vendor, "--public-url", "https://wallboard.example.org",
		"--secret", key, "--seed", "7", "--clock", "11:00", "--truth", file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var truth struct {
		Settled      bool   `json:"settled"`
		Interactions []told `json:"interactions"`
	}
	if err := json.Unmarshal(b, &truth); err != nil {
		t.Fatal(err)
	}
	if !truth.Settled || len(truth.Interactions) < 20 {
		t.Fatalf("the truth is not settled, or of %d interactions only", len(truth.Interactions))
	}
	want := make(map[string]string)
	for _, in := range truth.Interactions {
		want[in.ID] = line(in)
	}
	if d := cmp.Diff(want, s.interactions()); d != "" {
		t.Errorf("(-truth +server):\n%s", d)
	}
}

// interactions are the lines of all interactions that the server lists.
func (s *server) interactions() map[string]string {
	s.t.Helper()
	got := make(map[string]string)
	for cursor := ""; ; {
		var page struct {
			Interactions []struct {
				told
				Reason *string `json:"reason"`
			} `json:"interactions"`
			Next *string `json:"next"`
		}
		s.do("GET", "/api/v1/interactions?limit=100&cursor="+url.QueryEscape(cursor), nil, "", &page)
		for _, in := range page.Interactions {
			if in.Reason != nil {
				in.told.Reason = *in.Reason
			}
			got[in.ID] = line(in.told)
		}
		if page.Next == nil {
			break
		}
		cursor = *page.Next
	}
	return got
}

// line tells an interaction's outcome and how many rows it has of each status.
func line(in told) string {
	rows := make(map[string]int)
	for _, w := range in.Works {
		rows[w.Status]++
	}
	b, err := json.Marshal(rows, json.Deterministic(true))
	if err != nil {
		panic(err)
	}
	return in.Outcome + " " + in.Reason + " " + string(b)
}
