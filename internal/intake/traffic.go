package intake

import (
	"maps"
	"sync"
	"time"

	"github.com/wallboard/wallboard/internal/source"
)

const (
	// TrafficMinutes is for how long requests are counted by the minute.
	TrafficMinutes = 60
	// maxIgnored bounds the names of a source's parts that are not needed.
	maxIgnored = 100
	// OtherTypes stands for the names above the bound.
	OtherTypes = "(other types)"
)

// Traffic is what came to a source lately, for who looks after it.
type Traffic struct {
	// Minutes are the last ones, the oldest first; the newest is not over.
	Minutes [TrafficMinutes]Minute
	// Ignored counts the parts that were understood and not needed, or whose type is not
	// known, since the start, by the decoder's name for them: 100 names at most, and OtherTypes.
	Ignored map[string]uint64
	// Refused is when the newest request was refused, zero if none was, and Why tells the
	// cause. It never echoes input.
	Refused time.Time
	Why     string
}

// Minute counts requests.
type Minute struct {
	Taken, Refused uint64
}

// traffic is counted once a request. It may be used by many goroutines.
type traffic struct {
	mu      sync.Mutex
	minutes [TrafficMinutes]Minute // by the minute modulo their number
	newest  int64                  // the minute, since the Unix epoch, that was counted last
	ignored map[string]uint64
	refused time.Time
	why     string
}

// request counts one; err is why it was refused, or nil.
func (t *traffic) request(now time.Time, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := &t.minutes[t.turn(now)]
	if err == nil {
		m.Taken++
		return
	}
	m.Refused++
	t.refused, t.why = now, err.Error()
}

// turn empties the minutes that went by, and returns the place of the one that is now. While
// a clock that was set back catches up, the newest minute stands for it.
func (t *traffic) turn(now time.Time) int64 {
	minute := now.Unix() / 60
	for m := max(t.newest+1, minute-TrafficMinutes+1); m <= minute; m++ {
		t.minutes[m%TrafficMinutes] = Minute{}
	}
	t.newest = max(t.newest, minute)
	return t.newest % TrafficMinutes
}

// ignore counts the parts of a delivery that are not needed.
func (t *traffic) ignore(parts map[string]int) {
	if len(parts) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ignored == nil {
		t.ignored = make(map[string]uint64)
	}
	for name, n := range parts {
		name = source.Clip(name)
		if _, known := t.ignored[name]; !known && len(t.ignored) >= maxIgnored {
			name = OtherTypes
		}
		t.ignored[name] += uint64(n)
	}
}

// values are those of the moment; the caller owns the map.
func (t *traffic) values(now time.Time) Traffic {
	t.mu.Lock()
	defer t.mu.Unlock()
	v := Traffic{Ignored: maps.Clone(t.ignored), Refused: t.refused, Why: t.why}
	last := t.turn(now)
	for i := range v.Minutes {
		v.Minutes[i] = t.minutes[(last+1+int64(i))%TrafficMinutes]
	}
	return v
}
