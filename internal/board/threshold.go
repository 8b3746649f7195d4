package board

import "time"

// Threshold says when a number is worth a look. Metric values are ratios or
// seconds as in the board's JSON.
type Threshold struct {
	// Warn and Alert are entered where they are reached; Alert is nil where there is none.
	Warn  float64
	Alert *float64
	// Clear is where a state that was entered is left again; as Warn, as soon as Warn is
	// no longer reached.
	Clear float64
	// AlertClear is where an alert becomes a warning again. Nil means as far from Alert as
	// Clear is from Warn, so that both limits are left alike.
	AlertClear *float64
	// Minimum is the number of customers below which the state stays normal.
	Minimum int
	// Pending is for how long a limit has to be reached without a pause before its state
	// is entered; 0 means at once.
	Pending time.Duration
}

// State is what a threshold says of its metric.
type State string

// The states. Normal is the zero value.
const (
	Normal State = ""
	Warn   State = "warn"
	Alert  State = "alert"
)

// Alarm is a threshold's memory from one look at its metric to the next. The zero value
// has not looked yet.
type Alarm struct {
	warn, alert level
	looked      bool
}

// level is one limit: whether its state was entered, and since when it was reached.
type level struct {
	entered bool
	from    time.Time // zero while it is not reached
	before  bool      // it was reached at the first look already, so from is too late
}

// State is the state that the last look found.
func (a Alarm) State() State {
	switch {
	case a.alert.entered:
		return Alert
	case a.warn.entered:
		return Warn
	}
	return Normal
}

// Since is when the present state's limit was reached; before means that it was so at the
// first look already. It is the zero time while the state is Normal.
func (a Alarm) Since() (t time.Time, before bool) {
	switch a.State() {
	case Alert:
		return a.alert.from, a.alert.before
	case Warn:
		return a.warn.from, a.warn.before
	}
	return time.Time{}, false
}

// WorseWhenLower tells the metric of which less is worse.
func WorseWhenLower(metric string) bool { return metric == "service_level" }

// Next looks at the metric's value at a moment, and returns what is to be remembered. A
// state that was entered is left only where the value is back at its exit, so that a number
// that wavers around a limit does not blink. Below the minimum of customers, and where the
// value is not known (nil), all is forgotten.
func (t Threshold) Next(a Alarm, metric string, value *float64, customers int64, now time.Time) Alarm {
	first := !a.looked
	if value == nil || customers < int64(t.Minimum) {
		return Alarm{looked: true}
	}
	// Of what may be low, the limit itself is good enough: 80 % meets a goal of 80 %.
	lower := WorseWhenLower(metric)
	reached := func(limit float64) bool { return lower && *value < limit || !lower && *value >= limit }
	back := func(exit float64) bool { return lower && *value >= exit || !lower && *value <= exit }
	next := Alarm{looked: true, warn: a.warn.next(reached(t.Warn), back(t.Clear), t.Pending, now, first)}
	if t.Alert != nil {
		next.alert = a.alert.next(reached(*t.Alert), back(t.AlertExit()), t.Pending, now, first)
	}
	return next
}

// AlertExit is where an alert is left; t.Alert must not be nil.
func (t Threshold) AlertExit() float64 {
	if t.AlertClear != nil {
		return *t.AlertClear
	}
	return *t.Alert - (t.Warn - t.Clear)
}

func (l level) next(reached, back bool, pending time.Duration, now time.Time, first bool) level {
	switch {
	case reached && l.from.IsZero():
		l = level{from: now, before: first}
		fallthrough
	case reached:
		l.entered = l.entered || now.Sub(l.from) >= pending
		return l
	case l.entered && !back:
		return l
	}
	return level{}
}
