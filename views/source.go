package views

import (
	"slices"
	"time"
)

// SourceRow is one source of webhooks with what became of its deliveries since the start.
type SourceRow struct {
	Name, Vendor string
	Last         *time.Duration // how long ago its newest event was; nil if there was none
	Events       uint64
	Duplicates   uint64
	Results      []ReportFact // by what became of its requests
	Ignored      []ReportFact // parts that are not needed or not known, by type
	Quarantined  int64        // parts that are in quarantine now
	Hour         []Minute     // requests of the last hour, the oldest minute first
	Refused      string       // how long ago one was refused last, "" if none was
	Why          string
}

// Minute has the requests of a minute.
type Minute struct {
	Taken, Refused uint64
}

// hour says what the requests of the hour come to.
func (r *SourceRow) hour() string {
	var taken, refused uint64
	for _, m := range r.Hour {
		taken, refused = taken+m.Taken, refused+m.Refused
	}
	text := FormatCount(int64(taken)) + " taken"
	if refused > 0 {
		text += ", " + FormatCount(int64(refused)) + " refused"
	}
	if most := r.most(); most > 0 {
		text += ", at most " + FormatCount(int64(most)) + " a minute"
	}
	return text
}

// refusing reports whether it refused a request within the hour.
func (r *SourceRow) refusing() bool {
	return slices.ContainsFunc(r.Hour, func(m Minute) bool { return m.Refused > 0 })
}

// sparkHeight is that of the tallest minute in the picture of an hour.
const sparkHeight = 20

// most is the tallest minute's.
func (r *SourceRow) most() (most uint64) {
	for _, m := range r.Hour {
		most = max(most, m.Taken+m.Refused)
	}
	return most
}

// bar is where n requests above others stand in the picture, and how tall they are.
func (r *SourceRow) bar(n, others uint64) (y, height string) {
	unit := sparkHeight / float64(r.most())
	return number(sparkHeight - float64(n+others)*unit), number(float64(n) * unit)
}

// SourcesList is the page of the sources.
type SourcesList struct {
	Assets     Assets
	Zone       string
	Began      time.Time
	Rows       []SourceRow
	Quarantine []HeldRow
}

// HeldRow is a part of a delivery that did not decode.
type HeldRow struct {
	URL      string
	Received time.Time
	Source   string
	Part     int
	Reason   string
}

// DeliveryDetail is one stored delivery, and what it would bring if it were decoded again.
type DeliveryDetail struct {
	Assets   Assets
	Zone     string
	Source   string
	Row      DeliveryRow
	URL      string // to which the form is sent
	Said     string // what the last decoding brought; "" if there was none
	MayAgain bool
}
