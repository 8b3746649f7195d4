package board

import "slices"

// Tile is one part of a board.
type Tile string

// The tiles. Those of one number are named as it is in the board's JSON.
const (
	TileAbandoned     Tile = "abandoned" // with its reasons
	TileWaiting       Tile = "waiting"   // with the longest wait now
	TileAbandonRate   Tile = "abandon_rate"
	TileServiceLevel  Tile = "service_level"
	TileSpeedOfAnswer Tile = "average_speed_of_answer"
	TileTimeToAbandon Tile = "average_time_to_abandon"
	TileHandleTime    Tile = "average_handle_time"
	TileLongestWait   Tile = "longest_wait" // in the window
	TileStatus        Tile = "agent_work_status"
	TileQueues        Tile = "queues"
	TileAgents        Tile = "agents"     // by state
	TileAgentList     Tile = "agent_list" // one by one, where names are allowed
	TileTrend         Tile = "trend"
	TileCustomers     Tile = "customers" // with the conservation check
	TileSources       Tile = "sources"
	TileNews          Tile = "news"
)

// Tiles are all of them.
var Tiles = []Tile{
	TileAbandoned, TileWaiting, TileAbandonRate, TileServiceLevel, TileSpeedOfAnswer, TileTimeToAbandon, TileHandleTime, TileLongestWait,
	TileStatus, TileQueues, TileAgents, TileAgentList, TileTrend, TileCustomers, TileSources, TileNews,
}

// DefaultTiles are what a board shows that names none: what is wrong now, how the window
// went, where, and whether the numbers are to be believed.
var DefaultTiles = []Tile{
	TileAbandoned, TileWaiting,
	TileServiceLevel, TileAbandonRate, TileSpeedOfAnswer, TileTimeToAbandon, TileHandleTime, TileLongestWait,
	TileStatus, TileQueues, TileTrend, TileAgents,
	TileCustomers, TileSources,
}

// Names is how agents are named.
type Names string

// The ways to name agents, from the least to the most that is told.
const (
	NamesHidden   Names = "hidden"
	NamesInitials Names = "initials"
	NamesFull     Names = "full"
)

// Locales are the languages of boards; the first is the default.
var Locales = []string{"en", "de", "fr", "es", "ja"}

// MaxNews is the length of TileNews' text, in characters.
const MaxNews = 300

// Shown are the board's tiles in order.
func (d *Definition) Shown() []Tile {
	if len(d.Tiles) == 0 {
		return DefaultTiles
	}
	return d.Tiles
}

// Shows reports whether the board has the tile.
func (d *Definition) Shows(t Tile) bool { return slices.Contains(d.Shown(), t) }

// NamesAgents reports whether the board may tell one agent from another.
func (d *Definition) NamesAgents() bool { return d.Names == NamesInitials || d.Names == NamesFull }
