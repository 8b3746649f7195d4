package views

import "time"

// Was is a board at a moment of the past.
type Was struct {
	Board  Board
	Action string // the page's path
	At     time.Time
	Then   bool // as it was known then; else as it is known now
	Moves  []ReportLink
	Other  ReportLink // the other reading
}

// label says which reading it is.
func (w Was) label() string {
	if w.Then {
		return "As it was known then, by what had been received"
	}
	return "As it is known now, by the vendors' times"
}

func (w Was) minute() int { return w.At.Hour()*60 + w.At.Minute() }

func knownValue(then bool) string {
	if then {
		return "then"
	}
	return "now"
}
