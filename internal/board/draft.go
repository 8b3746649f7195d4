package board

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Draft is a board as it is written: in texts, which nobody has checked. Its fields are those
// of the settings file, and "" or nil means the default.
type Draft struct {
	Name, Title                string
	Queues, Channels, Sources  []string
	Window, TimeZone, DayStart string
	Formula                    string // service_level.formula
	Thresholds                 map[string]DraftThreshold
	Tiles                      []string
	News, AgentNames, Language string
	Embed                      []string
}

// DraftThreshold is a threshold as it is written.
type DraftThreshold struct {
	Warn, Alert, Clear, AlertClear, Minimum, PendingSeconds string
}

// Fault is one thing that is wrong with a draft: where, as the settings file names it
// ("thresholds.waiting.warn"), and what would be right.
type Fault struct{ Field, Detail string }

// Faults are all that is wrong with a draft. As an error they are never empty.
type Faults []Fault

func (f Faults) Error() string {
	parts := make([]string, 0, len(f))
	for _, x := range f {
		parts = append(parts, x.Field+" "+x.Detail)
	}
	return strings.Join(parts, "; ")
}

// Kept is a board that people made, as it is stored: either its definition, or what is
// wrong with it under the present settings.
type Kept struct {
	Name, Text string // Text is YAML as in the settings file
	Definition *Definition
	Faults     Faults
}

// Draft writes the definition down. What is as an installation of this zone and day start
// has it by default is left out.
func (d *Definition) Draft(zone *time.Location, dayStart time.Duration) Draft {
	w := Draft{
		Name: d.Name, Title: d.Title, Queues: d.Queues, Channels: d.Channels, Sources: d.Sources, Window: string(d.Window), Formula: string(d.Formula),
		News: d.News, AgentNames: string(d.Names), Language: d.Locale, Embed: d.Embed,
	}
	if w.Title == w.Name {
		w.Title = ""
	}
	if d.Zone != nil && (zone == nil || d.Zone.String() != zone.String()) {
		w.TimeZone = d.Zone.String()
	}
	if d.DayStart != dayStart {
		w.DayStart = fmt.Sprintf("%02d:%02d", int(d.DayStart.Hours()), int(d.DayStart.Minutes())%60)
	}
	for _, t := range d.Tiles {
		w.Tiles = append(w.Tiles, string(t))
	}
	if len(d.Thresholds) > 0 {
		w.Thresholds = make(map[string]DraftThreshold)
	}
	for metric, t := range d.Thresholds {
		w.Thresholds[metric] = t.draft()
	}
	return w
}

func (t Threshold) draft() DraftThreshold {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	w := DraftThreshold{Warn: number(t.Warn)}
	if t.Alert != nil {
		w.Alert = number(*t.Alert)
	}
	if t.Clear != t.Warn {
		w.Clear = number(t.Clear)
	}
	if t.AlertClear != nil {
		w.AlertClear = number(*t.AlertClear)
	}
	if t.Minimum != 0 {
		w.Minimum = strconv.Itoa(t.Minimum)
	}
	if t.Pending != 0 {
		w.PendingSeconds = strconv.Itoa(int(t.Pending / time.Second))
	}
	return w
}
