package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/views"
)

// metricCells are the cells that thresholds judge, by the metrics' names in settings.
var metricCells = map[string]string{
	"abandoned":                       "status.Abandoned",
	"waiting":                         "status.Waiting",
	"longest_wait_seconds":            "wait.longest",
	"abandon_rate":                    "rate.abandon",
	"service_level":                   "rate.service_level",
	"average_speed_of_answer_seconds": "time.speed_of_answer",
}

// metricValues are what they are now; nil is not known.
func metricValues(n *wallboard.Numbers) map[string]*float64 {
	abandoned, waiting := float64(n.Status[interaction.StatusAbandoned]), float64(n.Status[interaction.Waiting])
	return map[string]*float64{
		"abandoned":                       &abandoned,
		"waiting":                         &waiting,
		"longest_wait_seconds":            seconds(n.Metrics.LongestWaitNow),
		"abandon_rate":                    n.Metrics.AbandonRate,
		"service_level":                   n.Metrics.ServiceLevel,
		"average_speed_of_answer_seconds": seconds(n.Metrics.SpeedOfAnswer),
	}
}

// worseWhenLower tells the metric of which less is worse.
func worseWhenLower(metric string) bool { return metric == "service_level" }

// crossed says the state of a metric by its threshold. Warn and alert are entered where
// they are reached. What was entered is left only when the value is back at Clear, so that
// a number that wavers around its limit does not blink. Below the minimum of customers,
// and where the value is not known, there is no state.
func crossed(def *board.Definition, states map[string]string, metric string, value *float64, customers int64) string {
	t, ok := def.Thresholds[metric]
	if !ok || value == nil || customers < int64(t.Minimum) {
		delete(states, metric)
		return ""
	}
	// Of what may be low, the limit itself is good enough: 80 % meets a goal of 80 %.
	lower := worseWhenLower(metric)
	reached := func(limit float64) bool {
		return lower && *value < limit || !lower && *value >= limit
	}
	back := lower && *value >= t.Clear || !lower && *value <= t.Clear
	state := ""
	switch {
	case t.Alert != nil && reached(*t.Alert):
		state = "alert"
	case reached(t.Warn), states[metric] != "" && !back:
		state = "warn"
	}
	states[metric] = state
	return state
}

// limitText says what a cell is judged by: "warn ≥ 5 %, alert ≥ 10 %".
func limitText(metric string, t board.Threshold) string {
	sign := " ≥ "
	if worseWhenLower(metric) {
		sign = " < "
	}
	var parts []string
	if t.Alert == nil || *t.Alert != t.Warn {
		parts = append(parts, "warn"+sign+metricText(metric, t.Warn))
	}
	if t.Alert != nil {
		parts = append(parts, "alert"+sign+metricText(metric, *t.Alert))
	}
	return strings.Join(parts, ", ")
}

// metricText writes a metric's value as its cell does.
func metricText(metric string, v float64) string {
	switch {
	case strings.HasSuffix(metric, "_seconds"):
		d := time.Duration(v * float64(time.Second))
		return views.FormatDuration(&d)
	case metric == "abandon_rate", metric == "service_level":
		return strings.Replace(views.FormatPercent(&v), ".0 %", " %", 1)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
