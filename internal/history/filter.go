package history

import (
	"cmp"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// By says which time of an interaction a filter's From and To are of.
type By uint8

// The times. The first is the vendor's; the others are those by which boards count.
const (
	ByStarted  By = iota
	ByCame        // it began
	ByOver        // its outcome
	ByAnswered    // its first accept, unless it was abandoned later
	ByOpenAt      // it was open at From; To does not count
	ByWork        // its work's end; only with a Status that is final
)

// Order is how a list is sorted.
type Order uint8

// The orders: newest start first, newest end first, longest wait first.
const (
	ByStart Order = iota
	ByEnd
	ByWait
)

// Filter chooses interactions; empty fields do not filter.
type Filter struct {
	// Sources, Queues (names) and Channels: any of them.
	Sources, Queues, Channels []string
	Outcome, Reason           string
	// Agent is an agent's id: of one of the works, or of the work that Status is of.
	Agent string
	// Status lists works of this status, by API name, instead of interactions; Queues are
	// then the queues of the works. Waiting lists the interactions that wait.
	Status string
	// From and To (exclusive) are of the time that By names.
	From, To time.Time
	By       By
	// WaitFrom and WaitTo (exclusive) bound the wait.
	WaitFrom, WaitTo *time.Duration
	// Counted leaves out what boards do not count: what is no customer's own contact.
	Counted bool
	// Waits leaves only those that wait now, also while an agent is being offered the customer.
	Waits bool
	// Corrected leaves only those whose outcome was corrected.
	Corrected bool
	Order     Order
}

// works reports whether the list is one of works.
func (f *Filter) works() bool { return f.Status != "" && f.Status != interaction.Waiting.String() }

// current reports whether the list is of works that are not over.
func (f *Filter) current() bool {
	return f.Status == interaction.StatusAssigned.String() || f.Status == interaction.Opened.String()
}

// byWait reports whether a list has to do with waits.
func (f *Filter) byWait() bool { return f.Order == ByWait || f.WaitFrom != nil || f.WaitTo != nil }

// query is a part of an SQL statement with its arguments.
type query struct {
	text []string
	args []any
}

func (q *query) add(text string, args ...any) {
	q.text, q.args = append(q.text, text), append(q.args, args...)
}

// anyOf adds that a column has one of the values, if there are any.
func (q *query) anyOf(column string, values []string) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	q.in(column, args)
}

// in adds that a column has one of the values.
func (q *query) in(column string, values []any) {
	q.add(column+" IN ("+strings.TrimSuffix(strings.Repeat("?,", len(values)), ",")+")", values...)
}

func (q *query) where() string {
	if len(q.text) == 0 {
		return "1"
	}
	return strings.Join(q.text, " AND ")
}

// waits says which interactions a question is about, by their waits.
type waits uint8

const (
	anyWait     waits = iota
	endedWait         // those of a wait that an index has
	growingWait       // the few who wait now
)

// stay says which interactions a question is about, of those open at a time.
type stay uint8

const (
	anyStay   stay = iota
	shortStay      // those that had begun within the day before
	longStay       // the few that had begun earlier: an index has what took so long
)

// A longContact is in SQL one that took more than longAfter, or that is open.
const (
	longContact = "(i.over = 0 OR i.over - i.came > 86400000000)"
	longAfter   = 24 * time.Hour
)

// question is what a list asks of the projections: interactions as i, or works as w, each
// with its interaction where a condition is about that.
type question struct {
	query
	*Filter
	asOf   int64 // µs
	paging bool  // a page is asked for, and not how many there are
	waits  waits
	stay   stay
	joined bool
}

// questions are a filter in SQL, as of a time (µs). Their answers have no row in common.
func (f *Filter) questions(asOf int64, paging bool) []*question {
	ways, stays := []waits{anyWait}, []stay{anyStay}
	switch {
	case f.ofWorks():
	case f.Waits:
		ways = []waits{growingWait}
	case f.byWait():
		ways = []waits{endedWait, growingWait}
	}
	if f.By == ByOpenAt && !f.ofWorks() {
		stays = []stay{shortStay, longStay}
	}
	var list []*question
	for _, w := range ways {
		for _, s := range stays {
			q := &question{Filter: f, asOf: asOf, paging: paging, waits: w, stay: s}
			q.conditions()
			list = append(list, q)
		}
	}
	return list
}

// ofWorks reports whether works are read: those that are listed, or an agent's.
func (f *Filter) ofWorks() bool { return f.works() || f.Agent != "" }

// column is an interaction's; works have some of them, too.
func (q *question) column(name string) string {
	if !q.ofWorks() {
		return "i." + name
	}
	switch name {
	case "source", "channel", "counts", "started":
		return "w." + name
	}
	q.joined = true
	return "i." + name
}

// wait is an interaction's wait.
func (q *question) wait() (string, []any) {
	switch q.waits {
	case endedWait:
		return "i.wait", nil
	case growingWait:
		return "max(0, ? - i.since)", []any{q.asOf}
	}
	q.joined = true
	return "(CASE WHEN i.since > 0 THEN max(0, ? - i.since) ELSE i.wait END)", []any{q.asOf}
}

// row is in SQL which row of the projections is listed: its contact, segment and work.
func (q *question) row() string {
	switch {
	case q.works():
		return "w.contact, w.segment, w.n"
	case q.ofWorks():
		return "w.contact, w.segment, -1"
	}
	return "i.contact, i.segment, -1"
}

// from is what is read.
func (q *question) from() string {
	switch {
	case q.joined && q.ofWorks():
		return "works w CROSS JOIN interactions i ON i.contact = w.contact AND i.segment = w.segment"
	case q.ofWorks():
		return "works w"
	case q.waits == growingWait:
		return "interactions i INDEXED BY interactions_waiting"
	case q.stay == shortStay:
		return "interactions i INDEXED BY interactions_came"
	case q.stay == longStay:
		return "interactions i INDEXED BY interactions_long"
	case q.Corrected:
		return "interactions i INDEXED BY interactions_corrected"
	case q.paging && q.waits == endedWait && q.Order == ByWait:
		return "interactions i INDEXED BY interactions_wait"
	}
	return "interactions i"
}

// longWindow is from when on a page of a window is found sooner along the order of the list
// than by sorting all that is in the window.
const longWindow = 31 * 24 * time.Hour

// along is a column by which no index is to be looked for: a page's rows are to be read in
// their order, until there are enough of them.
func (q *question) along(column string) string {
	if q.paging && q.Order == ByStart && !q.ofWorks() {
		return "+" + column
	}
	return column
}

func (q *question) conditions() {
	queue := ""
	if q.Agent != "" {
		q.add("w.agent = ?", q.Agent)
	}
	switch {
	case q.works():
		q.add("w.status = ?", q.Status)
		queue = "w.queue"
		if q.current() {
			q.add("w.now")
		}
	case q.Agent != "":
		q.add("w.first") // an interaction may have several works of an agent
	}
	if q.Status != "" && !q.works() {
		q.add(q.column("outcome") + " = 'open' AND " + q.column("state") + " = 'waiting'")
	}
	switch q.waits {
	case endedWait:
		q.add("i.since = 0")
	case growingWait:
		q.add("i.since > 0")
	case anyWait:
		if q.Waits {
			q.joined = true
			q.add("i.since > 0")
		}
	}
	if len(q.Queues) > 0 && queue == "" {
		queue = q.column("queue")
	}
	q.anyOf(queue, q.Queues)
	if len(q.Sources) > 0 {
		q.anyOf(q.column("source"), q.Sources)
	}
	if len(q.Channels) > 0 {
		q.anyOf(q.column("channel"), q.Channels)
	}
	if q.Outcome != "" {
		q.add(q.column("outcome")+" = ?", q.Outcome)
	}
	if q.Reason != "" {
		q.add(q.column("reason")+" = ?", q.Reason)
	}
	if q.Counted {
		q.add(q.column("counts"))
	}
	if q.Corrected {
		q.add(q.column("corrections") + " > 0")
	}
	q.times()
	if q.WaitFrom != nil {
		wait, args := q.wait()
		q.add(q.along(wait)+" >= ?", append(args, q.WaitFrom.Microseconds())...)
	}
	if q.WaitTo != nil {
		wait, args := q.wait()
		q.add(q.along(wait)+" < ?", append(args, q.WaitTo.Microseconds())...)
		q.add(q.along(wait)+" >= 0", args...)
	}
}

// times adds From and To. What began never counts as begun later than the vendor says, so
// that the index on the vendor's time finds what counts from a time on.
func (q *question) times() {
	column, set := "", ""
	switch q.By {
	case ByStarted:
		column = "started"
	case ByCame:
		column = "came"
		if !q.From.IsZero() {
			q.add(q.column("started")+" >= ?", q.From.UnixMicro())
		}
	case ByOver:
		column, set = "over", " > 0"
	case ByAnswered:
		column, set = "answered", " > 0"
	case ByOpenAt:
		q.joined = true
		at := q.From.UnixMicro()
		q.add("i.came < ? AND (i.over = 0 OR i.over >= ?)", at, at)
		switch before := at - longAfter.Microseconds(); q.stay {
		case shortStay:
			q.add("i.came >= ?", before)
		case longStay:
			q.add(longContact+" AND i.came < ?", before)
		}
		return
	}
	if q.By == ByWork {
		column = "w.at"
	} else if !q.From.IsZero() || !q.To.IsZero() || set != "" {
		column = q.column(column)
		if q.From.IsZero() || cmp.Or(q.To, time.UnixMicro(q.asOf)).Sub(q.From) > longWindow {
			column = q.along(column)
		}
	}
	if !q.From.IsZero() {
		q.add(column+" >= ?", q.From.UnixMicro())
	}
	if !q.To.IsZero() {
		q.add(column+" < ?", q.To.UnixMicro())
	}
	if set != "" {
		q.add(column + set) // after From, because SQLite begins to read an index by the first bound
	}
}

// key is in SQL by what a list is sorted, the greatest first.
func (q *question) key() (string, []any) {
	switch {
	case q.Order == ByWait:
		return q.wait()
	case q.works():
		return "w.at", nil
	case q.Order == ByEnd:
		return q.column("over"), nil
	}
	return q.column("started"), nil
}
