package access

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/sqlite"
)

const goodPassword = "four plain test words"

// clock is a time that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func open(t *testing.T) (*Access, *clock) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c := &clock{time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)}
	return Open(db, c.now), c
}

// must returns the first, where there is no error.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// withAdmin is a store with Ana, its first admin, and her visitor.
func withAdmin(t *testing.T) (*Access, *clock, Visitor) {
	t.Helper()
	a, c := open(t)
	token := must[string](t)(a.SetUp(t.Context(), false))
	session := must[string](t)(a.Accept(t.Context(), token, "Ana", goodPassword, "192.0.2.1"))
	return a, c, must[Visitor](t)(a.Visitor(t.Context(), session))
}

// invited adds somebody and returns the visitor and the session.
func invited(t *testing.T, a *Access, by Visitor, name string, role Role) (Visitor, string) {
	t.Helper()
	token := must[string](t)(a.Invite(t.Context(), by, name, role))
	session := must[string](t)(a.Accept(t.Context(), token, "", goodPassword, "192.0.2.2"))
	return must[Visitor](t)(a.Visitor(t.Context(), session)), session
}

// TestSetUp: the link of the first start makes one admin, once.
func TestSetUp(t *testing.T) {
	a, _ := open(t)
	first := must[string](t)(a.SetUp(t.Context(), false))
	second := must[string](t)(a.SetUp(t.Context(), false)) // the server was started again
	if _, err := a.Accept(t.Context(), first, "Ana", goodPassword, ""); !errors.Is(err, ErrNoVisitor) {
		t.Errorf("the former link: %v", err)
	}
	session := must[string](t)(a.Accept(t.Context(), second, " Ana ", goodPassword, ""))
	v := must[Visitor](t)(a.Visitor(t.Context(), session))
	if v.Name != "Ana" || v.Role != Admin {
		t.Errorf("the first admin is %q, %q", v.Name, v.Role)
	}
	if _, err := a.Accept(t.Context(), second, "Eve", goodPassword, ""); !errors.Is(err, ErrNoVisitor) {
		t.Errorf("the link again: %v", err)
	}
	if token := must[string](t)(a.SetUp(t.Context(), false)); token != "" {
		t.Error("a link is printed although there is an admin")
	}
	// Who lost all passwords comes back by a link of their own, under the same name.
	token := must[string](t)(a.SetUp(t.Context(), true))
	var told []string
	a.OnEnd(func(holder, _ string) { told = append(told, holder) })
	must[string](t)(a.Accept(t.Context(), token, "ana", "another few test words", ""))
	if list := must[[]Person](t)(a.People(t.Context())); len(list) != 1 {
		t.Errorf("%d people, want Ana alone", len(list))
	}
	must[string](t)(a.SignIn(t.Context(), "ANA ", "another few test words", ""))
	if _, err := a.Visitor(t.Context(), session); !errors.Is(err, ErrNoVisitor) || !slices.Contains(told, v.Holder()) {
		t.Errorf("who was in under this name before: %v, told %q", err, told)
	}
}

// TestRoles: each role may do what the ones before it may, screens and guests see their own
// boards only.
func TestRoles(t *testing.T) {
	guest := Visitor{Kind: KindGuest, Boards: []string{"support"}}
	for _, x := range []struct {
		v                         Visitor
		viewer, supervisor, admin bool
		support, sales            bool
	}{
		{v: Visitor{}},
		{v: guest, support: true},
		{v: Visitor{Kind: KindPerson, Role: Viewer}, viewer: true, support: true, sales: true},
		{v: Visitor{Kind: KindPerson, Role: Supervisor}, viewer: true, supervisor: true, support: true, sales: true},
		{v: Visitor{Kind: KindPerson, Role: Admin}, viewer: true, supervisor: true, admin: true, support: true, sales: true},
		{v: Visitor{Kind: KindPerson, Role: "owner"}},
		{v: Everyone(), viewer: true, supervisor: true, admin: true, support: true, sales: true},
	} {
		got := []bool{x.v.May(Viewer), x.v.May(Supervisor), x.v.May(Admin), x.v.MaySee("support"), x.v.MaySee("sales")}
		if want := []bool{x.viewer, x.supervisor, x.admin, x.support, x.sales}; !cmp.Equal(got, want) {
			t.Errorf("%s %q: %v, want %v", x.v.Kind, x.v.Role, got, want)
		}
	}
}

// TestSessionEnds: sessions of people end when idle and in any case, those of screens do not.
func TestSessionEnds(t *testing.T) {
	a, c, ana := withAdmin(t)
	_, session := invited(t, a, ana, "Ben", Viewer)
	code, secret, err := a.Pair("192.0.2.9", "Test")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.AddScreen(t.Context(), ana, code, "Lobby", Settings{Boards: []string{"all"}}); err != nil {
		t.Fatal(err)
	}
	_, screen, err := a.Paired(secret)
	if err != nil {
		t.Fatal(err)
	}
	for range 6 {
		c.t = c.t.Add(SessionIdle - time.Second)
		must[Visitor](t)(a.Visitor(t.Context(), session))
	}
	c.t = c.t.Add(SessionIdle - time.Second)
	c.t = c.t.Add(time.Minute)
	if _, err := a.Visitor(t.Context(), session); !errors.Is(err, ErrNoVisitor) {
		t.Errorf("a session of %v: %v", c.t, err)
	}
	session = must[string](t)(a.SignIn(t.Context(), "Ben", goodPassword, ""))
	c.t = c.t.Add(SessionIdle + time.Second)
	if _, err := a.Visitor(t.Context(), session); !errors.Is(err, ErrNoVisitor) {
		t.Errorf("an idle session: %v", err)
	}
	c.t = c.t.AddDate(3, 0, 0)
	if v := must[Visitor](t)(a.Visitor(t.Context(), screen)); v.Kind != KindScreen || v.Name != "Lobby" {
		t.Errorf("the screen is a %s, %q", v.Kind, v.Name)
	}
}

// TestEnds: whatever ends a token before its time tells so, and the token is of no use.
func TestEnds(t *testing.T) {
	for name, end := range map[string]func(a *Access, by, ben Visitor) error{
		"signed out":   func(a *Access, _, ben Visitor) error { return a.SignOut(t.Context(), ben) },
		"everywhere":   func(a *Access, by, ben Visitor) error { return a.SignOutEverywhere(t.Context(), by, ben.ID) },
		"another role": func(a *Access, by, ben Visitor) error { return a.SetRole(t.Context(), by, ben.ID, Viewer) },
		"removed":      func(a *Access, by, ben Visitor) error { return a.Remove(t.Context(), by, ben.ID) },
		"invited anew": func(a *Access, by, ben Visitor) error {
			_, err := a.InviteAgain(t.Context(), by, ben.ID)
			return err
		},
		"another password": func(a *Access, _, ben Visitor) error {
			_, err := a.ChangePassword(t.Context(), ben, goodPassword, "another few test words")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, _, ana := withAdmin(t)
			ben, session := invited(t, a, ana, "Ben", Supervisor)
			var told []string
			a.OnEnd(func(holder, _ string) { told = append(told, holder) })
			if err := end(a, ana, ben); err != nil {
				t.Fatal(err)
			}
			if _, err := a.Visitor(t.Context(), session); !errors.Is(err, ErrNoVisitor) {
				t.Errorf("the session goes on: %v", err)
			}
			if want := []string{ben.Holder()}; !cmp.Equal(told, want) {
				t.Errorf("told of %q, want %q", told, want)
			}
		})
	}
}

// TestLastAdmin: nobody can lock everybody out.
func TestLastAdmin(t *testing.T) {
	a, _, ana := withAdmin(t)
	ben, _ := invited(t, a, ana, "Ben", Supervisor)
	for name, err := range map[string]error{
		"remove": a.Remove(t.Context(), ana, ana.ID), "role": a.SetRole(t.Context(), ana, ana.ID, Viewer),
	} {
		if !errors.Is(err, ErrLastAdmin) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := a.SetRole(t.Context(), ana, ben.ID, Admin); err != nil {
		t.Fatal(err)
	}
	if err := a.Remove(t.Context(), ana, ana.ID); err != nil {
		t.Errorf("with another admin: %v", err)
	}
}

// TestNames: what cannot be a name, a role or a password gets an error with the field.
func TestNames(t *testing.T) {
	a, _, ana := withAdmin(t)
	invite := func(name string, role Role) error {
		_, err := a.Invite(t.Context(), ana, name, role)
		return err
	}
	set := func(password string) error {
		token := must[string](t)(a.Invite(t.Context(), ana, newID(), Viewer))
		_, err := a.Accept(t.Context(), token, "", password, "")
		return err
	}
	for _, x := range []struct {
		field string
		err   error
	}{
		{"name", invite("", Viewer)},
		{"name", invite("  ", Viewer)},
		{"name", invite("ANA", Viewer)},
		{"name", invite("Ana\nBen", Viewer)},
		{"name", invite("Ana\u200b", Viewer)},
		{"name", invite("\u202eanA", Viewer)},
		{"name", invite(strings.Repeat("a", 101), Viewer)},
		{"role", invite("Ben", "owner")},
		{"password", set("too short")},
		{"password", set(strings.Repeat(" ", 20))},
		{"password", set(strings.Repeat("x", 1025))},
	} {
		var field *FieldError
		if !errors.As(x.err, &field) || field.Field != x.field {
			t.Errorf("%v, want an error of the field %s", x.err, x.field)
		}
	}
}

// TestAccountElsewhere: an account of a provider never becomes a person who has a password
// here, and has the role that it has there now.
func TestAccountElsewhere(t *testing.T) {
	a, _, ana := withAdmin(t)
	as := func(role Role) (Visitor, string) {
		session := must[string](t)(a.SignInAs(t.Context(), "https://login.example.com", "s1", "Ana", role, ""))
		return must[Visitor](t)(a.Visitor(t.Context(), session)), session
	}
	first, session := as(Viewer)
	if first.ID == ana.ID || first.Role != Viewer || !strings.HasPrefix(first.Name, "Ana (") {
		t.Errorf("the account became %q, %q", first.Name, first.Role)
	}
	var told []string
	a.OnEnd(func(holder, _ string) { told = append(told, holder) })
	second, _ := as(Supervisor)
	if second.ID != first.ID || second.Role != Supervisor {
		t.Errorf("the account became %q, %q", second.ID, second.Role)
	}
	if _, err := a.Visitor(t.Context(), session); !errors.Is(err, ErrNoVisitor) || len(told) != 1 {
		t.Errorf("the session of the former role goes on: %v, told %q", err, told)
	}
	if _, err := a.SignIn(t.Context(), first.Name, "", ""); !errors.Is(err, ErrSignIn) {
		t.Errorf("no password: %v", err)
	}
	// Who has no role there any more is out everywhere.
	_, session = as(Supervisor)
	for _, subject := range []string{"somebody else", "s1"} {
		must[Visitor](t)(a.Visitor(t.Context(), session))
		if err := a.Refuse(t.Context(), "https://login.example.com", subject, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Visitor(t.Context(), session); !errors.Is(err, ErrNoVisitor) {
		t.Errorf("without a role: %v", err)
	}
}

// TestLinks (A18): a share link is exchanged for a guest's token; rotated or revoked, it and
// all who came by it are out.
func TestLinks(t *testing.T) {
	a, _, ana := withAdmin(t)
	var told []string
	a.OnEnd(func(holder, _ string) { told = append(told, holder) })
	link := must[string](t)(a.AddLink(t.Context(), ana, "Partner", []string{"support"}))
	if v := must[Visitor](t)(a.Visitor(t.Context(), link)); v.Kind != KindGuest || !v.MaySee("support") || v.MaySee("sales") {
		t.Errorf("a program with the link's token is %+v", v)
	}
	enter := func(link string) (string, error) {
		token, _, err := a.Enter(t.Context(), link)
		return token, err
	}
	guest := must[string](t)(enter(link))
	if v := must[Visitor](t)(a.Visitor(t.Context(), guest)); v.Kind != KindGuest || v.May(Viewer) || !v.MaySee("support") || v.MaySee("sales") {
		t.Errorf("a guest is %+v", v)
	}
	list := must[[]Link](t)(a.Links(t.Context()))
	if len(list) != 1 || list[0].Guests != 1 {
		t.Fatalf("links: %+v", list)
	}
	next := must[string](t)(a.RotateLink(t.Context(), ana, list[0].ID))
	for name, token := range map[string]string{"link": link, "guest": guest} {
		_, enters := enter(token)
		if _, looks := a.Visitor(t.Context(), token); !errors.Is(enters, ErrNoVisitor) || !errors.Is(looks, ErrNoVisitor) {
			t.Errorf("the former %s: %v, %v", name, enters, looks)
		}
	}
	guest = must[string](t)(enter(next))
	if err := a.RevokeLink(t.Context(), ana, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Visitor(t.Context(), guest); !errors.Is(err, ErrNoVisitor) {
		t.Errorf("a guest of a revoked link: %v", err)
	}
	if want := []string{"guest:" + list[0].ID, "guest:" + list[0].ID}; !cmp.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
}

// TestSessionLimit: of more sessions than a person can need the one that was idle longest ends.
func TestSessionLimit(t *testing.T) {
	a, c, _ := withAdmin(t)
	var sessions []string
	for range maxSessions + 1 {
		c.t = c.t.Add(time.Minute)
		sessions = append(sessions, must[string](t)(a.SignIn(t.Context(), "Ana", goodPassword, "")))
	}
	if _, err := a.Visitor(t.Context(), sessions[0]); !errors.Is(err, ErrNoVisitor) {
		t.Errorf("the oldest: %v", err)
	}
	v := must[Visitor](t)(a.Visitor(t.Context(), sessions[1]))
	// Open sockets of the one that made room are ended when they say that they are there.
	var told []string
	a.OnEnd(func(holder, token string) { told = append(told, holder+" "+token) })
	gone := hex.EncodeToString(hashOf(sessions[0]))
	c.t = c.t.Add(time.Hour)
	if err := a.Seen(t.Context(), v.Token, gone); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{" " + gone}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// TestNoWriting: who may look still may when nothing can be written, as on a full disk.
func TestNoWriting(t *testing.T) {
	a, c, ana := withAdmin(t)
	_, session := invited(t, a, ana, "Ben", Viewer)
	c.t = c.t.Add(time.Hour) // so that the use is to be written
	if err := a.db.Write.Close(); err != nil {
		t.Fatal(err)
	}
	if v := must[Visitor](t)(a.Visitor(t.Context(), session)); v.Name != "Ben" {
		t.Errorf("%+v", v)
	}
}

// TestTrail: who did what is told, newest first, and what was typed as an unknown name is
// not, since it may be a password.
func TestTrail(t *testing.T) {
	a, _, ana := withAdmin(t)
	ana.Address = "192.0.2.1"
	must[string](t)(a.Invite(t.Context(), ana, "Ben", Viewer))
	a.SignIn(t.Context(), "hunter2 typed as a name", "x", "192.0.2.7")
	a.SignIn(t.Context(), "Ana", "wrong", "192.0.2.8")
	deeds, next, err := a.Trail(t.Context(), 0, 3)
	if err != nil || next == 0 {
		t.Fatalf("next %d: %v", next, err)
	}
	older, _, err := a.Trail(t.Context(), next, 10)
	if err != nil {
		t.Fatal(err)
	}
	var got [][4]string
	for _, d := range append(deeds, older...) {
		got = append(got, [4]string{d.Actor, d.Address, d.Action, d.Object})
	}
	want := [][4]string{
		{"Ana", "192.0.2.8", "failed to sign in", ""},
		{"", "192.0.2.7", "failed to sign in", ""},
		{"Ana", "192.0.2.1", "invited", "Ben as viewer"},
		{"Ana", "192.0.2.1", "set a password by the set-up link", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the trail (-want +got):\n%s", diff)
	}
}

// TestTogether: all of it may be used at once.
func TestTogether(t *testing.T) {
	a, _, ana := withAdmin(t)
	_, session := invited(t, a, ana, "Ben", Viewer)
	done := make(chan error)
	for i := range 8 {
		go func() {
			ctx := context.WithoutCancel(t.Context())
			_, err := a.Visitor(ctx, session)
			if i%2 == 0 {
				_, _, err2 := a.Pair("192.0.2.9", "")
				_, err3 := a.SignIn(ctx, "Ben", goodPassword, "")
				err = errors.Join(err, err2, err3)
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
