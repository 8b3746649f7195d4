package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTilesInOrder: the page shows the tiles that are named and no other, in their order,
// and the frame has their cells alone.
func TestTilesInOrder(t *testing.T) {
	b := sample()
	for _, tiles := range [][]string{{"queues", "waiting"}, {"waiting", "queues"}, {"customers", "abandoned", "sources"}, {"news"}} {
		b.Tiles = tiles
		var want []string
		for _, name := range tiles {
			l := &cellList{b: &b, t: b.tongue(), seen: make(map[string]struct{})}
			l.tile(name)
			for _, c := range l.cells {
				want = append(want, c.ID)
			}
		}
		head := []string{"window", "unbroken", "legend", "alarm.1", "alarm.2", "alarm.3", "alarm.more", "audit", "check"}
		var ids []string
		for _, c := range b.Cells() {
			ids = append(ids, c.ID)
		}
		if diff := cmp.Diff(slices.Concat(head, want), ids); diff != "" {
			t.Errorf("%q: cells (-want +got):\n%s", tiles, diff)
		}
		page, last := render(t, BoardRegion(b)), -1
		for _, id := range want {
			at := strings.Index(page, `data-cell="`+id+`"`)
			if at < last {
				t.Errorf("%q: %s stands before what comes before it", tiles, id)
			}
			last = at
		}
	}
}

// TestNames: who may not be told apart is not on the page in any way.
func TestNames(t *testing.T) {
	b := sample()
	for names, want := range map[string][3]bool{ // full name, initials, any cell of an agent
		NamesFull: {true, false, true}, NamesInitials: {false, true, true}, NamesHidden: {}, "": {},
	} {
		b.Names = names
		page := render(t, BoardPage(b))
		got := [3]bool{strings.Contains(page, "Lovelace"), strings.Contains(page, ">AL<"), strings.Contains(page, "person.")}
		if got != want {
			t.Errorf("names %q: full name, initials, cells are %v, want %v", names, got, want)
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Lovelace": "AL", "Ben": "B", "María José de la Cruz": "MC", "ada.lovelace@example.com": "AL", "élodie": "É",
		"山田 太郎": "山太", "שרה לוי": "של", "WK_01": "W0", "": "?", "---": "?",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials of %q are %q, want %q", name, got, want)
		}
	}
}

// TestTrendPath: the area ends where the day stands, and a busy day looks no higher than
// the drawing.
func TestTrendPath(t *testing.T) {
	for _, tc := range []struct {
		values []int64
		want   string
	}{
		{[]int64{0}, "M0 100H0V100H60V100Z"},
		{[]int64{1, 2, 2, 4}, "M0 100H0V75H60V50H180V0H240V100Z"},
		{slices.Repeat([]int64{1000000}, 32), "M0 100H0V0H960V100Z"},
	} {
		if got := trendPath(tc.values); got != tc.want {
			t.Errorf("%v: got %s, want %s", tc.values, got, tc.want)
		}
	}
}

// TestTrendBegins: the drawing begins with the hour of the first customer, and has four
// hours at least.
func TestTrendBegins(t *testing.T) {
	day := func(n, first int) *Trend {
		tr := &Trend{Started: make([]int64, n), Abandoned: make([]int64, n)}
		if first >= 0 {
			tr.Started[first] = 1
		}
		return tr
	}
	for _, tc := range []struct{ n, first, want int }{{1, 0, 0}, {1, -1, 0}, {40, 0, 0}, {40, 23, 20}, {40, 39, 24}, {96, -1, 80}, {96, 33, 32}} {
		if got := day(tc.n, tc.first).first(); got != tc.want {
			t.Errorf("%d quarters, the first customer in %d: begins with %d, want %d", tc.n, tc.first, got, tc.want)
		}
	}
}

// TestBands: the usual board and others that are likely fill a wall and no more, and a list
// that is too long says how much of it there is no room for.
func TestBands(t *testing.T) {
	b := sample()
	b.Tiles = usualTiles
	for _, d := range b.bands() {
		if d.kind == "panel" && d.height < panelHead+float64(len(StatusKeys))*rowLeast-.01 {
			t.Errorf("the panels have %.2f rem, less than the Agent Work Status needs", d.height)
		}
	}
	for _, tc := range []struct {
		tiles         []string
		rows          int
		tables, shown int
	}{
		{usualTiles, 5, 1, 5},
		{usualTiles, 40, 1, 8},
		{[]string{"queues"}, 40, 2, 40},
		{[]string{"abandoned", "waiting", "queues", "sources"}, 40, 3, 40},
		{[]string{"queues", "agents"}, 100, 1, 24},
		{[]string{"queues"}, 1000, 3, 72},
		{[]string{"queues"}, 0, 1, 0},
	} {
		b.Tiles = tc.tiles
		var d band
		for _, x := range b.bands() {
			if slices.Contains(x.names(), "queues") {
				d = x
			}
		}
		r := d.rows(tc.rows, panelHead+columnsHead)
		if shown := tc.rows - r.more; r.tables != tc.tables || shown != tc.shown || float64(r.each)*rowLeast > d.height-panelHead-columnsHead {
			t.Errorf("%q of %d rows: %+v in %.1f rem, want %d tables with %d rows", tc.tiles, tc.rows, r, d.height, tc.tables, tc.shown)
		}
	}
}

// TestShortLists: a list that needs little of a wall leaves the rest to the large numbers, and
// queues beside other panels stand as cards for as long as all of them have room so.
func TestShortLists(t *testing.T) {
	b := sample()
	for _, tc := range []struct {
		tiles       []string
		queues      int
		airy, cards bool
	}{
		{[]string{"abandoned", "waiting", "queues"}, 1, true, false},
		{[]string{"abandoned", "waiting", "queues"}, 40, false, false},
		{[]string{"abandoned", "waiting", "queues", "agents"}, 1, false, false},
		{[]string{"abandoned", "waiting"}, 1, true, false},
		{usualTiles, 1, false, true},
		{usualTiles, 4, false, true},
		{usualTiles, 5, false, false},
	} {
		b.Tiles, b.Queues = tc.tiles, make([]Queue, tc.queues)
		bands := b.bands()
		cards := slices.ContainsFunc(bands, func(d band) bool { return slices.Contains(d.names(), "queues") && d.cards(tc.queues) })
		if bands[0].airy != tc.airy || cards != tc.cards {
			t.Errorf("%q with %d queues: airy %v, cards %v; want %v, %v", tc.tiles, tc.queues, bands[0].airy, cards, tc.airy, tc.cards)
		}
	}
}

// TestStrangeNames: what others named cannot leave its place, whatever direction it is written in.
func TestStrangeNames(t *testing.T) {
	b := sample()
	b.Names = NamesFull
	b.Queues[0].Name, b.People[0].Name, b.Sources[0].Name = "קו תמיכה", `<b>&"`, "خدمة"
	page := render(t, BoardPage(b))
	for _, want := range []string{"<bdi>קו תמיכה</bdi>", "<bdi>&lt;b&gt;&amp;&#34;</bdi>", `<bdi class="name">خدمة</bdi>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

// TestEveryLanguage: in every language the page shows its cells, and no text is missing.
func TestEveryLanguage(t *testing.T) {
	for _, locale := range Locales {
		b := sample()
		b.Locale = locale
		b.Limits["status.Waiting"] = Limit{Warn: 3, Alert: new(5.), Clear: new(1.)}
		b.Alarms = []Alarm{{Cell: "status.Waiting", State: "warn", Value: 3, Limit: 3, Where: []string{"Billing"}, Since: b.AsOf}}
		page := render(t, BoardRegion(b))
		for _, c := range b.Cells() {
			if !strings.Contains(page, fmt.Sprintf(`data-cell="%s"`, c.ID)) {
				t.Errorf("%s: no cell %s", locale, c.ID)
			}
		}
		if m := brace.FindString(page); m != "" {
			t.Errorf("%s: %s was not filled in", locale, m)
		}
		for _, empty := range []string{"<h2></h2>", "<dt></dt><dd>1", `<th scope="row"></th>`} {
			if strings.Contains(page, empty) {
				t.Errorf("%s: the page has %s", locale, empty)
			}
		}
	}
}

// TestAbandonedRowKeepsItsRoom: where panels need a second band, the one with the Agent Work Status is as high as
// all its rows; shared in halves, the last of them, Abandoned, was below the edge.
func TestAbandonedRowKeepsItsRoom(t *testing.T) {
	for tiles, want := range map[string]bool{
		"abandoned waiting agent_work_status queues agent_list trend customers sources": true,
		"abandoned waiting trend queues agents agent_work_status customers sources":     true,
		"abandoned waiting agent_work_status queues trend agents":                       false, // alone, it has all the room
		"agent_work_status":                      false,
		"queues agent_list trend news queues":    false,
		"service_level agent_work_status queues": false,
	} {
		b := sample()
		b.Names, b.Tiles, b.Limits = NamesFull, strings.Fields(tiles), nil
		got, sum := false, 0.
		for _, d := range b.bands() {
			sum += d.height
			if status := slices.Contains(d.names(), "agent_work_status"); status && d.kind == "panel" && d.height < statusHeight-.01 {
				t.Errorf("%q: the Agent Work Status has %v rem", tiles, d.height)
			}
			got = got || strings.Contains(d.class(), " full")
		}
		if got != want || sum > wallHeight {
			t.Errorf("%q: a band keeps its room: %v, want %v; panels have %v rem", tiles, got, want, sum)
		}
	}
}
