package web

import (
	"encoding/csv"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/simulate"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// recounted are the interactions of a past, folded anew from their events.
type recounted struct {
	// outcomes counts by source, then by outcome, and abandoned by its reasons.
	outcomes, reasons map[string]map[string]int
	abandoned         []wallboard.Interaction
	works             []recountedWork // that ended
}

type recountedWork struct {
	source, channel, queue, status string
	ended                          time.Time
}

// recount folds every stored contact.
func (p *pastYear) recount(t *testing.T) recounted {
	t.Helper()
	r := recounted{outcomes: make(map[string]map[string]int), reasons: make(map[string]map[string]int)}
	for _, source := range p.floor.Sources() {
		r.outcomes[source], r.reasons[source] = make(map[string]int), make(map[string]int)
	}
	const slice = 1000
	for after := int64(0); ; {
		stored, err := p.archive.Scan(after, slice, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := range stored {
			after = stored[i].Row
			for n := 0; ; n++ {
				in, ok := p.floor.View(&stored[i], n)
				if !ok {
					break
				}
				r.add(in)
			}
		}
		if len(stored) < slice {
			return r
		}
	}
}

func (r *recounted) add(in wallboard.Interaction) {
	outcome := in.Outcome.String()
	r.outcomes[in.Source][outcome]++
	if in.Outcome == interaction.OutOfScope {
		return
	}
	for _, w := range in.Works {
		if w.Status.Final() {
			r.works = append(r.works, recountedWork{in.Source, in.Channel.String(), w.Queue, w.Status.String(), w.EndedAt})
		}
	}
	if in.Outcome == interaction.Abandoned {
		in.Events, in.Log = nil, nil
		r.reasons[in.Source][in.Reason]++
		r.abandoned = append(r.abandoned, in)
	}
}

// counts are parts of a report, by what they have in their first column.
type counts []struct {
	Abandoned int `json:"abandoned"`
}

func (c counts) sum() (n int) {
	for _, x := range c {
		n += x.Abandoned
	}
	return n
}

// TestPastAgrees: of a simulated past, the truth that was played, a recount, reports, lists,
// the API and the CSV say the same, for windows and parts of it. make past asks this of a
// million interactions.
func TestPastAgrees(t *testing.T) {
	dir, interactions := *pastFolder, *pastInteractions
	if dir == "" {
		dir, interactions = t.TempDir(), 200
	}
	p := openPast(t, dir, interactions)
	verdict, err := p.keeper.Audit(t.Context(), p.log, true)
	if err != nil || verdict.Differing > 0 {
		t.Fatalf("the recount of everything: %v, %d differences, first %q", err, verdict.Differing, verdict.Differences)
	}
	r := p.recount(t)
	p.truth(t, dir, &r)
	s := p.site(Options{Boards: []*board.Definition{{Name: "all", Window: board.Today}}})
	web := httptest.NewServer(s)
	defer web.Close()

	today, start := pastNow.Truncate(24*time.Hour), p.start.Truncate(24*time.Hour)
	half := start.Add(today.Sub(start) / 2).Truncate(24 * time.Hour)
	for _, window := range [][2]time.Time{{start, today}, {half, half}, {half.AddDate(0, 0, -30), half}, {today.AddDate(0, 0, -6), today}} {
		for _, scope := range []url.Values{{}, {"source": {"twilio"}}, {"channel": {"messaging"}}, {"queue": {"Billing"}}, {"source": {"connect"}, "reason": {"after_decline"}}} {
			p.agree(t, web, &r, window[0], window[1], scope)
		}
	}
	for source, outcomes := range r.outcomes {
		for outcome, want := range outcomes {
			if got := total(t, web, "/interactions?source="+source+"&outcome="+outcome); int(got) != want {
				t.Errorf("%s, %s: a list of %d, recounted are %d", source, outcome, got, want)
			}
		}
	}
	t.Logf("%d events of %d contacts recounted, %d abandoned", verdict.Events, verdict.Contacts, len(r.abandoned))
}

// truth compares a recount with what the simulator played.
func (p *pastYear) truth(t *testing.T, dir string, r *recounted) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, truthName))
	if err != nil {
		t.Fatal(err)
	}
	var truths simulate.Truths
	if err := json.Unmarshal(b, &truths); err != nil {
		t.Fatal(err)
	}
	for source, want := range truths {
		all := maps.Clone(want.Outcomes)
		all["open"], all["out_of_scope"] = want.Open, want.OutOfScope
		for _, m := range []map[string]int{all, want.Abandoned} {
			maps.DeleteFunc(m, func(_ string, n int) bool { return n == 0 })
		}
		if d := cmp.Diff(all, r.outcomes[source]); d != "" {
			t.Errorf("%s (-played +recounted):\n%s", source, d)
		}
		if d := cmp.Diff(want.Abandoned, r.reasons[source]); d != "" {
			t.Errorf("%s, abandoned by reason (-played +recounted):\n%s", source, d)
		}
		ended := make(map[string]int)
		for _, w := range r.works {
			if w.source == source {
				ended[w.status]++
			}
		}
		for _, status := range interaction.Statuses() {
			if name := status.String(); status.Final() && want.Status[name] != ended[name] {
				t.Errorf("%s: %d works were played as %s, recounted are %d", source, want.Status[name], name, ended[name])
			}
		}
	}
}

// agree compares all that tells of the abandoned of some days.
func (p *pastYear) agree(t *testing.T, web *httptest.Server, r *recounted, from, to time.Time, scope url.Values) {
	t.Helper()
	in := func(x, of string) bool { return !scope.Has(of) || scope.Get(of) == x }
	within := func(at time.Time) bool { return !at.Before(from) && at.Before(to.AddDate(0, 0, 1)) }
	want := make(map[string]int) // works by interaction
	for _, x := range r.abandoned {
		if within(x.EndedAt) && in(x.Source, "source") && in(x.Channel.String(), "channel") && in(x.Queue, "queue") && in(x.Reason, "reason") {
			want[x.Source+" "+x.ID] = len(x.Works)
		}
	}
	name := from.Format(time.DateOnly) + " to " + to.Format(time.DateOnly) + " " + scope.Encode()

	query := func(pairs ...string) string {
		v := maps.Clone(scope)
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return "?" + v.Encode()
	}
	days := query("from", from.Format(time.DateOnly), "to", to.Format(time.DateOnly))
	var report struct {
		Total struct {
			Abandoned int `json:"abandoned"`
		} `json:"total"`
		Days     counts         `json:"by_day"`
		Weekdays []int          `json:"by_weekday"`
		Hours    []int          `json:"by_hour"`
		Queues   counts         `json:"by_queue"`
		Channels counts         `json:"by_channel"`
		Sources  counts         `json:"by_source"`
		Bins     counts         `json:"time_to_abandon"`
		Reasons  map[string]int `json:"by_reason"`
		Agents   []struct {
			Declined int `json:"declined"`
		} `json:"by_agent"`
	}
	getJSON(t, web.URL+"/reports/abandoned.json"+days, &report)
	add := func(numbers []int) (sum int) {
		for _, n := range numbers {
			sum += n
		}
		return sum
	}
	declined := 0
	for _, a := range report.Agents {
		declined += a.Declined
	}
	reasons := 0
	for reason, n := range report.Reasons {
		if in(reason, "reason") {
			reasons += n
		}
	}
	sums := []int{
		report.Total.Abandoned, report.Days.sum(), report.Queues.sum(), report.Channels.sum(), report.Sources.sum(), report.Bins.sum(),
		add(report.Hours), add(report.Weekdays), reasons,
	}
	if slices.ContainsFunc(sums, func(n int) bool { return n != len(want) }) {
		t.Errorf("%s: the report sums up to %d, recounted are %d", name, sums, len(want))
	}

	span := []string{"counted", "1", "from", from.Format(time.RFC3339), "to", to.AddDate(0, 0, 1).Format(time.RFC3339)}
	list := query(append(span, "outcome", "abandoned", "time", "ended")...)
	if got := total(t, web, "/interactions"+list); int(got) != len(want) {
		t.Errorf("%s: a list of %d, recounted are %d", name, got, len(want))
	}
	if d := cmp.Diff(want, apiWorks(t, web, list)); d != "" {
		t.Errorf("%s (-recounted +API):\n%.2000s", name, d)
	}
	if d := cmp.Diff(want, csvWorks(t, web, days)); d != "" {
		t.Errorf("%s (-recounted +CSV):\n%.2000s", name, d)
	}

	if scope.Has("reason") {
		return // works have none
	}
	works := 0
	for _, w := range r.works {
		if w.status == "Declined" && within(w.ended) && in(w.source, "source") && in(w.channel, "channel") && in(w.queue, "queue") {
			works++
		}
	}
	if got := total(t, web, "/interactions"+query(append(span, "status", "Declined", "time", "work")...)); int(got) != works || declined != works {
		t.Errorf("%s: a list of %d declined works, the report's agents declined %d, recounted are %d", name, got, declined, works)
	}
}

// apiWorks walks a list by the API, and returns how many works each interaction has.
func apiWorks(t *testing.T, web *httptest.Server, query string) map[string]int {
	t.Helper()
	got := make(map[string]int)
	for cursor := ""; ; {
		var page struct {
			Interactions []struct {
				ID     string     `json:"id"`
				Source string     `json:"source"`
				Works  []struct{} `json:"works"`
			} `json:"interactions"`
			Next string `json:"next"`
		}
		getJSON(t, web.URL+"/api/v1/interactions"+query+"&limit=500&cursor="+cursor, &page)
		for _, in := range page.Interactions {
			if _, again := got[in.Source+" "+in.ID]; again {
				t.Fatalf("%s: %s is on two pages", query, in.ID)
			}
			got[in.Source+" "+in.ID] = len(in.Works)
		}
		if cursor = page.Next; cursor == "" {
			return got
		}
	}
}

// csvWorks reads a report's CSV, and returns how many lines each interaction has.
func csvWorks(t *testing.T, web *httptest.Server, query string) map[string]int {
	t.Helper()
	res, err := http.Get(web.URL + "/reports/abandoned.csv" + query)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines, err := csv.NewReader(res.Body).ReadAll()
	if err != nil || len(lines) == 0 {
		t.Fatalf("%s: %d lines, %v", query, len(lines), err)
	}
	got := make(map[string]int)
	for _, l := range lines[1:] {
		got[l[2]+" "+strings.TrimPrefix(l[1], "'")]++
		if _, err := strconv.ParseFloat(l[6], 64); err != nil {
			t.Errorf("%s: %v", l[1], err)
		}
	}
	return got
}

// TestPastNumbersOpen: of a simulated past, each number of boards of every kind of filter and window
// leads to as many rows as it counts.
func TestPastNumbersOpen(t *testing.T) {
	p := openPast(t, t.TempDir(), 400)
	india, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	var defs []*board.Definition
	for name, d := range map[string]board.Definition{
		"all": {}, "billing": {Queues: []string{"Billing"}}, "two": {Queues: []string{"Billing", "Orders"}}, "none": {Queues: []string{"nowhere"}},
		"twilio": {Sources: []string{"twilio"}}, "chat": {Channels: []string{"messaging"}},
		"narrow": {Sources: []string{"connect", "twilio"}, Channels: []string{"voice"}, Queues: []string{"Support", "Billing"}},
	} {
		for window, of := range map[string]board.Definition{
			"hour": {Window: board.LastHour}, "half": {Window: board.Last30m}, "day": {Window: board.Today}, "afternoon": {Window: board.Today, Zone: india, DayStart: 18 * time.Hour},
		} {
			of.Name, of.Queues, of.Sources, of.Channels = name+"-"+window, d.Queues, d.Sources, d.Channels
			defs = append(defs, &of)
		}
	}
	web := httptest.NewServer(p.site(Options{Boards: defs}))
	defer web.Close()
	opened, sum := 0, int64(0)
	for _, def := range defs {
		n := p.floor.Numbers(def)
		model := boardView(def, &n, pastNow, nil)
		at := links(def, &n)
		for _, c := range model.Cells() {
			want, err := strconv.ParseInt(c.Text, 10, 64)
			if err != nil || at[c.ID] == "" {
				continue
			}
			opened, sum = opened+1, sum+want
			if got := total(t, web, at[c.ID]); got != want {
				t.Errorf("%s, %s: %s leads to %d, the number is %d", def.Name, c.ID, at[c.ID], got, want)
			}
		}
	}
	if opened < 1000 || sum < 5000 {
		t.Errorf("only %d numbers of %d in all were opened", opened, sum)
	}
}
