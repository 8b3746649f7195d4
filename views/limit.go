package views

import (
	"strconv"
	"strings"
	"time"
)

// Limit is what a cell is judged by. Values are ratios, seconds or counts, as the cell is.
// Warn and Alert are reached from below, or from above where Lower is worse; Clear is where
// a state is left again. Alert is nil where there is none, and Clear where it is Warn.
type Limit struct {
	Warn         float64
	Alert, Clear *float64
	Lower        bool
}

// quantity writes a value as the cell of that id does, but whole percentages without a digit.
func (b Board) quantity(id string, v float64) string {
	t := b.tongue()
	switch kind, _, _ := strings.Cut(id, "."); kind {
	case "rate":
		if strings.HasSuffix(percentDigits(&v, 1), ".0") {
			return t.percent(&v, 0)
		}
		return t.percent(&v, 1)
	case "time", "wait":
		d := time.Duration(v * float64(time.Second))
		return t.duration(&d)
	}
	if v == float64(int64(v)) {
		return t.count(int64(v))
	}
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", t.texts["number.decimal"], 1)
}

// reached is a limit as it is reached: "≥ 5 %", or "< 80 %" of what may be low.
func (b Board) reached(id string, v float64, lower bool) string {
	sign := "≥ "
	if lower {
		sign = "< "
	}
	return sign + b.quantity(id, v)
}

// limitText says what a cell is judged by: "warn ≥ 5 %, alert ≥ 10 %, until ≤ 4 %".
func (b Board) limitText(id string) string {
	var parts []string
	b.eachLimit(id, func(key, sign, value string) {
		parts = append(parts, b.tongue().say("limit."+key, "limit", sign+" "+value))
	})
	return strings.Join(parts, ", ")
}

// limitSigns says it in the signs of the marks: "▲ 5 %", "◆ 10 %", "✓ 4 %".
func (b Board) limitSigns(id string) []string {
	signs := map[string]string{"warn": "▲ ", "alert": "◆ ", "until": "✓ "}
	var parts []string
	b.eachLimit(id, func(key, _, value string) { parts = append(parts, signs[key]+value) })
	return parts
}

// eachLimit hands over the parts of a cell's limit: warn, alert, and until where it clears.
func (b Board) eachLimit(id string, part func(key, sign, value string)) {
	l, ok := b.Limits[id]
	if !ok {
		return
	}
	enter, leave := "≥", "≤"
	if l.Lower {
		enter, leave = "<", "≥"
	}
	if l.Alert == nil || *l.Alert != l.Warn {
		part("warn", enter, b.quantity(id, l.Warn))
	}
	if l.Alert != nil {
		part("alert", enter, b.quantity(id, *l.Alert))
	}
	if l.Clear != nil && *l.Clear != l.Warn {
		part("until", leave, b.quantity(id, *l.Clear))
	}
}
