package wallboard

import (
	"time"

	"github.com/wallboard/wallboard/internal/classify"
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
	Log                []Correction // the newest of them
	Works              []Work
	// Only from Wallboard.Interaction:
	Events    []interaction.Event  // in fold order
	Course    []Stage              // through which states it went
	Otherwise []classify.Otherwise // what would have made another outcome
}

// Stage is a time of an interaction in which one party held the customer. It lasts until the
// next one.
type Stage struct {
	From  time.Time
	State string // as Interaction.State
	Queue string // name
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

// Listing is one interaction as the archive projects it: what is shown of it, and by what
// lists and reports find and count it. Times are µs, those that a board counts by; 0 is none.
type Listing struct {
	Interaction
	Customer string  // hashed; "" if it is not known
	Counts   bool    // boards count it: it is a customer's own
	Came     int64   // started
	Over     int64   // its outcome counts from here
	Answered int64   // its first accept, unless it was abandoned later
	Since    int64   // since when it waits now
	Within   bool    // it was answered, or abandoned, within its queue's service level
	Ended    []int64 // of each work
	Handled  []int64 // of each work, µs from accept to the end of work; -1 if it was not accepted or goes on
}
