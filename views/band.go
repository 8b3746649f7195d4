package views

import (
	"slices"
	"strconv"
)

// band is one row of tiles across the board. Its columns have a tile each, or two small
// ones above each other.
type band struct {
	kind    string // hero, metric, panel, strip or foot
	columns [][]string
	height  float64 // of a panel on a wall, in rem
	airy    bool    // no panel needs the room that is left, so that it may grow
	snug    bool    // a panel that needs less than there is
	full    bool    // has the height that all rows of the Agent Work Status need, before others have theirs
}

// kinds are what sort of band a tile stands in, and lows are the panels of which two stand
// above each other.
var (
	kinds = map[string]string{
		"abandoned": "hero", "waiting": "hero",
		"service_level": "metric", "abandon_rate": "metric", "average_speed_of_answer": "metric",
		"average_time_to_abandon": "metric", "average_handle_time": "metric", "longest_wait": "metric",
		"agent_work_status": "panel", "queues": "panel", "agent_list": "panel", "trend": "panel", "agents": "panel",
		"customers": "strip", "news": "strip", "sources": "foot",
	}
	lows = map[string]bool{"trend": true, "agents": true}
)

// The most columns of a band, by kind.
var mostColumns = map[string]int{"hero": 2, "metric": 6, "panel": 3, "strip": 1, "foot": 1}

// A wall of 16:9 is 50 rem high. These are what its parts take, in rem; the style sheet has
// them too. What is left goes to the panels, else to the heroes.
const (
	wallHeight   = 47.6 // between the safe margins
	headHeight   = 2.6
	alarmsHeight = 2.1
	bandGap      = .6
	panelHead    = 2.6  // a panel's heading, and its padding
	columnsHead  = 1.55 // the names of a list's columns
	rowLeast     = 1.55
	rowMost      = 5.4
	cardHeight   = 3.45 // a queue's name above its numbers
	statusHeight = 18.2 // the Agent Work Status with all its rows
	panelLeast   = 7    // a panel that still says something
)

var bandHeights = map[string]float64{"hero": 10.8, "metric": 7.1, "strip": 3, "foot": 1.5}

// bands are the board's tiles in rows, in their order. Names that are not tiles, and the
// list of agents where names are hidden, are left out.
func (b Board) bands() []band {
	var bands []band
	for _, tile := range b.Tiles {
		kind := kinds[tile]
		if kind == "" || tile == "agent_list" && b.Names != NamesFull && b.Names != NamesInitials || tile == "sources" && len(b.Sources) == 0 {
			continue
		}
		if n := len(bands); n > 0 && bands[n-1].kind == kind {
			last := &bands[n-1]
			if c := len(last.columns) - 1; lows[tile] && len(last.columns[c]) == 1 && lows[last.columns[c][0]] {
				last.columns[c] = append(last.columns[c], tile)
				continue
			}
			if len(last.columns) < mostColumns[kind] {
				last.columns = append(last.columns, []string{tile})
				continue
			}
		}
		bands = append(bands, band{kind: kind, columns: [][]string{{tile}}})
	}
	left, panels := wallHeight-headHeight+bandGap, 0.
	if len(b.Limits) > 0 {
		left -= alarmsHeight
	}
	for i := range bands {
		left -= bandHeights[bands[i].kind] + bandGap
		if bands[i].kind == "panel" {
			panels++
		}
	}
	// Of several bands of panels the one with the Abandoned row does not give up any of its own.
	full := -1
	if panels > 1 && left/panels < statusHeight && left-statusHeight >= panelLeast*(panels-1) {
		full = slices.IndexFunc(bands, func(d band) bool { return slices.Contains(d.names(), "agent_work_status") })
	}
	snug := 0.
	for i := range bands {
		if d := &bands[i]; d.kind == "panel" {
			d.height = left / panels
			if full >= 0 {
				d.full, d.height = i == full, (left-statusHeight)/(panels-1)
			}
			if d.full {
				d.height = statusHeight
			}
			if n, list := b.listed(d.columns[0][0]); list && len(d.columns) == 1 && panelHead+columnsHead+rowMost*float64(n) < d.height*.75 {
				d.snug = true
				snug++
			}
		}
	}
	for i := range bands {
		bands[i].airy = panels == snug
	}
	return bands
}

// listed is how many rows a tile lists, and whether it is a list of queues or agents at all.
func (b Board) listed(tile string) (n int, list bool) {
	switch tile {
	case "queues":
		return max(len(b.Queues), 1), true
	case "agent_list":
		return max(len(b.people()), 1), true
	}
	return 0, false
}

// names are all tiles of the band.
func (d *band) names() []string { return slices.Concat(d.columns...) }

// class is the band's class in the page.
func (d *band) class() string {
	c := "band " + d.kind + "-band of" + strconv.Itoa(len(d.columns))
	if d.airy {
		c += " airy"
	}
	if d.snug {
		c += " snug"
	}
	if d.full {
		c += " full"
	}
	return c
}

// rows says how a list of so many rows stands in a column of the band: in how many tables
// beside each other, how many rows each has, how many more there are than a wall has room
// for, and how roomy they stand, from 1 on.
type rows struct{ tables, each, more, room int }

// rows are those of a list whose rows begin below so many rem.
func (d *band) rows(n int, head float64) rows {
	capacity := max(int((d.height-head)/rowLeast+.01), 1)
	most := max(1, 4-len(d.columns)) // beside each other
	if len(d.columns) == 2 {
		most = 1
	}
	r := rows{tables: min(most, max(1, (n+capacity-1)/capacity))}
	r.each = max(1, (n+r.tables-1)/r.tables)
	if r.each > capacity { // the last row of the room is for how many more there are
		r.each = max(capacity-1, 1)
		r.more = n - r.each*r.tables
	}
	high := r.each
	if r.more > 0 {
		high++
	}
	// Narrow columns have no room for large letters.
	r.room = min(roomOf((d.height-head)/float64(high)), 9-2*len(d.columns), 8-2*r.tables)
	return r
}

// cards reports whether so many queues stand with their names above their numbers: a narrow
// column has no room for both beside each other, and these few have the height.
func (d *band) cards(n int) bool {
	return len(d.columns) == 3 && cardHeight*float64(n) <= d.height-panelHead-columnsHead+.01
}

// roomOf is how large rows of a height (rem) are written, from 1 to 7.
func roomOf(height float64) int {
	room := 1
	for _, least := range []float64{1.75, 2.2, 2.7, 3.3, 4.2, rowMost} {
		if height >= least-.001 {
			room++
		}
	}
	return room
}
