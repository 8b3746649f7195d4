package access

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
)

const (
	maxScreens      = 2000
	maxScreenBoards = 20
	maxBrowser      = 300 // bytes of a User-Agent
)

// Settings say what a screen shows, and how.
type Settings struct {
	// Boards are shown in turn; one is the least.
	Boards []string `json:"boards"`
	// RotateSeconds is how long each of several is shown.
	RotateSeconds int    `json:"rotate_seconds,omitempty"`
	Scale         int    `json:"scale,omitempty"`    // percent; 0 is 100
	Theme         string `json:"theme,omitempty"`    // "", "light" or "dark"
	Language      string `json:"language,omitempty"` // "" for the board's
	Dim           string `json:"dim,omitempty"`      // the hours in which it is dark, as 22:00-06:00; "" for none
}

// The bounds of settings.
const (
	MinScale, MaxScale   = 50, 200
	MinRotate, MaxRotate = 5, 3600
	DefaultRotateSeconds = 30
)

// check says what is wrong with the settings, and fills what is not said.
func (s *Settings) check() error {
	switch {
	case len(s.Boards) == 0:
		return &FieldError{"board", "is missing: choose one or more"}
	case len(s.Boards) > maxScreenBoards:
		return &FieldError{"board", "has too many: choose 20 at most"}
	case !slices.Contains([]string{"", "light", "dark"}, s.Theme):
		return &FieldError{"theme", "is neither light nor dark"}
	case s.Scale != 0 && (s.Scale < MinScale || s.Scale > MaxScale):
		return &FieldError{"scale", "is not from 50 to 200 percent"}
	case s.RotateSeconds != 0 && (s.RotateSeconds < MinRotate || s.RotateSeconds > MaxRotate):
		return &FieldError{"rotate", "is not from 5 to 3600 seconds"}
	case len(s.Dim) > 16:
		return &FieldError{"dim", "is no span of hours: write it as 22:00-06:00"}
	case len(s.Language) > 16:
		return &FieldError{"language", "is none: choose one of the list"}
	}
	if len(s.Boards) > 1 && s.RotateSeconds == 0 {
		s.RotateSeconds = DefaultRotateSeconds
	}
	return nil
}

// Screen is one paired screen.
type Screen struct {
	ID, Name string
	Settings Settings
	// Browser is the User-Agent that it was last seen with.
	Browser string
	Created time.Time
	Seen    time.Time
}

// Screens lists them by name.
func (a *Access) Screens(ctx context.Context) ([]Screen, error) {
	rows, err := a.db.Read.QueryContext(ctx, `SELECT s.id, s.name, s.settings, s.browser, s.created, coalesce(max(t.seen), s.created)
		FROM screens s LEFT JOIN tokens t ON t.kind='screen' AND t.holder=s.id GROUP BY s.id ORDER BY s.name, s.id`)
	if err != nil {
		return nil, wrapped(err)
	}
	defer rows.Close()
	var list []Screen
	for rows.Next() {
		var s Screen
		var settings string
		var created, seen int64
		if err := rows.Scan(&s.ID, &s.Name, &settings, &s.Browser, &created, &seen); err != nil {
			return nil, wrapped(err)
		}
		if err := json.Unmarshal([]byte(settings), &s.Settings); err != nil {
			return nil, wrapped(err)
		}
		s.Created, s.Seen = time.UnixMicro(created), time.UnixMicro(seen)
		list = append(list, s)
	}
	return list, wrapped(rows.Err())
}

// addScreen makes a screen and its token.
func (a *Access) addScreen(ctx context.Context, by Visitor, name, browser string, s Settings) (token string, err error) {
	if name, err = checkName("name", name); err != nil {
		return "", err
	}
	if err := s.check(); err != nil {
		return "", err
	}
	settings, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	err = a.change(ctx, by, "paired a screen", name, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM screens").Scan(&n); err != nil {
			return err
		}
		if n >= maxScreens {
			return &FieldError{"name", "is one screen too many: revoke those that are gone"}
		}
		id := newID()
		if _, err := tx.ExecContext(ctx, "INSERT INTO screens(id, name, settings, browser, created) VALUES (?, ?, ?, ?, ?)",
			id, name, string(settings), cut(browser, maxBrowser), a.now().UnixMicro()); err != nil {
			return err
		}
		token, err = a.issue(ctx, tx, KindScreen, id, 0, 1)
		return err
	})
	return token, err
}

// SetScreen gives a screen another name and other settings. The caller makes it reload.
func (a *Access) SetScreen(ctx context.Context, by Visitor, id, name string, s Settings) error {
	name, err := checkName("name", name)
	if err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	settings, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return a.change(ctx, by, "changed a screen", name, func(tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE screens SET name=?, settings=? WHERE id=?", name, string(settings), id))
	})
}

// SetBrowser notes the browser of a screen, where it is another one.
func (a *Access) SetBrowser(ctx context.Context, screen, browser string) error {
	browser = cut(browser, maxBrowser)
	var known string
	if err := a.db.Read.QueryRowContext(ctx, "SELECT browser FROM screens WHERE id=?", screen).Scan(&known); err != nil || known == browser {
		return wrapped(err)
	}
	return a.change(ctx, Visitor{}, "", "", func(tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE screens SET browser=? WHERE id=?", browser, screen))
	})
}

// ScreenName is the name of a screen, or ErrNotFound.
func (a *Access) ScreenName(ctx context.Context, id string) (name string, err error) {
	err = a.db.Read.QueryRowContext(ctx, "SELECT name FROM screens WHERE id=?", id).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrNotFound
	}
	return name, wrapped(err)
}

// RevokeScreen removes a screen, which goes dark at once.
func (a *Access) RevokeScreen(ctx context.Context, by Visitor, id string) error {
	name, err := a.ScreenName(ctx, id)
	if err != nil {
		return err
	}
	err = a.change(ctx, by, "revoked a screen", name, func(tx *sql.Tx) error {
		if err := endAll(ctx, tx, KindScreen, id); err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, "DELETE FROM screens WHERE id=?", id))
	})
	if err == nil {
		a.onEnd(KindScreen+":"+id, "")
	}
	return err
}
