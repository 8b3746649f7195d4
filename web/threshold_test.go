package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// TestCrossed: a state that was entered is left at clear, and below the minimum there is
// none. An alert of 0 is an alert.
func TestCrossed(t *testing.T) {
	for _, tc := range []struct {
		metric    string
		threshold board.Threshold
		values    []float64
		want      string
	}{
		{"abandon_rate", board.Threshold{Warn: .05, Alert: new(.1), Clear: .04}, []float64{.04, .05, .045, .2, .06, .045, .04, .045}, ",warn,warn,alert,warn,warn,,"},
		{"abandon_rate", board.Threshold{Warn: .05, Clear: .05}, []float64{.05, .049, 1}, "warn,,warn"},
		{"abandoned", board.Threshold{Warn: 1, Alert: new(3.), Clear: 0}, []float64{0, 1, 3, 2, 1, 0, 0}, ",warn,alert,warn,warn,,"},
		{"abandoned", board.Threshold{Warn: 0, Alert: new(0.), Clear: 0}, []float64{0, 1}, "alert,alert"},
		{"service_level", board.Threshold{Warn: .8, Alert: new(.5), Clear: .85}, []float64{.8, .79, .82, .4, .6, .84, .85, .8}, ",warn,warn,alert,warn,warn,,"},
	} {
		tc.threshold.Minimum = 20
		def := &board.Definition{Thresholds: map[string]board.Threshold{tc.metric: tc.threshold}}
		states := make(map[string]string)
		var got []string
		for _, v := range tc.values {
			got = append(got, crossed(def, states, tc.metric, &v, 20))
		}
		if strings.Join(got, ",") != tc.want {
			t.Errorf("%s %v: got %q, want %q", tc.metric, tc.values, strings.Join(got, ","), tc.want)
		}
		if v := tc.values[len(tc.values)/2]; crossed(def, states, tc.metric, &v, 19) != "" {
			t.Errorf("%s: below the minimum there is a state", tc.metric)
		}
		if crossed(def, states, tc.metric, nil, 20) != "" {
			t.Errorf("%s: what is not known has a state", tc.metric)
		}
	}
}

func TestLimitText(t *testing.T) {
	for _, tc := range []struct {
		metric    string
		threshold board.Threshold
		want      string
	}{
		{"abandon_rate", board.Threshold{Warn: .05, Alert: new(.1)}, "warn ≥ 5 %, alert ≥ 10 %"},
		{"service_level", board.Threshold{Warn: .8}, "warn < 80 %"},
		{"longest_wait_seconds", board.Threshold{Warn: 240, Alert: new(240.)}, "alert ≥ 4:00"},
		{"abandoned", board.Threshold{Warn: 5, Alert: new(10.)}, "warn ≥ 5, alert ≥ 10"},
	} {
		if got := limitText(tc.metric, tc.threshold); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

// TestStatesInFrames: the state comes with the cell and goes again, and every metric that
// may have a threshold has a cell.
func TestStatesInFrames(t *testing.T) {
	floor := wallboard.New(wallboard.Options{Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}})
	def := &board.Definition{Name: "all", Window: board.LastHour, Formula: board.Against, Thresholds: map[string]board.Threshold{
		"waiting": {Warn: 2, Alert: new(3.), Clear: 1},
	}}
	s := newScreen(t, serve(t, Options{Floor: floor, Boards: []*board.Definition{def}}))
	s.next()
	start := time.Now().UnixMicro()
	for i, step := range []struct {
		kind  interaction.Kind
		who   int
		state string
	}{
		{interaction.Queued, 1, ""},
		{interaction.Queued, 2, "warn"},
		{interaction.Queued, 3, "alert"},
		{interaction.Disconnected, 3, "warn"},
		{interaction.Disconnected, 2, ""},
		{interaction.Queued, 4, "warn"},
	} {
		floor.Apply("lab", start, []interaction.Event{{
			Interaction: fmt.Sprint("I", step.who), Kind: step.kind, By: interaction.ByCustomer, At: start + int64(i), Key: fmt.Sprint(i),
		}})
		waiting := []string{"1", "2", "3", "2", "1", "2"}[i]
		for s.cells["status.Waiting"].Text != waiting {
			s.next()
		}
		if got := s.cells["status.Waiting"].State; got != step.state {
			t.Errorf("step %d, %s wait: state %q, want %q", i, waiting, got, step.state)
		}
	}
	n := floor.Numbers(def)
	model := boardView(def, &n, time.Now(), make(map[string]string))
	cells := frameCells(&model)
	for metric := range metricValues(&n) {
		if _, ok := cells[metricCells[metric]]; !ok {
			t.Errorf("%s has no cell", metric)
		}
	}
	if got, want := model.Limits["status.Waiting"], "warn ≥ 2, alert ≥ 3"; got != want {
		t.Errorf("the limit reads %q, want %q", got, want)
	}
}

// TestSilentSource: a vendor that says nothing is marked, apart from the board's own freshness.
func TestSilentSource(t *testing.T) {
	now := time.Now()
	n := wallboard.Numbers{AsOf: now, Since: now, Sources: []wallboard.SourceState{
		{Name: "fresh", LastEvent: now.Add(-silentAfter)}, {Name: "silent", LastEvent: now.Add(-silentAfter - time.Second)}, {Name: "new"},
	}}
	model := boardView(&board.Definition{Name: "all"}, &n, now, make(map[string]string))
	cells := frameCells(&model)
	for name, want := range map[string]string{"fresh": "", "silent": "warn", "new": ""} {
		if got := cells["source."+name].State; got != want {
			t.Errorf("%s: state %q, want %q", name, got, want)
		}
	}
}

// TestAbandonedOpens: the link of the Abandoned row leads to as many interactions as the
// row counts: those of the board's queues whose end is in the window, however long ago
// they began.
func TestAbandonedOpens(t *testing.T) {
	floor := wallboard.New(wallboard.Options{Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}})
	def := &board.Definition{Name: "all", Queues: []string{"Q"}, Window: board.Last30m, Formula: board.Against}
	web := serve(t, Options{Floor: floor, Boards: []*board.Definition{def}})
	now := time.Now()
	for i, c := range []struct {
		queue         string
		queued, ended time.Duration // ago
	}{
		{"Q", 50 * time.Minute, 10 * time.Minute}, // began before the window
		{"Q", 12 * time.Minute, 11 * time.Minute},
		{"Q", 50 * time.Minute, 40 * time.Minute}, // ended before it
		{"R", 12 * time.Minute, 11 * time.Minute}, // another queue
		{"Q", 9 * time.Minute, 0},                 // still waits
		{"Q", 8 * time.Minute, 7 * time.Minute},
	} {
		id := fmt.Sprint("I", i)
		at := now.Add(-c.queued).UnixMicro()
		events := []interaction.Event{{Interaction: id, Kind: interaction.Queued, Queue: c.queue, At: at, Received: at, Key: id + "q"}}
		if c.ended != 0 {
			at := now.Add(-c.ended).UnixMicro()
			events = append(events, interaction.Event{Interaction: id, Kind: interaction.Disconnected, By: interaction.ByCustomer, At: at, Received: at, Key: id + "d"})
		}
		floor.Apply("lab", now.UnixMicro(), events)
	}
	b := getBoard(t, web)
	if b.Status["Abandoned"] != 3 {
		t.Fatalf("the board counts %d, want 3", b.Status["Abandoned"])
	}
	for id, link := range links(def) {
		want := b.Status["Abandoned"]
		if reason, ok := strings.CutPrefix(id, "reason."); ok {
			want = b.Reasons[reason]
		}
		// In pages of one, so that the way from page to page is walked.
		var list struct {
			Interactions []struct{ ID string }
			Next         *string
		}
		var got []string
		for cursor := ""; ; cursor = *list.Next {
			list.Next = nil
			getJSON(t, web.URL+"/api/v1"+link+"&limit=1&cursor="+cursor, &list)
			for _, in := range list.Interactions {
				got = append(got, in.ID)
			}
			if list.Next == nil {
				break
			}
		}
		if int64(len(got)) != want {
			t.Errorf("%s leads to %q, want %d", link, got, want)
		}
	}
}
