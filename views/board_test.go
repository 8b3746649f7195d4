package views

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
)

// sample is a board on an ordinary day.
func sample() Board {
	return Board{
		Assets: Assets{Style: "/static/board.css", Script: "/static/board.js", Icon: "/static/icon.svg"},
		Name:   "support", Title: "Customer support", LiveURL: "/boards/support/live", FrameURL: "/boards/support/frame",
		AsOf: time.Date(2026, 11, 23, 14, 2, 7, 123e6, time.FixedZone("CET", 3600)), Age: 40 * time.Millisecond,
		Epoch: "01JD", Seq: 4711,
		Window: "today", Since: time.Date(2026, 11, 23, 0, 0, 0, 0, paris()),
		Tiles: allTiles, Names: NamesInitials, News: "Lunch at noon",
		Queues: []Queue{{"Billing", 2, seconds(65.1), 9, 4, new(.8), 20}, {"Orders", 0, nil, 0, 0, nil, 30}},
		Trend:  &Trend{Since: time.Date(2026, 11, 23, 0, 0, 0, 0, paris()), Started: []int64{0, 3, 5}, Abandoned: []int64{0, 0, 1}},
		People: []Person{{"Ada Lovelace", "busy", seconds(62)}, {"Ben", "away", nil}},
		Status: [10]int64{3, 2, 14, 120, 9, 4, 2, 1, 0, 7},
		Channels: []Channel{
			{"voice", [10]int64{2, 1, 9, 80, 6, 3, 2, 1, 0, 5}},
			{"messaging", [10]int64{1, 1, 5, 40, 3, 1, 0, 0, 0, 2}},
		},
		Reasons: [4]int64{3, 2, 1, 1},
		Customers: Customers{
			OpenAtStart: 1, Started: 160, Answered: 121, Abandoned: 7, SelfServed: 12,
			EndedBySystem: 1, LeftInMenu: 0, Open: 19, LostTrack: 1,
		},
		Metrics: Metrics{
			AbandonRate: new(.0547), SpeedOfAnswer: seconds(18.2), TimeToAbandon: seconds(41), HandleTime: seconds(312.4),
			LongestWaitNow: seconds(65.1), LongestWait: seconds(188), ServiceLevel: new(.83), ServiceLevelSeconds: 20,
		},
		Agents:    [5]int64{4, 14, 2, 1, 0},
		Sources:   []Source{{Name: "twilio-eu", Vendor: "twilio", Age: seconds(.2)}, {Name: "lab", Vendor: "aircall"}},
		Formula:   "against",
		States:    map[string]string{"status.Abandoned": "warn", "rate.service_level": "alert"},
		Limits:    map[string]Limit{"rate.abandon": {Warn: .1, Alert: new(.1)}},
		Corrected: map[string]int64{"reason.no_agent": 1},
		Links:     map[string]string{"reason.no_agent": "/interactions?outcome=abandoned&reason=no_agent"},
	}
}

// empty is a board before anything happened.
func empty() Board {
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	return Board{Name: "all", AsOf: at, Window: "last_hour", Since: at.Add(-time.Hour), Tiles: usualTiles}
}

// usualTiles are those of a board that names none, and allTiles all that there are.
var (
	usualTiles = []string{
		"abandoned", "waiting", "service_level", "abandon_rate", "average_speed_of_answer", "average_time_to_abandon", "average_handle_time", "longest_wait",
		"agent_work_status", "queues", "trend", "agents", "customers", "sources",
	}
	allTiles = slices.Concat(usualTiles, []string{"agent_list", "news"})
)

func paris() *time.Location { return time.FixedZone("Europe/Paris", 3600) }

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(WithReader(t.Context(), Reader{Name: "Ana", Person: true, Supervisor: true, Admin: true}), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var cellElement = regexp.MustCompile(`<span([^>]* data-cell="[^>]*)>([^<]*)</span>`)

func attributeOf(element, name string) (string, bool) {
	m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(element)
	if m == nil {
		return "", false
	}
	return html.UnescapeString(m[1]), true
}

// TestPageShowsItsCells reads the cells back from the page: page and frame are
// two encodings of one model, and must not differ in a single cell.
func TestPageShowsItsCells(t *testing.T) {
	failing := sample()
	failing.Customers.Started++
	failing.Sources[0].Name = `a"b<c>&`
	failing.Metrics.LongestWaitTicks = true
	for name, b := range map[string]Board{"sample": sample(), "empty": empty(), "failing": failing} {
		t.Run(name, func(t *testing.T) {
			want := make(map[string]Cell)
			for _, c := range b.Cells() {
				if _, twice := want[c.ID]; twice {
					t.Errorf("the cell %q is there twice", c.ID)
				}
				want[c.ID] = c
			}
			page := render(t, BoardPage(b))
			found := cellElement.FindAllStringSubmatch(page, -1)
			if got := strings.Count(page, "data-cell="); got != len(found) {
				t.Errorf("%d elements have a cell, %d could be read", got, len(found))
			}
			seen := make(map[string]bool)
			for _, m := range found {
				id, _ := attributeOf(m[1], "data-cell")
				got := Cell{ID: id, Text: html.UnescapeString(m[2])}
				got.State, _ = attributeOf(m[1], "data-state")
				if corrected, ok := attributeOf(m[1], "data-corrected"); ok {
					n, err := strconv.ParseInt(corrected, 10, 64)
					if err != nil {
						t.Fatal(err)
					}
					got.Corrected = n
				}
				if since, ok := attributeOf(m[1], "data-since"); ok {
					ms, err := strconv.ParseInt(since, 10, 64)
					if err != nil {
						t.Fatal(err)
					}
					got.SinceMS = &ms
				}
				if diff := cmp.Diff(want[id], got); diff != "" {
					t.Errorf("cell %q differs on the page (-cell +page):\n%s", id, diff)
				}
				seen[id] = true
			}
			for id := range want {
				if !seen[id] {
					t.Errorf("the page does not show the cell %q", id)
				}
			}
		})
	}
}

func TestCells(t *testing.T) {
	cells := sample().cellSet()
	ms := func(n int64) *int64 { return &n }
	for _, want := range []Cell{
		{ID: "window", Text: "today, since 00:00 Europe/Paris"},
		{ID: "status.Abandoned", Text: "7", State: "warn"},
		{ID: "status.voice.DeclinedOnPushTimeout", Text: "2"},
		{ID: "reason.before_accept", Text: "2"},
		{ID: "customers.self_served", Text: "12"},
		{ID: "rate.abandon", Text: "5.5 %"},
		{ID: "rate.service_level", Text: "83.0 %", State: "alert"},
		{ID: "time.speed_of_answer", Text: "0:18"},
		{ID: "time.handle", Text: "5:12"},
		{ID: "wait.longest", Text: "1:05", SinceMS: ms(65100)},
		{ID: "wait.window", Text: "3:08"},
		{ID: "agents.wrap_up", Text: "2"},
		{ID: "source.twilio-eu", Text: "0 s ago", SinceMS: ms(200)},
		{ID: "source.lab", Text: "–"},
		{ID: "check", Text: ""},
		{ID: "audit", Text: ""},
	} {
		if diff := cmp.Diff(want, cells[want.ID]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.ID, diff)
		}
	}
}

// TestOldWhenMade: a page of old numbers says so without the script's help.
func TestOldWhenMade(t *testing.T) {
	for age, want := range map[time.Duration][]string{
		9 * time.Second:  {`data-banner></p>`},
		11 * time.Second: {`class="stale"`, "▲ Stale: as of 14:02:07"},
		61 * time.Second: {`class="stale gone"`, "▲ No data since 14:02:07"},
	} {
		b := sample()
		b.Age = age
		page := render(t, BoardPage(b))
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%v old: the page has no %q", age, text)
			}
		}
	}
}

func TestUnknownIsNeverANumber(t *testing.T) {
	cells := empty().cellSet()
	for _, id := range []string{"rate.abandon", "rate.service_level", "time.speed_of_answer", "time.to_abandon", "time.handle", "wait.longest", "wait.window"} {
		if c := cells[id]; c.Text != "–" || c.SinceMS != nil {
			t.Errorf("%s = %+v, want an unknown value", id, c)
		}
	}
}

func TestCheckIsShownWhenItFails(t *testing.T) {
	b := sample()
	b.Customers.Started += 2
	want := Cell{ID: "check", Text: "◆ Does not add up: 163 came, 161 accounted for", State: "alert"}
	if diff := cmp.Diff(want, b.cellSet()["check"]); diff != "" {
		t.Errorf("check (-want +got):\n%s", diff)
	}
}

// TestAuditIsShownWhenItDiffers: a board whose counts differ from a recount says so, in words
// and as an alert, without a new layout.
func TestAuditIsShownWhenItDiffers(t *testing.T) {
	b := sample()
	layout := b.Layout()
	if c := b.cellSet()["audit"]; c.Text != "" || c.State != "" {
		t.Errorf("audit = %+v, want it empty while nothing differs", c)
	}
	b.Differing = 3
	want := Cell{ID: "audit", Text: "◆ Do not trust these numbers: 3 counts differ from a recount", State: "alert"}
	if diff := cmp.Diff(want, b.cellSet()["audit"]); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	if b.Layout() != layout {
		t.Error("a difference changes the layout")
	}
}

// TestLayout: a changed value must not make browsers replace the region, and a
// changed structure must.
func TestLayout(t *testing.T) {
	before := sample().Layout()
	values := map[string]func(*Board){
		"a count":             func(b *Board) { b.Status[9]++ },
		"a state":             func(b *Board) { b.States = nil },
		"an unknown":          func(b *Board) { b.Metrics.AbandonRate = nil },
		"ticking":             func(b *Board) { b.Metrics.LongestWaitTicks = true },
		"its beginning":       func(b *Board) { b.Since = b.Since.Add(time.Minute) },
		"a state of an agent": func(b *Board) { b.People[0].State = "away" },
		"a curve":             func(b *Board) { b.Trend.Started = []int64{9, 9, 9, 9, 9, 9} },
		"time":                func(b *Board) { b.AsOf = b.AsOf.Add(time.Hour) },
		"a failed check":      func(b *Board) { b.Customers.Open++ },
	}
	for name, change := range values {
		b := sample()
		if change(&b); b.Layout() != before {
			t.Errorf("%s changes the layout", name)
		}
	}
	structures := map[string]func(*Board){
		"a channel":    func(b *Board) { b.Channels = b.Channels[:1] },
		"a source":     func(b *Board) { b.Sources[0].Name = "twilio-us" },
		"the window":   func(b *Board) { b.Window = "last_hour" },
		"the language": func(b *Board) { b.Locale = "de" },
		"the news":     func(b *Board) { b.News = "" },
		"an order":     func(b *Board) { b.Tiles = append(slices.Clone(b.Tiles[1:]), b.Tiles[0]) },
		"a queue":      func(b *Board) { b.Queues = b.Queues[:1] },
		"a name":       func(b *Board) { b.People[0].Name = "Zoe Lovelace" },
		"naming":       func(b *Board) { b.Names = NamesFull },
		"the title":    func(b *Board) { b.Title = "Sales" },
		"a formula":    func(b *Board) { b.Formula = "positive" },
		"T":            func(b *Board) { b.Metrics.ServiceLevelSeconds = 30 },
		"a limit":      func(b *Board) { b.Limits = nil },
		"the zone":     func(b *Board) { b.AsOf = b.AsOf.UTC() },
	}
	for name, change := range structures {
		b := sample()
		if change(&b); b.Layout() == before {
			t.Errorf("%s does not change the layout", name)
		}
	}
}

func TestFormulaText(t *testing.T) {
	b := sample()
	for formula, want := range map[string]string{
		"":              "answered ≤ 20 s / (answered + abandoned)",
		"against":       "answered ≤ 20 s / (answered + abandoned)",
		"ignore":        "answered ≤ 20 s / (answered + abandoned > 20 s)",
		"positive":      "(answered + abandoned) ≤ 20 s / (answered + abandoned)",
		"answered_only": "answered ≤ 20 s / answered",
	} {
		b.Formula = formula
		if got := b.FormulaText(); got != want {
			t.Errorf("FormulaText of %q = %q, want %q", formula, got, want)
		}
	}
	b.Formula, b.Metrics.ServiceLevelSeconds = "answered_only", 0
	if got, want := b.FormulaText(), "answered ≤ T / answered, T by queue"; got != want {
		t.Errorf("FormulaText without one T = %q, want %q", got, want)
	}
}
