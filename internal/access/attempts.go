package access

import (
	"fmt"
	"sync"
	"time"
)

// Attempts at signing in slow down after a few failures: each further one doubles the wait.
// An account's longest wait is short, since anybody can make it wait; an address's is long.
const (
	freeAttempts   = 5
	firstWait      = time.Second
	longestAccount = time.Minute
	longestAddress = 15 * time.Minute
	forgetAfter    = time.Hour // without a failure; more than longestAddress
	maxAttempts    = 20_000    // addresses and accounts that are remembered
	maxNoted       = 500       // failures in an hour's trail, which must not be filled by guessing
)

// TooOftenError says how long to wait before the next attempt.
type TooOftenError struct{ After time.Duration }

func (e *TooOftenError) Error() string {
	return fmt.Sprintf("too many attempts: wait %d seconds", int(e.After.Seconds())+1)
}

// attempts remembers failures by address and by account.
type attempts struct {
	now func() time.Time

	mu    sync.Mutex
	keys  map[string]*failures
	hour  time.Time // in which noted counts
	noted int
}

type failures struct {
	n      int
	last   time.Time
	before time.Time // what last was before the attempt that is counted last
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, keys: make(map[string]*failures)}
}

// begin counts an attempt as failed until ended says otherwise, so that many at once are as
// slow as one after the other.
func (t *attempts) begin(address, account string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.forget(now)
	address, account = "address "+address, "account "+account
	if wait := max(t.wait(address, longestAddress, now), t.wait(account, longestAccount, now)); wait > 0 {
		return &TooOftenError{wait}
	}
	for _, key := range []string{address, account} {
		f := t.keys[key]
		if f == nil || now.Sub(f.last) >= forgetAfter {
			f = &failures{}
			t.keys[key] = f
		}
		f.n++
		f.before, f.last = f.last, now
	}
	return nil
}

// succeeded forgets the account's failures, and takes from the address's what begin counted:
// who knows one password must not get guesses at others for it, and an office behind one
// address must not wait for each other's success.
func (t *attempts) succeeded(address, account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.keys, "account "+account)
	if f := t.keys["address "+address]; f != nil {
		f.n--
		f.last = f.before
	}
}

func (t *attempts) wait(key string, longest time.Duration, now time.Time) time.Duration {
	f := t.keys[key]
	if f == nil || f.n < freeAttempts {
		return 0
	}
	wait := longest
	if n := f.n - freeAttempts; n < 20 {
		wait = min(longest, firstWait<<n)
	}
	return f.last.Add(wait).Sub(now)
}

// forget drops what is old, and where that is not enough the least recent half.
func (t *attempts) forget(now time.Time) {
	if len(t.keys) < maxAttempts {
		return
	}
	for age := forgetAfter; len(t.keys) >= maxAttempts; age /= 2 {
		for key, f := range t.keys {
			if now.Sub(f.last) >= age {
				delete(t.keys, key)
			}
		}
	}
}

// noteworthy reports whether one more failure fits into this hour's trail.
func (t *attempts) noteworthy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if hour := t.now().Truncate(time.Hour); !hour.Equal(t.hour) {
		t.hour, t.noted = hour, 0
	}
	t.noted++
	return t.noted <= maxNoted
}
