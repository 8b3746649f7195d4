package views

import (
	"math"
	"testing"
	"time"
)

func seconds(s float64) *time.Duration {
	d := time.Duration(math.Round(s * float64(time.Second)))
	return &d
}

//go:fix inline
func TestFormatDuration(t *testing.T) {
	for _, tt := range []struct {
		d    *time.Duration
		want string
	}{
		{nil, "–"},
		{seconds(0), "0:00"},
		{seconds(0.999), "0:00"},
		{seconds(-3), "0:00"},
		{seconds(65.1), "1:05"},
		{seconds(3599.9), "59:59"},
		{seconds(3600), "1:00:00"},
		{seconds(3723), "1:02:03"},
		{seconds(35999), "9:59:59"},
		{seconds(36000), "10 h 00"},
		{seconds(43739), "12 h 08"},
	} {
		if got := FormatDuration(tt.d); got != tt.want {
			t.Errorf("FormatDuration(%v) = %q, want %q", tt.d, got, tt.want)
		}
	}
}

func TestFormatAge(t *testing.T) {
	for _, tt := range []struct {
		d    *time.Duration
		want string
	}{
		{nil, "–"},
		{seconds(-1), "0 s ago"},
		{seconds(3.9), "3 s ago"},
		{seconds(60), "1 min ago"},
		{seconds(3600), "1 h ago"},
		{seconds(47.9 * 3600), "47 h ago"},
		{seconds(48 * 3600), "2 d ago"},
	} {
		if got := FormatAge(tt.d); got != tt.want {
			t.Errorf("FormatAge(%v) = %q, want %q", tt.d, got, tt.want)
		}
	}
}

func TestFormatPercent(t *testing.T) {
	for _, tt := range []struct {
		ratio *float64
		want  string
	}{
		{nil, "–"},
		{new(math.NaN()), "–"},
		{new(math.Inf(1)), "–"},
		{new(float64(0)), "0.0 %"},
		{new(0.0547), "5.5 %"},
		{new(0.83), "83.0 %"},
		{new(float64(1)), "100 %"},
	} {
		if got := FormatPercent(tt.ratio); got != tt.want {
			t.Errorf("FormatPercent = %q, want %q", got, tt.want)
		}
	}
}

func TestFormatCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 9999: "9999", 10000: "10,000", 1234567: "1,234,567"} {
		if got := FormatCount(n); got != want {
			t.Errorf("FormatCount(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestFormatTime(t *testing.T) {
	if got := FormatTime(time.Time{}); got != "–" {
		t.Errorf("FormatTime of the zero time = %q", got)
	}
	at := time.Date(2026, 11, 23, 14, 2, 7, 0, time.UTC).In(time.FixedZone("", 3600))
	if got, want := FormatTime(at), "2026-11-23 15:02:07"; got != want {
		t.Errorf("FormatTime = %q, want %q", got, want)
	}
}

func TestWidthOf(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "Ø ≤ 20 s": 8, "放棄 ÷（応答）": 15} {
		if got := widthOf(text); got != want {
			t.Errorf("%q is %d letters wide, want %d", text, got, want)
		}
	}
}
