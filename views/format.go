package views

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Unknown is shown where a value is not known.
const Unknown = "–"

// FormatCount writes a count, with thin gaps from five digits on: "12 345".
func FormatCount(n int64) string {
	s := strconv.FormatInt(n, 10)
	if n < 10_000 {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// FormatDuration writes minutes and seconds, "1:05", and from an hour on hours,
// "1:02:03". Parts of a second are cut off, so that a clock never shows what has
// not passed; what is negative shows as 0:00, and nil as "–". From ten hours on, where
// seconds matter no more and room does, it is "12 h 08".
func FormatDuration(d *time.Duration) string {
	if d == nil {
		return Unknown
	}
	s := max(int64(*d/time.Second), 0)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	if s >= 36000 {
		return fmt.Sprintf("%d h %02d", s/3600, s/60%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// FormatAge writes how long ago something was, coarser as it grows: "3 s ago",
// "5 min ago", "2 h ago", "3 d ago"; nil is "–".
func FormatAge(d *time.Duration) string {
	if d == nil {
		return Unknown
	}
	s := max(int64(*d/time.Second), 0)
	switch {
	case s < 60:
		return fmt.Sprintf("%d s ago", s)
	case s < 3600:
		return fmt.Sprintf("%d min ago", s/60)
	case s < 48*3600:
		return fmt.Sprintf("%d h ago", s/3600)
	}
	return fmt.Sprintf("%d d ago", s/86400)
}

// FormatPercent writes a ratio as a percentage with one digit: 0.0547 is
// "5.5 %". Nil and what is no number show as "–".
func FormatPercent(ratio *float64) string {
	if ratio == nil || math.IsNaN(*ratio) || math.IsInf(*ratio, 0) {
		return Unknown
	}
	return strconv.FormatFloat(*ratio*100, 'f', 1, 64) + " %"
}

// FormatTime writes a moment as date and clock in its own location; the zero
// time shows as "–".
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return Unknown
	}
	return t.Format("2006-01-02 15:04:05")
}
