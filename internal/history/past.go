package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// longestContact is how long before a window a contact may have begun that counts in it.
const longestContact = 7 * 24 * time.Hour

// maxPast bounds the contacts of one look at the past.
const maxPast = 30_000

// selectPast finds the contacts that may count: a contact's last time is the newest of its
// events' and receipts, and before the window, it counts only if it is open still.
const selectPast = `SELECT DISTINCT c.row FROM interactions i CROSS JOIN contacts c ON c.row = i.contact
	WHERE i.started >= ? AND i.started <= ? AND (c.last >= ? OR c.open) LIMIT ?`

// ErrPast means that a moment of the past has more contacts than can be counted at once.
var ErrPast = errors.New("history: too many contacts to count at once")

// AsItWas counts a board as of a moment of the past. With then it is what was known then: the
// events that had been received. Without, it is what is known now of that moment: the events
// that had happened by the vendors' times. Agents' own states are not among them. It fails
// with ErrPast where there is too much.
func (k *Keeper) AsItWas(ctx context.Context, def *board.Definition, at time.Time, then bool) (wallboard.Numbers, error) {
	k.Keep(context.WithoutCancel(ctx))
	tx, err := k.store.db.Read.BeginTx(ctx, nil)
	if err != nil {
		return wallboard.Numbers{}, fmt.Errorf("history: looking back: %w", err)
	}
	defer tx.Rollback()
	since, until := wallboard.Since(def, at), at.UnixMicro()
	var rows []any
	err = each(ctx, tx, selectPast,
		[]any{since.Add(-longestContact).UnixMicro(), until, since.UnixMicro(), maxPast + 1}, func(r *sql.Rows) error {
			var row int64
			err := r.Scan(&row)
			rows = append(rows, row)
			return err
		})
	if err != nil {
		return wallboard.Numbers{}, fmt.Errorf("history: looking back: %w", err)
	}
	if len(rows) > maxPast {
		return wallboard.Numbers{}, ErrPast
	}
	past := k.live.Before(at)
	match := func(e *interaction.Event) bool { return e.At <= until }
	if then {
		match = func(e *interaction.Event) bool { return e.Received <= until }
	}
	const slice = 500
	for part := range slices.Chunk(rows, slice) {
		q := new(query)
		q.in("c.row", part)
		stored, err := contactsIn(ctx, tx, selectContact+"WHERE "+q.where()+" ORDER BY c.row", q.args...)
		if err != nil {
			return wallboard.Numbers{}, err
		}
		for i := range stored {
			past.Recall(&stored[i], match)
		}
	}
	return past.Numbers(def), nil
}
