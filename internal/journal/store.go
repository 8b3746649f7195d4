package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/interaction"
)

// seenBucket is the width of a bucket of duplicates, in microseconds of the vendor's time.
// Inserts of one time so fall on the same few pages, whatever the keys are.
const seenBucket = 10_000_000

const (
	insertDelivery   = "INSERT INTO deliveries(source, received, method, path, query, headers, sha256, body) VALUES (?,?,?,?,?,?,?,?)"
	insertSeen       = "INSERT INTO seen(source, bucket, hash, event) VALUES (?,?,?,?)"
	insertQuarantine = "INSERT INTO quarantine(delivery, part, reason) VALUES (?,?,?) ON CONFLICT DO UPDATE SET reason = reason || '; ' || excluded.reason"
	findSeen         = "SELECT events.key FROM seen JOIN events ON events.position = seen.event WHERE seen.source=? AND bucket=? AND hash=?"
)

// statements are what the writer runs.
type statements struct{ delivery, event, seen, find, quarantine *sql.Stmt }

func (s *statements) prepare(h *sql.DB) (err error) {
	for _, x := range []struct {
		into  **sql.Stmt
		query string
	}{
		{&s.delivery, insertDelivery},
		{&s.event, insertEvent},
		{&s.seen, insertSeen},
		{&s.find, findSeen},
		{&s.quarantine, insertQuarantine},
	} {
		if *x.into, err = h.Prepare(x.query); err != nil {
			return err
		}
	}
	return nil
}

// in binds the statements to a transaction, which closes them when it ends.
func (s *statements) in(tx *sql.Tx) statements {
	return statements{
		delivery: tx.Stmt(s.delivery), event: tx.Stmt(s.event), seen: tx.Stmt(s.seen),
		find: tx.Stmt(s.find), quarantine: tx.Stmt(s.quarantine),
	}
}

func (s *statements) close() error {
	return errors.Join(s.delivery.Close(), s.event.Close(), s.seen.Close(), s.find.Close(), s.quarantine.Close())
}

// fact names an event within the journal.
type fact struct{ source, key string }

// commit stores a group in one transaction. A group of ticks alone writes nothing.
func (j *SQLite) commit(ctx context.Context, g *group) error {
	var tx *sql.Tx
	var in statements
	fresh := make(map[fact]struct{}) // the group's own events
	head, stored := j.head.Load(), false
	for _, q := range g.requests {
		if q.done == nil {
			continue
		}
		if tx == nil {
			var err error
			if tx, err = j.db.Write.BeginTx(ctx, nil); err != nil {
				return err
			}
			defer tx.Rollback() // does nothing after a commit
			in = j.insert.in(tx)
		}
		events, err := in.store(q, fresh)
		if err != nil {
			return err
		}
		if q.receipt.Position == 0 {
			continue
		}
		stored = true
		if len(events) == 0 {
			continue // only quarantine: nothing to apply, and nothing that Read would yield
		}
		head = q.receipt.Position
		g.batches = append(g.batches, Batch{Position: head, Source: q.record.Source, Received: q.record.Received, Events: events})
	}
	if !stored {
		return nil
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	j.head.Store(head)
	j.commits.Add(1)
	return nil
}

// store writes one record without its duplicates, fills in the receipt and returns the new
// events. A record that brings nothing new is not stored.
func (s *statements) store(q *request, fresh map[fact]struct{}) ([]interaction.Event, error) {
	r := &q.record
	var events []interaction.Event
	for _, e := range r.Events {
		e.Source, e.Received = r.Source, r.Received
		f := fact{e.Source, e.Key}
		_, known := fresh[f]
		if !known {
			var err error
			if known, err = s.known(&e); err != nil {
				return nil, err
			}
		}
		if known {
			q.receipt.Duplicates++
			continue
		}
		fresh[f] = struct{}{}
		events = append(events, e)
	}
	if len(events) == 0 && len(r.Quarantined) == 0 {
		return nil, nil
	}
	// Headers are the vendor's bytes. A strict encoding would fail here, and with it everybody
	// else's records of the group, each time that the vendor tries again.
	headers, err := json.Marshal(r.Headers, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(r.Body)
	position, err := insert(s.delivery, r.Source, r.Received, r.Method, r.Path, r.Query, string(headers), digest[:8], r.Body)
	if err != nil {
		return nil, err
	}
	for i := range events {
		e := &events[i]
		at, err := insert(s.event, columns(position, e)...)
		if err != nil {
			return nil, err
		}
		e.Position = at
		if _, err := insert(s.seen, e.Source, bucket(e.At), hash(e.Key), at); err != nil {
			return nil, err
		}
	}
	for _, x := range r.Quarantined {
		if _, err := insert(s.quarantine, position, x.Index, x.Reason); err != nil {
			return nil, err
		}
	}
	q.receipt.Position, q.receipt.Stored = position, len(events)
	return events, nil
}

// insert returns the new row's id.
func insert(s *sql.Stmt, args ...any) (int64, error) {
	res, err := s.Exec(args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// known reports whether an event of this source, time bucket and key is stored. The same
// key under a time of another bucket passes here; the fold, whose sets are by key, still
// counts it once.
func (s *statements) known(e *interaction.Event) (bool, error) {
	rows, err := s.find.Query(e.Source, bucket(e.At), hash(e.Key))
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

func bucket(at int64) int64 { return at / seenBucket }

// hash is the first 8 bytes of the key's SHA-256. Two keys may share it, so a hit compares
// the keys themselves; no sender can make many that do.
func hash(key string) int64 {
	sum := sha256.Sum256([]byte(key))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}
