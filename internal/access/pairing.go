package access

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"time"
)

// PairingLife is how long a code on a screen is good for.
const PairingLife = 10 * time.Minute

const (
	codeLength = 6
	// codeLetters leaves out what looks alike across a room: 0 and O, 1, I and L, 5 and S, 2
	// and Z, 8 and B, U and V.
	codeLetters = "34679ACDEFGHJKMNPQRTWXY"

	maxPairings        = 1000
	maxPairingsAddress = 20
)

// Pairing is a screen that shows a code and waits.
type Pairing struct {
	Code             string
	Address, Browser string
	Since            time.Time
}

// pairings are in memory: after a restart, screens show a new code.
type pairings struct {
	now func() time.Time

	mu     sync.Mutex
	byCode map[string]*pairing
}

type pairing struct {
	Pairing
	secret string // what the screen holds while it waits
	token  string // what it gets; "" until then
	taken  bool   // somebody has typed the code, and the token is being made
}

func newPairings(now func() time.Time) *pairings {
	return &pairings{now: now, byCode: make(map[string]*pairing)}
}

// Pair begins a pairing: the screen shows the code, and keeps the secret to itself. The error
// is *TooOftenError where too many wait.
func (a *Access) Pair(address, browser string) (code, secret string, err error) {
	p := a.pairings
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	here := 0
	for _, w := range p.byCode {
		if w.Address == address && w.token == "" {
			here++
		}
	}
	if len(p.byCode) >= maxPairings || here >= maxPairingsAddress {
		return "", "", &TooOftenError{time.Minute}
	}
	for code == "" || p.byCode[code] != nil {
		code = newCode()
	}
	secret = rand.Text()
	p.byCode[code] = &pairing{Pairing: Pairing{Code: code, Address: address, Browser: cut(browser, maxBrowser), Since: p.now()}, secret: secret}
	return code, secret, nil
}

// newCode draws a code without a bias.
func newCode() string {
	var code []byte
	for b := make([]byte, 1); len(code) < codeLength; {
		rand.Read(b)
		if n := int(b[0]); n < 256/len(codeLetters)*len(codeLetters) {
			code = append(code, codeLetters[n%len(codeLetters)])
		}
	}
	return string(code)
}

func (p *pairings) expire() {
	for code, w := range p.byCode {
		if p.now().Sub(w.Since) >= PairingLife && !w.taken {
			delete(p.byCode, code)
		}
	}
}

// Paired is what a waiting screen asks: its token once somebody typed the code, else the code
// that it shows. The token is given until EndPairing, since an answer may be lost on its way.
// The error is ErrNoVisitor where the code is no longer good.
func (a *Access) Paired(secret string) (code, token string, err error) {
	p := a.pairings
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	w := p.of(secret)
	if w == nil {
		return "", "", ErrNoVisitor
	}
	return w.Code, w.token, nil
}

// EndPairing forgets the pairing of a screen that has come by its token.
func (a *Access) EndPairing(secret string) {
	p := a.pairings
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.of(secret); w != nil && w.token != "" {
		delete(p.byCode, w.Code)
	}
}

// of finds the pairing of a secret; nil if there is none.
func (p *pairings) of(secret string) *pairing {
	for _, w := range p.byCode {
		if secret != "" && w.secret == secret { // random, in memory and short-lived: no oracle of use
			return w
		}
	}
	return nil
}

// take finds the screen that shows the code, as it was typed, for one caller alone: a form
// that is sent twice makes one screen. It waits on while its token is made.
func (p *pairings) take(code string) (*pairing, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	w := p.byCode[tidy(code)]
	if w == nil || w.token != "" || w.taken {
		return nil, &FieldError{"code", "is shown by no screen: open /tv on the screen and type what it shows"}
	}
	w.taken = true
	return w, nil
}

func tidy(code string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", " ", "").Replace(strings.TrimSpace(code)))
}

// AddScreen gives the screen that shows the code its settings and its token.
func (a *Access) AddScreen(ctx context.Context, by Visitor, code, name string, s Settings) error {
	w, err := a.pairings.take(code)
	if err != nil {
		return err
	}
	token, err := a.addScreen(ctx, by, name, w.Browser, s)
	p := a.pairings
	p.mu.Lock()
	defer p.mu.Unlock()
	w.token, w.taken = token, false // where it failed, the code is good again
	return err
}
