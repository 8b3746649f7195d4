package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/wallboard/wallboard/internal/sqlite"
)

// Remove removes events, by their own positions, with their dedup keys, and the deliveries
// that have no event left. Events that are not stored are passed over.
func Remove(ctx context.Context, tx *sql.Tx, events []int64) error {
	r := remover{ctx: ctx}
	for _, x := range []struct {
		into  **sql.Stmt
		query string
	}{
		{&r.event, "DELETE FROM events WHERE position = ? RETURNING delivery, source, at, key"},
		{&r.seen, "DELETE FROM seen WHERE source = ? AND bucket = ? AND hash = ? AND event = ?"},
		// The events of a delivery are neighbours.
		{&r.left, `SELECT coalesce((SELECT delivery FROM events WHERE position > ?1 ORDER BY position LIMIT 1) = ?2, 0)
			OR coalesce((SELECT delivery FROM events WHERE position < ?1 ORDER BY position DESC LIMIT 1) = ?2, 0)`},
		{&r.quarantine, "DELETE FROM quarantine WHERE delivery = ?"},
		{&r.delivery, "DELETE FROM deliveries WHERE position = ?"},
	} {
		st, err := tx.PrepareContext(ctx, x.query)
		if err != nil {
			return fmt.Errorf("journal: removing events: %w", err)
		}
		defer st.Close()
		*x.into = st
	}
	for _, position := range events {
		if err := r.remove(position); err != nil {
			return fmt.Errorf("journal: removing events: %w", err)
		}
	}
	return nil
}

type remover struct {
	ctx                                     context.Context
	event, seen, left, quarantine, delivery *sql.Stmt
}

func (r *remover) remove(position int64) error {
	var delivery, at int64
	var source, key string
	err := r.event.QueryRowContext(r.ctx, position).Scan(&delivery, &source, &at, &key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := r.seen.ExecContext(r.ctx, source, bucket(at), hash(key), position); err != nil {
		return err
	}
	var left bool
	if err := r.left.QueryRowContext(r.ctx, position, delivery).Scan(&left); err != nil || left {
		return err
	}
	if _, err := r.quarantine.ExecContext(r.ctx, delivery); err != nil {
		return err
	}
	_, err = r.delivery.ExecContext(r.ctx, delivery)
	return err
}

// Strip removes what is raw of deliveries that were received before a time (µs), which is
// their bodies, headers and queries: of at most limit, the oldest first. It stops at the first that is
// not as old, and reports whether it removed anything.
func Strip(ctx context.Context, db *sqlite.DB, before int64, limit int) (bool, error) {
	var after int64
	err := db.Read.QueryRowContext(ctx, "SELECT coalesce((SELECT bare FROM retention), 0)").Scan(&after)
	if err != nil {
		return false, fmt.Errorf("journal: removing raw bodies: %w", err)
	}
	old, err := oldest(ctx, db, before, "SELECT position, received FROM deliveries WHERE position > ? ORDER BY position LIMIT ?", after, limit)
	if err != nil || len(old) == 0 {
		return false, err
	}
	reached := old[len(old)-1]
	return true, inTransaction(ctx, db, func(tx *sql.Tx) error {
		_, bare := tx.ExecContext(ctx, "UPDATE deliveries SET body = NULL, headers = '{}', query = '' WHERE position > ? AND position <= ?", after, reached)
		_, note := tx.ExecContext(ctx, "INSERT INTO retention(one, bare) VALUES (1, ?) ON CONFLICT DO UPDATE SET bare = excluded.bare", reached)
		return errors.Join(bare, note)
	})
}

// RemoveQuarantine removes the quarantine's entries of at most limit deliveries that were
// received before a time (µs), the oldest first, and those of the deliveries that brought no event.
// It reports whether it removed anything.
func RemoveQuarantine(ctx context.Context, db *sqlite.DB, before int64, limit int) (bool, error) {
	old, err := oldest(ctx, db, before, `SELECT DISTINCT quarantine.delivery, coalesce(received, 0) FROM quarantine
		LEFT JOIN deliveries ON position = quarantine.delivery ORDER BY quarantine.delivery LIMIT ?`, limit)
	if err != nil || len(old) == 0 {
		return false, err
	}
	return true, inTransaction(ctx, db, func(tx *sql.Tx) error {
		for _, delivery := range old {
			last, err := place(ctx, tx, delivery)
			if err != nil {
				return err
			}
			_, entries := tx.ExecContext(ctx, "DELETE FROM quarantine WHERE delivery = ?", delivery)
			_, whole := tx.ExecContext(ctx, "DELETE FROM deliveries WHERE position = ?1 AND NOT EXISTS (SELECT 1 FROM events WHERE position = ?2 AND delivery = ?1)",
				delivery, last)
			if err := errors.Join(entries, whole); err != nil {
				return err
			}
		}
		return nil
	})
}

// oldest are the first of the rows that a query finds, position and receipt of deliveries, up
// to the first that was not received before a time.
func oldest(ctx context.Context, db *sqlite.DB, before int64, query string, args ...any) ([]int64, error) {
	rows, err := db.Read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("journal: looking for old deliveries: %w", err)
	}
	defer rows.Close()
	var old []int64
	for rows.Next() {
		var position, received int64
		if err := rows.Scan(&position, &received); err != nil {
			return nil, fmt.Errorf("journal: looking for old deliveries: %w", err)
		}
		if received >= before {
			break
		}
		old = append(old, position)
	}
	return old, rows.Err()
}

func inTransaction(ctx context.Context, db *sqlite.DB, f func(tx *sql.Tx) error) error {
	tx, err := db.Write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("journal: removing: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit
	if err := f(tx); err != nil {
		return fmt.Errorf("journal: removing: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("journal: removing: %w", err)
	}
	return nil
}
