package access

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wallboard/wallboard/internal/sqlite"
)

// Role is what a person may do. Each may do what the ones before it may.
type Role string

// The roles.
const (
	Viewer     Role = "viewer"     // boards
	Supervisor Role = "supervisor" // also lists, reports and screens
	Admin      Role = "admin"      // also sources, boards and people
)

// Roles are all of them, the least first.
var Roles = []Role{Viewer, Supervisor, Admin}

// Kinds of visitors.
const (
	KindPerson   = "person"
	KindScreen   = "screen"
	KindGuest    = "guest"    // of a share link
	KindEveryone = "everyone" // where access.mode is open
)

// Visitor is who looks.
type Visitor struct {
	Kind string
	// ID is the person's, screen's or link's.
	ID, Name string
	// Role of a person; screens and guests have none.
	Role Role
	// Boards are the only ones that a screen or guest reads.
	Boards []string
	// Screen says how a screen shows its boards.
	Screen Settings
	// Address is where the visitor is, for the trail. The caller sets it.
	Address string
	// Token names the token that it showed, without being of use as one.
	Token string
	// Expires is when the token ends; zero for never.
	Expires time.Time
}

// Everyone is the visitor where everybody may look, on this machine alone.
func Everyone() Visitor { return Visitor{Kind: KindEveryone, Name: "everyone", Role: Admin} }

// May reports whether the visitor has the role, or one above it.
func (v *Visitor) May(r Role) bool {
	return slices.Index(Roles, v.Role) >= slices.Index(Roles, r) && slices.Contains(Roles, v.Role)
}

// MaySee reports whether the visitor may look at the board.
func (v *Visitor) MaySee(board string) bool {
	return v.May(Viewer) || slices.Contains(v.Boards, board)
}

// Holder names who holds the visitor's tokens, over all kinds.
func (v *Visitor) Holder() string { return v.Kind + ":" + v.ID }

// The errors. Others that come back are the database's.
var (
	// ErrNoVisitor means that the token is unknown, revoked or expired.
	ErrNoVisitor = errors.New("not signed in")
	// ErrSignIn means that the name or the password is wrong; nobody is told which.
	ErrSignIn = errors.New("the name or the password is wrong")
	// ErrNotFound means that there is nothing of this id.
	ErrNotFound = errors.New("there is no such person, screen or link")
	// ErrLastAdmin means that nobody would be left who may let people in.
	ErrLastAdmin = errors.New("this is the last admin; make another one first")
)

// FieldError says which field of a form is wrong, and the remedy. It never echoes input.
type FieldError struct{ Field, Remedy string }

func (e *FieldError) Error() string { return e.Field + " " + e.Remedy }

// Access is the store of all of it. Make it with Open.
type Access struct {
	// Static after construction.
	db       *sqlite.DB
	now      func() time.Time
	hashing  chan struct{} // one is held by each password that is being hashed
	waiting  chan struct{} // one is held by each that waits for that
	attempts *attempts
	pairings *pairings
	onEnd    func(holder, token string)

	seenMu sync.Mutex
	seen   map[string]time.Time // by token hash; when it was last written
}

// Open makes the store over the database. now is time.Now or a test's.
func Open(db *sqlite.DB, now func() time.Time) *Access {
	return &Access{
		db: db, now: now, hashing: make(chan struct{}, maxHashing), waiting: make(chan struct{}, maxWaiting), attempts: newAttempts(now), pairings: newPairings(now),
		onEnd: func(string, string) {}, seen: make(map[string]time.Time),
	}
}

// OnEnd sets the function that is told of tokens which end before their time: one, or with
// token "" all of the holder's. It is set once, before use, and must not block.
func (a *Access) OnEnd(f func(holder, token string)) { a.onEnd = f }

// change runs f in a transaction, and leaves a line in the trail unless action is "".
func (a *Access) change(ctx context.Context, by Visitor, action, object string, f func(tx *sql.Tx) error) error {
	tx, err := a.db.Write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("access: %w", err)
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return wrapped(err)
	}
	if action != "" {
		if err := a.record(ctx, tx, by, action, object); err != nil {
			return wrapped(err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("access: %w", err)
	}
	return nil
}

// wrapped names the package in front of the database's errors, and leaves ours.
func wrapped(err error) error {
	var field *FieldError
	if err == nil || errors.As(err, &field) || errors.Is(err, ErrNoVisitor) || errors.Is(err, ErrSignIn) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrLastAdmin) {
		return err
	}
	return fmt.Errorf("access: %w", err)
}

// one reports ErrNotFound unless exactly one row was changed.
func one(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, ErrNotFound)
	}
	return nil
}

// newID makes an id that is in no list and cannot be guessed.
func newID() string { return rand.Text()[:16] }
