package board

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func TestDayStart(t *testing.T) {
	for _, tc := range []struct{ zone, now, start, want string }{
		{"Europe/Paris", "2026-11-23T14:00:00+01:00", "0h", "2026-11-23T00:00:00+01:00"},
		{"Europe/Paris", "2026-11-23T05:59:00+01:00", "6h", "2026-11-22T06:00:00+01:00"},
		{"Europe/Paris", "2026-03-29T12:00:00+02:00", "0h", "2026-03-29T00:00:00+01:00"}, // 23 hours
		{"Europe/Paris", "2026-10-25T12:00:00+01:00", "0h", "2026-10-25T00:00:00+02:00"}, // 25 hours
		{"Europe/Paris", "2026-03-29T12:00:00+02:00", "2h30m", "2026-03-29T03:00:00+02:00"},
		{"America/Santiago", "2026-09-06T12:00:00-03:00", "0h", "2026-09-06T01:00:00-03:00"}, // midnight does not exist
		{"Africa/Cairo", "2026-04-24T12:00:00+03:00", "0h", "2026-04-24T01:00:00+03:00"},
		{"Asia/Kathmandu", "2026-11-23T00:00:00+05:45", "0h", "2026-11-23T00:00:00+05:45"},
	} {
		zone, err := time.LoadLocation(tc.zone)
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.Parse(time.RFC3339, tc.now)
		if err != nil {
			t.Fatal(err)
		}
		start, err := time.ParseDuration(tc.start)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayStart(now, zone, start).Format(time.RFC3339); got != tc.want {
			t.Errorf("%s at %s, day from %s: got %s, want %s", tc.zone, tc.now, tc.start, got, tc.want)
		}
	}
}

// TestDaysFollowEachOther: in zones with strange days every instant belongs to one
// day, and each day begins after the one before.
func TestDaysFollowEachOther(t *testing.T) {
	for _, name := range []string{
		"UTC", "Europe/Paris", "America/New_York", "America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Beirut",
		"Asia/Gaza", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Africa/Casablanca", "Asia/Tehran",
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, start := range []time.Duration{0, 2*time.Hour + 30*time.Minute, 23 * time.Hour} {
			last := DayStart(time.Date(2020, 1, 1, 12, 0, 0, 0, time.UTC), zone, start)
			for now := last; now.Year() < 2030; now = now.Add(20 * time.Minute) {
				at := DayStart(now, zone, start)
				switch {
				case at.After(now):
					t.Fatalf("%s: the day of %v begins later, at %v", name, now, at)
				case at.Before(last):
					t.Fatalf("%s: the day of %v begins before that of an earlier instant: %v, %v", name, now, at, last)
				case at.After(last) && (at.Sub(last) < 20*time.Hour || at.Sub(last) > 28*time.Hour):
					t.Fatalf("%s: a day of %v from %v", name, at.Sub(last), last)
				}
				last = at
			}
		}
	}
}
