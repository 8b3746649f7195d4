package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/wallboard/wallboard/internal/journal"
)

// Held is a part of a delivery that did not decode.
type Held struct {
	Delivery int64
	Source   string
	Received time.Time
	Part     int
	Reason   string
}

// maxHeld bounds the parts that Quarantine returns.
const maxHeld = 200

// Quarantine returns the newest parts of deliveries that did not decode, and how many there
// are of each source.
func (k *Keeper) Quarantine(ctx context.Context) (newest []Held, counts map[string]int64, err error) {
	tx, err := k.store.db.Read.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("history: reading the quarantine: %w", err)
	}
	defer tx.Rollback()
	counts = make(map[string]int64)
	err = errors.Join(
		each(ctx, tx, `SELECT q.delivery, d.source, d.received, q.part, q.reason FROM quarantine q JOIN deliveries d ON d.position = q.delivery
			ORDER BY q.delivery DESC, q.part LIMIT ?`, []any{maxHeld}, func(rows *sql.Rows) error {
			var h Held
			var received int64
			err := rows.Scan(&h.Delivery, &h.Source, &received, &h.Part, &h.Reason)
			h.Received = time.UnixMicro(received).UTC()
			newest = append(newest, h)
			return err
		}),
		each(ctx, tx, "SELECT d.source, count(*) FROM quarantine q JOIN deliveries d ON d.position = q.delivery GROUP BY d.source", nil, func(rows *sql.Rows) error {
			var source string
			var n int64
			err := rows.Scan(&source, &n)
			counts[source] = n
			return err
		}),
	)
	if err != nil {
		return nil, nil, fmt.Errorf("history: reading the quarantine: %w", err)
	}
	return newest, counts, nil
}

// Delivery reads a stored delivery. It fails with [journal.ErrMissing] where there is none.
func (k *Keeper) Delivery(ctx context.Context, position int64) (journal.Stored, error) {
	tx, err := k.store.db.Read.BeginTx(ctx, nil)
	if err != nil {
		return journal.Stored{}, fmt.Errorf("history: reading a delivery: %w", err)
	}
	defer tx.Rollback()
	return journal.Delivery(ctx, tx, position)
}

// Free takes a delivery out of quarantine, whose parts all decode now.
func (k *Keeper) Free(ctx context.Context, position int64) error {
	if _, err := k.store.db.Write.ExecContext(ctx, "DELETE FROM quarantine WHERE delivery = ?", position); err != nil {
		return fmt.Errorf("history: freeing a delivery: %w", err)
	}
	return nil
}
