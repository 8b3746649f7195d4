package access

import (
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestSignIn: a wrong name and a wrong password are one error, and what is stored is of no
// use to who reads it.
func TestSignIn(t *testing.T) {
	a, _, _ := withAdmin(t)
	for _, x := range [][2]string{{"Ana", "wrong"}, {"Eve", goodPassword}, {"", ""}, {"Ana", ""}, {strings.Repeat("x", 5000), "x"}, {"Ana", strings.Repeat("x", 1<<20)}} {
		if _, err := a.SignIn(t.Context(), x[0], x[1], x[0][:min(3, len(x[0]))]); err == nil || err.Error() != ErrSignIn.Error() {
			t.Errorf("%.10q: %v, want %v", x, err, ErrSignIn)
		}
	}
	session := must[string](t)(a.SignIn(t.Context(), "ana", goodPassword, "192.0.2.1"))
	v := must[Visitor](t)(a.Visitor(t.Context(), session))
	if v.Name != "Ana" || v.Token == session {
		t.Errorf("signed in as %q", v.Name)
	}
	var stored string
	if err := a.db.Read.QueryRow("SELECT group_concat(hex(hash)) FROM tokens").Scan(&stored); err != nil || strings.Contains(stored, strings.ToUpper(hex.EncodeToString([]byte(session)))) {
		t.Errorf("the token is stored as it is (%v)", err)
	}
	if err := a.db.Read.QueryRow("SELECT password FROM people").Scan(&stored); err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the password is stored as %.40q (%v)", stored, err)
	}
	if ok, err := a.matches(t.Context(), "x", nobody); ok || err != nil {
		t.Errorf("nobody's password: %v, %v; it has to cost a comparison", ok, err)
	}
}

// TestAttempts (A33): guesses slow down by account and by address, whether or not there is
// such an account, and a right password does not wash an address clean.
func TestAttempts(t *testing.T) {
	a, c, _ := withAdmin(t)
	guess := func(name, address string) error {
		_, err := a.SignIn(t.Context(), name, "wrong", address)
		return err
	}
	var often *TooOftenError
	for _, name := range []string{"Ana", "nobody at all"} {
		for i := range freeAttempts {
			if err := guess(name, name+string(rune('a'+i))); !errors.Is(err, ErrSignIn) {
				t.Fatalf("%s, attempt %d: %v", name, i, err)
			}
		}
		if err := guess(name, "elsewhere"); !errors.As(err, &often) || often.After > longestAccount {
			t.Errorf("%s, from elsewhere: %v", name, err)
		}
	}
	if _, err := a.SignIn(t.Context(), "Ana", goodPassword, "home"); !errors.As(err, &often) {
		t.Errorf("the right password meanwhile: %v", err)
	}
	c.t = c.t.Add(longestAccount)
	must[string](t)(a.SignIn(t.Context(), "Ana", goodPassword, "home"))

	// An office has had its failures; who signs in there keeps nobody else waiting.
	for i := range freeAttempts + 5 {
		guess("typo "+string(rune('a'+i)), "office")
		c.t = c.t.Add(longestAddress)
	}
	for range 3 {
		if _, err := a.SignIn(t.Context(), "Ana", goodPassword, "office"); err != nil {
			t.Errorf("at an address whose wait is over: %v", err)
		}
	}
	if err := guess("typo", "office"); !errors.Is(err, ErrSignIn) {
		t.Error(err)
	}
	if err := guess("typo", "office"); !errors.As(err, &often) {
		t.Errorf("success is forgiveness: %v", err)
	}
	c.t = c.t.Add(forgetAfter)
	for range 2 {
		if err := guess("typo", "office"); !errors.Is(err, ErrSignIn) {
			t.Errorf("an hour later: %v", err)
		}
	}

	for i := range freeAttempts {
		guess(string(rune('a'+i)), "attacker")
		if i == 2 {
			must[string](t)(a.SignIn(t.Context(), "Ana", goodPassword, "attacker"))
		}
	}
	if err := guess("z", "attacker"); !errors.As(err, &often) {
		t.Errorf("the address after %d failures: %v", freeAttempts, err)
	}
	for range 30 {
		c.t = c.t.Add(longestAddress)
		if err := guess("x", "attacker"); !errors.Is(err, ErrSignIn) {
			t.Fatalf("after the longest wait: %v", err)
		}
	}
}

// TestAttemptsLimit: what is remembered has a limit.
func TestAttemptsLimit(t *testing.T) {
	c := &clock{time.Now()}
	m := newAttempts(c.now)
	for i := range maxAttempts {
		c.t = c.t.Add(time.Millisecond)
		m.begin(hex.EncodeToString([]byte{byte(i), byte(i >> 8)}), hex.EncodeToString([]byte{byte(i), byte(i >> 8), 1}))
	}
	if len(m.keys) > maxAttempts+2 {
		t.Errorf("%d are remembered, want at most %d", len(m.keys), maxAttempts)
	}
}

// TestTurns: so many wait for a password to be hashed and no more.
func TestTurns(t *testing.T) {
	a, _, _ := withAdmin(t)
	for range maxHashing {
		a.hashing <- struct{}{}
	}
	for range maxWaiting - 1 {
		a.waiting <- struct{}{}
	}
	last := make(chan error, 1)
	go func() {
		_, err := a.SignIn(t.Context(), "Ana", goodPassword, "one")
		last <- err
	}()
	for len(a.waiting) < maxWaiting {
		runtime.Gosched()
	}
	var often *TooOftenError
	if _, err := a.SignIn(t.Context(), "Ana", goodPassword, "two"); !errors.As(err, &often) {
		t.Errorf("one too many: %v", err)
	}
	<-a.hashing
	if err := <-last; err != nil {
		t.Errorf("who waited: %v", err)
	}
}

// TestNoteworthy: guessing fills no more of the trail than an hour's share.
func TestNoteworthy(t *testing.T) {
	c := &clock{time.Now().Truncate(time.Hour)}
	m := newAttempts(c.now)
	for hour := range 2 {
		noted := 0
		for range 2 * maxNoted {
			c.t = c.t.Add(time.Second)
			if m.noteworthy() {
				noted++
			}
		}
		if noted != maxNoted {
			t.Errorf("hour %d: %d are noted, want %d", hour, noted, maxNoted)
		}
		c.t = c.t.Truncate(time.Hour).Add(time.Hour)
	}
}
