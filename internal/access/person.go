package access

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
)

const (
	maxPeople = 10_000
	maxName   = 100 // bytes
)

// Person is one who may sign in.
type Person struct {
	ID, Name string
	Role     Role
	// Invited means that there is no password yet and no account elsewhere.
	Invited bool
	// Elsewhere means that the person signs in by OpenID Connect.
	Elsewhere bool
	Created   time.Time
	Seen      time.Time // zero for never
}

// checkName trims a name of a person, screen or link, or says what is wrong with it.
func checkName(field, name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", &FieldError{field, "is missing: write one"}
	case len(name) > maxName:
		return "", &FieldError{field, "is too long: use 100 bytes at most"}
	// Nor what is not seen, or turns the rest around: two names that look the same are one.
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }):
		return "", &FieldError{field, "has characters that cannot be shown: use letters and digits"}
	}
	return name, nil
}

// fold is a name as it is compared: nobody may have another's name in other letters, and
// keyboards of telephones put a space behind a word.
func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// SetUp returns the one token with which the first admin makes an account, and ends the
// former one; "" where there is an admin, unless anyway is set (who lost all passwords).
func (a *Access) SetUp(ctx context.Context, anyway bool) (token string, err error) {
	err = a.change(ctx, Visitor{}, "", "", func(tx *sql.Tx) error {
		if err := endAll(ctx, tx, kindSetUp, ""); err != nil {
			return err
		}
		var admins int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM people WHERE role=? AND (password<>'' OR issuer<>'')", Admin).Scan(&admins); err != nil {
			return err
		}
		if admins > 0 && !anyway {
			return nil
		}
		token, err = a.issue(ctx, tx, kindSetUp, "", setUpLife, 0)
		return err
	})
	return token, err
}

// Invite adds a person and returns the token of the invitation.
func (a *Access) Invite(ctx context.Context, by Visitor, name string, role Role) (token string, err error) {
	if name, err = checkName("name", name); err != nil {
		return "", err
	}
	if !slices.Contains(Roles, role) {
		return "", &FieldError{"role", "is none: choose viewer, supervisor or admin"}
	}
	err = a.change(ctx, by, "invited", name+" as "+string(role), func(tx *sql.Tx) error {
		id, err := a.add(ctx, tx, Person{Name: name, Role: role}, "", "", "")
		if err != nil {
			return err
		}
		token, err = a.issue(ctx, tx, kindInvitation, id, InvitationLife, 0)
		return err
	})
	return token, err
}

func (a *Access) add(ctx context.Context, tx *sql.Tx, p Person, password, issuer, subject string) (id string, err error) {
	var n, same int
	if err := tx.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(folded=?), 0) FROM people", fold(p.Name)).Scan(&n, &same); err != nil {
		return "", err
	}
	switch {
	case same > 0:
		return "", &FieldError{"name", "is taken: choose another one"}
	case n >= maxPeople:
		return "", &FieldError{"name", "is one too many: remove people who left"}
	}
	id = newID()
	_, err = tx.ExecContext(ctx, "INSERT INTO people(id, name, folded, role, password, issuer, subject, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		id, p.Name, fold(p.Name), p.Role, password, issuer, subject, a.now().UnixMicro())
	return id, err
}

// InviteAgain ends the person's sessions and password, and returns a new invitation:
// for who forgot the password, or lost the first link.
func (a *Access) InviteAgain(ctx context.Context, by Visitor, id string) (token string, err error) {
	p, err := a.person(ctx, id)
	if err != nil {
		return "", err
	}
	if p.Elsewhere {
		return "", &FieldError{"person", "signs in by OpenID Connect: there is no password to set"}
	}
	err = a.change(ctx, by, "invited again", p.Name, func(tx *sql.Tx) error {
		if err := a.keepAdmin(ctx, tx, id); err != nil {
			return err
		}
		if err := errors.Join(endAll(ctx, tx, KindPerson, id), endAll(ctx, tx, kindInvitation, id)); err != nil {
			return err
		}
		if err := one(tx.ExecContext(ctx, "UPDATE people SET password='' WHERE id=?", id)); err != nil {
			return err
		}
		token, err = a.issue(ctx, tx, kindInvitation, id, InvitationLife, 0)
		return err
	})
	if err == nil {
		a.onEnd(KindPerson+":"+id, "")
	}
	return token, err
}

// Invited says whose invitation a token is, "" for the set-up of the first admin, who
// chooses a name. The error is ErrNoVisitor where it is none.
func (a *Access) Invited(ctx context.Context, token string) (name string, err error) {
	id, err := a.use(ctx, a.db.Read, kindInvitation, token)
	if err == nil {
		p, err := a.person(ctx, id)
		return p.Name, err
	}
	if _, setUp := a.use(ctx, a.db.Read, kindSetUp, token); setUp == nil {
		return "", nil
	}
	return "", wrapped(err)
}

// Accept sets the password of who was invited, or makes the first admin of that name, and
// signs them in. The token is of no use afterwards.
func (a *Access) Accept(ctx context.Context, token, name, password, address string) (session string, err error) {
	whose, err := a.Invited(ctx, token)
	if err != nil {
		return "", err
	}
	if whose == "" {
		if name, err = checkName("name", name); err != nil {
			return "", err
		}
	} else {
		name = whose
	}
	if err := checkPassword("password", password); err != nil {
		return "", err
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return "", wrapped(err)
	}
	by := Visitor{Kind: KindPerson, Name: name, Address: address}
	action := "set a password"
	if whose == "" {
		action = "set a password by the set-up link"
	}
	var id string
	err = a.change(ctx, by, action, "", func(tx *sql.Tx) (err error) {
		if whose != "" {
			id, err = a.use(ctx, tx, kindInvitation, token)
		} else if _, err = a.use(ctx, tx, kindSetUp, token); err == nil {
			id, err = a.firstAdmin(ctx, tx, name)
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE people SET password=? WHERE id=?", hash, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM tokens WHERE hash=?", hashOf(token)); err != nil {
			return err
		}
		// Whoever else is in under this name, or has a link to it, is out.
		if err := errors.Join(endAll(ctx, tx, KindPerson, id), endAll(ctx, tx, kindInvitation, id)); err != nil {
			return err
		}
		session, err = a.issue(ctx, tx, KindPerson, id, SessionLife, maxSessions)
		return err
	})
	if err == nil {
		a.onEnd(KindPerson+":"+id, "")
	}
	return session, err
}

// firstAdmin makes the admin of the set-up. One of that name gets the role and the password
// anew: this is how who lost all passwords comes back.
func (a *Access) firstAdmin(ctx context.Context, tx *sql.Tx, name string) (id string, err error) {
	err = tx.QueryRowContext(ctx, "UPDATE people SET role=? WHERE folded=? AND issuer='' RETURNING id", Admin, fold(name)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return a.add(ctx, tx, Person{Name: name, Role: Admin}, "", "", "")
	}
	return id, err
}

// People lists them by name.
func (a *Access) People(ctx context.Context) ([]Person, error) {
	return a.people(ctx, "1=1 OR ?=''", "")
}

func (a *Access) person(ctx context.Context, id string) (Person, error) {
	list, err := a.people(ctx, "p.id=?", id)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Person{}, err
	}
	return list[0], nil
}

func (a *Access) people(ctx context.Context, where, arg string) ([]Person, error) {
	rows, err := a.db.Read.QueryContext(ctx, `SELECT p.id, p.name, p.role, p.password='' AND p.issuer='', p.issuer<>'', p.created,
		coalesce((SELECT max(seen) FROM tokens t WHERE t.kind='person' AND t.holder=p.id), 0) FROM people p WHERE `+where+` ORDER BY p.folded`, arg)
	if err != nil {
		return nil, wrapped(err)
	}
	defer rows.Close()
	var list []Person
	for rows.Next() {
		var p Person
		var created, seen int64
		if err := rows.Scan(&p.ID, &p.Name, &p.Role, &p.Invited, &p.Elsewhere, &created, &seen); err != nil {
			return nil, wrapped(err)
		}
		p.Created = time.UnixMicro(created)
		if seen != 0 {
			p.Seen = time.UnixMicro(seen)
		}
		list = append(list, p)
	}
	return list, wrapped(rows.Err())
}

// SetRole gives the person another role. It ends the sessions, so that nothing that is open
// shows more than the new role may see.
func (a *Access) SetRole(ctx context.Context, by Visitor, id string, role Role) error {
	if !slices.Contains(Roles, role) {
		return &FieldError{"role", "is none: choose viewer, supervisor or admin"}
	}
	p, err := a.person(ctx, id)
	if err != nil {
		return err
	}
	return a.ending(ctx, by, "gave a role", p.Name+" as "+string(role), id, func(tx *sql.Tx) error {
		if role != Admin {
			if err := a.keepAdmin(ctx, tx, id); err != nil {
				return err
			}
		}
		return one(tx.ExecContext(ctx, "UPDATE people SET role=? WHERE id=?", role, id))
	})
}

// Remove removes the person, whose sessions end.
func (a *Access) Remove(ctx context.Context, by Visitor, id string) error {
	p, err := a.person(ctx, id)
	if err != nil {
		return err
	}
	return a.ending(ctx, by, "removed", p.Name, id, func(tx *sql.Tx) error {
		if err := errors.Join(a.keepAdmin(ctx, tx, id), endAll(ctx, tx, kindInvitation, id)); err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, "DELETE FROM people WHERE id=?", id))
	})
}

// SignOutEverywhere ends all sessions of a person.
func (a *Access) SignOutEverywhere(ctx context.Context, by Visitor, id string) error {
	p, err := a.person(ctx, id)
	if err != nil {
		return err
	}
	return a.ending(ctx, by, "signed out everywhere", p.Name, id, func(*sql.Tx) error { return nil })
}

// ending makes a change that ends all of a person's sessions.
func (a *Access) ending(ctx context.Context, by Visitor, action, object, id string, f func(*sql.Tx) error) error {
	err := a.change(ctx, by, action, object, func(tx *sql.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return endAll(ctx, tx, KindPerson, id)
	})
	if err == nil {
		a.onEnd(KindPerson+":"+id, "")
	}
	return err
}

// keepAdmin refuses what would leave nobody who may let people in.
func (a *Access) keepAdmin(ctx context.Context, tx *sql.Tx, id string) error {
	var others, self int
	err := tx.QueryRowContext(ctx, "SELECT coalesce(sum(id<>?), 0), coalesce(sum(id=?), 0) FROM people WHERE role=? AND (password<>'' OR issuer<>'')", id, id, Admin).Scan(&others, &self)
	if err == nil && self > 0 && others == 0 {
		err = ErrLastAdmin
	}
	return err
}
