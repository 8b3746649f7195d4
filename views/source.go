package views

import "time"

// SourceRow is one source of webhooks with what became of its deliveries since the start.
type SourceRow struct {
	Name, Vendor string
	Last         *time.Duration // how long ago its newest event was; nil if there was none
	Events       uint64
	Duplicates   uint64
	Results      []ReportFact // by what became of its requests
	Quarantined  int64        // parts that are in quarantine now
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
