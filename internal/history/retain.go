package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/wallboard/wallboard/internal/journal"
)

// Retention says for how long what came is stored, counted from its receipt. The zero
// Retention keeps everything.
type Retention struct {
	// Contacts is for contacts with their events, Raw for the bodies of deliveries.
	Contacts, Raw time.Duration
}

const (
	// removeEvery spaces the slices in which is removed, so that deliveries pass between them.
	removeEvery = time.Second
	// What a slice may take: for the sweep, events that are only looked at. A slice of
	// contacts is over when its events are about removeEvents.
	removeContacts  = 50
	removeEvents    = 1000
	sweepEvents     = 1000
	stripDeliveries = 500
	// sweepEvery is how often all old events are looked at for those that are of no contact.
	sweepEvery = time.Hour
	// lostFor is how long a contact stays at least that silence made lost_track: boards count
	// it when it did, so that this is longer than they and an audit look back.
	lostFor = 48 * time.Hour
)

// removal is how far the removing has come.
type removal struct {
	at     int64 // when the last slice was, µs
	sweeps int64 // when a sweep may begin, µs
	place  int64 // of the sweep among the events; 0 between sweeps
}

// Retain sets the retention. It is called before anything is applied.
func (k *Keeper) Retain(r Retention) { k.retention = r }

// remove removes a slice of the contacts that are older than the retention, at most one a
// second. It is called by the applier, so that no contact can come back meanwhile, and passes
// while a projection or a recount is under way.
func (k *Keeper) remove(asOf int64) {
	since := asOf - k.removal.at
	if k.retention.Contacts == 0 || since >= 0 && since < removeEvery.Microseconds() || !k.mu.TryLock() {
		return
	}
	defer k.mu.Unlock()
	if !k.still.TryLock() {
		return
	}
	defer k.still.Unlock()
	k.removal.at = asOf
	if err := k.store.remove(asOf-k.retention.Contacts.Microseconds(), asOf, &k.removal, k.live.HeldRow); err != nil && k.store.ctx.Err() == nil {
		k.logger.Error("contacts older than the retention cannot be removed", "cause", err)
	}
}

// strip removes a slice of raw bodies, and of what is in quarantine. Nothing is counted by these.
func (k *Keeper) strip(ctx context.Context) {
	if k.retention.Contacts == 0 {
		return
	}
	now := k.live.AsOf().UnixMicro()
	_, err := journal.Strip(ctx, k.store.db, now-k.retention.Raw.Microseconds(), stripDeliveries)
	if err == nil {
		_, err = journal.RemoveQuarantine(ctx, k.store.db, now-k.retention.Contacts.Microseconds(), stripDeliveries)
	}
	if err == nil {
		err = k.store.removeLateness(ctx, DayOf(time.UnixMicro(now-k.retention.Contacts.Microseconds()), k.store.zone))
	}
	if err != nil && ctx.Err() == nil {
		k.logger.Error("raw bodies older than the retention cannot be removed", "cause", err)
	}
}

// removeLateness removes how late events were, of the days before one.
func (s *Store) removeLateness(ctx context.Context, before Day) error {
	var old bool
	err := s.db.Read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM lateness WHERE day < ?)", before).Scan(&old)
	if err == nil && old {
		_, err = s.db.Write.ExecContext(ctx, "DELETE FROM lateness WHERE day < ?", before)
	}
	if err != nil {
		return fmt.Errorf("history: removing: %w", err)
	}
	return nil
}

// remove removes, in one transaction, some contacts that are over, not held, and were received
// before a time (µs), and some old events that are of no contact.
func (s *Store) remove(before, now int64, r *removal, held func(row int64) bool) error {
	contacts, err := s.old(before, now-lostFor.Microseconds(), held)
	if err != nil {
		return fmt.Errorf("history: removing: %w", err)
	}
	place, events, err := s.sweep(before, now, *r)
	if err != nil {
		return fmt.Errorf("history: removing: %w", err)
	}
	if len(contacts)+len(events) > 0 {
		if err := s.removeIn(contacts, events); err != nil {
			return fmt.Errorf("history: removing: %w", err)
		}
	}
	if r.place = place; place == 0 && now >= r.sweeps {
		r.sweeps = now + sweepEvery.Microseconds()
	}
	return nil
}

func (s *Store) removeIn(contacts, events []int64) error {
	tx, err := s.db.Write.BeginTx(s.ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	p := s.projection(s.ctx, tx)
	taken := 0
	for _, row := range contacts {
		if taken >= removeEvents {
			break // the others come next
		}
		of := p.remove(row)
		events, taken = append(events, of...), taken+len(of)
	}
	p.flush()
	if p.err == nil {
		p.err = journal.Remove(s.ctx, tx, events)
	}
	if p.err != nil {
		return p.err
	}
	return tx.Commit()
}

const selectExpired = "SELECT row FROM contacts WHERE NOT open AND received < ? AND lost < ? ORDER BY received LIMIT ?"

// old are the rows of contacts that may go, oldest first.
func (s *Store) old(before, lostBefore int64, held func(row int64) bool) (list []int64, err error) {
	rows, err := s.db.Read.QueryContext(s.ctx, selectExpired, before, lostBefore, removeContacts)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var row int64
		if err := rows.Scan(&row); err != nil {
			return nil, err
		}
		if !held(row) {
			list = append(list, row)
		}
	}
	return list, rows.Err()
}

// remove removes a contact and what is known of it, and returns the positions of its events
// and of those that are in no set but have one of its ids.
func (p *projection) remove(row int64) (events []int64) {
	p.forget(row)
	p.query("SELECT positions FROM contacts WHERE row = ?", func(rows *sql.Rows) error {
		var packed []byte
		err := rows.Scan(&packed)
		if err == nil {
			events, err = unpack(packed)
		}
		return err
	}, row)
	p.query("SELECT position FROM strays WHERE (source, interaction) IN (SELECT c.source, value FROM contacts c, json_each(c.ids) WHERE c.row = ?)",
		func(rows *sql.Rows) error {
			var position int64
			err := rows.Scan(&position)
			events = append(events, position)
			return err
		}, row)
	for _, query := range []string{
		"DELETE FROM strays WHERE (source, interaction) IN (SELECT c.source, value FROM contacts c, json_each(c.ids) WHERE c.row = ?)",
		"DELETE FROM aliases WHERE (source, id) IN (SELECT c.source, value FROM contacts c, json_each(c.ids) WHERE c.row = ?1) AND contact = ?1",
		"DELETE FROM contacts WHERE row = ?",
	} {
		p.exec(query, row)
	}
	return events
}

// selectOld are events in order, each with whether it has to stay: for its contact, as the
// latest state of its agent, or because it is not projected yet.
const selectOld = `SELECT e.position, e.received,
	e.delivery > (SELECT through FROM history)
	OR CASE e.kind WHEN 'agent_state'
		THEN EXISTS (SELECT 1 FROM agents a WHERE a.source = e.source AND a.agent = e.agent AND a.at = e.at AND a.sequence = e.sequence AND a.key = e.key)
		ELSE EXISTS (SELECT 1 FROM aliases a WHERE a.source = e.source AND a.id = e.interaction) END
	FROM events e WHERE e.position > ? ORDER BY e.position LIMIT ?`

// sweep looks on among the events received before a time for those that need not stay, and
// returns where it is to go on: 0 is at the beginning, when it is time.
func (s *Store) sweep(before, now int64, r removal) (place int64, events []int64, err error) {
	if r.place == 0 && now < r.sweeps {
		return 0, nil, nil
	}
	rows, err := s.db.Read.QueryContext(s.ctx, selectOld, r.place, sweepEvents)
	if err != nil {
		return 0, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var position, received int64
		var stays sql.NullBool // nothing is projected yet
		if err := rows.Scan(&position, &received, &stays); err != nil {
			return 0, nil, err
		}
		if received >= before {
			return 0, events, rows.Err()
		}
		if place = position; stays.Valid && !stays.Bool {
			events = append(events, position)
		}
	}
	return place, events, rows.Err()
}
