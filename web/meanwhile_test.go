package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/access"
)

// TestEndedMeanwhile: an end closes the sockets that are entered, so one that is being opened looks again
// once it is entered. What is taken away here is so after the guard has let the request in,
// and before the socket is entered: while the upgrade looks at the origin.
func TestEndedMeanwhile(t *testing.T) {
	h := newGuarded(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	person := func(name string) string {
		token, err := h.door.Invite(ctx, h.ana, name, access.Viewer)
		must(err)
		session, err := h.door.Accept(ctx, token, "", housePassword, "")
		must(err)
		return session
	}
	holder := func(token string) string {
		v, err := h.door.Visitor(ctx, token)
		must(err)
		return v.ID
	}
	link := func(name string) string {
		token, err := h.door.AddLink(ctx, h.ana, name, []string{"support"})
		must(err)
		return token
	}
	guest := func(token string) string {
		token, _, err := h.door.Enter(ctx, token)
		must(err)
		return token
	}
	code, secret, err := h.door.Pair("", "")
	must(err)
	must(h.door.AddScreen(ctx, h.ana, code, "Lobby", access.Settings{Boards: []string{"support"}}))
	_, screen, err := h.door.Paired(secret)
	must(err)
	ben, eve, partner := person("Ben"), person("Eve"), link("Partner")
	bearer := func(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }
	both := http.Header{"Origin": {h.web.URL}, "Cookie": {personCookie + "=" + eve + "; " + guestCookie + "=" + guest(link("Another"))}}

	for _, tc := range []struct {
		name      string
		header    http.Header
		meanwhile func() error
		lives     bool
	}{
		{"nothing", bearer(ben), func() error { return nil }, true},
		{"the person signed out everywhere", bearer(ben), func() error { return h.door.SignOutEverywhere(ctx, h.ana, holder(ben)) }, false},
		{"the link was revoked", bearer(partner), func() error { return h.door.RevokeLink(ctx, h.ana, holder(partner)) }, false},
		{"the screen went to another board", bearer(screen), func() error {
			return h.door.SetScreen(ctx, h.ana, holder(screen), "Lobby", access.Settings{Boards: []string{"sales"}})
		}, false},
		{"the session ended, and a guest's token is there too", both, func() error { return h.door.Remove(ctx, h.ana, holder(eve)) }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			serverOf(h.web).hub.upgrader.CheckOrigin = func(*http.Request) bool {
				if err := tc.meanwhile(); err != nil {
					t.Error(err)
				}
				return true
			}
			conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(h.web.URL, "http")+"/boards/support/live", tc.header)
			if err != nil {
				t.Fatalf("%v, %+v", err, res)
			}
			defer conn.Close()
			if tc.lives {
				if _, _, err := conn.ReadMessage(); err != nil {
					t.Errorf("it is closed: %v", err)
				}
				return
			}
			if code := closed(t, conn); code != closeEnded {
				t.Errorf("closed with %d, want %d", code, closeEnded)
			}
		})
	}
}
