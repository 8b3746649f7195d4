package access

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPairing: a screen shows a code and gets its token when somebody typed it, until it has come by it.
func TestPairing(t *testing.T) {
	a, c, ana := withAdmin(t)
	code, secret, err := a.Pair("192.0.2.9", "Test browser")
	if err != nil || len(code) != codeLength {
		t.Fatalf("code %q: %v", code, err)
	}
	if _, token, err := a.Paired(secret); token != "" || err != nil {
		t.Errorf("before: %q, %v", token, err)
	}
	if _, _, err := a.Paired(code); !errors.Is(err, ErrNoVisitor) {
		t.Errorf("by the code, which everybody sees: %v", err)
	}
	settings := Settings{Boards: []string{"support", "sales"}, Theme: "dark"}
	if err := a.AddScreen(t.Context(), ana, "WRONGCODE", "Lobby", settings); err == nil {
		t.Error("a wrong code is taken")
	}
	if err := a.AddScreen(t.Context(), ana, code, "", settings); err == nil {
		t.Error("a screen without a name is made")
	}
	typed, came := strings.ToLower(code[:3]+" "+code[3:]), make(chan error, 8) // the button is pressed more than once
	for range cap(came) {
		go func() { came <- a.AddScreen(t.Context(), ana, typed, "Lobby", settings) }()
	}
	for range cap(came) {
		<-came
	}
	if list := must[[]Screen](t)(a.Screens(t.Context())); len(list) != 1 {
		t.Fatalf("%d screens were made of one code", len(list))
	}
	_, token, err := a.Paired(secret)
	if err != nil || token == "" {
		t.Fatalf("after: %q, %v", token, err)
	}
	if _, again, err := a.Paired(secret); again != token || err != nil {
		t.Errorf("after a lost answer: another token, or none: %v", err)
	}
	a.EndPairing(secret)
	if _, _, err := a.Paired(secret); !errors.Is(err, ErrNoVisitor) {
		t.Errorf("the token is given on when the screen has it: %v", err)
	}
	v := must[Visitor](t)(a.Visitor(t.Context(), token))
	want := Visitor{
		Kind: KindScreen, ID: v.ID, Name: "Lobby", Boards: settings.Boards, Token: v.Token,
		Screen: Settings{Boards: settings.Boards, RotateSeconds: DefaultRotateSeconds, Theme: "dark"},
	}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("the screen (-want +got):\n%s", diff)
	}
	if v.May(Viewer) || v.MaySee("all") {
		t.Error("the screen may see more than its boards")
	}
	var told []string
	a.OnEnd(func(holder, _ string) { told = append(told, holder) })
	if err := a.RevokeScreen(t.Context(), ana, v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Visitor(t.Context(), token); !errors.Is(err, ErrNoVisitor) || len(told) != 1 {
		t.Errorf("after it was revoked: %v, told %q", err, told)
	}

	code, secret, err = a.Pair("192.0.2.9", "")
	if err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(PairingLife)
	if _, _, err := a.Paired(secret); !errors.Is(err, ErrNoVisitor) {
		t.Errorf("an old code: %v", err)
	}
	if err := a.AddScreen(t.Context(), ana, code, "Hall", settings); err == nil {
		t.Error("an old code is taken")
	}
}

// TestPairingLimits: who asks for codes without end gets no more at some point, and others
// still do.
func TestPairingLimits(t *testing.T) {
	a, _ := open(t)
	var often *TooOftenError
	for range maxPairingsAddress {
		if _, _, err := a.Pair("one", ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := a.Pair("one", ""); !errors.As(err, &often) {
		t.Errorf("one address too many: %v", err)
	}
	if _, _, err := a.Pair("two", ""); err != nil {
		t.Errorf("another address: %v", err)
	}
}
