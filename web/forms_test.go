package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/wallboard/wallboard/internal/access"
)

// TestErrorsLeadOn: who meets an error has the same pages to go on to as before, and a stranger none.
func TestErrorsLeadOn(t *testing.T) {
	h := newGuarded(t)
	for _, x := range []struct {
		b    *browser
		path string
		want bool
	}{
		{h.person("Cleo", access.Supervisor), "/interactions/lab/none", true},
		{h.person("Dora", access.Supervisor), "/nothing-here", true},
		{h.person("Ben", access.Viewer), "/interactions", false},
		{h.browser(), "/nothing-here", false},
	} {
		status, body, _ := x.b.do(x.b.request("GET", x.path, ""))
		if status < 400 || strings.Contains(body, `href="/reports/abandoned"`) != x.want {
			t.Errorf("%s answers %d: %s", x.path, status, body)
		}
	}
}

// TestFormsKeepWhatWasTyped: a form that is refused comes back with what was in it, but for the password.
func TestFormsKeepWhatWasTyped(t *testing.T) {
	h := newGuarded(t)
	h.person("Ben", access.Viewer)
	b := h.browser()
	post := func(path string, form url.Values) string {
		status, body, _ := b.do(b.request("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", h.web.URL))
		if status < 400 {
			t.Fatalf("%s %v got %d", path, form, status)
		}
		return body
	}
	if page := post("/sign-in", url.Values{"name": {"Ben"}, "password": {"not this one"}}); !strings.Contains(page, `value="Ben"`) || strings.Contains(page, "not this one") {
		t.Errorf("the sign-in form: %s", page)
	}
	b = h.person("Cleo", access.Supervisor)
	page := post("/screens", url.Values{
		"code": {"ZZZZZZ"}, "name": {"Lobby"}, "board": {"support"}, "rotate": {"45"}, "scale": {"110"}, "theme": {"light"}, "dim": {"22:00-06:00"}, "language": {"fr"},
	})
	for _, want := range []string{`value="ZZZZZZ"`, `value="Lobby"`, `value="support" id="new-board-support" checked`, `value="45"`, `value="110"`, `value="light" selected`, `value="22:00-06:00"`, `value="fr" lang="fr" selected`} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not in the form that pairs a screen: %s", want, page)
		}
	}
	if page := post("/links", url.Values{"name": {"Partner"}, "board": {"none"}}); !strings.Contains(page, `value="Partner"`) {
		t.Errorf("the form of a link: %s", page)
	}
}

// TestNumbersLeadWhereTheReaderMayGo: a viewer and a guest get the same numbers as a supervisor, without
// links to lists that would be refused; page and frame alike.
func TestNumbersLeadWhereTheReaderMayGo(t *testing.T) {
	h := newGuarded(t)
	guest, _ := h.guest("support")
	for who, x := range map[string]struct {
		b    *browser
		want bool
	}{"viewer": {h.person("Ben", access.Viewer), false}, "guest": {guest, false}, "supervisor": {h.person("Cleo", access.Supervisor), true}} {
		for _, path := range []string{"/boards/support", "/boards/support/frame"} {
			status, body, _ := x.b.do(x.b.request("GET", path, ""))
			if status != 200 || !strings.Contains(body, "status.Abandoned") || strings.Contains(body, "/interactions?") != x.want {
				t.Errorf("%s of a %s: %d, links %v", path, who, status, !x.want)
			}
		}
	}
}
