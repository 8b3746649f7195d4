package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/views"
)

// faces is a site of one board that may show initials, and is German.
func faces(t *testing.T) (string, *Server, *wallboard.Wallboard) {
	t.Helper()
	floor := wallboard.New(wallboard.Options{Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}})
	web := serve(t, Options{Floor: floor, Boards: []*board.Definition{{
		Name: "all", Window: board.LastHour, Formula: board.Against, Names: board.NamesInitials, Locale: "de",
		Tiles: []board.Tile{board.TileWaiting, board.TileAgentList, board.TileSources},
	}}})
	now := time.Now().UnixMicro()
	floor.Apply("lab", now, []interaction.Event{{Kind: interaction.AgentState, Agent: "1", AgentName: "Ada Lovelace", Presence: interaction.Away, Key: "1", At: now}})
	return web.URL, serverOf(web), floor
}

func get(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestFacesSpeak: page and frame of an address are in its language, and name agents as it
// asks, but never tell more than the board allows.
func TestFacesSpeak(t *testing.T) {
	url, _, _ := faces(t)
	for query, want := range map[string][]string{
		"":                      {"Warten jetzt", ">AL<", "Abwesend"},
		"?lang=fr":              {"En attente", ">AL<", "Absent"},
		"?lang=en&names=full":   {"Waiting now", ">AL<", "Away"},
		"?names=hidden":         {"Warten jetzt"},
		"?lang=ja&names=hidden": {"待機中"},
	} {
		page := get(t, url+"/boards/all"+query)
		frame := get(t, url+"/boards/all/frame"+query)
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%q: the page has no %q", query, text)
			}
			if !strings.Contains(strings.ReplaceAll(frame, `\u003c`, "<"), text) {
				t.Errorf("%q: the frame has no %q", query, text)
			}
		}
		if strings.Contains(page+frame, "Lovelace") || strings.Contains(query, "hidden") && strings.Contains(page+frame, "AL<") {
			t.Errorf("%q: tells more than it may", query)
		}
	}
	if res := get(t, url+"/boards/all/frame?lang=xx"); !strings.Contains(res, "400") || !strings.Contains(res, `"field":"lang"`) {
		t.Errorf("an unknown language got %s", res)
	}
}

// TestFacesAreBounded: a view is encoded once for each face that is watched, whoever watches
// and however they ask for it; and their numbers are of the same view.
func TestFacesAreBounded(t *testing.T) {
	url, s, floor := faces(t)
	p := s.boards.find("all")
	var screens []*screen
	for range 3 {
		for _, query := range []string{"", "?lang=de", "?lang=de&names=initials", "?names=full", "?lang=fr", "?lang=fr&theme=dark&scale=150"} {
			c, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+"/boards/all/live"+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			k := &screen{t: t, conn: c, cells: make(map[string]frameCell)}
			k.next()
			screens = append(screens, k)
		}
	}
	if n := len(p.faces); n != 2 {
		t.Errorf("%d faces, want a German and a French one", n)
	}
	before, seq := p.encodings.Load(), screens[0].seq
	for i := range 5 {
		queueOne(floor, i)
		for _, k := range screens {
			for k.cells["status.Waiting"].Text != fmt.Sprint(i+1) {
				k.next()
			}
		}
	}
	newest := seq
	for _, k := range screens {
		newest = max(newest, k.seq)
	}
	if n, most := p.encodings.Load()-before, 2*2*int64(newest-seq+1); n > most {
		t.Errorf("%d encodings for %d views of two faces, want at most %d", n, newest-seq+1, most)
	}
}

func TestLeastOf(t *testing.T) {
	for _, tc := range []struct {
		allowed board.Names
		display views.Display
		want    board.Names
	}{
		{"", views.Display{Names: "full"}, "hidden"},
		{"hidden", views.Display{Names: "full"}, "hidden"},
		{"initials", views.Display{Names: "full"}, "initials"},
		{"full", views.Display{}, "full"},
		{"full", views.Display{Screen: true}, "hidden"},
		{"full", views.Display{Screen: true, Names: "initials"}, "initials"},
		{"full", views.Display{Names: "hidden"}, "hidden"},
	} {
		if got := leastOf(tc.allowed, tc.display); got != tc.want {
			t.Errorf("%q allowed, %+v: got %q, want %q", tc.allowed, tc.display, got, tc.want)
		}
	}
}

// TestLocales: settings and pages know the same languages and tiles.
func TestLocales(t *testing.T) {
	if diff := cmp.Diff(views.Locales, board.Locales); diff != "" {
		t.Errorf("languages (-pages +settings):\n%s", diff)
	}
	for _, tile := range board.Tiles {
		b := views.Board{
			Name: "b", Tiles: []string{string(tile)}, Names: views.NamesFull, News: "n", People: []views.Person{{Name: "A", State: "away"}},
			Queues: []views.Queue{{Name: "q"}}, Sources: []views.Source{{Name: "s"}},
		}
		empty := b
		empty.Tiles = nil
		if tile != board.TileNews && len(b.Cells()) == len(empty.Cells()) {
			t.Errorf("pages do not know the tile %q", tile)
		}
	}
}

// TestFacesFollow: when a board is changed, its screens are in its new language, and name
// agents no more than it now allows.
func TestFacesFollow(t *testing.T) {
	url, s, _ := faces(t)
	c, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+"/boards/all/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	k := &screen{t: t, conn: c, cells: make(map[string]frameCell)}
	k.next()
	if got := k.cells["person.1.state"].Text; got != "Abwesend" {
		t.Errorf("the agent is %q", got)
	}
	changed := *s.boards.find("all").def()
	changed.Locale, changed.Names = "fr", board.NamesHidden
	s.boards.put(&changed)
	s.hub.poke()
	for k.cells["window"].Text != "dernière heure" {
		k.next()
	}
	if _, ok := k.cells["person.1.state"]; ok {
		t.Error("an agent is told apart on a board that hides names")
	}
}
