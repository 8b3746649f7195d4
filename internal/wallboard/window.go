package wallboard

import (
	"time"

	"github.com/wallboard/wallboard/internal/board"
)

// windowKey names a window whose sums cells keep.
type windowKey struct {
	kind     board.WindowKind
	zone     string
	dayStart time.Duration
}

func keyOf(def *board.Definition) windowKey {
	if def.Window != board.Today {
		return windowKey{kind: def.Window}
	}
	return windowKey{kind: def.Window, zone: zone(def).String(), dayStart: def.DayStart}
}

func zone(def *board.Definition) *time.Location {
	if def.Zone == nil {
		return time.UTC
	}
	return def.Zone
}

// Since returns where a board's window begins at now, aligned to board.Step, in the
// board's zone.
func Since(def *board.Definition, now time.Time) time.Time {
	now = now.In(zone(def))
	switch def.Window {
	case board.Today:
		return board.DayStart(now, zone(def), def.DayStart)
	case board.Last30m:
		return now.Add(-30 * time.Minute).Truncate(board.Step)
	}
	return now.Add(-time.Hour).Truncate(board.Step)
}
