package web

import (
	"maps"
	"slices"
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

// judge looks at the metrics that have thresholds, and remembers in alarms what it found.
func judge(def *board.Definition, n *wallboard.Numbers, alarms map[string]board.Alarm, now time.Time) {
	for metric, value := range metricValues(n) {
		if t, ok := def.Thresholds[metric]; ok {
			alarms[metric] = t.Next(alarms[metric], metric, value, n.Customers.Answered+n.Customers.Abandoned, now)
		}
	}
}

// alarmsOf are the alarms that are raised, alerts first, and of those the oldest.
func alarmsOf(def *board.Definition, n *wallboard.Numbers, alarms map[string]board.Alarm) []views.Alarm {
	var list []views.Alarm
	values := metricValues(n)
	for _, metric := range slices.Sorted(maps.Keys(alarms)) {
		a := alarms[metric]
		if a.State() == board.Normal || values[metric] == nil {
			continue
		}
		t := def.Thresholds[metric]
		limit := t.Warn
		if a.State() == board.Alert {
			limit = *t.Alert
		}
		since, before := a.Since()
		list = append(list, views.Alarm{
			Cell: metricCells[metric], State: string(a.State()), Value: *values[metric], Limit: limit, Lower: board.WorseWhenLower(metric),
			Where: slices.Concat(def.Queues, def.Channels, def.Sources), Since: since.In(n.Since.Location()), Before: before,
		})
	}
	slices.SortStableFunc(list, func(a, b views.Alarm) int {
		if a.State != b.State {
			return strings.Compare(a.State, b.State) // "alert" comes before "warn"
		}
		return a.Since.Compare(b.Since)
	})
	return list
}

// limitOf is what the metric's cell is judged by.
func limitOf(metric string, t board.Threshold) views.Limit {
	return views.Limit{Warn: t.Warn, Alert: t.Alert, Clear: &t.Clear, Lower: board.WorseWhenLower(metric)}
}
