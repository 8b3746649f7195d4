package board

import "time"

// DayStart returns when the day began that is under way at now: the latest first
// instant, not after now, whose local date is some day's and whose local clock has
// reached start (since midnight). On a day whose clock skips start, it is the
// first instant after the gap.
func DayStart(now time.Time, zone *time.Location, start time.Duration) time.Time {
	now = now.In(zone)
	y, m, d := now.Date()
	for back := 0; ; back++ {
		at := firstInstant(y, m, d-back, zone, start)
		if !at.After(now) || back > 2 {
			return at
		}
	}
}

// firstInstant finds the first instant whose local date and clock are at or past
// the given ones. The local clock of a day's first and last hours may jump, so
// it searches from well before, minute by minute around the zone's changes.
func firstInstant(y int, m time.Month, d int, zone *time.Location, start time.Duration) time.Time {
	// Counted in UTC, a day's local clock is a wall reading that can be compared.
	want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Add(start)
	wall := func(t time.Time) time.Time {
		_, offset := t.Zone()
		return t.UTC().Add(time.Duration(offset) * time.Second)
	}
	// No zone is further than 14 hours from UTC; within the span the wall
	// reading grows but for jumps back, which never lie before a first match of
	// the same reading.
	t := want.Add(-15 * time.Hour).In(zone)
	limit := want.Add(15 * time.Hour)
	for t.Before(limit) && wall(t).Before(want) {
		gap := want.Sub(wall(t))
		_, end := t.ZoneBounds()
		next := t.Add(gap)
		if !end.IsZero() && next.After(end) {
			next = end
		}
		t = next
	}
	return t
}
