package views

import "time"

// BoardLink is one board in the list of boards.
type BoardLink struct {
	Name, Title, URL string
	Window           string // in words; may be empty
}

// InteractionDetail is one interaction with all that is known of it.
type InteractionDetail struct {
	Assets            Assets
	Row               InteractionRow
	Vendor, Direction string
	Ended             time.Time // zero while not ended
	Corrections       int
	Works             []WorkRow
	Events            []EventRow
}

// WorkRow is one work of an interaction. A row without an agent has neither ID nor Agent.
type WorkRow struct {
	ID, Queue, Agent          string
	Status                    string // by API name
	Assigned, Accepted, Ended time.Time
}

// EventRow is one event of an interaction. Details are its arguments in words.
type EventRow struct {
	At, Received  time.Time
	Kind, Details string
}

// word writes an API name for people: "after_decline" is "after decline", and
// nothing is "–".
func word(name string) string {
	if name == "" {
		return Unknown
	}
	b := []byte(name)
	for i, c := range b {
		if c == '_' {
			b[i] = ' '
		}
	}
	return string(b)
}

// statusLabel is Salesforce's label of a status.
func statusLabel(key string) string {
	for i, k := range StatusKeys {
		if k == key {
			return statusLabels[i]
		}
	}
	return word(key)
}

func orUnknown(s string) string {
	if s == "" {
		return Unknown
	}
	return s
}
