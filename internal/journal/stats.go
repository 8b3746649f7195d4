package journal

import (
	"sync/atomic"
	"time"

	"github.com/wallboard/wallboard/internal/measure"
)

// Stats are what the journal did since the start, and what it has to do now.
type Stats struct {
	Pending int   // records that wait for the writer
	Head    int64 // position of the newest committed batch
	Ready   bool  // records can be stored
	// CommitRecords has the records of each commit, CommitSeconds how long it took.
	CommitRecords, CommitSeconds measure.Values
	Failures                     uint64 // groups that could not be committed
}

// meter measures commits.
type meter struct {
	records, seconds *measure.Histogram
	failures         atomic.Uint64
}

func newMeter() *meter {
	return &meter{
		records: measure.NewHistogram(1, 2, 5, 10, 20, 50, 100, 256),
		seconds: measure.NewHistogram(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
	}
}

// commit notes a group that was committed, or not, since began. Groups of ticks alone
// write nothing and are not counted.
func (m *meter) commit(requests []*request, began time.Time, err error) {
	records := 0
	for _, q := range requests {
		if q.done != nil {
			records++
		}
	}
	switch {
	case records == 0:
	case err != nil:
		m.failures.Add(1)
	default:
		m.records.Observe(float64(records))
		m.seconds.Observe(time.Since(began).Seconds())
	}
}

// Stats returns them.
func (j *SQLite) Stats() Stats {
	return Stats{
		Pending: len(j.places), Head: j.Head(), Ready: j.Ready() == nil,
		CommitRecords: j.meter.records.Values(), CommitSeconds: j.meter.seconds.Values(), Failures: j.meter.failures.Load(),
	}
}
