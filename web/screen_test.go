package web

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/views"
)

// screen is a client that keeps to SPEC section 6 and does nothing else: it takes frames in
// as they come.
type screen struct {
	t      *testing.T
	conn   *websocket.Conn
	epoch  string
	seq    uint64
	layout string
	cells  map[string]frameCell

	full, partial           int // frames
	fullBytes, partialBytes int // of the largest frame, those with a region left out
}

func newScreen(t *testing.T, web *httptest.Server) *screen {
	t.Helper()
	return &screen{t: t, conn: dial(t, web), cells: make(map[string]frameCell)}
}

// next reads one frame and applies it.
func (s *screen) next() {
	s.t.Helper()
	s.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, b, err := s.conn.ReadMessage()
	if err != nil {
		s.t.Fatal(err)
	}
	var f frame
	if err := json.Unmarshal(b, &f); err != nil {
		s.t.Fatal(err)
	}
	switch {
	case f.Epoch == s.epoch && f.Seq <= s.seq:
		s.t.Fatalf("seq %d after %d", f.Seq, s.seq)
	case f.Layout != s.layout && (!f.Full || f.HTML == ""):
		s.t.Fatalf("seq %d has another layout and no region", f.Seq)
	case !f.Full && (f.Epoch != s.epoch || f.Seq != s.seq+1):
		s.t.Fatalf("seq %d is partial, after %d", f.Seq, s.seq)
	case f.Full:
		s.full++
		s.cells = make(map[string]frameCell)
		if f.HTML == "" {
			s.fullBytes = max(s.fullBytes, len(b))
		}
	default:
		s.partial++
		s.partialBytes = max(s.partialBytes, len(b))
	}
	maps.Copy(s.cells, f.Cells)
	s.epoch, s.seq, s.layout = f.Epoch, f.Seq, f.Layout
}

// boardJSON is the part of the board's JSON that the cells show as it is.
type boardJSON struct {
	Seq       uint64           `json:"seq"`
	Epoch     string           `json:"epoch"`
	Status    map[string]int64 `json:"agent_work_status"`
	Reasons   map[string]int64 `json:"abandoned_by_reason"`
	Customers map[string]int64 `json:"customers"`
	Metrics   struct {
		AbandonRate *float64 `json:"abandon_rate"`
	} `json:"metrics"`
}

func getBoard(t *testing.T, web *httptest.Server) (b boardJSON) {
	t.Helper()
	getJSON(t, web.URL+"/api/v1/boards/all", &b)
	return b
}

func getJSON(t *testing.T, url string, into any) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into, json.MatchCaseInsensitiveNames(true)); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s: %v", url, res.StatusCode, body, err)
	}
}

// texts are the cells that the JSON has too, as they should read.
func (b *boardJSON) texts() map[string]string {
	texts := map[string]string{"rate.abandon": views.FormatPercent(b.Metrics.AbandonRate)}
	for prefix, counts := range map[string]map[string]int64{"status.": b.Status, "reason.": b.Reasons, "customers.": b.Customers} {
		for key, n := range counts {
			texts[prefix+key] = views.FormatCount(n)
		}
	}
	return texts
}

// TestScreenEqualsJSON: who applies frames and nothing else shows what the JSON says, at
// every step, whether frames are full or partial; also beside a reader of JSON, whose
// views are numbered too.
func TestScreenEqualsJSON(t *testing.T) {
	web, floor := site(t, 100)
	s := newScreen(t, web)
	for s.next(); len(s.cells) < 30; s.next() {
	}
	now := time.Now().UnixMicro()
	for i := range 30 {
		e := interaction.Event{Interaction: fmt.Sprint("I", i/3), Kind: interaction.Queued, Channel: interaction.Voice, At: now + int64(i), Key: fmt.Sprint(i)}
		switch i % 3 {
		case 1:
			e.Kind, e.Work, e.Agent = interaction.Assigned, fmt.Sprint("W", i), "A"
		case 2:
			e.Kind, e.By = interaction.Disconnected, interaction.ByCustomer
		}
		floor.Apply("lab", now, []interaction.Event{e})
		want := getBoard(t, web)
		for s.seq < want.Seq {
			s.next()
		}
		got := make(map[string]string)
		for id := range want.texts() {
			got[id] = s.cells[id].Text
		}
		if diff := cmp.Diff(want.texts(), got); diff != "" || s.epoch != want.Epoch {
			t.Fatalf("step %d, seq %d (-JSON +screen):\n%s", i, s.seq, diff)
		}
	}
	if s.partial < 10 {
		t.Errorf("%d full and %d partial frames; most should be partial", s.full, s.partial)
	}
	// One event changes a handful of cells, whatever else the board has.
	if s.partialBytes > 900 || s.fullBytes != 0 && s.fullBytes < partialAbove {
		t.Errorf("a partial frame has %d bytes, want at most 900, and a full one %d", s.partialBytes, s.fullBytes)
	}
	late := newScreen(t, web)
	for late.next(); late.seq < s.seq; late.next() {
	}
	for s.seq < late.seq {
		s.next()
	}
	if diff := cmp.Diff(late.cells, s.cells); diff != "" && late.seq == s.seq {
		t.Errorf("who came late has other cells (-late +screen):\n%s", diff)
	}
}

// TestEncodings: a view is encoded twice at most, however many screens there are, and not at
// all where nobody looks. A full frame has a limit, so that screens on a thin line keep up.
func TestEncodings(t *testing.T) {
	t.Run("small", func(t *testing.T) { testEncodings(t, 0, 3<<10) })
	t.Run("large", func(t *testing.T) { testEncodings(t, 100, 9<<10) })
}

func testEncodings(t *testing.T, sources, most int) {
	web, floor := site(t, sources)
	p := serverOf(web).boards.find("all")
	getBoard(t, web)
	if n := p.encodings.Load(); n != 0 {
		t.Errorf("%d encodings for a board that nobody watches", n)
	}
	screens := make([]*screen, 20)
	for i := range screens {
		screens[i] = newScreen(t, web)
		screens[i].next()
	}
	last := screens[len(screens)-1]
	before, seq := p.encodings.Load(), last.seq
	now := time.Now().UnixMicro()
	for i := range 10 {
		floor.Apply("lab", now, []interaction.Event{{Interaction: fmt.Sprint("I", i), Kind: interaction.Queued, At: now, Key: fmt.Sprint(i)}})
		for _, s := range screens {
			for s.cells["status.Waiting"].Text != fmt.Sprint(i+1) {
				s.next()
			}
		}
	}
	if last.fullBytes > most {
		t.Errorf("a full frame has %d bytes, want at most %d", last.fullBytes, most)
	}
	if (last.partial > 0) != (sources > 0) {
		t.Errorf("%d partial frames; only a large board is worth them", last.partial)
	}
	newest := uint64(0)
	for _, s := range screens {
		newest = max(newest, s.seq)
	}
	// One more view may be on its way.
	if n, views := p.encodings.Load()-before, int64(newest-seq)+1; n > 2*views {
		t.Errorf("%d encodings for %d views and %d screens, want at most 2 each", n, views, len(screens))
	}
}

// serverOf is the server behind a test's listener.
func serverOf(web *httptest.Server) *Server { return web.Config.Handler.(*Server) }
