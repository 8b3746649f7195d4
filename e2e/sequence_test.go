package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sync/errgroup"
)

// ways are orders in which the deliveries of a recording come. What they lead to may
// not depend on them.
var ways = []struct {
	name  string
	order func(n int) []int
}{
	{"in order", inOrder},
	{"reversed", func(n int) []int { order := inOrder(n); slices.Reverse(order); return order }},
	{"shuffled", func(n int) []int { return rand.New(rand.NewPCG(1, 2)).Perm(n) }},
	{"shuffled otherwise", func(n int) []int { return rand.New(rand.NewPCG(3, 4)).Perm(n) }},
	{"each twice", func(n int) []int {
		order := rand.New(rand.NewPCG(5, 6)).Perm(2 * n)
		for i := range order {
			order[i] %= n
		}
		return order
	}},
}

func inOrder(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// TestSequences posts every recording to a source of its own, in every way, and compares
// what the API tells with what the recording expects, the board with a count of the list,
// and the ways with each other.
func TestSequences(t *testing.T) {
	for i := range vendors {
		v := &vendors[i]
		t.Run(v.folder, func(t *testing.T) {
			all := recordings(t, v)
			shift := time.Since(time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)).Truncate(time.Second) - 10*time.Minute
			var first map[string][]interaction
			for _, way := range ways {
				t.Run(way.name, func(t *testing.T) {
					s := startWith(t, settings(v, all))
					var group errgroup.Group
					group.SetLimit(8)
					for name, q := range all {
						group.Go(func() error {
							for _, i := range way.order(len(q.Deliveries)) {
								d, err := q.delivery(v, name, i, shift)
								if err == nil {
									err = d.post(s.address)
								}
								if err != nil {
									return fmt.Errorf("%s, delivery %d: %w", name, i+1, err)
								}
							}
							return nil
						})
					}
					if err := group.Wait(); err != nil {
						t.Fatal(err)
					}
					lists := make(map[string][]interaction)
					for _, name := range slices.Sorted(maps.Keys(all)) {
						lists[name] = s.list(name)
						all[name].check(s, name, lists[name], way.name == "in order")
					}
					if v.shift != nil {
						recount(s, lists)
					}
					if first == nil {
						first = lists
					}
					if d := cmp.Diff(first, lists, cmpopts.IgnoreFields(interaction{}, "Corrections"), cmp.FilterPath(waiting, cmp.Ignore())); d != "" {
						t.Errorf("another order, another result (-in order +%s):\n%s", way.name, d)
					}
				})
			}
		})
	}
}

// waiting matches the wait of an interaction that goes on, which grows meanwhile.
func waiting(p cmp.Path) bool {
	if p.Last().String() != ".WaitSeconds" {
		return false
	}
	in, ok := p.Index(-2).Values()
	return ok.IsValid() && in.IsValid() && in.Interface().(interaction).Outcome == "open"
}

// settings has a source for each recording, and a board of those that count in it.
func settings(v *vendor, all map[string]*recording) string {
	var sources strings.Builder
	var shown []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		policies, err := json.Marshal(all[name].Policies)
		if err != nil {
			panic(err)
		}
		if all[name].Policies == nil {
			policies = []byte("{}")
		}
		fmt.Fprintf(&sources, "  - {name: %s, %s, policies: %s}\n", name, v.source, policies)
		if !all[name].Uncounted {
			shown = append(shown, name)
		}
	}
	return "public_url: https://wallboard.example.org\naccess: {mode: open}\nsources:\n" + sources.String() +
		"boards:\n  - {name: all, window: last_hour, sources: [" + strings.Join(shown, ", ") + "]}\n"
}

// list are the interactions of a source by id, as the API tells them.
func (s *server) list(source string) []interaction {
	s.t.Helper()
	var list struct {
		Interactions []interaction `json:"interactions"`
	}
	if code := s.do("GET", "/api/v1/interactions?limit=500&source="+source, nil, "", &list); code != 200 {
		s.t.Fatalf("the list of %s answers %d", source, code)
	}
	slices.SortFunc(list.Interactions, func(a, b interaction) int { return strings.Compare(a.ID, b.ID) })
	return list.Interactions
}

// check compares the interactions of a source with what its recording expects.
func (q *recording) check(s *server, source string, got []interaction, ordered bool) {
	s.t.Helper()
	for i := range got {
		got[i].consistent(s.t, source)
	}
	if len(q.Interactions) == 0 {
		outcomes := make(map[string]int)
		for _, in := range got {
			outcomes[in.Outcome]++
		}
		if n := outcomes["abandoned"]; len(got) == 0 || n != map[string]int{"abandoned": 1, "not_abandoned": 0}[q.Expected] {
			s.t.Errorf("%s: %v, want %s", source, outcomes, q.Expected)
		}
		return
	}
	if len(got) != len(q.Interactions) {
		s.t.Errorf("%s: %d interactions, want %d", source, len(got), len(q.Interactions))
		return
	}
	want := slices.Clone(q.Interactions)
	slices.SortFunc(want, func(a, b interaction) int { return strings.Compare(a.ID, b.ID) })
	for i := range want {
		w, g := want[i], got[i]
		for _, alias := range w.Aliases {
			var one interaction
			if code := s.do("GET", "/api/v1/interactions/"+source+"/"+alias, nil, "", &one); code != 200 || one.ID != w.ID {
				s.t.Errorf("%s: the alias %s leads to %q (%d), want %s", source, alias, one.ID, code, w.ID)
			}
		}
		g.Aliases = w.Aliases
		if w.WaitSeconds == nil {
			g.WaitSeconds = nil
		}
		if w.Queue == nil {
			g.Queue = nil
		}
		if w.Corrections == nil || !ordered {
			w.Corrections, g.Corrections = nil, nil
		}
		if w.Works == nil {
			g.Works = nil
		}
		g.Works = slices.Clone(g.Works)
		for j := range min(len(w.Works), len(g.Works)) {
			if w.Works[j].Agent == "" && w.Works[j].ID != nil {
				g.Works[j].Agent = ""
			}
		}
		if d := cmp.Diff(w, g); d != "" {
			s.t.Errorf("%s (-want +got):\n%s", source, d)
		}
	}
}

// consistent checks what holds for every interaction: an abandoned one has exactly one
// Abandoned row, and no row goes on after the end.
func (in *interaction) consistent(t *testing.T, source string) {
	t.Helper()
	n := 0
	for _, w := range in.Works {
		if w.Status == "Abandoned" {
			n++
		}
		if in.State == "ended" && (w.Status == "Assigned" || w.Status == "Opened") {
			t.Errorf("%s: %s has ended, and a row is %s", source, in.ID, w.Status)
		}
	}
	want := 0
	if in.Outcome == "abandoned" {
		want = 1
	}
	if n != want {
		t.Errorf("%s: %s is %s with %d Abandoned rows", source, in.ID, in.Outcome, n)
	}
}

// recount compares the board with a count of the lists of its sources.
func recount(s *server, lists map[string][]interaction) {
	s.t.Helper()
	b := s.board()
	status, customers, reasons := make(map[string]int64), make(map[string]int64), make(map[string]int64)
	for k := range b.Status {
		status[k] = 0
	}
	for k := range b.Customers {
		customers[k] = 0
	}
	for k := range b.Reasons {
		reasons[k] = 0
	}
	for source, list := range lists {
		if !slices.ContainsFunc(b.Sources, func(s boardSource) bool { return s.Name == source }) {
			continue
		}
		for _, in := range list {
			customers["started"]++
			customers[in.Outcome]++
			if in.State == "waiting" {
				status["Waiting"]++
			}
			if in.Outcome == "abandoned" {
				reasons[*in.Reason]++
			}
			for _, w := range in.Works {
				status[w.Status]++
			}
		}
	}
	for name, d := range map[string]string{
		"agent_work_status": cmp.Diff(status, b.Status), "customers": cmp.Diff(customers, b.Customers), "abandoned_by_reason": cmp.Diff(reasons, b.Reasons),
	} {
		if d != "" {
			s.t.Errorf("the board's %s (-count of the lists +board):\n%s", name, d)
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
