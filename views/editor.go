package views

import "strings"

// Editor is the list of boards, for who may make some.
type Editor struct {
	Assets Assets
	Rows   []EditorRow
}

// EditorRow is one board. Ours was made by people, the others are the settings file's; one
// with faults cannot be shown.
type EditorRow struct {
	Name, Title string
	Ours        bool
	Faults      []Fault
}

// Fault is one thing that is wrong: the field as the settings file names it, and the remedy.
type Fault struct{ Field, Detail string }

// Import takes boards as text.
type Import struct {
	Assets  Assets
	Text    string
	Replace bool
	Faults  []Fault
}

// BoardForm is a board's form. Values are as they were written.
type BoardForm struct {
	Assets Assets
	New    bool
	Faults []Fault
	Seen   string // names the state that the form began from

	Name, Title, Window, TimeZone, DayStart, Formula, News, AgentNames, Language, Embed string
	Queues, Channels, Sources                                                           []Choice
	Tiles                                                                               []TileRow
	Thresholds                                                                          []ThresholdRow
	Zone                                                                                string // the installation's
	Languages                                                                           []string
	PreviewURL                                                                          string
}

// Choice is one name that may be chosen.
type Choice struct {
	Name   string
	Chosen bool
}

// TileRow is one tile and its place, "" where it is not shown.
type TileRow struct{ Name, Place string }

// ThresholdRow is the threshold of one number.
type ThresholdRow struct {
	Metric string
	Parts  []ThresholdPart
}

// ThresholdPart is one part of a threshold, by the settings file's name.
type ThresholdPart struct{ Field, Value string }

// option is a value with what is said of it.
type option struct{ value, label string }

var (
	windowOptions  = []option{{"last_30m", "Last 30 minutes"}, {"last_hour", "Last hour"}, {"today", "Today"}}
	formulaOptions = []option{
		{"against", "Abandons count against it"}, {"ignore", "Abandons in time leave the count"}, {"positive", "Abandons in time count as met"}, {"answered_only", "Of the answered only"},
	}
	nameOptions = []option{{"hidden", "Hidden"}, {"initials", "Initials"}, {"full", "Full names"}}
	languages   = map[string]string{"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "ja": "日本語"}
	metricWords = map[string]string{
		"abandoned": "Abandoned", "abandon_rate": "Abandon rate (0.05 is 5 %)", "waiting": "Waiting now", "longest_wait_seconds": "Longest wait now (seconds)",
		"service_level": "Service level (0.8 is 80 %)", "average_speed_of_answer_seconds": "Speed of answer (seconds)",
	}
	partWords = map[string]string{
		"warn": "Warn", "alert": "Alert", "clear": "Warning ends", "alert_clear": "Alert ends", "minimum": "Least customers", "pending_seconds": "For seconds",
	}
)

// tileWord is a tile's name for people.
func tileWord(name string) string {
	w := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(w[:1]) + w[1:]
}

// orDefault is the value, or the one that is meant by none.
func orDefault(v, usual string) string {
	if v == "" {
		return usual
	}
	return v
}

// wrong tells whether a fault is of the field or a part of it.
func (f BoardForm) wrong(field string) bool {
	for _, x := range f.Faults {
		if x.Field == field || strings.HasPrefix(x.Field, field+".") || strings.HasPrefix(x.Field, field+"[") {
			return true
		}
	}
	return false
}

// invalid is the attribute of it.
func (f BoardForm) invalid(field string) string {
	if f.wrong(field) {
		return "true"
	}
	return "false"
}

// heading is the title of the form's page.
func (f BoardForm) heading() string {
	if f.New {
		return "New board"
	}
	return "Board " + f.Name
}
