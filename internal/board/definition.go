// Package board is what a board is: a named view of the live counts, with its
// filter, its window and its thresholds. One shape serves the configuration
// file and the database.
package board

import "time"

// WindowKind says over which span a board counts what has ended.
type WindowKind string

// The windows. All of them end now; their beginnings are aligned to Step.
const (
	Last30m  WindowKind = "last_30m"
	LastHour WindowKind = "last_hour"
	Today    WindowKind = "today"
)

// Step is the grain of every window's edge.
const Step = 10 * time.Second

// Formula is a way to count service level.
type Formula string

// The formulas, for answers and abandons within and after T seconds.
const (
	Against      Formula = "against"       // answered ≤ T / (answered + abandoned)
	Ignore       Formula = "ignore"        // abandons ≤ T leave the denominator
	Positive     Formula = "positive"      // abandons ≤ T count as met
	AnsweredOnly Formula = "answered_only" // answered ≤ T / answered
)

// Definition is one board. It is immutable after it was made.
type Definition struct {
	Name  string
	Title string
	// Queues (names), Channels and Sources filter; none means all.
	Queues   []string
	Channels []string
	Sources  []string
	Window   WindowKind
	// Zone and DayStart (since midnight) say when Today began.
	Zone       *time.Location
	DayStart   time.Duration
	Formula    Formula
	Thresholds map[string]Threshold
	// Tiles are what the board shows, in this order; none means DefaultTiles.
	Tiles []Tile
	// News is the text of TileNews.
	News string
	// Names is how agents are named at most; a screen may hide more. "" is NamesHidden.
	Names Names
	// Locale is the board's language, "" for English.
	Locale string
	// Embed are the origins whose pages may show the board within theirs.
	Embed []string
}
