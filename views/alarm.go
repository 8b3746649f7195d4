package views

import (
	"fmt"
	"strings"
	"time"
)

// Alarm is one number that is beyond its limit.
type Alarm struct {
	Cell  string // of the number
	State string // "warn" or "alert"
	// Value is what the number is, and Limit what it reached, in the cell's measure.
	Value, Limit float64
	Lower        bool     // less is worse
	Where        []string // what the board is narrowed to; none for all
	// Since is when the limit was reached, in the board's zone. Before means that it was
	// so already when this run of the server first looked.
	Since  time.Time
	Before bool
}

// shownAlarms is how many alarms have a place on the board; the others are counted.
// shownPlaces is how many queues, channels and sources an alarm names.
const (
	shownAlarms = 3
	shownPlaces = 3
)

// alarmNames are the numbers that may have limits, by the keys of their tiles' titles.
var alarmNames = map[string]string{
	"status.Abandoned":     "tile.abandoned",
	"status.Waiting":       "tile.waiting",
	"wait.longest":         "tile.longest_now",
	"rate.abandon":         "tile.abandon_rate",
	"rate.service_level":   "tile.service_level",
	"time.speed_of_answer": "tile.speed_of_answer",
}

// alarmText says what is wrong, since when, and where. Of many at once there is no room for
// where; the limit is on the number's tile too.
func (b Board) alarmText(a *Alarm) string {
	t := b.tongue()
	text := t.say("alarm.text", "name", t.say(alarmNames[a.Cell]), "value", b.quantity(a.Cell, a.Value))
	key := "alarm.since"
	if a.Before {
		key = "alarm.since_before"
	}
	text = t.say(key, "text", text, "t", t.moment(a.Since, b.AsOf))
	if len(b.Alarms) >= shownAlarms {
		return text
	}
	if len(a.Where) > 0 {
		where := strings.Join(a.Where[:min(len(a.Where), shownPlaces)], ", ")
		if more := len(a.Where) - shownPlaces; more > 0 {
			where += " " + t.say("alarm.more", "n", fmt.Sprint(more))
		}
		text = t.say("alarm.where", "text", text, "where", where)
	}
	return t.say("alarm.limit", "text", text, "limit", b.reached(a.Cell, a.Limit, a.Lower))
}

// alarmCells are the places of the alarms, in order; those without an alarm are empty. A
// board that has limits says that all is well.
func (b Board) alarmCells() []Cell {
	cells := make([]Cell, 0, shownAlarms+1)
	for i := range shownAlarms {
		c := Cell{ID: fmt.Sprint("alarm.", i+1)}
		switch {
		case i < len(b.Alarms):
			c.Text, c.State = b.alarmText(&b.Alarms[i]), b.Alarms[i].State
		case i == 0 && len(b.Limits) > 0:
			c.Text = b.tongue().say("alarm.none")
		}
		cells = append(cells, c)
	}
	more := Cell{ID: "alarm.more"}
	if n := len(b.Alarms) - shownAlarms; n > 0 {
		more.Text = b.tongue().say("alarm.more", "n", fmt.Sprint(n))
	}
	return append(cells, more)
}

// unbroken says since when nothing was missed, where that is later than the window.
func (b Board) unbroken() string {
	if b.Unbroken.IsZero() {
		return ""
	}
	return b.tongue().say("window.unbroken", "t", b.tongue().moment(b.Unbroken, b.AsOf))
}
