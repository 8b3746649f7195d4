package history

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// longestContact is how long before a window a contact may have begun that counts in it.
const longestContact = 7 * 24 * time.Hour

// maxPast bounds the contacts of one look at the past.
const maxPast = 30_000

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
	// A contact's last time is the newest of its events' and receipts; before the window, it
	// counts only if it is open still.
	const selected = "WHERE (c.last >= ? OR c.open) AND c.row IN (SELECT contact FROM interactions WHERE started >= ? AND started <= ?)"
	args := []any{since.UnixMicro(), since.Add(-longestContact).UnixMicro(), until}
	var n int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM contacts c "+selected, args...).Scan(&n); err != nil {
		return wallboard.Numbers{}, fmt.Errorf("history: looking back: %w", err)
	}
	if n > maxPast {
		return wallboard.Numbers{}, ErrPast
	}
	past := k.live.Before(at)
	match := func(e *interaction.Event) bool { return e.At <= until }
	if then {
		match = func(e *interaction.Event) bool { return e.Received <= until }
	}
	const slice = 500
	for after := int64(0); ; {
		stored, err := contactsIn(ctx, tx, selectContact+selected+" AND c.row > ? ORDER BY c.row LIMIT ?", append(args[:3:3], after, slice)...)
		if err != nil {
			return wallboard.Numbers{}, err
		}
		for i := range stored {
			past.Recall(&stored[i], match)
			after = stored[i].Row
		}
		if len(stored) < slice {
			return past.Numbers(def), nil
		}
	}
}
