package journal

import (
	"context"
	"fmt"
	"time"
)

// group is what one commit brought, on its way to the applier.
type group struct {
	requests []*request
	batches  []Batch
	asOf     int64 // when its last request was handed over, microseconds
}

// write commits whatever has gathered.
func (j *SQLite) write() {
	defer close(j.groups)
	for {
		stopping := false
		select {
		case <-j.wake:
		case <-j.stop:
			stopping = true // nothing is pushed any more
		}
		if requests := j.take(); len(requests) > 0 {
			j.writeGroup(requests)
		}
		if stopping {
			return
		}
	}
}

// writeGroup commits one group and passes it on, or fails all who wait for it. After a
// failure nothing is stored until a probe write has succeeded; every request, a tick too,
// makes the probe. A tick that finds the journal broken does not reach the applier, so the
// as-of time stands still.
func (j *SQLite) writeGroup(requests []*request) {
	g := group{requests: requests, asOf: requests[len(requests)-1].at}
	// What was handed over is finished, whoever still waits for it.
	ctx := context.Background()
	if j.lastFailure() != nil {
		if err := j.db.Probe(ctx); err != nil {
			j.fail(requests, err)
			return
		}
		j.setFailure(nil)
	}
	began := time.Now()
	err := j.commit(ctx, &g)
	j.meter.commit(requests, began, err)
	if err != nil {
		j.fail(requests, err)
		return
	}
	j.groups <- g
}

func (j *SQLite) lastFailure() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.broken
}

func (j *SQLite) setFailure(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.broken = err
}

func (j *SQLite) fail(requests []*request, cause error) {
	j.setFailure(cause)
	for _, q := range requests {
		if q.done != nil {
			q.err = fmt.Errorf("%w: %w", ErrUnavailable, cause)
			close(q.done)
		}
	}
}

// apply hands committed batches over in commit order, then releases who waits. The tick
// comes after the whole group, because only then everything until its time is applied.
func (j *SQLite) apply() {
	for g := range j.groups {
		for _, b := range g.batches {
			j.applier.Apply(b)
		}
		j.applier.Tick(g.asOf)
		for _, q := range g.requests {
			if q.done != nil {
				close(q.done)
			}
		}
	}
}
