package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/sqlite"
)

const (
	// queueLength bounds the records that wait for the writer.
	queueLength = 256
	// tickEvery is how often the applier hears how far it has come when nothing does.
	tickEvery = time.Second
	// seenBucket is the width of a bucket of duplicates, in microseconds of the vendor's time.
	seenBucket = 10_000_000
)

// Options are what the journal is made from.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// request is a record on its way. done is closed by the applier, or by the writer
// when the commit failed; receipt and err are set before.
type request struct {
	record  Record
	at      int64 // when it was handed over, µs
	receipt Receipt
	err     error
	done    chan struct{}
}

// group is what one commit brought, on its way to the applier.
type group struct {
	requests []*request
	batches  []Batch
	asOf     int64
}

// SQLite is the journal in an SQLite database.
type SQLite struct {
	// Static after construction.
	db      *sqlite.DB
	applier Applier
	now     func() time.Time
	queue   chan *request // never closed; senders are Append and the ticker
	groups  chan group    // sent and closed by write
	stop    chan struct{} // closed by Close
	ended   sync.WaitGroup

	head    atomic.Int64
	commits atomic.Int64
	failed  atomic.Bool

	// Owned by write.
	insert statements

	mu     sync.Mutex
	closed bool
	began  bool
}

type statements struct{ delivery, event, seen, find, quarantine *sql.Stmt }

// OpenSQLite makes a journal over an open database. Nothing is appended before Replay.
func OpenSQLite(db *sqlite.DB, applier Applier, o Options) (*SQLite, error) {
	j := &SQLite{
		db: db, applier: applier, now: o.Now,
		queue: make(chan *request, queueLength), groups: make(chan group, 1), stop: make(chan struct{}),
	}
	if j.now == nil {
		j.now = time.Now
	}
	var head int64
	if err := db.Write.QueryRow("SELECT coalesce(max(position), 0) FROM deliveries").Scan(&head); err != nil {
		return nil, fmt.Errorf("journal: reading its head: %w", err)
	}
	j.head.Store(head)
	for _, s := range []struct {
		into  **sql.Stmt
		query string
	}{
		{&j.insert.delivery, "INSERT INTO deliveries(source, received, method, path, query, headers, sha256, body) VALUES (?,?,?,?,?,?,?,?)"},
		{&j.insert.event, insertEvent},
		{&j.insert.seen, "INSERT INTO seen(source, bucket, hash, event) VALUES (?,?,?,?)"},
		{&j.insert.find, "SELECT events.key FROM seen JOIN events ON events.position = seen.event WHERE seen.source=? AND bucket=? AND hash=?"},
		{&j.insert.quarantine, "INSERT INTO quarantine(delivery, part, reason) VALUES (?,?,?)"},
	} {
		var err error
		if *s.into, err = db.Write.Prepare(s.query); err != nil {
			return nil, fmt.Errorf("journal: %w", err)
		}
	}
	return j, nil
}

// Replay hands everything stored to the applier, and then begins to take records. It is
// called once.
func (j *SQLite) Replay(ctx context.Context) error {
	for b, err := range j.Read(ctx, 0) {
		if err != nil {
			return fmt.Errorf("journal: replay: %w", err)
		}
		j.applier.Apply(b)
	}
	j.applier.Tick(j.now().UnixMicro())
	j.mu.Lock()
	j.began = true
	j.mu.Unlock()
	j.ended.Add(3)
	go j.write()
	go j.apply()
	go j.tick()
	return nil
}

// Ready says why nothing can be stored now, or nil.
func (j *SQLite) Ready() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.began || j.closed || j.failed.Load() {
		return ErrUnavailable
	}
	return nil
}

// Head is the position of the newest committed batch.
func (j *SQLite) Head() int64 { return j.head.Load() }

// Append stores a record; see Journal.
func (j *SQLite) Append(ctx context.Context, r Record) (Receipt, error) {
	q := &request{record: r, at: j.now().UnixMicro(), done: make(chan struct{})}
	if err := j.enqueue(ctx, q); err != nil {
		return Receipt{}, err
	}
	<-q.done
	return q.receipt, q.err
}

// enqueue hands a request over, unless the journal is closed. The lock keeps Close from
// draining the queue while somebody is about to send.
func (j *SQLite) enqueue(ctx context.Context, q *request) error {
	for {
		j.mu.Lock()
		if !j.began || j.closed {
			j.mu.Unlock()
			return ErrUnavailable
		}
		select {
		case j.queue <- q:
			j.mu.Unlock()
			return nil
		default:
		}
		j.mu.Unlock()
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
		case <-j.stop:
		case <-time.After(time.Millisecond):
		}
	}
}

// tick sends an empty request through the writer and the applier, so that a stuck one
// shows as an as-of time that stands still.
func (j *SQLite) tick() {
	defer j.ended.Done()
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			select {
			case j.queue <- &request{at: j.now().UnixMicro()}:
			default: // the queue is full: its own requests will tell
			}
		case <-j.stop:
			return
		}
	}
}

// write commits whatever has gathered, without lingering: the fsync of one commit
// gathers the next.
func (j *SQLite) write() {
	defer j.ended.Done()
	defer close(j.groups)
	for {
		var g group
		select {
		case q := <-j.queue:
			g.requests = append(g.requests, q)
		case <-j.stop:
			if len(j.queue) == 0 {
				return
			}
			continue
		}
		for more := true; more && len(g.requests) < queueLength; {
			select {
			case q := <-j.queue:
				g.requests = append(g.requests, q)
			default:
				more = false
			}
		}
		g.asOf = g.requests[len(g.requests)-1].at
		if err := j.commit(&g); err != nil {
			j.failed.Store(true)
			for _, q := range g.requests {
				if q.done != nil {
					q.err = fmt.Errorf("%w: %w", ErrUnavailable, err)
					close(q.done)
				}
			}
			continue
		}
		j.failed.Store(false)
		j.groups <- g
	}
}

// apply hands committed batches over in commit order, then releases who waits.
func (j *SQLite) apply() {
	defer j.ended.Done()
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

// Close finishes what was handed over. The database stays open.
func (j *SQLite) Close() error {
	j.mu.Lock()
	was, began := j.closed, j.began
	j.closed = true
	j.mu.Unlock()
	if was {
		return nil
	}
	close(j.stop)
	if began {
		j.ended.Wait()
	}
	for _, s := range []*sql.Stmt{j.insert.delivery, j.insert.event, j.insert.seen, j.insert.find, j.insert.quarantine} {
		s.Close()
	}
	return nil
}

// commit stores a group in one transaction. A group of ticks alone writes nothing.
func (j *SQLite) commit(g *group) (err error) {
	var tx *sql.Tx
	defer func() {
		if tx != nil && err != nil {
			tx.Rollback()
		}
	}()
	fresh := make(map[string]struct{}) // source and key of the group's own events
	head := j.head.Load()
	for _, q := range g.requests {
		if q.done == nil {
			continue
		}
		if tx == nil {
			if tx, err = j.db.Write.BeginTx(context.Background(), nil); err != nil {
				return err
			}
		}
		b, err := j.store(tx, q, fresh)
		if err != nil {
			return err
		}
		if b.Position != 0 {
			head = b.Position
			g.batches = append(g.batches, b)
		}
	}
	if tx == nil {
		return nil
	}
	if err = tx.Commit(); err != nil {
		return err
	}
	j.head.Store(head)
	j.commits.Add(1)
	return nil
}

// store writes one record, without its duplicates. A record that brings nothing
// new is not stored.
func (j *SQLite) store(tx *sql.Tx, q *request, fresh map[string]struct{}) (Batch, error) {
	r := &q.record
	var events []interaction.Event
	for _, e := range r.Events {
		e.Source, e.Received = r.Source, r.Received
		name := r.Source + "\x00" + e.Key
		_, known := fresh[name]
		if !known {
			var err error
			if known, err = j.seen(tx, &e); err != nil {
				return Batch{}, err
			}
		}
		if known {
			q.receipt.Duplicates++
			continue
		}
		fresh[name] = struct{}{}
		events = append(events, e)
	}
	if len(events) == 0 && len(r.Quarantined) == 0 {
		return Batch{}, nil
	}
	headers, err := json.Marshal(r.Headers, json.Deterministic(true))
	if err != nil {
		return Batch{}, err
	}
	sum := sha256.Sum256(r.Body)
	res, err := tx.Stmt(j.insert.delivery).Exec(r.Source, r.Received, r.Method, r.Path, r.Query, string(headers), sum[:8], r.Body)
	if err != nil {
		return Batch{}, err
	}
	position, err := res.LastInsertId()
	if err != nil {
		return Batch{}, err
	}
	for i := range events {
		e := &events[i]
		res, err := tx.Stmt(j.insert.event).Exec(columns(position, e)...)
		if err != nil {
			return Batch{}, err
		}
		id, err := res.LastInsertId()
		if err != nil {
			return Batch{}, err
		}
		if _, err := tx.Stmt(j.insert.seen).Exec(e.Source, e.At/seenBucket, hash(e.Key), id); err != nil {
			return Batch{}, err
		}
	}
	for _, x := range r.Quarantined {
		if _, err := tx.Stmt(j.insert.quarantine).Exec(position, x.Index, x.Reason); err != nil {
			return Batch{}, err
		}
	}
	q.receipt.Position, q.receipt.Stored = position, len(events)
	return Batch{Position: position, Source: r.Source, Received: r.Received, Events: events}, nil
}

// seen reports whether an event of this source, time bucket and key is stored. The
// same key under a time of another bucket passes here; the fold, whose sets are by
// key, still counts it once.
func (j *SQLite) seen(tx *sql.Tx, e *interaction.Event) (bool, error) {
	rows, err := tx.Stmt(j.insert.find).Query(e.Source, e.At/seenBucket, hash(e.Key))
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return false, err
		}
		if key == e.Key {
			return true, nil
		}
	}
	return false, rows.Err()
}

func hash(key string) int64 {
	sum := sha256.Sum256([]byte(key))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// Read yields the stored batches; see Journal.
func (j *SQLite) Read(ctx context.Context, after int64) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		rows, err := j.db.Read.QueryContext(ctx, selectEvents, after)
		if err != nil {
			yield(Batch{}, err)
			return
		}
		defer rows.Close()
		var b Batch
		for rows.Next() {
			position, e, err := scan(rows)
			if err != nil {
				yield(Batch{}, err)
				return
			}
			if position != b.Position {
				if b.Position != 0 && !yield(b, nil) {
					return
				}
				b = Batch{Position: position, Source: e.Source, Received: e.Received}
			}
			b.Events = append(b.Events, e)
		}
		if err := rows.Err(); err != nil {
			yield(Batch{}, err)
			return
		}
		if b.Position != 0 {
			yield(b, nil)
		}
	}
}
