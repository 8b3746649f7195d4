package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"github.com/wallboard/wallboard/internal/board"
)

// Problem is one thing that is wrong with settings.
type Problem struct {
	File string
	Line int
	// Field is its path in the file: "boards[0].window".
	Field, Detail string
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Field, p.Detail)
}

// ParseBoards checks boards that are written as in the settings file, but not by whoever
// runs this machine: its environment stays out of their reach. An error is board.Faults.
func ParseBoards(cfg *Config, data []byte) (list []*board.Definition, err error) {
	defer func() { // as in Parse
		if recover() != nil {
			list, err = nil, board.Faults{{Field: "The text", Detail: "cannot be read as YAML"}}
		}
	}()
	if len(data) > maxFile {
		return nil, board.Faults{{Field: "The text", Detail: fmt.Sprintf("is longer than %d bytes", maxFile)}}
	}
	if variable.Match(data) {
		return nil, board.Faults{{Field: "The text", Detail: "has a ${NAME}, which a settings file takes from the environment; write it another way"}}
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, board.Faults{{Field: "Line " + plain(err), Detail: "; the text is not YAML as it stands"}}
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return nil, board.Faults{{Field: "boards", Detail: "is missing; write a list of boards, as in the settings file"}}
	}
	var f struct {
		Boards []brd `yaml:"boards"`
	}
	c := &checker{name: "boards", tree: tree}
	if err := c.decode(tree.Docs[0].Body, &f); err != nil {
		return nil, board.Faults{{Field: "Line " + plain(err), Detail: "; see a board that is exported"}}
	}
	if len(f.Boards) == 0 && len(c.errs) == 0 {
		return nil, board.Faults{{Field: "boards", Detail: "is missing; write a list of boards, as in the settings file"}}
	}
	whole, out, seen := &file{Boards: f.Boards}, &Config{TimeZone: cfg.TimeZone, DayStart: cfg.DayStart}, make(map[string]bool)
	for _, s := range cfg.Sources {
		seen["source "+s.Name] = true
	}
	unknown := len(c.errs)
	if c.limits(whole); len(c.errs) == unknown {
		c.boards(whole, out, seen)
	}
	var faults board.Faults
	for _, err := range c.errs {
		var p *Problem
		if errors.As(err, &p) {
			faults = append(faults, board.Fault{Field: p.Field, Detail: p.Detail})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return out.Boards, nil
}

// FormatBoards writes drafts as the settings file has them.
func FormatBoards(drafts ...board.Draft) ([]byte, error) {
	var list []yaml.MapSlice
	for i := range drafts {
		list = append(list, written(&drafts[i]))
	}
	return yaml.Marshal(yaml.MapSlice{{Key: "boards", Value: list}})
}

// written has what is written of the draft, in the order of the docs.
func written(d *board.Draft) (m yaml.MapSlice) {
	text := func(key, v string) {
		if v != "" {
			m = append(m, yaml.MapItem{Key: key, Value: v})
		}
	}
	texts := func(key string, v []string) {
		if len(v) > 0 {
			m = append(m, yaml.MapItem{Key: key, Value: v})
		}
	}
	text("name", d.Name)
	text("title", d.Title)
	texts("queues", d.Queues)
	texts("channels", d.Channels)
	texts("sources", d.Sources)
	text("window", d.Window)
	text("time_zone", d.TimeZone)
	text("day_start", d.DayStart)
	if d.Formula != "" {
		m = append(m, yaml.MapItem{Key: "service_level", Value: yaml.MapSlice{{Key: "formula", Value: d.Formula}}})
	}
	var thresholds yaml.MapSlice
	for _, metric := range slices.Sorted(maps.Keys(d.Thresholds)) {
		t := d.Thresholds[metric]
		var one yaml.MapSlice
		for _, x := range []struct{ key, v string }{
			{"warn", t.Warn}, {"alert", t.Alert}, {"clear", t.Clear}, {"alert_clear", t.AlertClear}, {"minimum", t.Minimum}, {"pending_seconds", t.PendingSeconds},
		} {
			if x.v == "" {
				continue
			}
			// What is no number is written as it is, for the check to tell.
			if n, err := strconv.ParseFloat(x.v, 64); err == nil {
				one = append(one, yaml.MapItem{Key: x.key, Value: n})
			} else {
				one = append(one, yaml.MapItem{Key: x.key, Value: x.v})
			}
		}
		thresholds = append(thresholds, yaml.MapItem{Key: metric, Value: one})
	}
	if len(thresholds) > 0 {
		m = append(m, yaml.MapItem{Key: "thresholds", Value: thresholds})
	}
	texts("tiles", d.Tiles)
	text("news", d.News)
	text("agent_names", d.AgentNames)
	text("language", d.Language)
	texts("embed", d.Embed)
	return m
}
