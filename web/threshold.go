package web

import (
	"cmp"
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
			Where: where(def, n, metric), Since: since.In(n.Since.Location()), Before: before,
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

// where says which queues make a metric what it is, those that add most first, where the
// board shows queues and the metric is theirs; else what the board is narrowed to.
func where(def *board.Definition, n *wallboard.Numbers, metric string) []string {
	type share struct {
		queue string
		part  float64
	}
	var shares []share
	for i := range n.Queues {
		q := &n.Queues[i]
		part := map[string]float64{
			"abandoned": float64(q.Status[interaction.StatusAbandoned]), "waiting": float64(q.Status[interaction.Waiting]), "longest_wait_seconds": or0(seconds(q.LongestWaitNow)),
		}[metric]
		if part > 0 {
			shares = append(shares, share{q.Name, part})
		}
	}
	if len(shares) == 0 {
		return slices.Concat(def.Queues, def.Channels, def.Sources)
	}
	slices.SortStableFunc(shares, func(a, b share) int { return cmp.Compare(b.part, a.part) })
	if metric == "longest_wait_seconds" {
		shares = shares[:1] // there is one that waits longest
	}
	names := make([]string, 0, len(shares))
	for _, s := range shares {
		names = append(names, s.queue)
	}
	return names
}

func or0(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// limitOf is what the metric's cell is judged by.
func limitOf(metric string, t board.Threshold) views.Limit {
	return views.Limit{Warn: t.Warn, Alert: t.Alert, Clear: &t.Clear, Lower: board.WorseWhenLower(metric)}
}
