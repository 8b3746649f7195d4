package simulate

import (
	"testing"
	"time"
)

// TestZoneAt: whatever the hour is, the centre is as busy as at the time that was asked for.
func TestZoneAt(t *testing.T) {
	for hour := 1; hour < 24; hour += 6 {
		now := time.Date(2026, 11, 23, hour, 47, 12, 0, time.UTC)
		zone, err := ZoneAt(now, "11:05")
		if err != nil {
			t.Fatal(err)
		}
		if got := now.In(zone).Format("15:04"); got != "11:05" {
			t.Errorf("at %d:47 UTC it is %s there, want 11:05", hour, got)
		}
		h := newHook(t, "", nil)
		o := Options{Seed: 3, URL: h.URL + "/hooks/twilio", Secret: secret, Zone: zone}
		c := New(o)
		if err := c.PlayPast(t.Context(), now.Add(-10*time.Minute), now); err != nil {
			t.Fatal(err)
		}
		if got := c.Truth().Started; got < 20 {
			t.Errorf("at %d:47 UTC %d customers came within ten minutes of the late morning", hour, got)
		}
	}
	if _, err := ZoneAt(noon, "25:00"); err == nil {
		t.Error("25:00 is a time of the day")
	}
}
