package views

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Trend is what began and what was abandoned since the board's day began, by quarters of
// an hour; the last one is under way. Since is when the first one began, in the board's zone.
type Trend struct {
	Since              time.Time
	Started, Abandoned []int64
}

// The drawing's size in its own units; the style sheet stretches it.
const (
	trendWidth  = 960
	trendHeight = 100
	// trendLeast is how many quarters of an hour are drawn at least, so that a young day
	// does not look like a long one.
	trendLeast = 16
	quarter    = 15 * time.Minute
)

// cells adds the two curves with their sums and tops, and where they begin.
func (t *Trend) cells(l *cellList) {
	if t == nil || len(t.Started) == 0 {
		t = &Trend{Started: []int64{0}, Abandoned: []int64{0}}
	}
	first := t.first()
	for _, curve := range []struct {
		key    string
		values []int64
	}{{"started", t.Started}, {"abandoned", t.Abandoned}} {
		shown := curve.values[first:]
		var sum int64
		for _, n := range curve.values {
			sum += n
		}
		l.count("trend."+curve.key, sum)
		l.text("trend."+curve.key+".most", l.t.say("tile.most", "n", l.t.count(slices.Max(shown))))
		l.text("trend."+curve.key+".path", trendPath(shown))
	}
	from := Unknown
	if !t.Since.IsZero() {
		from = t.Since.Add(time.Duration(first) * quarter).Format("15:04")
	}
	l.text("trend.from", from)
}

// first is the quarter with which the drawing begins: the hour of the day's first customer,
// or earlier.
func (t *Trend) first() int {
	i := slices.IndexFunc(t.Started, func(n int64) bool { return n > 0 })
	if j := slices.IndexFunc(t.Abandoned, func(n int64) bool { return n > 0 }); i < 0 || j >= 0 && j < i {
		i = j
	}
	if i < 0 {
		i = len(t.Started) - 1
	}
	return max(0, min(i-i%4, len(t.Started)-trendLeast))
}

// trendPath is a stepped area under the values, from the left edge to the right.
func trendPath(values []int64) string {
	top := max(slices.Max(values), 1)
	n := max(len(values), trendLeast)
	var b strings.Builder
	at := func(i int) string { return strconv.Itoa(trendWidth * i / n) }
	b.WriteString("M0 " + strconv.Itoa(trendHeight))
	last := int64(-1)
	for i, v := range values {
		y := int64(trendHeight) - (trendHeight*v+top/2)/top
		if y != last {
			b.WriteString("H" + at(i) + "V" + strconv.FormatInt(y, 10))
			last = y
		}
	}
	b.WriteString("H" + at(len(values)) + "V" + strconv.Itoa(trendHeight) + "Z")
	return b.String()
}
