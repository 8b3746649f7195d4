package genesys

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

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
		out, err := named.Decode(delivery(body))
		if err != nil || len(out.Problems) > 0 {
			t.Fatalf("%v: %+v", err, out)
		}
		for _, e := range out.Events {
			if e.Kind == interaction.AgentState {
				continue
			}
			c, _, _ := book.Apply(e)
			contacts[c] = true
		}
	}
	all := make(map[string]string)
	for c := range contacts {
		for i := range c.Len() {
			if in := c.Interaction(i); in.InScope() {
				all[in.ID] = in.Outcome.String() + "/" + in.Reason
			}
		}
	}
	return all
}

// soleTellers are deliveries that alone say why a contact was not abandoned: nothing makes
// good for their loss.
var soleTellers = map[string]bool{
	"N1-answer-seen-in-the-end user.end":              true, // the accept
	"N1-transferred-to-an-agent-who-accepts user.end": true,
	"N1-answered-by-nobody-named acd.end":             true,
	"N1-flow-sends-it-outside flow.end":               true, // where the customer went
	"N3-voicemail-seen-in-the-flow flow.end":          true, // what the customer chose
	"N3-voicemail-seen-in-the-end voicemail.end":      true,
	"N3b-callback acd.start":                          true, // and the callback goes on
	"N3b-callback-after-the-end acd.start":            true,
	"M1-writes-again customer.start":                  true, // that it is another interaction
	"T4-system customer.end":                          true, // that it was not the customer
	"T4-timeout customer.end":                         true,
	"T4-transport-failure customer.end":               true,
	"T4-queue-ends-first customer.end":                true,
	"T4-counted-as-abandoned customer.end":            true,
	"T4-somebody-else-ends-it customer.end":           true,
}

// TestAnyEventMayBeLost: whatever single delivery of a recording does not come, nobody is
// abandoned but for it; and a session's start may be lost wholly, for its end tells it.
func TestAnyEventMayBeLost(t *testing.T) {
	paths, err := filepath.Glob("../../../e2e/testdata/genesys/*.seq.json")
	if err != nil || len(paths) < 80 {
		t.Fatalf("recordings: %d, %v", len(paths), err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".seq.json")
		bodies := recorded(t, path)
		want := outcomes(t, bodies)
		for i, b := range bodies {
			var p part
			if err := json.Unmarshal([]byte(b), &p, eventbridge.AnyCase); err != nil {
				t.Fatal(err)
			}
			kind := strings.TrimPrefix(string(p.DetailType+p.Topic), "v2.detail.events.conversation.{id}.")
			got := outcomes(t, slices.Delete(slices.Clone(bodies), i, i+1))
			for id, w := range want {
				g := got[id]
				switch {
				case soleTellers[name+" "+kind]:
				case kind == "acd.start" || kind == "user.start":
					if g != w {
						t.Errorf("%s without %s: %s, want %s", name, kind, g, w)
					}
				case strings.HasPrefix(g, "abandoned") && !strings.HasPrefix(w, "abandoned"):
					t.Errorf("%s without %s: %s, and was %s", name, kind, g, w)
				}
			}
		}
	}
}
