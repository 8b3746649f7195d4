package views

// Report is a report page. Rates and times are written out already.
type Report struct {
	Assets      Assets
	Title, Zone string
	Form        ReportForm
	Period      string // in words
	Was         string // the period compared with; "" where there is none
	Facts       []ReportFact
	Charts      []Chart
	Tables      []ReportTable
	CSV, JSON   string // URLs
}

// ReportForm is what a report is narrowed to. Values are those of the URL.
type ReportForm struct {
	Action                        string
	From, To                      string
	Source, Queue, Channel, Agent string
	Reason, Compare               string
	Sources, Queues               []string
	Agents                        []Agent
	// Plain leaves out what only the report of the abandoned has.
	Plain bool
	// Presets are other periods by name.
	Presets []ReportLink
}

// ReportLink is a link.
type ReportLink struct{ Text, URL string }

// ReportFact is one number.
type ReportFact struct{ Label, Value, Was, How, URL string }

// ReportTable is one table.
type ReportTable struct {
	Title   string
	Note    string
	Columns []string // the first is the row's name
	// Names is how many columns hold names and not numbers; 0 is 1.
	Names int
	Rows  []ReportRow
}

func (t *ReportTable) number(column int) bool { return column >= max(1, t.Names) }

// figures reports whether the table is one of numbers above all.
func (t *ReportTable) figures() bool { return 2*max(1, t.Names) <= len(t.Columns) }

// ReportRow is one row; its first value is its name.
type ReportRow struct {
	URL    string // of the name
	Values []string
}

func compareChoices() []choice {
	return []choice{{"", "nothing"}, {"previous", "the time before"}, {"year", "52 weeks before"}}
}

func abandonedReasons() []choice {
	return choices("any", ReasonKeys[:]...)
}

// ReasonLabel is a reason of the abandoned as it is written on boards.
func ReasonLabel(key string) string {
	if text := tongueOf("").say("reason." + key); text != "" {
		return text
	}
	return word(key)
}
