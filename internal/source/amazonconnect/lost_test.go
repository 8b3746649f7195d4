package amazonconnect

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source/eventbridge"
)

// recorded reads the deliveries of a recording.
func recorded(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var q struct {
		Deliveries []struct {
			Body jsontext.Value `json:"body"`
		} `json:"deliveries"`
	}
	if err := json.Unmarshal(b, &q); err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, d := range q.Deliveries {
		bodies = append(bodies, string(d.Body))
	}
	return bodies
}

// outcomes fold deliveries, and tell what became of each interaction that counts.
func outcomes(t *testing.T, bodies []string) map[string]string {
	t.Helper()
	p := classify.DefaultPolicies()
	book := classify.NewBook(&p)
	contacts := make(map[*classify.Contact]bool)
	for _, body := range bodies {
		out, err := decoder{}.Decode(delivery(body))
		if err != nil || len(out.Problems) > 0 {
			t.Fatalf("%v: %s", err, tell(out))
		}
		for _, e := range out.Events {
			if e.Kind == interaction.AgentState {
				continue
			}
			c, absorbed, _ := book.Apply(e)
			contacts[c] = true
			delete(contacts, absorbed)
		}
	}
	all := make(map[string]string)
	for c := range contacts {
		if in := c.Interaction(0); in.InScope() {
			all[in.ID] = in.Outcome.String() + "/" + in.Reason
		}
	}
	return all
}

// kindOf is a contact event's type, and "" of an agent event.
func kindOf(t *testing.T, body string) string {
	t.Helper()
	if strings.HasPrefix(body, "[") {
		return ""
	}
	var p part
	if err := json.Unmarshal([]byte(body), &p, eventbridge.AnyCase); err != nil {
		t.Fatal(err)
	}
	return p.Detail.Value.EventType.Upper()
}

// TestAnyEventMayBeLost: Connect delivers at best effort. Whatever single event of a
// recording does not come, and also when nothing comes but each contact's last, its
// interactions end as they do with all. Only what no other event repeats may make a
// difference: what the agent stream shows, and a tag that was set after the end.
func TestAnyEventMayBeLost(t *testing.T) {
	paths, err := filepath.Glob("../../../e2e/testdata/amazon-connect/*.seq.json")
	if err != nil || len(paths) < 40 {
		t.Fatalf("recordings: %d, %v", len(paths), err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".seq.json")
		bodies := recorded(t, path)
		want := outcomes(t, bodies)
		check := func(what string, rest []string) {
			t.Helper()
			if d := cmp.Diff(want, outcomes(t, rest)); d != "" {
				t.Errorf("%s, %s (-all +rest):\n%s", name, what, d)
			}
		}
		kinds := make([]string, len(bodies))
		count := make(map[string]int)
		for i, b := range bodies {
			kinds[i] = kindOf(t, b)
			count[kinds[i]]++
		}
		if slices.Contains(slices.Collect(maps.Values(want)), "open/") || strings.HasPrefix(name, "N3e") {
			continue
		}
		for i, kind := range kinds {
			closing := kind == "DISCONNECTED" || kind == "COMPLETED"
			if kind == "" || closing && (count["DISCONNECTED"] == 0 || count["COMPLETED"] == 0) {
				continue
			}
			check("without the "+kind+" of delivery "+string(rune('a'+i)), slices.Delete(slices.Clone(bodies), i, i+1))
		}
		for _, last := range []string{"DISCONNECTED", "COMPLETED"} {
			var rest []string
			for i, kind := range kinds {
				if kind == last || kind == "" {
					rest = append(rest, bodies[i])
				}
			}
			if count[last] > 0 && count["DISCONNECTED"] == count["COMPLETED"] && count["INITIATED"] == count[last] {
				check("with "+last+" alone", rest)
			}
		}
	}
}
