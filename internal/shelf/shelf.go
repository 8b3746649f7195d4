// Package shelf keeps the boards that people made in the database, beside those
// of the settings file. Each is stored as the text that the file would have, and
// checked as the file is, whenever it is read: what is stored may have become
// wrong under other settings.
//
// All methods may be called by many goroutines at once.
package shelf

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/config"
	"github.com/wallboard/wallboard/internal/sqlite"
)

// maxBoards is how many boards people may make.
const maxBoards = 500

// Shelf keeps boards. Its database is the caller's to close, after it.
type Shelf struct {
	// Static after construction.
	db  *sqlite.DB
	cfg *config.Config
	now func() time.Time
}

// Open makes a Shelf of the database, for these settings.
func Open(db *sqlite.DB, cfg *config.Config, now func() time.Time) *Shelf {
	return &Shelf{db: db, cfg: cfg, now: now}
}

// All returns the boards by name. One that is wrong by now, or has the name of a board of
// the settings file, comes with its faults and without a definition.
func (s *Shelf) All(ctx context.Context) ([]board.Kept, error) {
	rows, err := s.db.Read.QueryContext(ctx, "SELECT name, text FROM boards ORDER BY name")
	if err != nil {
		return nil, wrapped(err)
	}
	defer rows.Close()
	var list []board.Kept
	for rows.Next() {
		var k board.Kept
		if err := rows.Scan(&k.Name, &k.Text); err != nil {
			return nil, wrapped(err)
		}
		defs, err := s.Read([]byte(k.Text))
		switch {
		case err == nil && len(defs) == 1 && defs[0].Name == k.Name:
			k.Definition = defs[0]
		case err == nil:
			k.Faults = board.Faults{{Field: "The text", Detail: "is not that of this board"}}
		default:
			k.Faults = faults(err)
		}
		list = append(list, k)
	}
	return list, wrapped(rows.Err())
}

// Read checks boards that are written as in the settings file. The error is board.Faults.
func (s *Shelf) Read(text []byte) ([]*board.Definition, error) {
	defs, err := config.ParseBoards(s.cfg, text)
	if err != nil {
		return nil, err
	}
	for i, d := range defs {
		if s.ofFile(d.Name) {
			return nil, board.Faults{{
				Field:  fmt.Sprintf("boards[%d].name", i),
				Detail: "is that of a board of the settings file; choose another one, or change the board there",
			}}
		}
	}
	return defs, nil
}

// Check checks one draft. The error is board.Faults, whose fields are those of the draft.
func (s *Shelf) Check(d board.Draft) (*board.Definition, error) {
	text, err := config.FormatBoards(d)
	if err != nil {
		return nil, board.Faults{{Field: "The board", Detail: "cannot be written as text"}}
	}
	defs, err := s.Read(text)
	if err != nil {
		return nil, withoutIndex(faults(err))
	}
	return defs[0], nil
}

// Draft writes a board down, for a form.
func (s *Shelf) Draft(d *board.Definition) board.Draft {
	return d.Draft(s.cfg.TimeZone, s.cfg.DayStart)
}

// Text writes boards as the settings file has them.
func (s *Shelf) Text(defs ...*board.Definition) ([]byte, error) {
	drafts := make([]board.Draft, 0, len(defs))
	for _, d := range defs {
		drafts = append(drafts, s.Draft(d))
	}
	return config.FormatBoards(drafts...)
}

// Put stores boards, all or none, in the place of those of their names.
func (s *Shelf) Put(ctx context.Context, defs ...*board.Definition) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, d := range defs {
			text, err := s.Text(d)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "INSERT INTO boards(name, text, changed) VALUES (?, ?, ?) ON CONFLICT(name) DO UPDATE SET text=excluded.text, changed=excluded.changed",
				d.Name, string(text), s.now().UnixMicro())
			if err != nil {
				return err
			}
		}
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM boards").Scan(&n); err != nil {
			return err
		}
		if n > maxBoards {
			return board.Faults{{Field: "boards", Detail: fmt.Sprintf("has %d entries, and may have %d; remove some", n, maxBoards)}}
		}
		return nil
	})
}

// Remove forgets a board; one that there is not is no error.
func (s *Shelf) Remove(ctx context.Context, name string) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM boards WHERE name=?", name)
		return err
	})
}

func (s *Shelf) change(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.Write.BeginTx(ctx, nil)
	if err != nil {
		return wrapped(err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return wrapped(err)
	}
	return wrapped(tx.Commit())
}

// ofFile tells the boards of the settings file.
func (s *Shelf) ofFile(name string) bool {
	for _, d := range s.cfg.Boards {
		if d.Name == name {
			return true
		}
	}
	return false
}
