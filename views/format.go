package views

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Unknown is shown where a value is not known.
const Unknown = "–"

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

// FormatCount writes a count as English boards do.
func FormatCount(n int64) string { return tongueOf("en").count(n) }

// FormatAge writes how long ago something was, as English boards do.
func FormatAge(d *time.Duration) string { return tongueOf("en").age(d) }

// FormatPercent writes a ratio as a percentage with one digit, as English boards do:
// 0.0547 is "5.5 %".
func FormatPercent(ratio *float64) string { return tongueOf("en").percent(ratio, 1) }

func percentDigits(ratio *float64, digits int) string {
	if ratio == nil || math.IsNaN(*ratio) || math.IsInf(*ratio, 0) {
		return Unknown
	}
	if *ratio == 1 {
		digits = 0 // 100 % is exact, and takes room enough
	}
	return strconv.FormatFloat(*ratio*100, 'f', digits, 64)
}

// FormatTime writes a moment as date and clock in its own location; the zero
// time shows as "–".
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return Unknown
	}
	return t.Format("2006-01-02 15:04:05")
}

// widthOf is how wide a text is, in letters; those of Chinese and Japanese are two wide, and
// so is their division sign.
func widthOf(text string) int {
	n := 0
	for _, r := range text {
		if n++; r >= 0x2E80 || r == '÷' {
			n++
		}
	}
	return n
}
