package access

import (
	"context"
	"database/sql"
	"time"
)

// maxTrail is how many lines are kept; the oldest go.
const maxTrail = 100_000

// Deed is one line of the trail: who did what, when and from where.
type Deed struct {
	At                             time.Time
	Actor, Address, Action, Object string
}

// Record leaves a line in the trail for what is done elsewhere, as a board that was
// changed. Action and object are words of ours and names of things, never a customer's.
func (a *Access) Record(ctx context.Context, by Visitor, action, object string) error {
	return a.change(ctx, by, action, object, func(*sql.Tx) error { return nil })
}

func (a *Access) record(ctx context.Context, tx *sql.Tx, by Visitor, action, object string) error {
	actor := by.Name
	if by.Kind != KindPerson && by.Kind != "" && by.Kind != KindEveryone {
		actor = by.Kind + " " + by.Name
	}
	r, err := tx.ExecContext(ctx, "INSERT INTO trail(at, actor, address, action, object) VALUES (?, ?, ?, ?, ?)", a.now().UnixMicro(), actor, by.Address, action, object)
	if err != nil {
		return err
	}
	id, err := r.LastInsertId()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM trail WHERE id <= ?", id-maxTrail)
	return err
}

// Trail returns lines, newest first, that are older than the line of id before; 0 means
// the newest. next is to be given as before for those that follow, or 0.
func (a *Access) Trail(ctx context.Context, before int64, limit int) (deeds []Deed, next int64, err error) {
	rows, err := a.db.Read.QueryContext(ctx, "SELECT id, at, actor, address, action, object FROM trail WHERE ?=0 OR id<? ORDER BY id DESC LIMIT ?", before, before, limit+1)
	if err != nil {
		return nil, 0, wrapped(err)
	}
	defer rows.Close()
	var last int64
	for rows.Next() {
		var d Deed
		var id, at int64
		if err := rows.Scan(&id, &at, &d.Actor, &d.Address, &d.Action, &d.Object); err != nil {
			return nil, 0, wrapped(err)
		}
		if len(deeds) == limit {
			return deeds, last, nil
		}
		d.At, last = time.UnixMicro(at), id
		deeds = append(deeds, d)
	}
	return deeds, 0, wrapped(rows.Err())
}
