package journal

import (
	"context"
	"fmt"
	"time"
)

// request is a record on its way, or a tick. done is closed by the applier, or by the
// writer where nothing was committed; receipt and err are set before.
type request struct {
	record  Record
	at      int64 // when it was handed over, microseconds
	receipt Receipt
	err     error
	done    chan struct{} // nil for a tick
}

// Append stores a record; see Journal.
func (j *SQLite) Append(ctx context.Context, r Record) (Receipt, error) {
	q := &request{record: r, done: make(chan struct{})}
	if err := ctx.Err(); err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	select {
	case j.places <- struct{}{}:
	case <-ctx.Done():
		return Receipt{}, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	case <-j.stop:
		return Receipt{}, fmt.Errorf("%w: %w", ErrUnavailable, errClosed)
	}
	if err := j.push(q); err != nil {
		<-j.places
		return Receipt{}, err
	}
	<-q.done
	if q.err != nil {
		return Receipt{}, q.err
	}
	return q.receipt, nil
}

// push hands a request to the writer. Its time is taken under the lock, so that the times
// in pending grow: whatever was handed over before a request stands before it.
func (j *SQLite) push(q *request) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.runs(); err != nil {
		return err
	}
	if q.done == nil && j.ticking {
		return nil // the one that waits will tell
	}
	if q.done == nil {
		j.ticking = true
	}
	q.at = j.now().UnixMicro()
	j.pending = append(j.pending, q)
	select {
	case j.wake <- struct{}{}:
	default:
	}
	return nil
}

// take removes what has gathered, and gives its places back.
func (j *SQLite) take() []*request {
	j.mu.Lock()
	defer j.mu.Unlock()
	taken := j.pending
	j.pending, j.ticking = nil, false
	for _, q := range taken {
		if q.done != nil {
			<-j.places
		}
	}
	return taken
}

// tick sends an empty request through the writer and the applier, so that a stuck one
// shows as an as-of time that stands still.
func (j *SQLite) tick() {
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if j.push(&request{}) != nil {
				return // closed
			}
		case <-j.stop:
			return
		}
	}
}
