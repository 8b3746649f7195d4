package history

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var writePlans = flag.Bool("history.plans", false, "write docs/query-plans.md anew")

const plansFile = "../../docs/query-plans.md"

// TestQueryPlans: SQLite answers the questions of lists and reports as docs/query-plans.md says, so that
// an index which is no longer used is seen. A database without statistics decides by the schema alone.
func TestQueryPlans(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	from, to := testNow.Add(-24*time.Hour), testNow
	long := time.Minute
	asOf := testNow.UnixMicro()
	var b strings.Builder
	b.WriteString("# Query plans\n\nHow SQLite looks for what lists and reports ask. `TestQueryPlans` holds this page true, and `go test ./internal/history -run QueryPlans -history.plans` writes it anew.\n")
	explain := func(name, text string, args ...any) {
		fmt.Fprintf(&b, "\n## %s\n\n```\n", name)
		rows, err := h.db.Read.Query("EXPLAIN QUERY PLAN "+text, args...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			b.WriteString(detail + "\n")
		}
		b.WriteString("```\n")
	}
	for _, x := range []struct {
		name  string
		f     Filter
		after *place
	}{
		{"Newest", Filter{}, nil},
		{"The next page", Filter{}, &place{key: asOf}},
		{"An outcome", Filter{Outcome: "abandoned"}, nil},
		{"An outcome and a reason", Filter{Outcome: "abandoned", Reason: "no_agent"}, nil},
		{"A queue", Filter{Queues: []string{"Billing"}}, nil},
		{"A queue and an outcome", Filter{Queues: []string{"Billing"}, Outcome: "abandoned"}, nil},
		{"An agent", Filter{Agent: "A1"}, nil},
		{"Started in a time", Filter{From: from, To: to}, nil},
		{"Ended in a time", Filter{Outcome: "abandoned", By: ByOver, Order: ByEnd, From: from, To: to}, nil},
		{"Answered in a time", Filter{By: ByAnswered, From: from, To: to}, nil},
		{"Ended in a long time", Filter{Outcome: "abandoned", By: ByOver, From: from.AddDate(-1, 0, 0), To: to}, nil},
		{"Answered in a long time", Filter{By: ByAnswered, Counted: true, From: from.AddDate(-1, 0, 0), To: to}, nil},
		{"Ended by all outcomes", Filter{By: ByOver, Order: ByEnd, Counted: true, From: from.AddDate(-1, 0, 0), To: to}, nil},
		{"Open at a time", Filter{By: ByOpenAt, From: from}, nil},
		{"Works of a status", Filter{Status: "Declined"}, nil},
		{"Works of a status and an agent", Filter{Status: "Declined", Agent: "A1"}, nil},
		{"Works that are not over", Filter{Status: "Opened"}, nil},
		{"Who waits", Filter{Status: "Waiting"}, nil},
		{"Who waits longest", Filter{Outcome: "open", Waits: true, Order: ByWait}, nil},
		{"The longest waits", Filter{Outcome: "abandoned", Order: ByWait}, nil},
		{"Waits from a length", Filter{WaitFrom: &long}, nil},
		{"The longest waits of all", Filter{Order: ByWait}, nil},
		{"An agent and an outcome", Filter{Agent: "A1", Outcome: "abandoned"}, nil},
		{"Works of a status and a source", Filter{Status: "Closed", Sources: []string{"a"}}, nil},
		{"Corrected", Filter{Corrected: true}, nil},
	} {
		text, args := x.f.page(asOf, 51, x.after)
		explain(x.name, text, args...)
		for i, q := range x.f.questions(asOf, false) {
			text, args := q.count()
			explain(fmt.Sprintf("%s: the total%s", x.name, []string{"", ", second part"}[i]), text, args...)
		}
	}
	s := Scope{From: DayOf(from, time.UTC), To: DayOf(to, time.UTC)}
	q := s.scoped()
	explain("The sums of a report", selectDays+q.where(), q.args...)
	year := Scope{From: s.From - 365, To: s.To}
	text, args := year.selectOffers("source, agent, max(name), ''", "source, agent", "agent <> ''")
	explain("How the works of a year ended, by agent", text, args...)
	explain("The contacts of a board of the past", selectPast, 0, 1, 0, maxPast)
	explain("A customer's abandoned contacts", selectAbandonedOf, "x", 0, 1, maxReturns)
	explain("Whether a customer came again", selectReturned, "x", 0, 1, 1, 0)
	explain("What is older than the retention", selectExpired, 0, 0, 50)
	explain("Old events of no contact", selectOld, 0, 1000)
	if *writePlans {
		if err := os.WriteFile(plansFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(plansFile)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Errorf("run it with -history.plans if the plans are meant (-docs +now):\n%s", d)
	}
}
