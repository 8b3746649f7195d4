package config

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wallboard/wallboard/internal/board"
)

// metrics are the numbers that may have thresholds.
var metrics = []string{"abandon_rate", "abandoned", "average_speed_of_answer_seconds", "longest_wait_seconds", "service_level", "waiting"}

// rates are those of metrics that are fractions of 1.
var rates = []string{"abandon_rate", "service_level"}

// boards checks the boards; without any there is one that shows everything.
func (c *checker) boards(f *file, cfg *Config, seen map[string]bool) {
	if len(f.Boards) == 0 {
		cfg.Boards = []*board.Definition{{
			Name: "all", Title: "All queues", Window: board.LastHour, Zone: cfg.TimeZone, DayStart: cfg.DayStart, Formula: board.Against,
		}}
		return
	}
	for i := range f.Boards {
		b := &f.Boards[i]
		path := fmt.Sprintf("boards[%d]", i)
		d := &board.Definition{
			Name: b.Name, Title: b.Title, Queues: b.Queues, Channels: b.Channels, Sources: b.Sources,
			Window: board.WindowKind(b.Window), Formula: board.Formula(b.ServiceLevel.Formula),
			Zone: c.zone(path+".time_zone", b.TimeZone, cfg.TimeZone), DayStart: c.clock(path+".day_start", b.DayStart, cfg.DayStart),
			Thresholds: make(map[string]board.Threshold), News: strings.TrimSpace(b.News), Names: board.Names(b.AgentNames), Locale: b.Language,
		}
		switch {
		case !nameForm.MatchString(b.Name):
			c.fail(path+".name", "is missing, or not of small letters, digits and hyphens; it is part of the board's URL")
		case seen["board "+b.Name]:
			c.fail(path+".name", "is another board's name already")
		}
		seen["board "+b.Name] = true
		if d.Title == "" {
			d.Title = d.Name
		}
		if d.Window == "" {
			d.Window = board.LastHour
		}
		if !slices.Contains([]board.WindowKind{board.Last30m, board.LastHour, board.Today}, d.Window) {
			c.fail(path+".window", "is not one of last_30m, last_hour, today")
		}
		if d.Formula == "" {
			d.Formula = board.Against
		}
		if !slices.Contains([]board.Formula{board.Against, board.Ignore, board.Positive, board.AnsweredOnly}, d.Formula) {
			c.fail(path+".service_level.formula", "is not one of against, ignore, positive, answered_only")
		}
		c.look(path, b, d)
		for j, ch := range b.Channels {
			if ch != "voice" && ch != "messaging" {
				c.fail(fmt.Sprintf("%s.channels[%d]", path, j), "is neither voice nor messaging")
			}
		}
		for j, s := range b.Sources {
			if !seen["source "+s] {
				c.fail(fmt.Sprintf("%s.sources[%d]", path, j), "is no source of this file")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(b.Thresholds)) {
			t := b.Thresholds[name]
			d.Thresholds[name] = c.threshold(path+".thresholds."+name, name, &t)
		}
		d.Embed = c.embed(path, b.Embed)
		cfg.Boards = append(cfg.Boards, d)
	}
}

// look checks what the board shows, and how.
func (c *checker) look(path string, f *brd, d *board.Definition) {
	for i, name := range f.Tiles {
		at := fmt.Sprintf("%s.tiles[%d]", path, i)
		switch t := board.Tile(name); {
		case !slices.Contains(board.Tiles, t):
			c.fail(at, "is not one of %q", board.Tiles)
		case slices.Contains(d.Tiles, t):
			c.fail(at, "is there already; a tile is shown once")
		default:
			d.Tiles = append(d.Tiles, t)
		}
	}
	if d.Names == "" {
		d.Names = board.NamesHidden
	}
	if !slices.Contains([]board.Names{board.NamesHidden, board.NamesInitials, board.NamesFull}, d.Names) {
		c.fail(path+".agent_names", "is not one of hidden, initials, full")
	}
	if d.Locale != "" && !slices.Contains(board.Locales, d.Locale) {
		c.fail(path+".language", "is not one of %q", board.Locales)
	}
	news := d.Shows(board.TileNews)
	switch {
	case utf8.RuneCountInString(d.News) > board.MaxNews:
		c.fail(path+".news", "is longer than %d characters", board.MaxNews)
	case news && d.News == "":
		c.fail(path+".news", "is missing, and tiles has news; write its text, or take the tile out")
	case !news && d.News != "":
		c.fail(path+".tiles", "has no news, so that the board would not show its text; add it, or take news out")
	}
	if d.Shows(board.TileAgentList) && !d.NamesAgents() {
		c.fail(path+".agent_names", "is hidden, and tiles has agent_list, which tells agents apart; set it to initials or full, or take the tile out")
	}
}

// threshold checks one; service level is worse when it is lower, the others when they
// are higher.
func (c *checker) threshold(path, name string, f *threshold) board.Threshold {
	if !slices.Contains(metrics, name) {
		c.fail(path, "is not one of %q", metrics)
	}
	if f.Warn == nil && f.Alert == nil {
		c.fail(path, "has neither warn nor alert; without them it says nothing")
	}
	most := math.MaxInt32
	if slices.Contains(rates, name) {
		most = 1
	}
	for _, x := range []struct {
		name string
		n    *number
	}{{"warn", f.Warn}, {"alert", f.Alert}, {"clear", f.Clear}, {"alert_clear", f.AlertClear}} {
		if v := x.n.or(0); !(v >= 0 && v <= float64(most)) {
			c.fail(path+"."+x.name, "is not between 0 and %d; rates are fractions, as 0.05 for 5 %%", most)
			return board.Threshold{}
		}
	}
	t := board.Threshold{
		Warn:    f.Warn.or(f.Alert.or(0)),
		Minimum: c.whole(path+".minimum", f.Minimum, 0, 0, math.MaxInt32),
		Pending: time.Duration(c.whole(path+".pending_seconds", f.PendingSeconds, 0, 0, 3600)) * time.Second,
	}
	t.Clear = f.Clear.or(t.Warn)
	lower := board.WorseWhenLower(name)
	if f.Alert != nil {
		alert := f.Alert.or(0)
		t.Alert = &alert
		if lower && alert == 0 {
			c.fail(path+".alert", "is never reached, because nothing is below 0; write a fraction above it, as 0.5, or leave it out")
		}
		if f.Warn != nil && (alert < t.Warn) != lower && alert != t.Warn {
			c.fail(path+".alert", "is reached before warn; change the two")
		}
	}
	if lower && f.Warn != nil && t.Warn == 0 {
		c.fail(path+".warn", "is never reached, because nothing is below 0; write a fraction above it, as 0.8")
	}
	if t.Clear != t.Warn && (t.Clear > t.Warn) != lower {
		c.fail(path+".clear", "is beyond warn; the state would never be left")
	}
	if f.AlertClear != nil {
		exit := f.AlertClear.or(0)
		t.AlertClear = &exit
		switch {
		case t.Alert == nil:
			c.fail(path+".alert_clear", "is where an alert is left, and there is no alert")
		case exit != *t.Alert && (exit > *t.Alert) != lower:
			c.fail(path+".alert_clear", "is beyond alert; the alert would never be left")
		case exit != t.Clear && (exit < t.Clear) != lower:
			c.fail(path+".alert_clear", "is beyond clear; the warning would be left before the alert")
		}
	}
	return t
}
