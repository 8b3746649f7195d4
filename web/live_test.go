package web

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// site is a server over a real floor, published until the test ends. It has the source lab,
// and as many more as asked for: the more there are, the larger a frame.
func site(t *testing.T, more int) (*httptest.Server, *wallboard.Wallboard) {
	t.Helper()
	sources := []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}
	for i := range more {
		sources = append(sources, wallboard.Source{Name: fmt.Sprint("another-source-", i), Vendor: "cloudevents", Policies: classify.DefaultPolicies()})
	}
	floor := wallboard.New(wallboard.Options{Sources: sources})
	return serve(t, Options{Floor: floor, Boards: []*board.Definition{{Name: "all", Title: "All", Window: board.LastHour, Formula: board.Against}}}), floor
}

// serve runs a server of the given options until the test ends.
func serve(t *testing.T, o Options) *httptest.Server {
	t.Helper()
	o.Open, o.Hosts, o.Logger = o.Access == nil, []string{"wallboard.example.com"}, slog.New(slog.DiscardHandler)
	if floor, ok := o.Floor.(*wallboard.Wallboard); ok && o.Past == nil {
		o.Past = past(t, floor, o.Zone)
	}
	s := New(o)
	web := httptest.NewServer(s)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(t.Context()) // ends before the cleanups
	}()
	t.Cleanup(func() {
		<-done
		web.Close()
	})
	return web
}

// past keeps what a floor shows in a database until the test ends.
func past(t *testing.T, floor *wallboard.Wallboard, zone *time.Location) *history.Keeper {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return history.NewKeeper(history.Open(t.Context(), db, zone, nil), floor)
}

func dial(t *testing.T, web *httptest.Server) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.DefaultDialer.Dial(address(web), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

var dataCell = regexp.MustCompile(`data-cell="([^"]*)"[^>]*>([^<]*)<`)

// TestPageEqualsFrame: page and frame are two encodings of one model.
func TestPageEqualsFrame(t *testing.T) {
	web, _ := site(t, 0)
	res, err := http.Get(web.URL + "/boards/all")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	onPage := make(map[string]string)
	for _, m := range dataCell.FindAllStringSubmatch(string(page), -1) {
		onPage[m[1]] = m[2]
	}
	s := newScreen(t, web)
	s.next()
	for id, c := range s.cells {
		if got, ok := onPage[id]; !ok || got != c.Text {
			t.Errorf("%s: the page has %q (%v), the frame %q", id, got, ok, c.Text)
		}
	}
	if len(onPage) != len(s.cells) || len(onPage) < 30 {
		t.Errorf("%d cells on the page, %d in the frame", len(onPage), len(s.cells))
	}
}

// TestHosts: another name is not answered to; an address is, since no name leads astray to it.
func TestHosts(t *testing.T) {
	web, _ := site(t, 0)
	for host, want := range map[string]int{
		"wallboard.example.com": 200, "WALLBOARD.example.com:8080": 200, "localhost:1": 200, "127.0.0.1": 200, "[::1]:80": 200,
		"192.168.1.20:8080": 200, "[fe80::1]": 200, "10.0.0.1": 200,
		"foreign.example": 421, "wallboard.example.com.foreign.example": 421, "192.168.1.20.foreign.example": 421, "localhost.foreign.example": 421,
	} {
		r, err := http.NewRequest("GET", web.URL+"/boards/all", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: got %d, want %d", host, res.StatusCode, want)
		}
	}
}
