package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Scope chooses what a report sums up; empty fields do not filter.
type Scope struct {
	// From and To are the first and the last day.
	From, To               Day
	Source, Queue, Channel string
	// Agent is the one to whom an abandoned interaction was offered when the customer left.
	// With an agent, a report counts abandoned interactions only.
	Agent string
}

// Report sums up a time.
type Report struct {
	Total                     Tally
	Days                      map[Day]*Tally
	Sources, Queues, Channels map[string]*Tally
	Agents                    []AgentReport
	// Offers are by queue how works ended.
	Offers []AgentReport
}

// AgentReport is how the works of an agent, or of a queue, ended.
type AgentReport struct {
	Source, Agent, Name, Queue                                     string
	Closed, Transferred, Declined, TimedOut, Unavailable, Canceled int64
	Abandoned                                                      int64
}

// maxAgents bounds the agents of a report: those with most offers that came to nothing.
const maxAgents = 100

// Report sums up a scope. What was applied before the call is in it.
func (k *Keeper) Report(ctx context.Context, s Scope) (*Report, error) {
	k.Keep(context.WithoutCancel(ctx))
	tx, err := k.store.db.Read.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("history: reporting: %w", err)
	}
	defer tx.Rollback()
	r := &Report{
		Days: make(map[Day]*Tally), Sources: make(map[string]*Tally), Queues: make(map[string]*Tally), Channels: make(map[string]*Tally),
	}
	if s.Agent == "" {
		err = r.sum(ctx, tx, &s)
	} else {
		err = r.agent(ctx, tx, &s, k.store.zone)
	}
	if err == nil {
		r.Agents, err = offers(ctx, tx, &s, "source, agent, max(name), ''", "source, agent", "agent <> ''")
	}
	if err == nil {
		r.Offers, err = offers(ctx, tx, &s, "'', '', '', queue", "queue", "1")
	}
	if err != nil {
		return nil, fmt.Errorf("history: reporting: %w", err)
	}
	return r, nil
}

// add adds a tally to all that it is part of.
func (r *Report) add(day Day, source, channel, queue string, t *Tally) {
	into(r.Days, day).Add(t)
	into(r.Sources, source).Add(t)
	into(r.Channels, channel).Add(t)
	into(r.Queues, queue).Add(t)
	r.Total.Add(t)
}

func into[K comparable](m map[K]*Tally, k K) *Tally {
	t := m[k]
	if t == nil {
		t = new(Tally)
		m[k] = t
	}
	return t
}

// scoped are the conditions of a scope on columns of these names.
func (s *Scope) scoped() *query {
	q := new(query)
	q.add("day >= ? AND day <= ?", s.From, s.To)
	s.parts(q)
	return q
}

// parts are the conditions beside the days.
func (s *Scope) parts(q *query) {
	for _, x := range []struct{ column, value string }{{"source", s.Source}, {"queue", s.Queue}, {"channel", s.Channel}} {
		if x.value != "" {
			q.add(x.column+" = ?", x.value)
		}
	}
}

const selectDays = "SELECT day, source, channel, queue, tally FROM days WHERE "

// sum reads the stored tallies.
func (r *Report) sum(ctx context.Context, tx *sql.Tx, s *Scope) error {
	q := s.scoped()
	return each(ctx, tx, selectDays+q.where(), q.args, func(rows *sql.Rows) error {
		var k dayKey
		var packed []byte
		if err := rows.Scan(&k.day, &k.source, &k.channel, &k.queue, &packed); err != nil {
			return err
		}
		t := new(Tally)
		if err := t.unpack(packed); err != nil {
			return err
		}
		r.add(k.day, k.source, k.channel, k.queue, t)
		return nil
	})
}

// agent counts the abandoned interactions that were offered to one agent.
func (r *Report) agent(ctx context.Context, tx *sql.Tx, s *Scope, zone *time.Location) error {
	q := new(query)
	q.add("w.agent = ? AND w.status = 'Abandoned' AND w.at >= ? AND w.at < ?", s.Agent, s.From.Start(zone).UnixMicro(), (s.To + 1).Start(zone).UnixMicro())
	q.add("i.outcome = 'abandoned' AND i.counts")
	for _, x := range []struct{ column, value string }{{"i.source", s.Source}, {"i.queue", s.Queue}, {"i.channel", s.Channel}} {
		if x.value != "" {
			q.add(x.column+" = ?", x.value)
		}
	}
	return each(ctx, tx, `SELECT i.source, i.channel, i.queue, i.outcome, i.reason, i.came, i.over, i.wait, i.within, i.customer, i.returned
		FROM works w CROSS JOIN interactions i ON i.contact = w.contact AND i.segment = w.segment WHERE `+q.where(), q.args, func(rows *sql.Rows) error {
		c := counted{counts: true}
		if err := rows.Scan(&c.source, &c.channel, &c.queue, &c.outcome, &c.reason, &c.came, &c.over, &c.wait, &c.within, &c.customer, &c.returned); err != nil {
			return err
		}
		t := new(Tally)
		c.tallyOf(1, zone, func(micros int64) *Tally {
			if micros == c.over {
				return t
			}
			return new(Tally) // when it started is not the question
		})
		r.add(DayOf(time.UnixMicro(c.over), zone), c.source, c.channel, c.queue, t)
		return nil
	})
}

// ends is how works ended in the days of a scope: whole blocks of days, and the days before
// and after them.
func (s *Scope) ends() (text string, args []any) {
	const columns = "SELECT source, channel, queue, agent, name, closed, transferred, declined, timed_out, unavailable, canceled, abandoned FROM "
	const days = columns + "agent_days WHERE day >= ? AND day <= ?"
	first, end := (s.From+agentBlock-1)/agentBlock, (s.To+1)/agentBlock
	if first >= end {
		return days, []any{s.From, s.To}
	}
	return days + " UNION ALL " + columns + "agent_blocks WHERE block >= ? AND block < ? UNION ALL " + days,
		[]any{s.From, first*agentBlock - 1, first, end, end * agentBlock, s.To}
}

// selectOffers is the question how works ended, by agents or queues.
func (s *Scope) selectOffers(columns, by, condition string) (text string, args []any) {
	q := new(query)
	s.parts(q)
	q.add(condition)
	if s.Agent != "" {
		q.add("agent = ?", s.Agent)
	}
	ends, args := s.ends()
	return "SELECT " + columns + `, sum(closed), sum(transferred), sum(declined), sum(timed_out), sum(unavailable), sum(canceled), sum(abandoned)
		FROM (` + ends + ") WHERE " + q.where() + " GROUP BY " + by +
		" ORDER BY sum(declined) + sum(timed_out) + sum(unavailable) + sum(abandoned) DESC, " + by + " LIMIT ?", append(append(args, q.args...), maxAgents)
}

// offers sums up how works ended.
func offers(ctx context.Context, tx *sql.Tx, s *Scope, columns, by, condition string) (list []AgentReport, err error) {
	text, args := s.selectOffers(columns, by, condition)
	err = each(ctx, tx, text, args, func(rows *sql.Rows) error {
		var a AgentReport
		err := rows.Scan(&a.Source, &a.Agent, &a.Name, &a.Queue, &a.Closed, &a.Transferred, &a.Declined, &a.TimedOut, &a.Unavailable, &a.Canceled, &a.Abandoned)
		list = append(list, a)
		return err
	})
	return list, err
}

// querier is the database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls row for each row of an answer.
func each(ctx context.Context, q querier, text string, args []any, row func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// AbandonedWork is a work of an abandoned interaction: a line of the report that joins calls
// and messaging sessions with their works. Times are zero where they are not known.
type AbandonedWork struct {
	Source, ID, Channel, Queue, Reason string
	Started, Ended                     time.Time
	Wait                               time.Duration
	Corrections, Returned              int
	Work, WorkQueue, Agent, AgentName  string
	Status                             string // by API name
	At                                 time.Time
}

// abandonedSlice is how many interactions are read at once: between slices nothing is held, so
// that a slow reader holds nobody up.
const abandonedSlice = 500

// Abandoned calls row for each work of each abandoned interaction of a scope, in the order of
// their ends. It needs the same memory for any number of them.
func (k *Keeper) Abandoned(ctx context.Context, s Scope, row func(*AbandonedWork) error) error {
	k.Keep(context.WithoutCancel(ctx))
	type place struct{ over, contact, segment int64 }
	after := place{over: -1}
	zone := k.store.zone
	for {
		tx, err := k.store.db.Read.BeginTx(ctx, nil)
		if err != nil {
			return fmt.Errorf("history: reporting: %w", err)
		}
		q := new(query)
		q.add("i.outcome = 'abandoned' AND i.counts AND i.over >= ? AND i.over < ?", max(after.over, s.From.Start(zone).UnixMicro()), (s.To + 1).Start(zone).UnixMicro())
		q.add("(i.over, i.contact, i.segment) > (?, ?, ?)", after.over, after.contact, after.segment)
		for _, x := range []struct{ column, value string }{{"i.source", s.Source}, {"i.queue", s.Queue}, {"i.channel", s.Channel}} {
			if x.value != "" {
				q.add(x.column+" = ?", x.value)
			}
		}
		if s.Agent != "" {
			q.add("EXISTS (SELECT 1 FROM works a WHERE a.contact = i.contact AND a.segment = i.segment AND a.agent = ? AND a.status = 'Abandoned')", s.Agent)
		}
		var slice []AbandonedWork
		n := 0
		err = each(ctx, tx, `SELECT i.contact, i.segment, i.source, i.id, i.channel, i.queue, i.reason, i.started, i.over, i.wait, i.corrections, i.returned,
			w.id, w.queue, w.agent, w.agent_name, w.status, w.at FROM (SELECT * FROM interactions i WHERE `+q.where()+
			` ORDER BY i.over, i.contact, i.segment LIMIT ?) i JOIN works w ON w.contact = i.contact AND w.segment = i.segment
			ORDER BY i.over, i.contact, i.segment, w.n`, append(q.args, abandonedSlice), func(rows *sql.Rows) error {
			var a AbandonedWork
			var p place
			var started, over, wait, at int64
			if err := rows.Scan(&p.contact, &p.segment, &a.Source, &a.ID, &a.Channel, &a.Queue, &a.Reason, &started, &over, &wait, &a.Corrections,
				&a.Returned, &a.Work, &a.WorkQueue, &a.Agent, &a.AgentName, &a.Status, &at); err != nil {
				return err
			}
			p.over = over
			if p != after {
				after, n = p, n+1
			}
			a.Started, a.Ended, a.At = time.UnixMicro(started).In(zone), time.UnixMicro(over).In(zone), time.UnixMicro(at).In(zone)
			a.Wait = time.Duration(max(0, wait)) * time.Microsecond
			slice = append(slice, a)
			return nil
		})
		tx.Rollback()
		if err != nil {
			return fmt.Errorf("history: reporting: %w", err)
		}
		for i := range slice {
			if err := row(&slice[i]); err != nil {
				return err
			}
		}
		if n < abandonedSlice {
			return nil
		}
	}
}
