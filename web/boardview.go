package web

import (
	"fmt"
	"strconv"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/static"
	"github.com/wallboard/wallboard/views"
)

// statusLabels are the rows' names on screen, by status.
var statusLabels = [interaction.StatusCount]string{
	"Waiting", "Assigned", "Opened", "Closed", "Transferred", "Declined", "Declined on push timeout", "Unavailable", "Canceled", "Abandoned",
}

var reasonLabels = [4]string{"No agent available", "Before accept", "After decline", "After transfer"}

// formulaLabels say on the tile how service level is counted.
var formulaLabels = map[board.Formula]string{
	board.Against: "abandons count against", board.Ignore: "short abandons ignored", board.Positive: "short abandons count as met", board.AnsweredOnly: "of the answered",
}

// boardView makes the model of a board's page and frames. states keeps what each threshold
// said last, for hysteresis.
func boardView(def *board.Definition, n *wallboard.Numbers, now time.Time, states map[string]string) views.Board {
	zone := n.Since.Location()
	m, c := &n.Metrics, &n.Customers
	b := views.Board{
		Title: def.Title, Window: windowText(def, n.Since), LivePath: "/boards/" + def.Name + "/live",
		Style: static.URL("board.css"), Script: static.URL("board.js"),
		AgeMS: max(0, now.Sub(n.AsOf).Milliseconds()), AsOf: n.AsOf.In(zone).Format("15:04:05"),
	}
	offered := c.Answered + c.Abandoned
	state := func(metric string, value *float64) string { return crossed(def, states, metric, value, offered) }
	count := func(id string, v int64) views.Cell { return views.Cell{ID: id, Text: strconv.FormatInt(v, 10)} }
	status := func(s interaction.Status) views.Cell {
		cell := count("status."+s.String(), n.Status[s])
		v := float64(n.Status[s])
		switch s {
		case interaction.StatusAbandoned:
			cell.State = state("abandoned", &v)
		case interaction.Waiting:
			cell.State = state("waiting", &v)
		}
		return cell
	}
	ticking := func(id string, d *time.Duration, ticks bool) views.Cell {
		cell := views.Cell{ID: id, Text: views.FormatDuration(d)}
		if d != nil && ticks {
			ms := d.Milliseconds()
			cell.SinceMS = &ms
		}
		return cell
	}
	b.Abandoned = views.Tile{Label: "Abandoned", Cell: status(interaction.StatusAbandoned)}
	b.Waiting = views.Tile{Label: "Waiting now", Cell: status(interaction.Waiting)}
	b.LongestNow = views.Tile{Label: "Longest wait now", Cell: ticking("wait.longest", m.LongestWaitNow, true)}
	b.LongestNow.Cell.State = state("longest_wait_seconds", seconds(m.LongestWaitNow))
	for i, r := range interaction.AbandonedReasons {
		b.Reasons = append(b.Reasons, views.Tile{Label: reasonLabels[i], Cell: count("reason."+r, n.Reasons[i])})
	}
	b.Columns, b.Rows = statusTable(n, status)
	note := formulaLabels[def.Formula]
	if m.ServiceLevelSeconds > 0 {
		note = strconv.Itoa(m.ServiceLevelSeconds) + " s, " + note
	}
	b.Rates = []views.Tile{
		{Label: "Abandon rate", Cell: views.Cell{ID: "rate.abandon", Text: views.FormatPercent(m.AbandonRate), State: state("abandon_rate", m.AbandonRate)}},
		{Label: "Service level", Note: note, Cell: views.Cell{ID: "rate.service_level", Text: views.FormatPercent(m.ServiceLevel), State: state("service_level", m.ServiceLevel)}},
		{Label: "Speed of answer", Note: "average", Cell: views.Cell{ID: "time.speed_of_answer", Text: views.FormatDuration(m.SpeedOfAnswer), State: state("average_speed_of_answer_seconds", seconds(m.SpeedOfAnswer))}},
		{Label: "Time to abandon", Note: "average", Cell: views.Cell{ID: "time.to_abandon", Text: views.FormatDuration(m.TimeToAbandon)}},
		{Label: "Handle time", Note: "average", Cell: views.Cell{ID: "time.handle", Text: views.FormatDuration(m.HandleTime)}},
		{Label: "Longest wait", Note: "in the window", Cell: ticking("wait.window", m.LongestWait, m.LongestWaitTicks)},
	}
	b.Customers = []views.Tile{
		{Label: "Open at the start", Cell: count("customers.open_at_start", c.OpenAtStart)},
		{Label: "Started", Cell: count("customers.started", c.Started)},
		{Label: "Answered", Cell: count("customers.answered", c.Answered)},
		{Label: "Abandoned", Cell: count("customers.abandoned", c.Abandoned)},
		{Label: "Self-served", Cell: count("customers.self_served", c.SelfServed)},
		{Label: "Ended by system", Cell: count("customers.ended_by_system", c.EndedBySystem)},
		{Label: "Left in menu", Cell: count("customers.left_in_menu", c.LeftInMenu)},
		{Label: "Lost track", Cell: count("customers.lost_track", c.LostTrack)},
		{Label: "Open now", Cell: count("customers.open", c.Open)},
	}
	b.Check = views.Cell{ID: "check"}
	if !c.Balanced() {
		b.Check.Text, b.Check.State = "These customers do not add up. The counts may be wrong; tell the administrator.", "alert"
	}
	for p := interaction.Available; p <= interaction.Offline; p++ {
		b.Agents = append(b.Agents, views.Tile{Label: agentLabels[p], Cell: count("agents."+p.String(), n.Agents[p-1])})
	}
	for _, s := range n.Sources {
		cell := views.Cell{ID: "source." + s.Name, Text: views.Unknown}
		if !s.LastEvent.IsZero() {
			age := max(0, n.AsOf.Sub(s.LastEvent))
			cell = ticking(cell.ID, &age, true)
		}
		b.Sources = append(b.Sources, views.Tile{Label: s.Name, Note: s.Vendor, Cell: cell})
	}
	return b
}

var agentLabels = map[interaction.Presence]string{
	interaction.Available: "Available", interaction.Busy: "Busy", interaction.WrapUp: "Wrap-up", interaction.Away: "Away", interaction.Offline: "Offline",
}

// statusTable has a column for all, and one per channel where there are several.
func statusTable(n *wallboard.Numbers, status func(interaction.Status) views.Cell) (columns []string, rows []views.Row) {
	columns = []string{"All"}
	for _, ch := range n.StatusByChannel {
		columns = append(columns, channelLabel(ch.Channel))
	}
	for _, s := range interaction.Statuses() {
		row := views.Row{Label: statusLabels[s], Now: !s.Final(), Cells: []views.Cell{status(s)}}
		for _, ch := range n.StatusByChannel {
			name := ch.Channel.String()
			if name == "" {
				name = "unknown"
			}
			row.Cells = append(row.Cells, views.Cell{ID: "status." + name + "." + s.String(), Text: strconv.FormatInt(ch.Status[s], 10)})
		}
		rows = append(rows, row)
	}
	return columns, rows
}

func channelLabel(c interaction.Channel) string {
	switch c {
	case interaction.Voice:
		return "Voice"
	case interaction.Messaging:
		return "Messaging"
	}
	return "Unknown"
}

func windowText(def *board.Definition, since time.Time) string {
	switch def.Window {
	case board.Last30m:
		return "last 30 minutes"
	case board.LastHour:
		return "last hour"
	}
	return fmt.Sprintf("today, since %s %s", since.Format("15:04"), since.Location())
}

func seconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := d.Seconds()
	return &s
}

// crossed says the state of a metric by its threshold. A state that was entered is left
// at Clear; below the minimum of customers there is none.
func crossed(def *board.Definition, states map[string]string, metric string, value *float64, customers int64) string {
	t, ok := def.Thresholds[metric]
	if !ok || value == nil || customers < int64(t.Minimum) {
		delete(states, metric)
		return ""
	}
	beyond := func(limit float64) bool {
		if metric == "service_level" {
			return *value < limit
		}
		return *value >= limit
	}
	state := ""
	switch {
	case t.Alert != 0 && beyond(t.Alert):
		state = "alert"
	case beyond(t.Warn):
		state = "warn"
	case states[metric] != "" && t.Clear != t.Warn && beyond(t.Clear):
		state = "warn"
	}
	states[metric] = state
	return state
}
