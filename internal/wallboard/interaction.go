package wallboard

import (
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Interaction is one interaction as lists and the API show it: a value that
// nobody modifies again.
type Interaction struct {
	ID, Source, Vendor string
	Channel            interaction.Channel
	Direction          interaction.Direction
	Queue              string // name; "" if it was never queued
	StartedAt          time.Time
	EndedAt            time.Time // zero while not ended
	State              string    // SPEC: in_menu, waiting, assigned, opened, self_service, outside, ended, lost_track
	Outcome            interaction.Outcome
	Reason             string         // "" for null
	Wait               *time.Duration // nil if not known
	Corrections        int
	Works              []Work
	Events             []interaction.Event // only from Wallboard.Interaction; in fold order
}

// Work is one row of an interaction.
type Work struct {
	ID         string // "" for null
	Queue      string // name
	Agent      string // id; "" for null
	AgentName  string
	Status     interaction.Status
	AssignedAt time.Time // zero for null, as the others
	AcceptedAt time.Time
	EndedAt    time.Time
}

// Filter chooses interactions; empty fields do not filter.
type Filter struct {
	Source, Queue, Channel, Outcome, Reason string
	From, To                                time.Time // by StartedAt, To exclusive
}
