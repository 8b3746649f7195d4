package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"github.com/go-json-experiment/json"
)

// How long tokens live.
const (
	SessionIdle    = 24 * time.Hour
	SessionLife    = 7 * 24 * time.Hour
	InvitationLife = 7 * 24 * time.Hour
	setUpLife      = 24 * time.Hour
	// seenEvery bounds how often a use is written, and must be far below SessionIdle.
	seenEvery = time.Minute
)

const (
	maxSessions = 20   // of one person; the oldest ends
	maxGuests   = 1000 // of one link; the oldest ends
	maxSeen     = 20_000
)

// Kinds of tokens beside those of visitors.
const (
	kindInvitation = "invitation"
	kindSetUp      = "set-up"
	kindLink       = "link" // what a share link carries; browsers exchange it for a guest's
)

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// issue makes a token of the holder. A limit above 0 ends the oldest of them.
func (a *Access) issue(ctx context.Context, tx *sql.Tx, kind, holder string, life time.Duration, limit int) (string, error) {
	token, now := rand.Text(), a.now()
	expires := int64(0)
	if life > 0 {
		expires = now.Add(life).UnixMicro()
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM tokens WHERE expires <> 0 AND expires <= ?", now.UnixMicro()); err != nil {
		return "", err
	}
	if limit > 0 {
		if _, err := tx.ExecContext(ctx, "DELETE FROM tokens WHERE hash IN (SELECT hash FROM tokens WHERE kind=? AND holder=? ORDER BY seen DESC LIMIT -1 OFFSET ?)",
			kind, holder, limit-1); err != nil {
			return "", err
		}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO tokens(hash, kind, holder, created, seen, expires) VALUES (?, ?, ?, ?, ?, ?)",
		hashOf(token), kind, holder, now.UnixMicro(), now.UnixMicro(), expires)
	return token, err
}

// use finds the holder of a token of one kind that has not expired.
func (a *Access) use(ctx context.Context, q querier, kind, token string) (holder string, err error) {
	err = q.QueryRowContext(ctx, "SELECT holder FROM tokens WHERE hash=? AND kind=? AND (expires=0 OR expires>?)", hashOf(token), kind, a.now().UnixMicro()).Scan(&holder)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrNoVisitor
	}
	return holder, err
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Visitor finds who holds the token. It is cheap enough for every request: one row by its
// primary key. The error is ErrNoVisitor, or the database's.
func (a *Access) Visitor(ctx context.Context, token string) (Visitor, error) {
	if len(token) > 128 || token == "" {
		return Visitor{}, ErrNoVisitor
	}
	hash := hashOf(token)
	var kind, holder, name, role, boards, settings string
	var seen, expires int64
	err := a.db.Read.QueryRowContext(ctx, `SELECT t.kind, t.holder, t.seen, t.expires,
		coalesce(p.name, s.name, l.name), coalesce(p.role, ''), coalesce(l.boards, '[]'), coalesce(s.settings, '{}')
		FROM tokens t
		LEFT JOIN people p ON t.kind='person' AND p.id=t.holder
		LEFT JOIN screens s ON t.kind='screen' AND s.id=t.holder
		LEFT JOIN links l ON t.kind IN ('guest', 'link') AND l.id=t.holder
		WHERE t.hash=? AND (p.id IS NOT NULL OR s.id IS NOT NULL OR l.id IS NOT NULL)`, hash).
		Scan(&kind, &holder, &seen, &expires, &name, &role, &boards, &settings)
	if errors.Is(err, sql.ErrNoRows) {
		return Visitor{}, ErrNoVisitor
	}
	if err != nil {
		return Visitor{}, wrapped(err)
	}
	now := a.now()
	v := Visitor{Kind: kind, ID: holder, Name: name, Role: Role(role), Token: hex.EncodeToString(hash)}
	if expires != 0 {
		v.Expires = time.UnixMicro(expires)
		if !now.Before(v.Expires) {
			return Visitor{}, ErrNoVisitor
		}
	}
	if kind == kindLink {
		v.Kind = KindGuest // a program that shows the link's own token
	}
	switch v.Kind {
	case KindPerson:
		if last := max(seen, a.lastSeen(v.Token)); now.Sub(time.UnixMicro(last)) > SessionIdle {
			return Visitor{}, ErrNoVisitor
		}
	case KindScreen:
		err = json.Unmarshal([]byte(settings), &v.Screen)
		v.Boards = v.Screen.Boards
	case KindGuest:
		err = json.Unmarshal([]byte(boards), &v.Boards)
	}
	if err != nil {
		return Visitor{}, wrapped(err)
	}
	// That it was used is noted where that can be: who may look still may when the disk is full.
	_ = a.Seen(ctx, v.Token)
	return v, nil
}

func (a *Access) lastSeen(token string) int64 {
	a.seenMu.Lock()
	defer a.seenMu.Unlock()
	if t, ok := a.seen[token]; ok {
		return t.UnixMicro()
	}
	return 0
}

// Seen notes that the tokens, by [Visitor.Token], are in use: those of open sockets, whose
// people are there without asking for a page. It writes once in a while, all in one
// transaction. What is no longer there, as a session that made room for a newer one, is told
// to the function of [Access.OnEnd], with holder "".
func (a *Access) Seen(ctx context.Context, tokens ...string) error {
	now := a.now()
	var due []string
	a.seenMu.Lock()
	if len(a.seen) > maxSeen {
		clear(a.seen) // costs a write each, and keeps nothing wrong
	}
	for _, token := range tokens {
		if last, ok := a.seen[token]; token != "" && (!ok || now.Sub(last) >= seenEvery || now.Before(last)) {
			a.seen[token] = now
			due = append(due, token)
		}
	}
	a.seenMu.Unlock()
	if len(due) == 0 {
		return nil
	}
	var gone []string
	err := a.change(ctx, Visitor{}, "", "", func(tx *sql.Tx) error {
		for _, token := range due {
			hash, err := hex.DecodeString(token)
			if err != nil {
				return err
			}
			err = one(tx.ExecContext(ctx, "UPDATE tokens SET seen=max(seen, ?) WHERE hash=?", now.UnixMicro(), hash))
			if errors.Is(err, ErrNotFound) {
				gone, err = append(gone, token), nil
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, token := range gone {
		a.onEnd("", token)
	}
	return nil
}

// SignOut ends the visitor's own token.
func (a *Access) SignOut(ctx context.Context, by Visitor) error {
	hash, err := hex.DecodeString(by.Token)
	if err != nil {
		return ErrNoVisitor
	}
	err = a.change(ctx, by, "signed out", "", func(tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "DELETE FROM tokens WHERE hash=?", hash))
	})
	if err == nil {
		a.onEnd(by.Holder(), by.Token)
	}
	return err
}

// endAll removes the tokens of a kind and holder; the caller tells onEnd after the commit.
func endAll(ctx context.Context, tx *sql.Tx, kind, holder string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM tokens WHERE kind=? AND holder=?", kind, holder)
	return err
}
