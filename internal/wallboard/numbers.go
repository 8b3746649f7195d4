package wallboard

import (
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Numbers is what a board shows at one moment: a value that nobody modifies
// again. Its fields are those of the board's JSON; a nil pointer is a number
// that is not known.
type Numbers struct {
	// AsOf is the time through which deliveries have been applied.
	AsOf time.Time
	// Since is where the window begins, in the board's zone.
	Since time.Time
	// Status are the rows of the Agent Work Status table, by status.
	Status [interaction.StatusCount]int64
	// StatusByChannel is the same per channel that was seen, sorted by channel.
	StatusByChannel []ChannelStatus
	// Reasons splits Status[Abandoned], in the order of interaction.AbandonedReasons.
	Reasons   [4]int64
	Customers Customers
	Metrics   Metrics
	// Agents counts agents by Presence (index Presence-1).
	Agents  [5]int64
	Sources []SourceState
	// Queues are the board's queues, those that its filter names in that order, else by
	// name; nil unless the board shows them. One that is configured is there while it is idle.
	Queues []QueueState
	// Trend is how the day went; nil unless the board shows it.
	Trend *Trend
	// People are the agents one by one, by name; nil unless the board shows and names them.
	People []AgentState
	// Corrected are the interactions of the window whose outcome changed after it was shown.
	Corrected Corrected
	// Differing is how much the newest audit found to differ from a recount: above 0, no
	// number here is to be trusted.
	Differing int
}

// Corrected counts interactions under each outcome that they have or had: answered, abandoned,
// self_served, ended_by_system, left_in_menu and lost_track; and under each reason of the
// abandoned.
type Corrected struct {
	Outcomes [6]int64
	Reasons  [4]int64
}

// ChannelStatus is the Agent Work Status table of one channel. Its Channel is
// 0 for contacts whose channel is not known.
type ChannelStatus struct {
	Channel interaction.Channel
	Status  [interaction.StatusCount]int64
}

// Customers counts interactions: those that started and those that ended in
// the window, and those that are open now.
type Customers struct {
	OpenAtStart, Started                           int64
	Answered, Abandoned, SelfServed, EndedBySystem int64
	LeftInMenu, Open, LostTrack                    int64
}

// Balanced reports whether the conservation check holds.
func (c Customers) Balanced() bool {
	return c.OpenAtStart+c.Started == c.Answered+c.Abandoned+c.SelfServed+c.EndedBySystem+c.LeftInMenu+c.LostTrack+c.Open
}

// Metrics are the rates and times of the window.
type Metrics struct {
	AbandonRate         *float64
	SpeedOfAnswer       *time.Duration // mean
	TimeToAbandon       *time.Duration // mean
	HandleTime          *time.Duration // mean
	LongestWaitNow      *time.Duration // at AsOf; nil when nobody waits
	LongestWait         *time.Duration // in the window, those who still wait included
	LongestWaitTicks    bool           // LongestWait is of one who still waits
	ServiceLevel        *float64
	ServiceLevelSeconds int // T, if all queues of the board share it; else 0
}

// SourceState is the freshness of one source.
type SourceState struct {
	Name, Vendor string
	// LastEvent is the time of the newest event, by the vendor's clock but
	// never later than its receipt. Zero if there was none.
	LastEvent time.Time
	// Limit is what the vendor does not tell; "" if there is nothing to say.
	Limit string
}

// QueueState is one queue of a board.
type QueueState struct {
	Name string
	// Status are its rows of the Agent Work Status table.
	Status              [interaction.StatusCount]int64
	LongestWaitNow      *time.Duration // at AsOf; nil when nobody waits
	ServiceLevel        *float64
	ServiceLevelSeconds int // T
}

// Trend is what began and what was abandoned since the board's day began, by quarters of
// an hour. The last one is under way.
type Trend struct {
	Since              time.Time // when the first one began, in the board's zone
	Started, Abandoned []int64
}

// AgentState is one agent. Since is nil where it is not known since when the state stands.
type AgentState struct {
	Source, ID, Name string
	Presence         interaction.Presence
	Since            *time.Duration // before AsOf
}
