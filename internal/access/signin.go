package access

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// SignIn checks a name and a password and begins a session. It takes as long for a wrong
// name as for a wrong password; the error is ErrSignIn for both, or *TooOftenError.
func (a *Access) SignIn(ctx context.Context, name, password, address string) (session string, err error) {
	if len(name) > maxName || len(password) > maxPassword {
		return "", ErrSignIn
	}
	folded := fold(name)
	if err := a.attempts.begin(address, folded); err != nil {
		return "", err
	}
	var id, hash string
	var known Visitor
	err = a.db.Read.QueryRowContext(ctx, "SELECT id, name, password FROM people WHERE folded=? AND password<>''", folded).Scan(&id, &known.Name, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		hash, err = nobody, nil
	}
	if err != nil {
		return "", wrapped(err)
	}
	ok, err := a.matches(ctx, password, hash)
	if err != nil {
		return "", wrapped(err)
	}
	if !ok || id == "" {
		// What was typed as a name may be a password, so only a known name is noted.
		known.Address = address
		return "", a.failed(ctx, known, "failed to sign in")
	}
	a.attempts.succeeded(address, folded)
	by := Visitor{Kind: KindPerson, ID: id, Name: known.Name, Address: address}
	err = a.change(ctx, by, "signed in", "", func(tx *sql.Tx) error {
		session, err = a.issue(ctx, tx, KindPerson, id, SessionLife, maxSessions)
		return err
	})
	return session, err
}

// failed notes a failure in the trail, unless the hour has seen too many, and returns ErrSignIn.
func (a *Access) failed(ctx context.Context, by Visitor, action string) error {
	if !a.attempts.noteworthy() {
		return ErrSignIn
	}
	return errors.Join(ErrSignIn, a.Record(ctx, by, action, ""))
}

// ChangePassword sets another password and ends all other sessions of the person. The
// current password is asked for again, since a browser may have been left alone; the error
// is as of SignIn, or a *FieldError.
func (a *Access) ChangePassword(ctx context.Context, by Visitor, current, password string) (session string, err error) {
	var hash string
	if err := a.db.Read.QueryRowContext(ctx, "SELECT password FROM people WHERE id=? AND password<>''", by.ID).Scan(&hash); err != nil {
		return "", ErrNotFound
	}
	if err := checkPassword("password", password); err != nil {
		return "", err
	}
	if err := a.attempts.begin(by.Address, fold(by.Name)); err != nil {
		return "", err
	}
	if len(current) > maxPassword {
		return "", ErrSignIn
	}
	ok, err := a.matches(ctx, current, hash)
	if err != nil {
		return "", wrapped(err)
	}
	if !ok {
		return "", a.failed(ctx, by, "failed to change the password")
	}
	a.attempts.succeeded(by.Address, fold(by.Name))
	if hash, err = a.hash(ctx, password); err != nil {
		return "", wrapped(err)
	}
	err = a.ending(ctx, by, "changed the password", "", by.ID, func(tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE people SET password=? WHERE id=?", hash, by.ID))
	})
	if err != nil {
		return "", err
	}
	err = a.change(ctx, by, "", "", func(tx *sql.Tx) error {
		session, err = a.issue(ctx, tx, KindPerson, by.ID, SessionLife, maxSessions)
		return err
	})
	return session, err
}

// SignInAs begins a session of an account elsewhere, whose issuer vouched for it. The person
// is added at the first time, and has the role that the account has now. An account never
// becomes a person who has a password here, even if it says the same name.
func (a *Access) SignInAs(ctx context.Context, issuer, subject, name string, role Role, address string) (session string, err error) {
	if name, err = checkName("name", name); err != nil {
		if name, err = checkName("name", subject); err != nil {
			return "", err
		}
	}
	var id string
	var before Role
	by := Visitor{Kind: KindPerson, Name: name, Address: address}
	err = a.change(ctx, by, "signed in", "as "+string(role), func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT id, role FROM people WHERE issuer=? AND subject=?", issuer, subject).Scan(&id, &before)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			before = role
			var field *FieldError
			if id, err = a.add(ctx, tx, Person{Name: name, Role: role}, "", issuer, subject); errors.As(err, &field) {
				id, err = a.add(ctx, tx, Person{Name: cut(name, maxName-20) + " (" + newID()[:6] + ")", Role: role}, "", issuer, subject)
			}
			if err != nil {
				return err
			}
		case err != nil:
			return err
		case role != before:
			if _, err := tx.ExecContext(ctx, "UPDATE people SET role=? WHERE id=?", role, id); err != nil {
				return err
			}
			if err := endAll(ctx, tx, KindPerson, id); err != nil {
				return err
			}
		}
		session, err = a.issue(ctx, tx, KindPerson, id, SessionLife, maxSessions)
		return err
	})
	if err == nil && role != before {
		a.onEnd(KindPerson+":"+id, "")
	}
	return session, err
}

// Refuse ends the sessions of an account elsewhere that has no role any more, if it is known.
func (a *Access) Refuse(ctx context.Context, issuer, subject, address string) error {
	var id string
	by := Visitor{Address: address}
	err := a.db.Read.QueryRowContext(ctx, "SELECT id, name FROM people WHERE issuer=? AND subject=?", issuer, subject).Scan(&id, &by.Name)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return wrapped(err)
	}
	return a.ending(ctx, by, "was refused: no group has a role", "", id, func(*sql.Tx) error { return nil })
}

// cut shortens a text to so many bytes, and drops a letter that was cut in two.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
