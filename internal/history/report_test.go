package history

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wallboard/wallboard/internal/interaction"
)

// sums compares what is summed up with a count of all that is projected.
func (h *house) sums(t rapid.TB) {
	h.keeper.Keep(context.Background())
	tx, err := h.db.Read.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	anew := &projection{ctx: context.Background(), tx: tx, zone: h.keeper.store.zone, statements: make(map[string]*sql.Stmt)}
	anew.sums = sums{days: make(map[dayKey]*Tally), agents: make(map[agentDay]*agentTally)}
	var rows []int64
	var all []counted
	anew.query("SELECT row FROM contacts", func(r *sql.Rows) error {
		var row int64
		err := r.Scan(&row)
		rows = append(rows, row)
		return err
	})
	for _, row := range rows {
		all = append(all, anew.stored(row)...)
	}
	want := &Report{Days: make(map[Day]*Tally), Sources: make(map[string]*Tally), Queues: make(map[string]*Tally), Channels: make(map[string]*Tally)}
	// Windows within a block of days, of a whole one, and across its edges.
	block := DayOf(testNow, anew.zone) / agentBlock * agentBlock
	windows := []Scope{{To: 1 << 20}, {From: block, To: block + agentBlock - 1}, {From: block - 1, To: DayOf(testNow, anew.zone)}, {From: DayOf(testNow, anew.zone), To: block + 2*agentBlock}}
	ended := make([]map[string]int64, len(windows))
	for i := range ended {
		ended[i] = make(map[string]int64)
	}
	for i := range all {
		c := &all[i]
		perDay := make(map[Day]*Tally)
		c.tallyOf(1, anew.zone, func(micros int64) *Tally { return into(perDay, DayOf(time.UnixMicro(micros), anew.zone)) })
		for day, tally := range perDay {
			want.add(day, c.source, c.channel, c.queue, tally)
		}
		for _, w := range c.works {
			day := DayOf(time.UnixMicro(w.at), anew.zone)
			for j, s := range windows {
				if c.counts && day >= s.From && day <= s.To {
					ended[j][w.queue+" "+w.status]++
				}
			}
		}
		returned := 0
		for j := range all {
			o := &all[j]
			if j != i && c.customer != "" && o.customer == c.customer && o.counts && o.came >= c.over && o.came < c.over+returnWithin.Microseconds() {
				returned = max(returned, 1)
				if o.outcome == "answered" {
					returned = 2
				}
			}
		}
		if c.outcome == "abandoned" && c.counts && c.returned != returned {
			t.Fatalf("an abandoned contact came again as %d, is stored as %d", returned, c.returned)
		}
	}
	if anew.err != nil {
		t.Fatal(anew.err)
	}
	got, err := h.keeper.Report(context.Background(), Scope{To: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	drop := func(m map[Day]*Tally) { // what was and is no more leaves zeros
		for d, tally := range m {
			if *tally == (Tally{}) {
				delete(m, d)
			}
		}
	}
	drop(got.Days)
	if d := difference(want.Days, got.Days); d != "" {
		t.Fatalf("days (-counted +summed up):\n%s", d)
	}
	if d := difference(want.Total, got.Total); d != "" {
		t.Fatalf("total (-counted +summed up):\n%s", d)
	}
	for i, s := range windows {
		r, err := h.keeper.Report(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		h.ended(t, s, r, ended[i])
	}
}

// ended compares how works ended in a report with how they did.
func (h *house) ended(t rapid.TB, s Scope, r *Report, ended map[string]int64) {
	for _, o := range r.Offers {
		for status, n := range map[string]int64{"Closed": o.Closed, "Transferred": o.Transferred, "Declined": o.Declined, "DeclinedOnPushTimeout": o.TimedOut, "Unavailable": o.Unavailable, "Canceled": o.Canceled, "Abandoned": o.Abandoned} {
			if want := ended[o.Queue+" "+status]; n != want {
				t.Fatalf("%+v: queue %q: %d works are %s, want %d", s, o.Queue, n, status, want)
			}
			delete(ended, o.Queue+" "+status)
		}
	}
	for name := range ended {
		if i := strings.LastIndex(name, " "); slices.ContainsFunc(interaction.Statuses(), func(s interaction.Status) bool { return s.Final() && s.String() == name[i+1:] }) {
			t.Fatalf("%+v: %d works of %q are missing", s, ended[name], name)
		}
	}
}

// TestReport: what a small day sums up to, by the installation's calendar, and that a late
// accept moves it.
func TestReport(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	h.close(t)
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	h.zone = zone
	h.plain = nil
	h.open(t)
	came := h.now()
	abandoned := func(id, customer string, after time.Duration) {
		at := came.Add(after).UnixMicro()
		h.append(t, "a", []interaction.Event{
			{Interaction: id, Kind: interaction.Started, Customer: customer, Channel: interaction.Voice, Role: interaction.Customer, At: at, Key: id + "s"},
			{Interaction: id, Kind: interaction.Queued, Queue: "Q1", At: at, Key: id + "q"},
			{Interaction: id, Kind: interaction.Disconnected, By: interaction.ByCustomer, At: at + 40_000_000, Key: id + "d"},
		})
	}
	h.pass(16 * time.Hour)
	abandoned("A", "anna", 0)
	abandoned("B", "bert", time.Hour)
	abandoned("C", "anna", 15*time.Hour) // of the next day in Paris, but not in New York
	scope := Scope{From: DayOf(came, zone), To: DayOf(came, zone)}
	r, err := h.keeper.Report(t.Context(), scope)
	if err != nil {
		t.Fatal(err)
	}
	want := Abandons{Count: 2, Wait: 80_000_000, Known: 2, Returned: 1}
	want.Bins[4], want.Hours[9], want.Hours[10] = 2, 1, 1
	if d := cmp.Diff(want, r.Total.Reasons[0]); d != "" || r.Total.Started != 2 || r.Queues["Billing"].Abandoned() != 2 {
		t.Errorf("(-want +got):\n%s%+v", d, r.Queues)
	}
	lines := 0
	if err := h.keeper.Abandoned(t.Context(), Scope{From: scope.From, To: scope.To + 1}, func(w *AbandonedWork) error {
		lines++
		if w.Status != "Abandoned" || w.Wait != 40*time.Second || w.Queue != "Billing" {
			t.Errorf("%+v", w)
		}
		return nil
	}); err != nil || lines != 3 {
		t.Errorf("%d lines, %v; want 3", lines, err)
	}
	h.append(t, "a", []interaction.Event{{Interaction: "A", Kind: interaction.Accepted, Agent: "x", At: came.Add(20 * time.Second).UnixMicro(), Key: "Aa"}})
	if r, err = h.keeper.Report(t.Context(), scope); err != nil {
		t.Fatal(err)
	}
	if r.Total.Abandoned() != 1 || r.Total.Accepted != 1 || r.Total.Reasons[0].Count != 1 || r.Total.Outcomes[0] != 1 {
		t.Errorf("after a late accept: %+v", r.Total)
	}
	h.sums(t)
	list := h.list(t, Filter{Outcome: "abandoned", By: ByOver, From: scope.From.Start(zone), To: (scope.To + 1).Start(zone), Counted: true}, 10)
	if len(list) != 1 || list[0].ID != "B" {
		t.Errorf("the list has %d", len(list))
	}
}

// TestCameAgainAfterLong: who left after days of waiting, as in messaging, and wrote again soon
// after, came again, though the first contact began long before the second.
func TestCameAgainAfterLong(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	h.pass(80 * time.Hour)
	came := h.now().Add(-76 * time.Hour)
	for i, id := range []string{"A", "B"} {
		at := came.Add(time.Duration(i) * 73 * time.Hour)
		events := []interaction.Event{
			{Interaction: id, Kind: interaction.Started, Customer: "anna", Channel: interaction.Messaging, Role: interaction.Customer, At: at.UnixMicro(), Key: id + "s"},
			{Interaction: id, Kind: interaction.Queued, Queue: "Q1", At: at.UnixMicro(), Key: id + "q"},
		}
		if id == "A" {
			events = append(events, interaction.Event{Interaction: id, Kind: interaction.Disconnected, By: interaction.ByCustomer, At: at.Add(72 * time.Hour).UnixMicro(), Key: "d"})
		}
		h.append(t, "a", events)
		h.sums(t)
	}
}
