package web

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// guardedHouse is a server that asks who comes, with two boards.
type guardedHouse struct {
	t    *testing.T
	web  *httptest.Server
	door *access.Access
	ana  access.Visitor // its admin
}

const housePassword = "four plain test words"

func newGuarded(t *testing.T, change ...func(*Options)) *guardedHouse {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := &guardedHouse{t: t, door: access.Open(db, time.Now)}
	floor := wallboard.New(wallboard.Options{Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}})
	o := Options{Floor: floor, Access: h.door, Ready: func() error { return nil }, Metrics: http.NotFoundHandler()}
	for _, name := range []string{"support", "sales"} {
		o.Boards = append(o.Boards, &board.Definition{Name: name, Title: name, Window: board.LastHour, Formula: board.Against})
	}
	for _, f := range change {
		f(&o)
	}
	h.web = serve(t, o)
	token, err := h.door.SetUp(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	session, err := h.door.Accept(t.Context(), token, "Ana", housePassword, "")
	if err != nil {
		t.Fatal(err)
	}
	if h.ana, err = h.door.Visitor(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	return h
}

// browser is one that keeps cookies and follows nothing by itself.
type browser struct {
	*http.Client
	h *guardedHouse
}

func (h *guardedHouse) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &browser{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, h}
}

// person is a browser in which somebody of the role has signed in.
func (h *guardedHouse) person(name string, role access.Role) *browser {
	h.t.Helper()
	token, err := h.door.Invite(h.t.Context(), h.ana, name, role)
	if err == nil {
		_, err = h.door.Accept(h.t.Context(), token, "", housePassword, "")
	}
	if err != nil {
		h.t.Fatal(err)
	}
	b := h.browser()
	if status, to := b.post("/sign-in", url.Values{"name": {name}, "password": {housePassword}}); status != http.StatusSeeOther || to != "/" {
		h.t.Fatalf("%s signs in: %d, to %q", name, status, to)
	}
	return b
}

// guest is a browser that came by a share link of the board.
func (h *guardedHouse) guest(board string) (b *browser, link string) {
	h.t.Helper()
	link, err := h.door.AddLink(h.t.Context(), h.ana, "Partner "+board, []string{board})
	if err != nil {
		h.t.Fatal(err)
	}
	b = h.browser()
	if status, to := b.post("/share", url.Values{"token": {link}}); status != http.StatusSeeOther || to != "/boards/"+board {
		h.t.Fatalf("the share link: %d, to %q", status, to)
	}
	return b, link
}

func (b *browser) do(r *http.Request) (status int, body string, header http.Header) {
	b.h.t.Helper()
	res, err := b.Do(r)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header
}

func (b *browser) request(method, path, body string, headers ...string) *http.Request {
	r, err := http.NewRequest(method, b.h.web.URL+path, strings.NewReader(body))
	if err != nil {
		b.h.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func (b *browser) get(path string) int {
	b.h.t.Helper()
	status, _, _ := b.do(b.request("GET", path, ""))
	return status
}

func (b *browser) post(path string, form url.Values) (status int, to string) {
	b.h.t.Helper()
	status, _, h := b.do(b.request("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", b.h.web.URL))
	return status, h.Get("Location")
}

// cookies are the headers that the browser would send.
func (b *browser) cookies() string {
	u, _ := url.Parse(b.h.web.URL)
	var list []string
	for _, c := range b.Jar.Cookies(u) {
		list = append(list, c.String())
	}
	return strings.Join(list, "; ")
}

// live opens the board's socket as the browser's page would, from a page of the origin.
func (b *browser) live(board, origin string) (*websocket.Conn, int) {
	h := http.Header{}
	if c := b.cookies(); c != "" {
		h.Set("Cookie", c)
	}
	if origin != "" {
		h.Set("Origin", origin)
	}
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(b.h.web.URL, "http")+"/boards/"+board+"/live", h)
	if res == nil {
		b.h.t.Fatal(err)
	}
	if conn != nil {
		b.h.t.Cleanup(func() { conn.Close() })
	}
	return conn, res.StatusCode
}

// closed reads on until the socket is closed, and returns the code.
func closed(t *testing.T, conn *websocket.Conn) int {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			var end *websocket.CloseError
			if !errors.As(err, &end) {
				t.Fatalf("it was not closed: %v", err)
			}
			return end.Code
		}
	}
}
