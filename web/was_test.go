package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// TestWas: the page of a past moment says which reading it is, moves by links, plays by itself
// up to now, and refuses the future.
func TestWas(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 2, 7, 0, time.UTC)
	clock := func() time.Time { return now }
	floor := wallboard.New(wallboard.Options{
		Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}, Now: clock,
	})
	web := serve(t, Options{Floor: floor, Boards: []*board.Definition{{Name: "all", Window: board.LastHour}}, Now: clock})
	h := &house{Server: web}
	for query, want := range map[string]string{
		"":                                "As it was known then, by what had been received: 2026-11-23 13:02:00",
		"?known=now":                      "As it is known now, by the vendors' times: 2026-11-23 13:02:00",
		"?day=2026-11-22&minute=61":       "2026-11-22 01:01:00",
		"?day=2026-11-23&minute=1439":     "2026-11-23 14:02:00",
		"?at=2026-11-23T13:00:00Z&play=1": "Stop",
	} {
		if page := strings.ReplaceAll(h.page(t, "/boards/all/was"+query), "&#39;", "'"); !strings.Contains(page, want) {
			t.Errorf("%s: %q is not on the page: %s", query, want, page)
		}
	}
	// What is not known of the past is not shown as 0.
	if page := h.page(t, "/boards/all/was"); strings.Contains(page, "agents.available") {
		t.Errorf("the states of agents are shown: %s", page)
	}
	for query, want := range map[string]int{"?at=2026-11-23T14:02:08Z": 400, "?known=never": 400, "?day=2026-11-23&minute=1440": 400, "?at=x": 400} {
		res, err := http.Get(web.URL + "/boards/all/was" + query)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", query, res.StatusCode, want)
		}
	}
	res, err := http.Get(web.URL + "/boards/all/was?at=2026-11-23T13:00:00Z&play=1")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := res.Header.Get("Refresh"); !strings.HasPrefix(got, "1; url=/boards/all/was?at=2026-11-23T13%3A01%3A00Z") {
		t.Errorf("Refresh is %q", got)
	}
}
