package views

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Unknown is what stands where a number is not known.
const Unknown = "–"

// Cell is one changing text of a board.
type Cell struct {
	ID   string
	Text string
	// State is "", "warn" or "alert".
	State string
	// SinceMS is the age at the time of the frame, in milliseconds, of a text that ticks.
	SinceMS *int64
}

// Tile is a labelled cell with a note that does not change.
type Tile struct {
	Label, Note string
	Cell        Cell
}

// Row is one row of the Agent Work Status table: the total, then one cell per channel.
type Row struct {
	Label string
	Now   bool // counts what is so now
	Cells []Cell
}

// Board is the model of a board's page and frames.
type Board struct {
	Title, Window string
	// LivePath, Style and Script are URLs on this server.
	LivePath, Style, Script string
	// AgeMS is how old the numbers are when they are sent; AsOf is the same as a time.
	AgeMS int64
	AsOf  string

	Abandoned, Waiting Tile
	LongestNow         Tile
	Reasons            []Tile
	Columns            []string // of the table: "All", then channels
	Rows               []Row
	Rates              []Tile
	Customers          []Tile
	Check              Cell // empty while customers add up
	Agents             []Tile
	Sources            []Tile
}

// Cells returns every cell of the board, once each, in page order.
func (b *Board) Cells() []Cell {
	cells := []Cell{b.Abandoned.Cell, b.Waiting.Cell, b.LongestNow.Cell}
	for _, tiles := range [][]Tile{b.Reasons, b.Rates, b.Customers, b.Agents, b.Sources} {
		for _, t := range tiles {
			cells = append(cells, t.Cell)
		}
	}
	for _, r := range b.Rows {
		cells = append(cells, r.Cells...)
	}
	seen := make(map[string]bool, len(cells))
	out := cells[:0]
	for _, c := range append(cells, b.Check) {
		if !seen[c.ID] {
			seen[c.ID] = true
			out = append(out, c)
		}
	}
	return out
}

// Layout is a hash of the board's structure: it changes when a frame of cells is no longer
// enough.
func (b *Board) Layout() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s|%s|%q", b.Title, b.Window, b.Columns)
	for _, tiles := range [][]Tile{b.Reasons, b.Rates, b.Customers, b.Agents, b.Sources} {
		for _, t := range tiles {
			fmt.Fprintf(&s, "|%s;%s", t.Label, t.Note)
		}
	}
	for _, c := range b.Cells() {
		s.WriteString("|" + c.ID)
	}
	sum := sha256.Sum256([]byte(s.String()))
	return hex.EncodeToString(sum[:6])
}

// FormatDuration writes 65 s as 1:05 and an hour as 1:00:00; nil is unknown.
func FormatDuration(d *time.Duration) string {
	if d == nil {
		return Unknown
	}
	s := int64(max(0, *d) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// FormatPercent writes 0.0547 as 5.5 %; nil is unknown.
func FormatPercent(r *float64) string {
	if r == nil {
		return Unknown
	}
	return strconv.FormatFloat(*r*100, 'f', 1, 64) + " %"
}

// stateWord says a state in a word, so that it is never told by colour alone.
func stateWord(s string) string {
	switch s {
	case "warn":
		return "▲ high"
	case "alert":
		return "⬤ alert"
	}
	return ""
}

func sinceText(c Cell) string {
	if c.SinceMS == nil {
		return ""
	}
	return strconv.FormatInt(*c.SinceMS, 10)
}
