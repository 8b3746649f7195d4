package web

import (
	"encoding/csv"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// TestReportOpens: the numbers of a report open lists of as many, its CSV has a line for each
// work, and its JSON and page say the same.
func TestReportOpens(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 2, 7, 0, time.UTC)
	clock := func() time.Time { return now }
	floor := wallboard.New(wallboard.Options{
		Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}, Now: clock,
	})
	zone, err := time.LoadLocation("Asia/Kathmandu") // 5 h 45 min ahead
	if err != nil {
		t.Fatal(err)
	}
	web := serve(t, Options{Floor: floor, Boards: []*board.Definition{{Name: "all", Window: board.LastHour}}, Now: clock, Zone: zone})
	crowd(floor, now, 40*time.Minute)
	at := now.Add(-time.Hour).UnixMicro()
	floor.Apply("lab", now.UnixMicro(), []interaction.Event{
		{Interaction: "=1+1", Kind: interaction.Queued, Queue: "@Q", At: at, Received: at, Key: "f1"},
		{Interaction: "=1+1", Kind: interaction.Disconnected, By: interaction.ByCustomer, At: at + 1, Received: at + 1, Key: "f2"},
	})
	var report struct {
		Total struct {
			Abandoned int64 `json:"abandoned"`
		} `json:"total"`
		Hours    []int64 `json:"by_hour"`
		Compared *struct {
			From string `json:"from"`
		} `json:"compared_with"`
	}
	getJSON(t, web.URL+"/reports/abandoned.json?from=2026-11-23&to=2026-11-23&compare=year", &report)
	// 14:02 UTC is 19:47 there; the one of an hour ago is of 18 o'clock.
	if report.Total.Abandoned != 6 || report.Hours[19] != 5 || report.Hours[18] != 1 || report.Compared == nil || report.Compared.From != "2025-11-24" {
		t.Errorf("%+v", report)
	}
	get := func(path string) string {
		res, err := http.Get(web.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %v", path, res.StatusCode, err)
		}
		return string(b)
	}
	page := get("/reports/abandoned?from=2026-11-23&to=2026-11-23&compare=previous")
	_, offered, _ := strings.Cut(page, "<datalist")
	offered, _, _ = strings.Cut(offered, "</datalist>")
	if !strings.Contains(offered, "<option") || strings.Contains(offered, `value=""`) {
		t.Errorf("the agents that are offered: %s", offered)
	}
	opened := 0
	// A row's name is a link, and its first number is of the abandoned; so are the facts.
	for _, m := range regexp.MustCompile(`<a href="(/interactions\?[^"]*)">(?:<span class="name">)?([^<]*)(?:</span>)?</a>(?:</th><td class="number"[^>]*>([0-9]+)</td>)?`).FindAllStringSubmatch(page, -1) {
		link, want := html.UnescapeString(m[1]), m[3]
		if want == "" {
			want = m[2]
		}
		if strings.Contains(link, "agent=") {
			continue
		}
		opened++
		if got := total(t, web, link); want != string(rune('0'+got)) {
			t.Errorf("%s leads to %d, the number is %s", link, got, want)
		}
	}
	if opened < 8 {
		t.Errorf("%d numbers lead to lists", opened)
	}
	lines, err := csv.NewReader(strings.NewReader(get("/reports/abandoned.csv?from=2026-11-23&to=2026-11-23"))).ReadAll()
	if err != nil || len(lines) != 1+6+2 || len(lines[0]) != len(csvColumns) {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	found := false
	for _, l := range lines {
		found = found || l[1] == "'=1+1" && l[3] == "'@Q" && l[14] == "Abandoned"
	}
	if !found {
		t.Errorf("no safe line of a formula's name in %q", lines)
	}
	if lines, err := csv.NewReader(strings.NewReader(get("/reports/abandoned.csv?from=2026-11-23&to=2026-11-23&reason=after_decline"))).ReadAll(); err != nil || len(lines) != 1+3 {
		t.Errorf("of one reason: %d lines, %v", len(lines), err)
	}
}
