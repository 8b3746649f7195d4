package intake

import "sync/atomic"

// Counts are what became of a source's deliveries since the start. They only grow.
type Counts struct {
	Delivered   uint64 // deliveries that were acknowledged, handshakes not among them
	Refused     uint64 // deliveries that were not, whatever the reason
	Events      uint64 // events that were new
	Duplicates  uint64 // events that were not
	Quarantined uint64 // parts of deliveries
}

type counters struct{ delivered, refused, events, duplicates, quarantined atomic.Uint64 }

// Counts returns the counts of every configured source, by name. The caller owns the map.
// Each number is right by itself; the numbers of one source may be of slightly different times.
func (in *Intake) Counts() map[string]Counts {
	m := make(map[string]Counts, len(in.counts))
	for name, c := range in.counts {
		m[name] = Counts{
			Delivered: c.delivered.Load(), Refused: c.refused.Load(), Events: c.events.Load(),
			Duplicates: c.duplicates.Load(), Quarantined: c.quarantined.Load(),
		}
	}
	return m
}
