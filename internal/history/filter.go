package history

import (
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

// wait is an interaction's wait in SQL; its argument is the time as of which the list is.
const wait = "(CASE WHEN i.since > 0 THEN max(0, ? - i.since) ELSE i.wait END)"

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
	q.add(column+" IN ("+strings.TrimSuffix(strings.Repeat("?,", len(values)), ",")+")", args...)
}

func (q *query) where() string {
	if len(q.text) == 0 {
		return "1"
	}
	return strings.Join(q.text, " AND ")
}

// from is what a filter reads: interactions as i, with their works as w where it lists those.
func (f *Filter) from() string {
	if f.works() {
		return "works w CROSS JOIN interactions i ON i.contact = w.contact AND i.segment = w.segment"
	}
	return "interactions i"
}

// conditions are the filter in SQL, as of a time (µs).
func (f *Filter) conditions(asOf int64) *query {
	q := new(query)
	queue := "i.queue"
	switch {
	case f.works():
		q.add("w.status = ?", f.Status)
		queue = "w.queue"
		if f.current() {
			q.add("w.now")
		}
		if f.Agent != "" {
			q.add("w.agent = ?", f.Agent)
		}
	case f.Status != "":
		q.add("i.outcome = 'open' AND i.state = 'waiting'")
	}
	if f.Agent != "" && !f.works() {
		q.add("(i.contact, i.segment) IN (SELECT contact, segment FROM works WHERE agent = ?)", f.Agent)
	}
	q.anyOf("i.source", f.Sources)
	q.anyOf("i.channel", f.Channels)
	q.anyOf(queue, f.Queues)
	if f.Outcome != "" {
		q.add("i.outcome = ?", f.Outcome)
	}
	if f.Reason != "" {
		q.add("i.reason = ?", f.Reason)
	}
	if f.Counted {
		q.add("i.counts")
	}
	if f.Corrected {
		q.add("i.corrections > 0")
	}
	f.times(q)
	if f.WaitFrom != nil {
		q.add(wait+" >= ?", asOf, f.WaitFrom.Microseconds())
	}
	if f.WaitTo != nil {
		q.add("("+wait+" < ? AND "+wait+" >= 0)", asOf, f.WaitTo.Microseconds(), asOf)
	}
	return q
}

// times adds From and To. What began never counts as begun later than the vendor says, so
// that the index on the vendor's time finds what counts from a time on.
func (f *Filter) times(q *query) {
	column, set := "", ""
	switch f.By {
	case ByStarted:
		column = "i.started"
	case ByCame:
		column = "i.came"
		if !f.From.IsZero() {
			q.add("i.started >= ?", f.From.UnixMicro())
		}
	case ByOver:
		column, set = "i.over", "i.over > 0"
	case ByAnswered:
		column, set = "i.answered", "i.answered > 0"
	case ByWork:
		column = "w.at"
	case ByOpenAt:
		at := f.From.UnixMicro()
		q.add("i.came < ? AND (i.over = 0 OR i.over >= ?)", at, at)
		return
	}
	if !f.From.IsZero() {
		q.add(column+" >= ?", f.From.UnixMicro())
	}
	if !f.To.IsZero() {
		q.add(column+" < ?", f.To.UnixMicro())
	}
	if set != "" {
		q.add(set) // after From, because SQLite begins to read an index by the first bound
	}
}

// key is in SQL by what a list is sorted, the greatest first, as of a time (µs).
func (f *Filter) key(asOf int64) (string, []any) {
	switch {
	case f.Order == ByWait:
		return wait, []any{asOf}
	case f.works():
		return "w.at", nil
	case f.Order == ByEnd:
		return "i.over", nil
	}
	return "i.started", nil
}
