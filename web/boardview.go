package web

import (
	"fmt"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/static"
	"github.com/wallboard/wallboard/views"
)

// assets are what every page loads.
func assets() views.Assets {
	return views.Assets{Style: static.URL("board.css"), Script: static.URL("board.js"), Icon: static.URL("icon.svg")}
}

// boardView makes the model of a board's page and frames. states keeps what each threshold
// said last, for hysteresis.
func boardView(def *board.Definition, n *wallboard.Numbers, now time.Time, states map[string]string) views.Board {
	b := views.Board{
		Assets: assets(), Name: def.Name, Title: def.Title, LiveURL: "/boards/" + def.Name + "/live",
		AsOf: n.AsOf.In(n.Since.Location()), Age: max(0, now.Sub(n.AsOf)), Window: windowText(def, n.Since), Formula: string(def.Formula),
		Status: n.Status, Reasons: n.Reasons, Customers: views.Customers(n.Customers), Metrics: views.Metrics(n.Metrics), Agents: n.Agents,
		States: make(map[string]string),
	}
	for _, ch := range n.StatusByChannel {
		b.Channels = append(b.Channels, views.Channel{Name: ch.Channel.String(), Status: ch.Status})
	}
	for _, s := range n.Sources {
		src := views.Source{Name: s.Name, Vendor: s.Vendor}
		if !s.LastEvent.IsZero() {
			age := max(0, n.AsOf.Sub(s.LastEvent))
			src.Age = &age
		}
		b.Sources = append(b.Sources, src)
	}
	m := &n.Metrics
	abandoned, waiting := float64(n.Status[interaction.StatusAbandoned]), float64(n.Status[interaction.Waiting])
	for metric, x := range map[string]struct {
		cell  string
		value *float64
	}{
		"abandoned":                       {"status.Abandoned", &abandoned},
		"waiting":                         {"status.Waiting", &waiting},
		"longest_wait_seconds":            {"wait.longest", seconds(m.LongestWaitNow)},
		"abandon_rate":                    {"rate.abandon", m.AbandonRate},
		"service_level":                   {"rate.service_level", m.ServiceLevel},
		"average_speed_of_answer_seconds": {"time.speed_of_answer", seconds(m.SpeedOfAnswer)},
	} {
		if s := crossed(def, states, metric, x.value, n.Customers.Answered+n.Customers.Abandoned); s != "" {
			b.States[x.cell] = s
		}
	}
	return b
}

func windowText(def *board.Definition, since time.Time) string {
	switch def.Window {
	case board.Last30m:
		return "last 30 minutes"
	case board.LastHour:
		return "last hour"
	}
	return fmt.Sprintf("today, since %s %s", since.Format("15:04"), since.Location())
}

func seconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := d.Seconds()
	return &s
}

// crossed says the state of a metric by its threshold. A state that was entered is left
// at Clear; below the minimum of customers there is none.
func crossed(def *board.Definition, states map[string]string, metric string, value *float64, customers int64) string {
	t, ok := def.Thresholds[metric]
	if !ok || value == nil || customers < int64(t.Minimum) {
		delete(states, metric)
		return ""
	}
	beyond := func(limit float64) bool {
		if metric == "service_level" {
			return *value < limit
		}
		return *value >= limit
	}
	state := ""
	switch {
	case t.Alert != 0 && beyond(t.Alert):
		state = "alert"
	case beyond(t.Warn):
		state = "warn"
	case states[metric] != "" && t.Clear != t.Warn && beyond(t.Clear):
		state = "warn"
	}
	states[metric] = state
	return state
}
