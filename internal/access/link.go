package access

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/go-json-experiment/json"
)

const maxLinks = 1000

// Link is a share link: whoever has it reads its boards.
type Link struct {
	ID, Name string
	Boards   []string
	Created  time.Time
	Guests   int       // browsers that opened it since it was last rotated
	Seen     time.Time // of any of them; zero for never
}

// AddLink makes a share link and returns its token, which is shown this once.
func (a *Access) AddLink(ctx context.Context, by Visitor, name string, boards []string) (token string, err error) {
	if name, err = checkName("name", name); err != nil {
		return "", err
	}
	s := Settings{Boards: boards}
	if err := s.check(); err != nil {
		return "", err
	}
	list, err := json.Marshal(boards)
	if err != nil {
		return "", err
	}
	err = a.change(ctx, by, "made a share link", name, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM links").Scan(&n); err != nil {
			return err
		}
		if n >= maxLinks {
			return &FieldError{"name", "is one link too many: revoke those that are not needed"}
		}
		id := newID()
		if _, err := tx.ExecContext(ctx, "INSERT INTO links(id, name, boards, created) VALUES (?, ?, ?, ?)", id, name, string(list), a.now().UnixMicro()); err != nil {
			return err
		}
		token, err = a.issue(ctx, tx, kindLink, id, 0, 1)
		return err
	})
	return token, err
}

// RotateLink gives the link another token. The former one and all who came by it are out at
// once.
func (a *Access) RotateLink(ctx context.Context, by Visitor, id string) (token string, err error) {
	err = a.endLink(ctx, by, "rotated a share link", id, func(tx *sql.Tx) error {
		token, err = a.issue(ctx, tx, kindLink, id, 0, 1)
		return err
	})
	return token, err
}

// RevokeLink removes the link; all who came by it are out at once.
func (a *Access) RevokeLink(ctx context.Context, by Visitor, id string) error {
	return a.endLink(ctx, by, "revoked a share link", id, func(tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "DELETE FROM links WHERE id=?", id))
	})
}

func (a *Access) endLink(ctx context.Context, by Visitor, action, id string, f func(*sql.Tx) error) error {
	var name string
	if err := a.db.Read.QueryRowContext(ctx, "SELECT name FROM links WHERE id=?", id).Scan(&name); err != nil {
		return ErrNotFound
	}
	err := a.change(ctx, by, action, name, func(tx *sql.Tx) error {
		if err := errors.Join(endAll(ctx, tx, kindLink, id), endAll(ctx, tx, KindGuest, id)); err != nil {
			return err
		}
		return f(tx)
	})
	if err == nil {
		a.onEnd(KindGuest+":"+id, "")
	}
	return err
}

// Enter exchanges what a share link carries for a guest's own token, which stays in a cookie.
func (a *Access) Enter(ctx context.Context, link string) (token string, boards []string, err error) {
	// A wrong guess must not cost a write.
	if _, err := a.use(ctx, a.db.Read, kindLink, link); err != nil {
		return "", nil, wrapped(err)
	}
	var list string
	err = a.change(ctx, Visitor{}, "", "", func(tx *sql.Tx) error {
		id, err := a.use(ctx, tx, kindLink, link)
		if err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, "SELECT boards FROM links WHERE id=?", id).Scan(&list); err != nil {
			return err
		}
		token, err = a.issue(ctx, tx, KindGuest, id, 0, maxGuests)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	err = json.Unmarshal([]byte(list), &boards)
	return token, boards, wrapped(err)
}

// Links lists them by name.
func (a *Access) Links(ctx context.Context) ([]Link, error) {
	rows, err := a.db.Read.QueryContext(ctx, `SELECT l.id, l.name, l.boards, l.created, count(t.hash), coalesce(max(t.seen), 0)
		FROM links l LEFT JOIN tokens t ON t.kind='guest' AND t.holder=l.id GROUP BY l.id ORDER BY l.name, l.id`)
	if err != nil {
		return nil, wrapped(err)
	}
	defer rows.Close()
	var list []Link
	for rows.Next() {
		var l Link
		var boards string
		var created, seen int64
		if err := rows.Scan(&l.ID, &l.Name, &boards, &created, &l.Guests, &seen); err != nil {
			return nil, wrapped(err)
		}
		if err := json.Unmarshal([]byte(boards), &l.Boards); err != nil {
			return nil, wrapped(err)
		}
		l.Created = time.UnixMicro(created)
		if seen != 0 {
			l.Seen = time.UnixMicro(seen)
		}
		list = append(list, l)
	}
	return list, wrapped(rows.Err())
}
