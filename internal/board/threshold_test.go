package board

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestThreshold: what was entered is left at its exit, an alert too, and below the minimum
// there is no state. An alert of 0 is an alert.
func TestThreshold(t *testing.T) {
	for _, tc := range []struct {
		metric    string
		threshold Threshold
		values    []float64
		want      string
	}{
		{"abandon_rate", Threshold{Warn: .05, Alert: new(.1), Clear: .04}, []float64{.04, .05, .045, .2, .06, .045, .04, .045}, ",warn,warn,alert,warn,warn,,"},
		{"abandon_rate", Threshold{Warn: .05, Clear: .05}, []float64{.05, .049, 1}, "warn,,warn"},
		{"abandon_rate", Threshold{Warn: .05, Alert: new(.1), Clear: .04, AlertClear: new(.06)}, []float64{.1, .07, .06, .05, .04}, "alert,alert,warn,warn,"},
		{"abandoned", Threshold{Warn: 1, Alert: new(3.), Clear: 0}, []float64{0, 1, 3, 2, 1, 0, 0}, ",warn,alert,warn,warn,,"},
		{"abandoned", Threshold{Warn: 10, Alert: new(20.), Clear: 8}, []float64{20, 19, 20, 19, 18, 19}, "alert,alert,alert,alert,warn,warn"},
		{"abandoned", Threshold{Warn: 0, Alert: new(0.), Clear: 0}, []float64{0, 1}, "alert,alert"},
		{"abandoned", Threshold{Warn: 9, Alert: new(9.), Clear: 5}, []float64{9, 8, 5}, "alert,alert,"},
		{"service_level", Threshold{Warn: .8, Alert: new(.5), Clear: .85}, []float64{.8, .79, .82, .4, .6, .84, .85, .8}, ",warn,warn,alert,warn,warn,,"},
	} {
		tc.threshold.Minimum = 20
		var a Alarm
		var got []string
		now := time.Now()
		for _, v := range tc.values {
			a = tc.threshold.Next(a, tc.metric, &v, 20, now)
			got = append(got, string(a.State()))
		}
		if strings.Join(got, ",") != tc.want {
			t.Errorf("%s %v: got %q, want %q", tc.metric, tc.values, strings.Join(got, ","), tc.want)
		}
		if v := tc.values[0]; tc.threshold.Next(a, tc.metric, &v, 19, now).State() != Normal {
			t.Errorf("%s: below the minimum there is a state", tc.metric)
		}
		if tc.threshold.Next(a, tc.metric, nil, 20, now).State() != Normal {
			t.Errorf("%s: what is not known has a state", tc.metric)
		}
	}
}

// TestPending: a state is entered when its limit was reached long enough without a pause,
// and says since when it was reached.
func TestPending(t *testing.T) {
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	threshold := Threshold{Warn: 5, Alert: new(10.), Clear: 4, Pending: 30 * time.Second}
	var a Alarm
	for _, step := range []struct {
		second int
		value  float64
		state  State
		since  int
	}{
		{0, 3, Normal, 0},
		{10, 5, Normal, 0},
		{20, 4, Normal, 0}, // a pause
		{25, 6, Normal, 0},
		{54, 7, Normal, 0},
		{55, 7, Warn, 25},
		{60, 12, Warn, 25},
		{80, 9, Warn, 25},
		{85, 12, Warn, 25},
		{114, 12, Warn, 25},
		{115, 12, Alert, 85},
		{116, 9, Warn, 25},
		{117, 4, Normal, 0},
	} {
		at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
		a = threshold.Next(a, "waiting", &step.value, 0, at(step.second))
		since, before := a.Since()
		if a.State() != step.state || step.state != Normal && !since.Equal(at(step.since)) || before {
			t.Errorf("second %d: %q since %v (before %v), want %q since second %d", step.second, a.State(), since, before, step.state, step.since)
		}
	}
}

// TestWavering: a number that wavers by less than the distance of entry and exit changes
// its state at most once, whatever the limits.
func TestWavering(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		metric := rapid.SampledFrom([]string{"waiting", "service_level"}).Draw(t, "metric")
		sign := 1.
		if WorseWhenLower(metric) {
			sign = -1
		}
		limit, gap := rapid.Float64Range(10, 1000).Draw(t, "limit"), rapid.Float64Range(3, 9).Draw(t, "gap")
		threshold := Threshold{Warn: limit, Alert: new(limit + sign*20), Clear: limit - sign*gap}
		around := rapid.SampledFrom([]float64{threshold.Warn, *threshold.Alert}).Draw(t, "around")
		var a Alarm
		now, changes := time.Now(), 0
		for i, d := range rapid.SliceOfN(rapid.Float64Range(-1, 1), 1, 100).Draw(t, "values") {
			v := around + d
			next := threshold.Next(a, metric, &v, 0, now)
			if i > 0 && next.State() != a.State() {
				changes++
			}
			a = next
		}
		if changes > 1 {
			t.Fatalf("%d changes around %v of %+v", changes, around, threshold)
		}
	})
}
