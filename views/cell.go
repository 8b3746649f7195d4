package views

import (
	"fmt"
	"strconv"
	"time"
)

// Cell is one value that can change: what the page shows and a frame sends.
type Cell struct {
	// ID names the cell within its board, for ever.
	ID string
	// Text is what is shown; "–" where the value is not known.
	Text string
	// State is "", "warn" or "alert".
	State string
	// SinceMS is the age in milliseconds, at the board's AsOf, of what the cell
	// measures; the script ticks it. Nil if the cell stands still.
	SinceMS *int64
}

// Cells returns the board's cells, each once, in the order of the page.
func (b Board) Cells() []Cell {
	cells := make([]Cell, 0, 48+10*len(b.Channels)+len(b.Sources))
	add := func(id, text string, since *time.Duration) {
		c := Cell{ID: id, Text: text, State: b.States[id]}
		if since != nil {
			ms := max(since.Milliseconds(), 0)
			c.SinceMS = &ms
		}
		cells = append(cells, c)
	}
	count := func(id string, n int64) { add(id, FormatCount(n), nil) }

	add("window", b.Window, nil)
	add("unbroken", b.unbroken(), nil)
	cells = append(cells, b.alarmCells()...)
	for i, k := range StatusKeys {
		count("status."+k, b.Status[i])
	}
	for _, ch := range b.Channels {
		for i, k := range StatusKeys {
			count("status."+ch.key()+"."+k, ch.Status[i])
		}
	}
	for i, k := range ReasonKeys {
		count("reason."+k, b.Reasons[i])
	}

	m := &b.Metrics
	add("wait.longest", FormatDuration(m.LongestWaitNow), m.LongestWaitNow)
	add("rate.abandon", FormatPercent(m.AbandonRate), nil)
	add("rate.service_level", FormatPercent(m.ServiceLevel), nil)
	add("time.speed_of_answer", FormatDuration(m.SpeedOfAnswer), nil)
	add("time.to_abandon", FormatDuration(m.TimeToAbandon), nil)
	add("time.handle", FormatDuration(m.HandleTime), nil)
	ticking := m.LongestWait
	if !m.LongestWaitTicks {
		ticking = nil
	}
	add("wait.window", FormatDuration(m.LongestWait), ticking)

	for _, c := range b.Customers.list() {
		count("customers."+c.key, c.count)
	}
	add("check", b.Customers.check(), nil)
	if b.Customers.check() != "" {
		cells[len(cells)-1].State = "alert"
	}
	add("audit", b.audit(), nil)
	if b.audit() != "" {
		cells[len(cells)-1].State = "alert"
	}
	for i, k := range AgentKeys {
		count("agents."+k, b.Agents[i])
	}
	for _, s := range b.Sources {
		add("source."+s.Name, FormatAge(s.Age), s.Age)
	}
	return cells
}

// cellSet finds the cells of a board by id.
type cellSet map[string]Cell

func (b Board) cellSet() cellSet {
	set := make(cellSet)
	for _, c := range b.Cells() {
		set[c.ID] = c
	}
	return set
}

// sinceText is the cell's age as an attribute.
func (c Cell) sinceText() string { return strconv.FormatInt(*c.SinceMS, 10) }

func (ch Channel) key() string {
	if ch.Name == "" {
		return "unknown"
	}
	return ch.Name
}

func (ch Channel) label() string {
	switch ch.Name {
	case "voice":
		return "Voice"
	case "messaging":
		return "Messaging"
	case "":
		return "Unknown"
	}
	return ch.Name
}

type customerCount struct {
	key, label string
	count      int64
}

// list is the customers' counts in the order of the equation: what came, what
// became of it, what is left.
func (c Customers) list() []customerCount {
	return []customerCount{
		{"open_at_start", "Open at start", c.OpenAtStart},
		{"started", "Started", c.Started},
		{"answered", "Answered", c.Answered},
		{"abandoned", "Abandoned", c.Abandoned},
		{"self_served", "Self-served", c.SelfServed},
		{"ended_by_system", "Ended by system", c.EndedBySystem},
		{"left_in_menu", "Left in menu", c.LeftInMenu},
		{"lost_track", "Lost track", c.LostTrack},
		{"open", "Open now", c.Open},
	}
}

// check says what is wrong when the customers do not add up, else "".
func (c Customers) check() string {
	came := c.OpenAtStart + c.Started
	accounted := c.Answered + c.Abandoned + c.SelfServed + c.EndedBySystem + c.LeftInMenu + c.LostTrack + c.Open
	if came == accounted {
		return ""
	}
	return fmt.Sprintf("%s came, %s accounted for", FormatCount(came), FormatCount(accounted))
}

// audit says that the counts differ from a recount, else "".
func (b Board) audit() string {
	switch {
	case b.Differing == 1:
		return "1 count differs from a recount"
	case b.Differing > 1:
		return FormatCount(int64(b.Differing)) + " counts differ from a recount"
	}
	return ""
}
