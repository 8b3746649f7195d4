package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/access"
)

// TestRolesReach: each role reaches its own pages and no others.
func TestRolesReach(t *testing.T) {
	h := newGuarded(t)
	who := map[access.Role]*browser{}
	for _, role := range access.Roles {
		who[role] = h.person("A "+string(role), role)
	}
	for path, least := range map[string]access.Role{
		"/": access.Viewer, "/boards": access.Viewer, "/boards/support": access.Viewer, "/api/v1/boards/support": access.Viewer, "/account": access.Viewer,
		"/interactions": access.Supervisor, "/api/v1/interactions": access.Supervisor, "/screens": access.Supervisor,
		"/people": access.Admin, "/trail": access.Admin,
	} {
		reached := false
		for _, role := range access.Roles {
			reached = reached || role == least
			want := 403
			if reached {
				want = 200
			}
			if status := who[role].get(path); status != want {
				t.Errorf("%s at %s: %d, want %d", role, path, status, want)
			}
		}
	}
}

// TestClientAddress: only a trusted proxy is believed, and of what it says only what it wrote
// itself.
func TestClientAddress(t *testing.T) {
	s := &Server{o: Options{Proxies: Networks{netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, x := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:5", "198.51.100.9", "192.0.2.1"},
		{"10.0.0.1:5", "198.51.100.9", "198.51.100.9"},
		{"10.0.0.1:5", "203.0.113.66, 198.51.100.9", "198.51.100.9"},
		{"10.0.0.1:5", "198.51.100.9, 10.0.0.2", "198.51.100.9"},
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"10.0.0.1:5", "198.51.100.9, nonsense", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:5", "198.51.100.9", "198.51.100.9"},
	} {
		r := httptest.NewRequestWithContext(context.Background(), "GET", "/", nil)
		r.RemoteAddr = x.remote
		if x.forwarded != "" {
			r.Header.Set("X-Forwarded-For", x.forwarded)
		}
		if got := s.address(r); got != x.want {
			t.Errorf("%s, forwarded for %q: %s, want %s", x.remote, x.forwarded, got, x.want)
		}
	}
}

// TestScreenLife: from the code on a television to its board, another board, its name on it,
// and its end.
func TestScreenLife(t *testing.T) {
	h := newGuarded(t)
	tv, boss := h.person("Eve", access.Admin), h.person("Ben", access.Supervisor) // Eve has set the television up
	_, page, header := tv.do(tv.request("GET", "/tv", ""))
	_, after, _ := strings.Cut(page, `aria-label="Code">`)
	code, _, ok := strings.Cut(after, "<")
	if !ok || header.Get("Refresh") == "" {
		t.Fatalf("no code: %s", page)
	}
	form := url.Values{"code": {code}, "name": {"Lobby"}, "board": {"support"}, "theme": {"light"}, "scale": {"120"}, "language": {"de"}, "dim": {"22:00-06:00"}}
	if status, _ := boss.post("/screens", form); status != 303 {
		t.Fatalf("pairing: %d", status)
	}
	// The first answer with the token is lost on its way: no cookie of it is kept.
	lost := tv.request("GET", "/tv", "", "Cookie", tv.cookies())
	res, err := http.DefaultTransport.RoundTrip(lost)
	if err != nil || res.StatusCode != 303 {
		t.Fatalf("the lost answer: %v, %v", res, err)
	}
	res.Body.Close()
	for i, want := range []string{"/tv", "/boards/support"} {
		if status, _, header := tv.do(tv.request("GET", "/tv", "")); status != 303 || header.Get("Location") != want {
			t.Fatalf("step %d: %d, to %q", i, status, header.Get("Location"))
		}
	}
	_, page, _ = tv.do(tv.request("GET", "/boards/support", ""))
	for _, want := range []string{`data-theme="light"`, `data-scale="120"`, `lang="de"`, `22:00-06:00`} {
		if !strings.Contains(page, want) {
			t.Errorf("the board lacks %s", want)
		}
	}
	if strings.Contains(tv.cookies(), pairingCookie+"=") {
		t.Error("it holds on to its pairing")
	}
	if strings.Contains(tv.cookies(), personCookie+"=") {
		t.Error("somebody is still signed in on it")
	}
	if status := tv.get("/screens"); status != 303 && status != 404 {
		t.Errorf("the screen reaches /screens: %d", status)
	}
	conn, _ := tv.live("support", h.web.URL)
	if _, _, err := conn.ReadMessage(); err != nil { // from now on it is known to be there
		t.Fatal(err)
	}
	list, err := h.door.Screens(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("screens %v: %v", list, err)
	}
	_, page, _ = boss.do(boss.request("GET", "/screens", ""))
	if !strings.Contains(page, "connected") || strings.Contains(page, "old version") {
		t.Error("the list does not say that it is connected")
	}
	at := "/screens/" + list[0].ID + "/"
	boss.post(at+"identify", url.Values{"name": {"Buy now"}}) // the screen says its name and nothing else
	for _, action := range []string{"identify", "reload", "revoke"} {
		if status, _ := boss.post("/screens/none/"+action, url.Values{}); status != 404 {
			t.Errorf("%s of no screen: %d", action, status)
		}
	}
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		_, b, err := conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if string(b) == `{"identify":"Lobby"}` {
			break
		}
	}
	form.Set("board", "sales")
	if status, _ := boss.post(at+"settings", form); status != 303 {
		t.Errorf("settings: %d", status)
	}
	if code := closed(t, conn); code != closeReload {
		t.Errorf("at another board: %d", code)
	}
	if status, _, header := tv.do(tv.request("GET", "/boards/support", "")); status != 303 || header.Get("Location") != "/tv" {
		t.Errorf("the former board: %d, to %q", status, header.Get("Location"))
	}
	conn, status := tv.live("sales", h.web.URL)
	if conn == nil {
		t.Fatalf("the new board: %d", status)
	}
	gone := serverOf(h.web).boards.remove("sales")
	if status, _, header := tv.do(tv.request("GET", "/boards/sales", "")); status != 404 || header.Get("Refresh") == "" {
		t.Errorf("a board that is gone: %d, refresh %q", status, header.Get("Refresh"))
	}
	serverOf(h.web).boards.put(gone.def())
	if status, _ := boss.post(at+"revoke", nil); status != 415 && status != 303 {
		t.Errorf("revoke: %d", status)
	}
	if code := closed(t, conn); code != closeEnded {
		t.Errorf("revoked: %d", code)
	}
	if status, _, header := tv.do(tv.request("GET", "/boards/sales", "")); status != 303 || header.Get("Location") != "/tv" {
		t.Errorf("revoked, at its board: %d, to %q", status, header.Get("Location"))
	}
	if status := tv.get("/boards/sales/frame"); status != 401 {
		t.Errorf("revoked, its frame: %d", status)
	}
	if !strings.Contains(fmt.Sprint(h.trail()), "revoked a screen") {
		t.Error("the trail does not tell")
	}
}

func (h *guardedHouse) trail() (actions []string) {
	deeds, _, err := h.door.Trail(h.t.Context(), 0, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, d := range deeds {
		actions = append(actions, d.Action)
	}
	return actions
}
