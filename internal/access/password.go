package access

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

const (
	// maxHashing is how many passwords are hashed at once; each takes 19 MiB.
	maxHashing = 2
	// maxWaiting is how many wait for their turn: some seconds' worth.
	maxWaiting = 100
)

// The bounds of a password, in characters and bytes.
const (
	MinPassword = 10
	maxPassword = 1024
)

// hashing are the parameters that OWASP recommends as the least for argon2id: 19 MiB, two
// passes, one lane.
var hashing = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobody is a hash of a password that nobody knows, with the parameters above: a wrong name
// takes as long as a wrong password.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHR0b2JlbG9uZw$0000000000000000000000000000000000000000000"

// checkPassword says what is wrong with a new password.
func checkPassword(field, password string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return &FieldError{field, fmt.Sprintf("is too short: use %d characters or more, as in four words", MinPassword)}
	case len(password) > maxPassword:
		return &FieldError{field, fmt.Sprintf("is too long: use %d bytes at most", maxPassword)}
	case strings.TrimSpace(password) == "":
		return &FieldError{field, "is only spaces: use letters, digits or words"}
	}
	return nil
}

// hash hashes a password, after a wait for its turn.
func (a *Access) hash(ctx context.Context, password string) (string, error) {
	if err := a.turn(ctx); err != nil {
		return "", err
	}
	defer func() { <-a.hashing }()
	return argon2id.CreateHash(password, hashing)
}

// matches compares a password with a hash, after a wait for its turn.
func (a *Access) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := a.turn(ctx); err != nil {
		return false, err
	}
	defer func() { <-a.hashing }()
	return argon2id.ComparePasswordAndHash(password, hash)
}

// turn waits for one; the error is *TooOftenError where too many do.
func (a *Access) turn(ctx context.Context) error {
	select {
	case a.waiting <- struct{}{}:
		defer func() { <-a.waiting }()
	default:
		return &TooOftenError{firstWait}
	}
	select {
	case a.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
