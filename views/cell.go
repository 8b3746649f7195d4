package views

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Cell is one value that can change: what the page shows and a frame sends.
type Cell struct {
	// ID names the cell within its board, for ever.
	ID string
	// Text is what is shown; "–" where the value is not known. Of a drawn cell it is what
	// the drawing is made from: a width in percent, or a path.
	Text string
	// State is "", "warn" or "alert".
	State string
	// SinceMS is the age in milliseconds, at the board's AsOf, of what the cell
	// measures; the script ticks it. Nil if the cell stands still.
	SinceMS *int64
	// Corrected is how many of a count changed after they were first shown.
	Corrected int64
}

// cellList gathers a board's cells, each once.
type cellList struct {
	b     *Board
	t     *tongue
	cells []Cell
	seen  map[string]struct{}
}

// Cells returns the cells of the board's tiles and of its head, each once, in the order of
// the page.
func (b Board) Cells() []Cell {
	l := &cellList{b: &b, t: b.tongue(), seen: make(map[string]struct{})}
	l.text("window", b.windowText())
	l.text("unbroken", b.unbroken())
	l.text("legend", b.legend())
	for _, c := range b.alarmCells() {
		l.add(c)
	}
	l.judged("audit", b.audit())
	l.judged("check", b.check())
	for _, tile := range b.Tiles {
		l.tile(tile)
	}
	return l.cells
}

// tile adds the cells of one tile.
func (l *cellList) tile(name string) {
	b, m := l.b, &l.b.Metrics
	switch name {
	case "abandoned":
		l.count("status.Abandoned", b.Status[len(StatusKeys)-1])
		for i, k := range ReasonKeys {
			l.count("reason."+k, b.Reasons[i])
		}
	case "waiting":
		l.count("status.Waiting", b.Status[0])
		l.ticking("wait.longest", m.LongestWaitNow)
	case "abandon_rate":
		l.text("rate.abandon", l.t.percent(m.AbandonRate, 1))
	case "service_level":
		l.text("rate.service_level", l.t.percent(m.ServiceLevel, 1))
	case "average_speed_of_answer":
		l.text("time.speed_of_answer", l.t.duration(m.SpeedOfAnswer))
	case "average_time_to_abandon":
		l.text("time.to_abandon", l.t.duration(m.TimeToAbandon))
	case "average_handle_time":
		l.text("time.handle", l.t.duration(m.HandleTime))
	case "longest_wait":
		if m.LongestWaitTicks {
			l.ticking("wait.window", m.LongestWait)
		} else {
			l.text("wait.window", l.t.duration(m.LongestWait))
		}
	case "agent_work_status":
		l.status()
	case "queues":
		l.queues()
	case "agents":
		for i, k := range AgentKeys {
			l.count("agents."+k, b.Agents[i])
		}
	case "agent_list":
		for i, p := range b.people() {
			l.text(fmt.Sprint("person.", i+1, ".state"), l.t.say("agents."+p.State))
			l.ticking(fmt.Sprint("person.", i+1, ".since"), p.Since)
		}
	case "trend":
		b.Trend.cells(l)
	case "customers":
		for _, c := range b.Customers.list() {
			l.count("customers."+c.key, c.count)
		}
		l.text("balance", b.balance())
	case "sources":
		for _, s := range b.Sources {
			l.since("source."+s.Name, l.t.age(s.Age), s.Age)
		}
	}
}

func (l *cellList) status() {
	for i, k := range StatusKeys {
		l.count("status."+k, l.b.Status[i])
	}
	for _, ch := range l.b.Channels {
		for i, k := range StatusKeys {
			l.count("status."+ch.key()+"."+k, ch.Status[i])
		}
	}
	// Bars of now and of the window are of different things, and so have a scale each.
	for i, k := range StatusKeys {
		group := l.b.Status[:nowRows]
		if i >= nowRows {
			group = l.b.Status[nowRows:]
		}
		l.text("bar."+k, strconv.FormatInt(percentOf(l.b.Status[i], slices.Max(group)), 10))
	}
}

// percentOf is a part of a whole in percent; what is there at all has at least 1.
func percentOf(n, of int64) int64 {
	if n <= 0 || of <= 0 {
		return 0
	}
	return max(100*n/of, 1)
}

func (l *cellList) queues() {
	for _, q := range l.b.Queues {
		id := "queue." + q.Name
		l.count(id+".waiting", q.Waiting)
		l.ticking(id+".longest", q.LongestWaitNow)
		l.count(id+".opened", q.Opened)
		l.count(id+".abandoned", q.Abandoned)
		l.text(id+".level", l.t.percent(q.ServiceLevel, 0))
	}
}

func (l *cellList) add(c Cell) {
	if _, ok := l.seen[c.ID]; !ok {
		l.seen[c.ID] = struct{}{}
		l.cells = append(l.cells, c)
	}
}

func (l *cellList) text(id, text string) { l.since(id, text, nil) }

func (l *cellList) count(id string, n int64) { l.text(id, l.t.count(n)) }

// ticking adds a duration that goes on by itself.
func (l *cellList) ticking(id string, d *time.Duration) { l.since(id, l.t.duration(d), d) }

func (l *cellList) since(id, text string, since *time.Duration) {
	c := Cell{ID: id, Text: text, State: l.b.States[id], Corrected: l.b.Corrected[id]}
	if since != nil {
		ms := max(since.Milliseconds(), 0)
		c.SinceMS = &ms
	}
	l.add(c)
}

// judged adds what is empty while all is well, and else an alert.
func (l *cellList) judged(id, text string) {
	c := Cell{ID: id, Text: text}
	if text != "" {
		c.State = "alert"
	}
	l.add(c)
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

// channelLabel is the channel's name for people.
func (b Board) channelLabel(ch Channel) string {
	if text := b.tongue().say("channel." + ch.key()); text != "" {
		return text
	}
	return ch.Name
}

type customerCount struct {
	key   string
	count int64
}

// list is the customers' counts in the order of the equation: what came, what
// became of it, what is left.
func (c Customers) list() []customerCount {
	return []customerCount{
		{"open_at_start", c.OpenAtStart},
		{"started", c.Started},
		{"answered", c.Answered},
		{"abandoned", c.Abandoned},
		{"self_served", c.SelfServed},
		{"ended_by_system", c.EndedBySystem},
		{"left_in_menu", c.LeftInMenu},
		{"lost_track", c.LostTrack},
		{"open", c.Open},
	}
}

// came and accounted are the two sides of the equation.
func (c Customers) came() int64 { return c.OpenAtStart + c.Started }

func (c Customers) accounted() int64 {
	return c.Answered + c.Abandoned + c.SelfServed + c.EndedBySystem + c.LeftInMenu + c.LostTrack + c.Open
}

// check says what is wrong when the customers do not add up, else "".
func (b Board) check() string {
	came, accounted := b.Customers.came(), b.Customers.accounted()
	if came == accounted {
		return ""
	}
	t := b.tongue()
	return t.say("customers.unbalanced", "came", t.count(came), "accounted", t.count(accounted))
}

// balance says that the customers add up, where they do.
func (b Board) balance() string {
	if b.check() != "" {
		return ""
	}
	return b.tongue().say("customers.balanced")
}

// legend says what the asterisk means, where one may be.
func (b Board) legend() string {
	for _, n := range b.Corrected {
		if n > 0 {
			return b.tongue().say("audit.legend")
		}
	}
	return ""
}

// audit says that the counts differ from a recount, else "".
func (b Board) audit() string {
	if b.Differing <= 0 {
		return ""
	}
	return b.tongue().say("audit.distrust", "text", b.tongue().sayOf("audit.differing", int64(b.Differing)))
}
