package views

import (
	"strconv"
	"time"
)

// InteractionDetail is one interaction with all that is known of it.
type InteractionDetail struct {
	Assets            Assets
	Zone              string
	Row               InteractionRow
	Vendor, Direction string
	Verdict           Verdict
	Timeline          Timeline
	Works             []WorkRow
	Corrections       []CorrectionRow
	Corrected         int // of which Corrections are the newest
	Events            []EventRow
	// Deliveries are shown to those who may read them; else Hidden.
	Deliveries []DeliveryRow
	Hidden     bool
	More       bool // there are more deliveries than shown
}

// WorkRow is one work of an interaction. A row without an agent has neither ID nor Agent.
type WorkRow struct {
	ID, Queue, Agent          string
	AgentURL                  string // to the agent's interactions
	Status                    string // by API name
	Assigned, Accepted, Ended time.Time
}

// EventRow is one event of an interaction. Details are its arguments in words.
type EventRow struct {
	ID            string // within the page
	At, Received  time.Time
	Kind, Details string
	Delivery      int64 // position; 0 if it is not shown
}

// CorrectionRow is one change after the end.
type CorrectionRow struct {
	At                                     time.Time
	Source, URL                            string // of the interaction; in logs
	Outcome, Reason, NewOutcome, NewReason string
	Event                                  *EventRow // what caused it; nil if it is not known
}

// DeliveryRow is one stored delivery.
type DeliveryRow struct {
	Position  int64
	Received  time.Time
	Method    string
	Path      string
	Type      string // content type
	Bytes     int
	Text      string // the body, to be read, with customers masked
	Cut       bool   // Text is not all
	Removed   bool   // the body was removed for its age
	Decoded   []DecodedRow
	Ignored   []string
	Problems  []string
	Undecoded string // why it does not decode at all; "" if it does
}

// DecodedRow is one event that a delivery says.
type DecodedRow struct {
	Kind, Details string
	Fate          string // stored, duplicate, of another interaction
}

func deliveryID(position int64) string { return "delivery-" + strconv.FormatInt(position, 10) }

// verdictText is an outcome with its reason.
func verdictText(outcome, reason string) string {
	if reason == "" {
		return word(outcome)
	}
	return word(outcome) + ", " + word(reason)
}

// clip cuts a text to at most n letters.
func clip(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return string(r[:n-1]) + "…"
}
