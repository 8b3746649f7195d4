package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
)

// slice is how many events Read fetches at once. Between slices it holds no transaction,
// so that a slow reader does not keep the log from being emptied.
const slice = 1000

// newest is the position of the last stored delivery that has events, or 0.
func newest(h *sql.DB) (int64, error) {
	var position int64
	err := h.QueryRow("SELECT delivery FROM events ORDER BY position DESC LIMIT 1").Scan(&position)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return position, err
}

// Read yields the stored batches up to the head at the time of the call; see Journal.
func (j *SQLite) Read(ctx context.Context, after int64) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		head := j.head.Load()
		place, err := place(ctx, j.db.Read, after)
		if err != nil {
			yield(Batch{}, fmt.Errorf("journal: reading: %w", err))
			return
		}
		var b Batch
		for more := true; more; {
			events, err := j.slice(ctx, place, head)
			if err != nil {
				yield(Batch{}, fmt.Errorf("journal: reading: %w", err))
				return
			}
			more = len(events) == slice
			for _, s := range events {
				if s.delivery != b.Position {
					if b.Position != 0 && !yield(b, nil) {
						return
					}
					b = Batch{Position: s.delivery, Source: s.event.Source, Received: s.event.Received}
				}
				b.Events = append(b.Events, s.event)
				place = s.position
			}
		}
		if b.Position != 0 {
			yield(b, nil)
		}
	}
}

// storedEvent is an event with its place.
type storedEvent struct {
	position, delivery int64
	event              interaction.Event
}

// slice reads the next events after a place in the table.
func (j *SQLite) slice(ctx context.Context, place, head int64) ([]storedEvent, error) {
	rows, err := j.db.Read.QueryContext(ctx, selectEvents, place, head, slice)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var events []storedEvent
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, err
		}
		events = append(events, s)
	}
	return events, rows.Err()
}

// queryer is a database or a transaction.
type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// place finds the last event of the deliveries up to a position. There is no index on the
// delivery; but deliveries grow with the events' positions, so that halving finds it.
func place(ctx context.Context, h queryer, after int64) (int64, error) {
	if after <= 0 {
		return 0, nil
	}
	var low, high int64 // the place is in [low, high]
	if err := h.QueryRowContext(ctx, "SELECT coalesce(max(position), 0) FROM events").Scan(&high); err != nil {
		return 0, err
	}
	for low < high {
		middle := low + (high-low)/2
		// The first event after the middle belongs to the deliveries up to after, or beyond.
		var position, delivery int64
		err := h.QueryRowContext(ctx, "SELECT position, delivery FROM events WHERE position > ? ORDER BY position LIMIT 1", middle).
			Scan(&position, &delivery)
		if err != nil {
			return 0, err
		}
		if delivery <= after {
			low = position
		} else {
			high = middle
		}
	}
	return low, nil
}

// Events reads single events by their own positions, in the order of those. It fails with
// ErrMissing where one is not stored.
func Events(ctx context.Context, tx *sql.Tx, positions []int64) ([]interaction.Event, error) {
	events := make([]interaction.Event, 0, len(positions))
	for part := range slices.Chunk(positions, slice) {
		list := strings.TrimSuffix(strings.Repeat("?,", len(part)), ",")
		args := make([]any, len(part))
		for i, p := range part {
			args[i] = p
		}
		rows, err := tx.QueryContext(ctx, "SELECT position, "+eventColumns+" FROM events WHERE position IN ("+list+") ORDER BY position", args...)
		if err != nil {
			return nil, fmt.Errorf("journal: reading events: %w", err)
		}
		for rows.Next() {
			s, err := scan(rows)
			if err != nil {
				rows.Close()
				return nil, fmt.Errorf("journal: reading events: %w", err)
			}
			events = append(events, s.event)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, fmt.Errorf("journal: reading events: %w", err)
		}
	}
	if len(events) != len(positions) {
		return nil, fmt.Errorf("%w: %d of %d", ErrMissing, len(events), len(positions))
	}
	return events, nil
}

// ErrMissing means that an event which something refers to is not stored.
var ErrMissing = errors.New("journal: an event is missing")
