package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/config"
	"github.com/wallboard/wallboard/internal/shelf"
	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/views"
)

// withShelf lets people make boards beside those of the settings file.
func withShelf(t *testing.T) func(*Options) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return func(o *Options) {
		o.Shelf = shelf.Open(db, &config.Config{TimeZone: time.UTC, Sources: []config.Source{{Name: "lab"}}, Boards: o.Boards}, time.Now)
	}
}

// send posts a form, or gets a page where there is none, and returns the answer.
func (b *browser) send(path string, form url.Values) (int, string) {
	b.h.t.Helper()
	var res *http.Response
	var err error
	if form == nil {
		res, err = b.Get(b.h.web.URL + path)
	} else {
		res, err = b.PostForm(b.h.web.URL+path, form)
	}
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// must sends, and fails where the answer is another one.
func (b *browser) must(status int, says, path string, form url.Values) string {
	b.h.t.Helper()
	code, body := b.send(path, form)
	if code != status || !strings.Contains(body, says) {
		b.h.t.Fatalf("%s: %d, want %d and %q:\n%s", path, code, status, says, body)
	}
	return body
}

// watch opens the board's socket as the browser does.
func (b *browser) watch(name string) *websocket.Conn {
	b.h.t.Helper()
	u, err := url.Parse(b.h.web.URL)
	if err != nil {
		b.h.t.Fatal(err)
	}
	c, _, err := (&websocket.Dialer{Jar: b.Jar}).Dial("ws://"+u.Host+"/boards/"+name+"/live", http.Header{"Origin": {b.h.web.URL}})
	if err != nil {
		b.h.t.Fatal(err)
	}
	b.h.t.Cleanup(func() { c.Close() })
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	return c
}

// until reads frames until one brings HTML that says so.
func until(t *testing.T, c *websocket.Conn, says string) (seq uint64) {
	t.Helper()
	for {
		_, b, err := c.ReadMessage()
		if err != nil {
			t.Fatalf("no frame says %q: %v", says, err)
		}
		var f frame
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(f.HTML, says) {
			return f.Seq
		}
	}
}

var sealed = func(body string) string {
	_, after, _ := strings.Cut(body, `name="seen" value="`)
	seen, _, _ := strings.Cut(after, `"`)
	return seen
}

// TestEditor: who may make boards makes, changes and removes one; its screens see each step.
func TestEditor(t *testing.T) {
	h := newGuarded(t, withShelf(t))
	b := h.person("Sam", access.Supervisor)
	h.person("Vic", access.Viewer).must(http.StatusForbidden, "role", "/editor", nil)
	b.must(http.StatusOK, "in the settings file", "/editor", nil)
	b.must(http.StatusOK, "New board", "/editor/new?from=sales", nil)

	form := url.Values{"name": {"night"}, "title": {"Night shift"}, "window": {"today"}, "queues": {"Billing\nOrders"}, "threshold.waiting.alert": {"3"}, "agent_names": {"hidden"}}
	b.must(http.StatusSeeOther, "", "/editor/new", form)
	b.must(http.StatusOK, "Night shift", "/boards/night", nil)
	b.must(http.StatusOK, "Night shift", "/boards", nil)
	b.must(http.StatusUnprocessableEntity, "another board&#39;s name", "/editor/new", form)
	form.Set("name", "sales")
	b.must(http.StatusUnprocessableEntity, "settings file", "/editor/new", form)
	form.Set("name", "x")
	form.Set("threshold.waiting.alert", "many")
	b.must(http.StatusUnprocessableEntity, "thresholds.waiting.alert", "/editor/new", form)
	b.must(http.StatusConflict, "settings file", "/editor/boards/sales", nil)
	b.must(http.StatusConflict, "settings file", "/editor/boards/sales", form)
	b.must(http.StatusConflict, "settings file", "/editor/boards/sales/remove", url.Values{})
	b.must(http.StatusNotFound, "", "/editor/boards/none", nil)

	c := b.watch("night")
	first := until(t, c, "Night shift")
	edit := b.must(http.StatusOK, `value="Night shift"`, "/editor/boards/night", nil)
	change := url.Values{"seen": {sealed(edit)}, "title": {"Late shift"}, "window": {"last_hour"}, "tile.status": {""}, "tile.waiting": {"1"}}
	b.must(http.StatusSeeOther, "", "/editor/boards/night", change)
	if second := until(t, c, "Late shift"); second <= first {
		t.Errorf("the changed board's view is number %d, after %d", second, first)
	}
	b.must(http.StatusUnprocessableEntity, "somebody else", "/editor/boards/night", change)

	text := b.must(http.StatusOK, "title: Late shift", "/editor/boards/night/board.yaml", nil)
	b.must(http.StatusOK, "name: sales", "/editor/boards/sales/board.yaml", nil)
	b.must(http.StatusUnprocessableEntity, "is there already", "/editor/import", url.Values{"text": {text}})
	b.must(http.StatusUnprocessableEntity, "${NAME}", "/editor/import", url.Values{"text": {strings.Replace(text, "Late", "${LATE}", 1)}})
	b.must(http.StatusSeeOther, "", "/editor/import", url.Values{"replace": {"1"}, "text": {strings.Replace(text, "Late", "Later", 1) + strings.Replace(strings.TrimPrefix(text, "boards:\n"), "night", "dawn", 1)}})
	until(t, c, "Later shift")
	b.must(http.StatusOK, "Late shift", "/boards/dawn", nil)

	b.must(http.StatusSeeOther, "", "/editor/boards/night/remove", url.Values{})
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, closeReload) {
				t.Errorf("the removed board's screen is told %v, want %d", err, closeReload)
			}
			break
		}
	}
	res, err := b.Get(h.web.URL + "/boards/night")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusNotFound || res.Header.Get("Refresh") == "" {
		t.Errorf("the removed board's page is %d, and a screen would not see it come back", res.StatusCode)
	}
	h.person("Ada", access.Admin).must(http.StatusOK, "removed a board", "/trail", nil)
}

// TestBoardsAfterRestart: boards that people made are there again, and one that the settings
// file now has is the file's.
func TestBoardsAfterRestart(t *testing.T) {
	keep := withShelf(t)
	b := newGuarded(t, keep).person("Sam", access.Supervisor)
	for _, name := range []string{"night", "day"} {
		b.must(http.StatusSeeOther, "", "/editor/new", url.Values{"name": {name}, "title": {"Shelf " + name}})
	}
	h := newGuarded(t, func(o *Options) {
		o.Boards = append(o.Boards, &board.Definition{Name: "day", Title: "File day", Window: board.LastHour, Formula: board.Against})
	}, keep)
	if err := serverOf(h.web).LoadBoards(t.Context()); err != nil {
		t.Fatal(err)
	}
	b = h.person("Sam", access.Supervisor)
	b.must(http.StatusOK, "Shelf night", "/boards/night", nil)
	b.must(http.StatusOK, "File day", "/boards/day", nil)
	b.must(http.StatusOK, "Not shown", "/editor", nil)
	b.must(http.StatusSeeOther, "", "/editor/boards/day/remove", url.Values{})
	b.must(http.StatusOK, "File day", "/boards/day", nil)
}

// TestPreview: a form's board is shown before it is saved, to pages of ours alone; and what
// is wrong with it, where something is.
func TestPreview(t *testing.T) {
	h := newGuarded(t, withShelf(t))
	b := h.person("Sam", access.Supervisor)
	res, err := b.Get(h.web.URL + "/editor/preview?name=x&title=Trial")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if policy := res.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "frame-ancestors 'self'") {
		t.Errorf("the preview's policy is %q", policy)
	}
	page := b.must(http.StatusOK, "Trial", "/editor/preview?name=x&title=Trial", nil)
	if !strings.Contains(page, `data-frame="/editor/preview/frame?name=x&amp;title=Trial"`) {
		t.Error("the preview does not know where its frames are")
	}
	b.must(http.StatusOK, "Trial", "/editor/preview/frame?name=x&title=Trial&layout=none", nil)
	b.must(http.StatusOK, "window", "/editor/preview?window=x", nil)
	b.must(http.StatusConflict, "", "/editor/preview/frame?window=x", nil)
	b.must(http.StatusNotFound, "", "/boards/x", nil)
	if policy := func() string {
		res, err := b.Get(h.web.URL + "/editor/new")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.Header.Get("Content-Security-Policy")
	}(); !strings.Contains(policy, "frame-src 'self'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("the editor's policy is %q", policy)
	}
}

// TestFormAndBack: what a form shows of a board is that board.
func TestFormAndBack(t *testing.T) {
	web, _ := site(t, 0)
	for _, d := range []board.Draft{
		{Name: "a", Window: "today"},
		{
			Name: "b", Title: "B & co", Queues: []string{"Billing", "Orders"}, Channels: []string{"voice"}, Sources: []string{"lab"}, Window: "last_30m",
			TimeZone: "Asia/Tokyo", DayStart: "06:30", Formula: "ignore", News: "Hello", AgentNames: "full", Language: "de", Embed: []string{"https://one.example", "https://two.example"},
			Tiles: []string{"news", "agent_list", "waiting"},
			Thresholds: map[string]board.DraftThreshold{
				"waiting":      {Warn: "5", Alert: "10", Clear: "4", AlertClear: "8", Minimum: "3", PendingSeconds: "30"},
				"abandon_rate": {Alert: "0.1"},
			},
		},
	} {
		var page views.BoardForm
		if err := serverOf(web).fill(t.Context(), &page, &d); err != nil {
			t.Fatal(err)
		}
		got, faults := draftOf(formOf(&page))
		if diff := cmp.Diff(d, got, cmpopts.EquateEmpty()); diff != "" || len(faults) > 0 {
			t.Errorf("%v (-want +got):\n%s", faults, diff)
		}
	}
	_, faults := draftOf(url.Values{"tile.waiting": {"first"}, "tile.news": {"0"}})
	if len(faults) != 2 || faults[0].Field != "tiles.waiting" {
		t.Errorf("places that are none: %v", faults)
	}
}
