package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wallboard/wallboard/internal/sqlite"
)

const (
	// queueLength bounds the records that wait for the writer, and so a group.
	queueLength = 256
	// tickEvery is how often the applier hears how far it has come when nothing comes.
	tickEvery = time.Second
)

// Options are what the journal is made from.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// SQLite is the journal in an SQLite database.
//
// One goroutine commits whatever has gathered, and hands it to one that applies it. A
// commit is not delayed to gather more: the fsync of one group gathers the next.
type SQLite struct {
	// Static after construction.
	db      *sqlite.DB
	applier Applier
	now     func() time.Time
	places  chan struct{} // one per record in pending; taken by Append, given back by write
	wake    chan struct{} // capacity 1; tells write to look at pending
	groups  chan group    // sent and closed by write
	stop    chan struct{} // closed by Close
	ended   sync.WaitGroup

	// Owned by write.
	insert statements

	meter *meter // of commits; for all to read

	head    atomic.Int64
	commits atomic.Int64 // transactions that stored records; for tests

	mu      sync.Mutex
	pending []*request // in the order of their times
	ticking bool       // a tick is in pending
	state   state
	broken  error // why the last write failed; nil if it did not
}

// state is how far a journal has come in its life.
type state uint8

const (
	opened state = iota
	replaying
	running
	closed
)

var (
	errNotYet = errors.New("not replayed yet")
	errClosed = errors.New("closed")
)

// OpenSQLite makes a journal over an open database. Nothing can be appended before Replay.
// The database must stay open until the journal is closed.
func OpenSQLite(db *sqlite.DB, applier Applier, o Options) (*SQLite, error) {
	j := &SQLite{
		db: db, applier: applier, now: o.Now,
		places: make(chan struct{}, queueLength), wake: make(chan struct{}, 1),
		groups: make(chan group, 1), stop: make(chan struct{}), meter: newMeter(),
	}
	if j.now == nil {
		j.now = time.Now
	}
	head, err := newest(db.Write)
	if err != nil {
		return nil, fmt.Errorf("journal: reading its head: %w", err)
	}
	j.head.Store(head)
	if err := j.insert.prepare(db.Write); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return j, nil
}

// Replay hands everything stored after a position to the applier, and then begins to take
// records. It is called once; after an error the journal can only be closed.
func (j *SQLite) Replay(ctx context.Context, after int64) error {
	j.mu.Lock()
	if j.state != opened {
		j.mu.Unlock()
		return errors.New("journal: replay: called twice or after Close")
	}
	j.state = replaying
	j.mu.Unlock()
	for b, err := range j.Read(ctx, after) {
		if err != nil {
			return fmt.Errorf("journal: replay: %w", err)
		}
		j.applier.Apply(b)
	}
	j.applier.Tick(j.now().UnixMicro())

	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state == closed {
		return fmt.Errorf("journal: replay: %w", errClosed)
	}
	j.state = running
	j.ended.Go(j.write)
	j.ended.Go(j.apply)
	j.ended.Go(j.tick)
	return nil
}

// runs says why nothing is taken now, wrapping ErrUnavailable, or nil. The caller holds mu.
func (j *SQLite) runs() error {
	switch j.state {
	case running:
		return nil
	case closed:
		return fmt.Errorf("%w: %w", ErrUnavailable, errClosed)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, errNotYet)
}

// Ready says why nothing can be stored now, wrapping ErrUnavailable, or nil.
func (j *SQLite) Ready() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.runs(); err != nil {
		return err
	}
	if j.broken != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, j.broken)
	}
	return nil
}

// Head is the position of the newest committed batch.
func (j *SQLite) Head() int64 { return j.head.Load() }

// Close finishes what was handed over. The database stays open. A second call does nothing.
func (j *SQLite) Close() error {
	j.mu.Lock()
	was := j.state
	j.state = closed
	j.mu.Unlock()
	if was == closed {
		return nil
	}
	close(j.stop)
	j.ended.Wait()
	return j.insert.close()
}
