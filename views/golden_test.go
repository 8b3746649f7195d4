package views

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// pages are the components by the name of their golden file.
func pages() map[string]templ.Component {
	assets := Assets{Style: "/static/board.css"}
	at := time.Date(2026, 11, 23, 13, 2, 7, 0, time.UTC)
	row := InteractionRow{
		URL: "/interactions/twilio-eu/WT0001", ID: "WT0001", Source: "twilio-eu", Started: at, Queue: "Billing",
		Channel: "voice", State: "ended", Outcome: "abandoned", Reason: "after_decline", Wait: seconds(41.2),
	}
	failing := sample()
	failing.Customers.Open++
	return map[string]templ.Component{
		"board":         BoardPage(sample()),
		"board-empty":   BoardPage(empty()),
		"board-failing": BoardRegion(failing),
		"boards":        BoardsPage(assets, []BoardLink{{"support", "Customer support", "/boards/support", "today"}, {"sales", "Sales <EU>", "/boards/sales", ""}}),
		"boards-none":   BoardsPage(assets, nil),
		"editor": EditorPage(Editor{Assets: assets, Rows: []EditorRow{
			{Name: "file", Title: "Of the file"},
			{Name: "night", Title: "Night", Ours: true},
			{Name: "old", Title: "old", Ours: true, Faults: []Fault{{"boards[0].sources[0]", "is no source of this file"}}},
		}}),
		"editor-import": ImportPage(Import{Assets: assets, Text: "boards: []", Replace: true, Faults: []Fault{{"boards", "is missing"}}}),
		"editor-form": BoardFormPage(BoardForm{
			Assets: assets, Name: "night", Title: "Night <EU>", Window: "today", Seen: "0123", Zone: "Europe/Paris", Languages: Locales, PreviewURL: "/editor/preview?title=Night",
			Queues: []Choice{{"Billing", true}, {"Orders", false}}, Tiles: []TileRow{{"waiting", "1"}, {"news", ""}}, Faults: []Fault{{"thresholds.waiting.warn", "is too much"}},
			Thresholds: []ThresholdRow{{"waiting", []ThresholdPart{{"warn", "x"}, {"alert", ""}}}},
		}),
		"editor-preview": PreviewFaults(assets, []Fault{{"window", "is none"}}),
		"error":          ErrorPage(assets, "No such board", "No board of this name is configured."),
		"interactions": InteractionsPage(InteractionList{
			Assets: assets, Form: ListForm{Board: "support", Outcome: "abandoned", Boards: []string{"support"}, Sources: []string{"lab"}},
			Window: "Today, since 00:00 Europe/Paris", Total: 2, AsOf: at, Zone: "Europe/Paris", NextURL: "/interactions?cursor=x",
			Rows: []InteractionRow{row, {URL: "/interactions/lab/1", ID: "1", Source: "lab", Started: at, State: "in_menu", Outcome: "open"}},
		}),
		"interactions-works": InteractionsPage(InteractionList{
			Assets: assets, Form: ListForm{Status: "Declined"}, Works: true, Total: 100_000, More: true, AsOf: at, Zone: "UTC",
			Rows: []InteractionRow{{URL: row.URL, ID: row.ID, Started: at, Outcome: "answered", Agent: "Ana", Status: "Declined", WorkQueue: "Orders", WorkEnded: at, Corrected: true}},
		}),
		"report": ReportPage(Report{
			Assets: assets, Title: "Abandoned interactions", Zone: "UTC", Period: "2026-11-17 to 2026-11-23", Was: "2026-11-10 to 2026-11-16",
			Form:  ReportForm{Action: "/reports/abandoned", From: "2026-11-17", To: "2026-11-23", Presets: []ReportLink{{"Today", "/reports/abandoned?from=2026-11-23"}}},
			Facts: []ReportFact{{"Abandoned", "7", "9", "", "/interactions"}, {"Abandon rate", "5.5 %", "", "abandoned / (accepted + abandoned)", ""}},
			Charts: []Chart{
				{Title: "By hour", Was: "before", Bars: []Bar{{"09", "7", 7, new(float64(9)), "9"}, {"10", "0", 0, nil, ""}}},
				{Title: "Rates", Percent: true, Lines: []Line{{"Rate", []string{"a", "b", "c"}, []*float64{new(0.1), nil, new(0.3)}}}},
			},
			Tables: []ReportTable{{Title: "By queue", Note: "All.", Columns: []string{"Queue", "Abandoned"}, Rows: []ReportRow{{"/interactions?queue=B", []string{"Billing", "7"}}}}, {Title: "None"}, {Title: "Newest", Columns: []string{"Since", "Before", "Count"}, Names: 2, Rows: []ReportRow{{"", []string{"2026-11-23 14:02:07", "open", "1"}}}}},
			CSV:    "/reports/abandoned.csv", JSON: "/reports/abandoned.json",
		}),
		"interactions-none": InteractionsPage(InteractionList{Assets: assets}),
		"interaction": InteractionPage(InteractionDetail{
			Assets: assets, Zone: "Europe/Paris", Row: row, Vendor: "twilio", Direction: "inbound", Corrected: 1,
			Verdict: Verdict{"abandoned", "after_decline", []string{"Had an agent accepted just before the end, it would be answered (accepted)."}},
			Timeline: Timeline{
				From: at, To: at.Add(41 * time.Second),
				Lanes: []Lane{
					{"Queue Billing", []Span{{From: at, To: at.Add(41 * time.Second), Kind: "waiting"}}},
					{"Agent Ana", []Span{{From: at, To: at.Add(20 * time.Second), Kind: "ringing", Note: "declined"}}},
				},
				Marks: []Mark{{at.Add(41 * time.Second), "abandoned", true}},
			},
			Works: []WorkRow{
				{ID: "WR01", Queue: "Billing", Agent: "Ana", AgentURL: "/interactions?agent=WK01", Status: "DeclinedOnPushTimeout", Assigned: at, Ended: at.Add(20 * time.Second)},
				{Queue: "Billing", Status: "Abandoned", Assigned: at.Add(20 * time.Second), Ended: at.Add(41 * time.Second)},
			},
			Corrections: []CorrectionRow{{
				At: at.Add(time.Minute), Outcome: "ended_by_system", NewOutcome: "abandoned", NewReason: "after_decline",
				Event: &EventRow{ID: "event-1", Kind: "queued", At: at},
			}},
			Events: []EventRow{{ID: "event-1", At: at, Received: at.Add(time.Second), Kind: "queued", Details: "queue Billing", Delivery: 7}},
			Deliveries: []DeliveryRow{
				{
					Position: 7, Received: at, Method: "POST", Path: "/", Type: "application/json", Bytes: 12, Text: `{"a": "<b>"}`, Cut: true,
					Decoded: []DecodedRow{{"queued", "queue Billing", "stored"}}, Ignored: []string{"task.updated, 1"}, Problems: []string{"time: is missing"},
				},
				{Position: 8, Received: at, Method: "POST", Path: "/", Removed: true},
			},
			More: true,
		}),
		"sign-in":         SignInPage(SignIn{Assets: assets, Next: "/boards/support", Message: "The name or the password is wrong.", Provider: "Example"}),
		"welcome":         WelcomePage(Welcome{Assets: Assets{Style: assets.Style, Token: "/static/token.js"}, MinPassword: 10}),
		"welcome-invited": WelcomePage(Welcome{Assets: assets, Token: "TESTTOKEN", Invited: "Ana", MinPassword: 10}),
		"welcome-first":   WelcomePage(Welcome{Assets: assets, Token: "TESTTOKEN", Name: "Ben", Message: "The password is too short.", MinPassword: 10}),
		"account":         AccountPage(Account{Assets: assets, Name: "Ana", Role: "admin", MinPassword: 10, Done: true}),
		"people": PeoplePage(People{
			Assets: assets, Roles: []string{"viewer", "supervisor", "admin"}, InvitationURL: "https://wallboard.example.com/welcome#TESTTOKEN",
			Rows: []PersonRow{{ID: "P1", Name: "Ana", Role: "admin", State: "password", Seen: "3 min ago", Self: true}, {ID: "P2", Name: "Ben <b>", Role: "viewer", State: "invited"}},
		}),
		"people-none": PeoplePage(People{Assets: assets, Roles: []string{"viewer"}, Open: true}),
		"trail":       TrailPage(Trail{Assets: assets, Zone: "Europe/Paris", NextURL: "/trail?before=7", Rows: []DeedRow{{At: at, Actor: "Ana", Address: "192.0.2.1", Action: "invited", Object: "Ben as viewer"}}}),
		"tv":          TVPage(TV{Assets: assets, Code: "ABC 347", URL: "https://wallboard.example.com/screens", Size: 3, Dark: [][2]int{{0, 0}, {2, 1}}}),
		"screens": ScreensPage(Screens{
			Assets: assets, Languages: Locales, Boards: []BoardLink{{Name: "support", Title: "Customer support"}, {Name: "sales", Title: "Sales"}}, TVURL: "https://wallboard.example.com/tv",
			LinkURL: "https://wallboard.example.com/share#TESTTOKEN",
			Rows:    []ScreenRow{{ID: "S1", Name: "Lobby", Boards: []string{"support", "sales"}, Rotate: 30, Theme: "dark", Browser: "Chrome 79, Tizen", Here: true}, {ID: "S2", Name: "Hall", Boards: []string{"sales"}, Scale: 120, Language: "ja", Seen: "2 h ago"}},
			Links:   []LinkRow{{ID: "L1", Name: "Partner", Boards: []string{"sales"}, Guests: 2, Seen: "1 d ago"}},
		}),
		"screens-none": ScreensPage(Screens{Assets: assets, Languages: Locales, Boards: []BoardLink{{Name: "all", Title: "All queues"}}, TVURL: "https://wallboard.example.com/tv"}),
		"share":        SharePage(assets, "This link is not good, or no longer."),
	}
}

func TestGolden(t *testing.T) {
	for name, page := range pages() {
		t.Run(name, func(t *testing.T) {
			// One element per line, so that a difference can be read.
			got := strings.ReplaceAll(render(t, page), "><", ">\n<") + "\n"
			path := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s differs; -update writes it anew (-want +got):\n%s", path, diff)
			}
		})
	}
}

// TestPagesKeepToTheirPolicy: nothing inline and nobody else's host, so that the
// strictest Content-Security-Policy fits.
func TestPagesKeepToTheirPolicy(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		"an inline script":  regexp.MustCompile(`<script[^>]*>[^<]`),
		"an inline style":   regexp.MustCompile(`<style| style=`),
		"an event handler":  regexp.MustCompile(` on[a-z]+=`),
		"a foreign address": regexp.MustCompile(`<(link|script|img|use|image|iframe)[^>]*(src|href)="(https?:)?//`), // a link may lead elsewhere
	}
	for name, page := range pages() {
		html := render(t, page)
		for what, pattern := range forbidden {
			if m := pattern.FindString(html); m != "" {
				t.Errorf("%s has %s: %q", name, what, m)
			}
		}
	}
}
