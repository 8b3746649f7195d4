package views

import (
	"fmt"
	"time"
)

// Alarm is one number that is beyond its limit.
type Alarm struct {
	Cell         string // of the number
	State        string // "warn" or "alert"
	Value, Limit string // "12.5 %" and "≥ 10 %"
	Where        string // what the board is narrowed to; "" for all
	// Since is when the limit was reached, in the board's zone. Before means that it was
	// so already when this run of the server first looked.
	Since  time.Time
	Before bool
}

// shownAlarms is how many alarms have a place on the board; the others are counted.
const shownAlarms = 3

// alarmNames are the numbers that may have limits, as their tiles call them.
var alarmNames = map[string]string{
	"status.Abandoned":     "Abandoned",
	"status.Waiting":       "Waiting now",
	"wait.longest":         "Longest wait now",
	"rate.abandon":         "Abandon rate",
	"rate.service_level":   "Service level",
	"time.speed_of_answer": "Speed of answer",
}

// text says what is wrong, where, and since when; at is the board's moment.
func (a Alarm) text(at time.Time) string {
	sign, word := "▲", "Warning"
	if a.State == "alert" {
		sign, word = "◆", "Alert"
	}
	text := fmt.Sprintf("%s %s: %s %s (%s)", sign, word, alarmNames[a.Cell], a.Value, a.Limit)
	if a.Where != "" {
		text += " in " + a.Where
	}
	text += ", since "
	if a.Before {
		text += "before "
	}
	return text + sinceText(a.Since, at)
}

// sinceText writes a time of day, and the day too where it was another one.
func sinceText(t, at time.Time) string {
	if t.YearDay() != at.YearDay() || t.Year() != at.Year() {
		return t.Format("2 Jan 15:04")
	}
	return t.Format("15:04")
}

// alarmCells are the places of the alarms, in order; those without an alarm are empty.
func (b Board) alarmCells() []Cell {
	cells := make([]Cell, 0, shownAlarms+1)
	for i := range shownAlarms {
		c := Cell{ID: fmt.Sprint("alarm.", i+1)}
		if i < len(b.Alarms) {
			c.Text, c.State = b.Alarms[i].text(b.AsOf), b.Alarms[i].State
		}
		cells = append(cells, c)
	}
	more := Cell{ID: "alarm.more"}
	if n := len(b.Alarms) - shownAlarms; n > 0 {
		more.Text = fmt.Sprintf("and %d more", n)
	}
	return append(cells, more)
}

// unbroken says since when nothing was missed, where that is later than the window.
func (b Board) unbroken() string {
	if b.Unbroken.IsZero() {
		return ""
	}
	return "counting without a break since " + sinceText(b.Unbroken, b.AsOf)
}
