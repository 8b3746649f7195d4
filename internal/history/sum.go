package history

import (
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// returnWithin is how soon a customer who abandoned has to come again.
const returnWithin = 24 * time.Hour

// maxReturns bounds the contacts of one customer that are looked at for one that comes again:
// withheld numbers may all look like one.
const maxReturns = 50

// dayKey names a tally.
type dayKey struct {
	day                    Day
	source, channel, queue string
}

type agentDay struct {
	dayKey
	agent string
}

// agentTally are the works of an agent by how they ended, from Closed on.
type agentTally struct {
	name string
	n    [interaction.StatusCount - interaction.Closed]int64
}

// sums are the tallies that a projection changes. They are read once and written once for
// each transaction.
type sums struct {
	days   map[dayKey]*Tally
	agents map[agentDay]*agentTally
	// came are the customers whose contacts changed, and the earliest of those.
	came map[string][]int64
}

// tally puts an interaction into the sums, or takes it out.
func (p *projection) tally(c *counted, sign int64) {
	c.tallyOf(sign, p.zone, func(micros int64) *Tally {
		return p.day(dayKey{DayOf(time.UnixMicro(micros), p.zone), c.source, c.channel, c.queue})
	})
	if c.counts {
		for _, w := range c.works {
			p.agentWork(c, &w, sign)
		}
	}
}

// agentWork counts how a work ended.
func (p *projection) agentWork(c *counted, w *countedWork, sign int64) {
	i := slices.IndexFunc(interaction.Statuses(), func(s interaction.Status) bool { return s.Final() && s.String() == w.status })
	if i < 0 {
		return
	}
	k := agentDay{dayKey{DayOf(time.UnixMicro(w.at), p.zone), c.source, c.channel, w.queue}, w.agent}
	t := p.sums.agents[k]
	if t == nil {
		t = new(agentTally)
		p.sums.agents[k] = t
	}
	if w.name != "" {
		t.name = w.name
	}
	t.n[i-int(interaction.Closed)] += sign
}

// day is a tally as it will be stored.
func (p *projection) day(k dayKey) *Tally {
	if t := p.sums.days[k]; t != nil {
		return t
	}
	t := new(Tally)
	p.sums.days[k] = t
	if p.err != nil {
		return t
	}
	var packed []byte
	err := p.tx.QueryRowContext(p.ctx, "SELECT tally FROM days WHERE day = ? AND source = ? AND channel = ? AND queue = ?",
		k.day, k.source, k.channel, k.queue).Scan(&packed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		p.err = err
	default:
		p.err = t.unpack(packed)
	}
	return t
}

// flush writes the sums.
func (p *projection) flush() {
	for customer, came := range p.sums.came {
		p.returns(customer, slices.Min(came), slices.Max(came))
	}
	for k, t := range p.sums.days {
		p.exec("INSERT INTO days(day, source, channel, queue, tally) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET tally = excluded.tally",
			k.day, k.source, k.channel, k.queue, t.pack())
	}
	for k, t := range p.sums.agents {
		if t.n == [len(t.n)]int64{} {
			continue
		}
		p.ended("agent_days", "day", int64(k.day), k, t)
		p.ended("agent_blocks", "block", int64(k.day)/agentBlock, k, t)
	}
}

// agentBlock is how many days a row of agent_blocks has.
const agentBlock = 32

// ended adds works to a row of a table, by its day or block.
func (p *projection) ended(table, column string, at int64, k agentDay, t *agentTally) {
	p.exec("INSERT INTO "+table+"("+column+`, source, channel, queue, agent, name, closed, transferred, declined, timed_out, unavailable, canceled, abandoned)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END,
		closed = closed + excluded.closed, transferred = transferred + excluded.transferred, declined = declined + excluded.declined,
		timed_out = timed_out + excluded.timed_out, unavailable = unavailable + excluded.unavailable, canceled = canceled + excluded.canceled,
		abandoned = abandoned + excluded.abandoned`,
		at, k.source, k.channel, k.queue, k.agent, t.name, t.n[0], t.n[1], t.n[2], t.n[3], t.n[4], t.n[5], t.n[6])
}

// Both say that the customer is known, because the index has only those: without it, every
// contact that is stored would cost a scan of all.
const (
	selectAbandonedOf = `SELECT contact, segment, source, channel, queue, outcome, reason, counts, came, over, answered, wait, within, customer, returned
		FROM interactions WHERE customer = ? AND customer <> '' AND over > ? AND +came <= ? AND outcome = 'abandoned' AND counts ORDER BY +came DESC LIMIT ?`
	selectReturned = `SELECT max(CASE outcome WHEN 'answered' THEN 2 ELSE 1 END) FROM interactions
		WHERE customer = ? AND customer <> '' AND came >= ? AND came < ? AND counts AND NOT (contact = ? AND segment = ?)`
)

// returns finds anew which of a customer's abandoned contacts were followed by another within
// a day, where those that came between two times (µs) changed.
func (p *projection) returns(customer string, from, to int64) {
	type abandoned struct {
		contact, segment int64
		counted
	}
	var list []abandoned
	within := returnWithin.Microseconds()
	p.query(selectAbandonedOf,
		func(rows *sql.Rows) error {
			var a abandoned
			err := rows.Scan(&a.contact, &a.segment, &a.source, &a.channel, &a.queue, &a.outcome, &a.reason, &a.counts, &a.came, &a.over,
				&a.answered, &a.wait, &a.within, &a.customer, &a.returned)
			list = append(list, a)
			return err
		}, customer, from-within, to, maxReturns)
	for i := range list {
		a := &list[i]
		returned := 0
		p.query(selectReturned,
			func(rows *sql.Rows) error {
				var n sql.NullInt64
				err := rows.Scan(&n)
				returned = int(n.Int64)
				return err
			}, customer, a.over, a.over+within, a.contact, a.segment)
		if returned == a.returned {
			continue
		}
		p.tally(&a.counted, -1)
		a.returned = returned
		p.tally(&a.counted, 1)
		p.exec("UPDATE interactions SET returned = ? WHERE contact = ? AND segment = ?", returned, a.contact, a.segment)
	}
}

// changed notes that a customer's contact changed.
func (s *sums) changed(c *counted) {
	if c.customer != "" && c.counts {
		s.came[c.customer] = append(s.came[c.customer], c.came)
	}
}

// stored are the interactions of a contact as they were projected.
func (p *projection) stored(row int64) []counted {
	var list []counted
	p.query(`SELECT source, channel, queue, outcome, reason, counts, came, over, answered, wait, within, customer, returned
		FROM interactions WHERE contact = ? ORDER BY segment`, func(rows *sql.Rows) error {
		var c counted
		err := rows.Scan(&c.source, &c.channel, &c.queue, &c.outcome, &c.reason, &c.counts, &c.came, &c.over, &c.answered, &c.wait,
			&c.within, &c.customer, &c.returned)
		list = append(list, c)
		return err
	}, row)
	if len(list) == 0 {
		return nil
	}
	p.query("SELECT segment, agent, agent_name, queue, status, at FROM works WHERE contact = ?", func(rows *sql.Rows) error {
		var segment int
		var w countedWork
		err := rows.Scan(&segment, &w.agent, &w.name, &w.queue, &w.status, &w.at)
		if err == nil && segment < len(list) {
			list[segment].works = append(list[segment].works, w)
		}
		return err
	}, row)
	p.query("SELECT segment, at FROM corrections WHERE contact = ?", func(rows *sql.Rows) error {
		var segment int
		var at int64
		err := rows.Scan(&segment, &at)
		if err == nil && segment < len(list) {
			list[segment].corrections = append(list[segment].corrections, at)
		}
		return err
	}, row)
	return list
}

// countedOf is what tallies need of a listing. Whether the customer came again is found later.
func countedOf(in *wallboard.Listing) counted {
	c := counted{
		source: in.Source, channel: in.Channel.String(), queue: in.Queue, outcome: in.Outcome.String(), reason: in.Reason, counts: in.Counts,
		within: in.Within, came: in.Came, over: in.Over, answered: in.Answered, wait: -1, customer: in.Customer,
	}
	if in.Wait != nil {
		c.wait = in.Wait.Microseconds()
	}
	for i := range in.Works {
		w := &in.Works[i]
		c.works = append(c.works, countedWork{w.Agent, w.AgentName, w.Queue, w.Status.String(), in.Ended[i]})
	}
	for _, x := range in.Log {
		c.corrections = append(c.corrections, x.At)
	}
	return c
}
