package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// site is a server over a real floor, published until the test ends.
func site(t *testing.T) (*httptest.Server, *wallboard.Wallboard) {
	t.Helper()
	floor := wallboard.New(wallboard.Options{Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}})
	s := New(Options{
		Floor: floor, Boards: []*board.Definition{{Name: "all", Title: "All", Window: board.LastHour, Formula: board.Against}},
		Open: true, Hosts: []string{"wallboard.example.com"}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
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
	return web, floor
}

func dial(t *testing.T, web *httptest.Server) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(web.URL, "http")+"/boards/all/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func read(t *testing.T, c *websocket.Conn) frame {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, b, err := c.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	var f frame
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFrames: the first frame is full; a change comes to every screen, also beside one that
// never reads; seq grows.
func TestFrames(t *testing.T) {
	web, floor := site(t)
	dial(t, web) // it never reads
	a, b := dial(t, web), dial(t, web)
	first := read(t, a)
	if !first.Full || first.Cells["status.Waiting"].Text != "0" || first.HTML == "" {
		t.Errorf("the first frame: full %v, %d cells", first.Full, len(first.Cells))
	}
	now := time.Now().UnixMicro()
	floor.Apply("lab", now, []interaction.Event{{Interaction: "I", Kind: interaction.Queued, At: now, Key: "k"}})
	for _, c := range []*websocket.Conn{a, b} {
		last := uint64(0)
		for f := read(t, c); f.Cells["status.Waiting"].Text != "1"; f = read(t, c) {
			if f.Seq <= last {
				t.Fatalf("seq %d after %d", f.Seq, last)
			}
			last = f.Seq
		}
	}
}

var dataCell = regexp.MustCompile(`data-cell="([^"]*)"[^>]*>([^<]*)<`)

// TestPageEqualsFrame: page and frame are two encodings of one model.
func TestPageEqualsFrame(t *testing.T) {
	web, _ := site(t)
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
	f := read(t, dial(t, web))
	for id, c := range f.Cells {
		if got, ok := onPage[id]; !ok || got != c.Text {
			t.Errorf("%s: the page has %q (%v), the frame %q", id, got, ok, c.Text)
		}
	}
	if len(onPage) != len(f.Cells) || len(onPage) < 30 {
		t.Errorf("%d cells on the page, %d in the frame", len(onPage), len(f.Cells))
	}
}

// TestForeign: another site's page may not connect, and another name is not answered to.
func TestForeign(t *testing.T) {
	web, _ := site(t)
	address := "ws" + strings.TrimPrefix(web.URL, "http") + "/boards/all/live"
	if _, res, err := websocket.DefaultDialer.Dial(address, http.Header{"Origin": {"http://evil.example"}}); err == nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("a foreign origin: %v", err)
	}
	r, err := http.NewRequest("GET", web.URL+"/boards/all", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "evil.example"
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a foreign host: got %d, want 421", res.StatusCode)
	}
}

// TestCrossed: a state that was entered is left at clear, and below the minimum there is none.
func TestCrossed(t *testing.T) {
	def := &board.Definition{Thresholds: map[string]board.Threshold{"abandon_rate": {Warn: 0.05, Alert: 0.1, Clear: 0.04, Minimum: 20}}}
	states := make(map[string]string)
	var got []string
	for _, v := range []float64{0.04, 0.05, 0.045, 0.2, 0.06, 0.045, 0.03, 0.045} {
		got = append(got, crossed(def, states, "abandon_rate", &v, 20))
	}
	if want := ",warn,warn,alert,warn,warn,,"; strings.Join(got, ",") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ","), want)
	}
	if v := 0.5; crossed(def, states, "abandon_rate", &v, 19) != "" {
		t.Error("below the minimum there is a state")
	}
}
