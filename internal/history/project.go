package history

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// Project stores what changed, and how far that reaches, in one transaction. rules are those
// under which it was counted.
func (s *Store) Project(ctx context.Context, rules string, ch *wallboard.Changes, late map[lateKey]*Lateness) error {
	tx, err := s.db.Write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("history: projecting: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit
	p := s.projection(ctx, tx)
	p.gone(ch.Gone)
	for i := range ch.Contacts {
		p.contact(&ch.Contacts[i])
	}
	p.flush()
	p.late(late)
	for _, x := range ch.Strays {
		p.exec("INSERT INTO strays(source, interaction, position) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", x.Source, x.Interaction, x.Position)
	}
	for i := range ch.Cells {
		p.cell(&ch.Cells[i])
	}
	p.exec("DELETE FROM buckets WHERE bucket < ?", ch.Floor)
	for i := range ch.Agents {
		p.agent(&ch.Agents[i])
	}
	for source, at := range ch.Sources {
		p.exec("INSERT INTO newest(source, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at", source, at)
	}
	p.exec(`INSERT INTO history(one, rules, through, floor) VALUES (1, ?, ?, ?)
		ON CONFLICT DO UPDATE SET rules = excluded.rules, through = excluded.through, floor = excluded.floor`, rules, ch.Through, ch.Floor)
	if p.err == nil {
		p.err = tx.Commit()
	}
	if p.err != nil {
		return fmt.Errorf("history: projecting: %w", p.err)
	}
	return nil
}

// projection is a transaction under way. After an error its methods do nothing.
type projection struct {
	ctx        context.Context
	tx         *sql.Tx
	zone       *time.Location
	sums       sums
	statements map[string]*sql.Stmt // closed with the transaction
	err        error
}

func (s *Store) projection(ctx context.Context, tx *sql.Tx) *projection {
	return &projection{
		ctx: ctx, tx: tx, zone: s.zone, statements: make(map[string]*sql.Stmt),
		sums: sums{days: make(map[dayKey]*Tally), agents: make(map[agentDay]*agentTally), came: make(map[string][]int64)},
	}
}

func (p *projection) exec(query string, args ...any) {
	if st := p.prepared(query); st != nil {
		_, p.err = st.ExecContext(p.ctx, args...)
	}
}

// query calls row for each row of the answer.
func (p *projection) query(query string, row func(*sql.Rows) error, args ...any) {
	st := p.prepared(query)
	if st == nil {
		return
	}
	rows, err := st.QueryContext(p.ctx, args...)
	if err != nil {
		p.err = err
		return
	}
	defer rows.Close()
	for rows.Next() {
		if p.err = row(rows); p.err != nil {
			return
		}
	}
	p.err = rows.Err()
}

// prepared is a statement of the transaction; nil after an error.
func (p *projection) prepared(query string) *sql.Stmt {
	if p.err != nil {
		return nil
	}
	st := p.statements[query]
	if st == nil {
		if st, p.err = p.tx.PrepareContext(p.ctx, query); p.err != nil {
			return nil
		}
		p.statements[query] = st
	}
	return st
}

// gone removes contacts that became part of another, whose aliases are written anew after.
func (p *projection) gone(rows []int64) {
	for _, row := range rows {
		p.forget(row)
		p.exec("DELETE FROM contacts WHERE row = ?", row)
	}
}

func (p *projection) contact(c *wallboard.Change) {
	ids, err := json.Marshal(c.IDs)
	if err != nil {
		p.err = err
		return
	}
	shown, err := json.Marshal(c.Shown)
	if err != nil {
		p.err = err
		return
	}
	p.exec(`INSERT INTO contacts(row, source, ids, positions, shown, exceeded, open, last, received, lost) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT(row) DO UPDATE SET ids = excluded.ids, positions = excluded.positions, shown = excluded.shown,
		exceeded = excluded.exceeded, open = excluded.open, last = excluded.last,
		received = excluded.received, lost = excluded.lost`,
		c.Row, c.Source, string(ids), pack(c.Positions), string(shown), c.Exceeded, c.Open, c.Last, c.Received, c.Lost)
	for _, id := range c.IDs {
		p.exec("INSERT INTO aliases(source, id, contact) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET contact = excluded.contact",
			c.Source, id, c.Row)
	}
	p.forget(c.Row)
	for i := range c.Interactions {
		p.interaction(c.Row, i, &c.Interactions[i])
	}
}

// forget removes what lists and reports know of a contact.
func (p *projection) forget(row int64) {
	for _, c := range p.stored(row) {
		p.tally(&c, -1)
		p.sums.changed(&c)
	}
	p.exec("DELETE FROM interactions WHERE contact = ?", row)
	p.exec("DELETE FROM works WHERE contact = ?", row)
	p.exec("DELETE FROM corrections WHERE contact = ?", row)
}

// interaction writes what lists and reports need of one interaction.
func (p *projection) interaction(row int64, segment int, in *wallboard.Listing) {
	waited := int64(-1)
	if in.Wait != nil {
		waited = in.Wait.Microseconds()
	}
	p.exec(`INSERT INTO interactions(contact, segment, source, id, channel, queue, outcome, reason, state, counts, started, came, over,
		answered, since, wait, within, customer, corrections) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		row, segment, in.Source, in.ID, in.Channel.String(), in.Queue, in.Outcome.String(), in.Reason, in.State, in.Counts,
		in.StartedAt.UnixMicro(), in.Came, in.Over, in.Answered, in.Since, waited, in.Within, in.Customer, in.Corrections)
	for n := range in.Works {
		w := &in.Works[n]
		final := w.Status.Final()
		at := in.Ended[n]
		if !final {
			at = max(w.AssignedAt.UnixMicro(), w.AcceptedAt.UnixMicro()) // the zero time is long ago
		}
		first := !slices.ContainsFunc(in.Works[:n], func(o wallboard.Work) bool { return o.Agent == w.Agent })
		p.exec(`INSERT INTO works(contact, segment, n, id, queue, agent, agent_name, status, at, handled, now, source, channel, counts, started, first)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			row, segment, n, w.ID, w.Queue, w.Agent, w.AgentName, w.Status.String(), at, in.Handled[n], !final && in.Outcome == interaction.Open,
			in.Source, in.Channel.String(), in.Counts, in.StartedAt.UnixMicro(), first)
	}
	c := countedOf(in)
	p.tally(&c, 1)
	p.sums.changed(&c)
	for n, x := range in.Log {
		p.exec("INSERT INTO corrections(contact, segment, n, at, position, outcome, reason, new_outcome, new_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			row, segment, n, x.At, x.Position, x.Outcome.String(), x.Reason, x.NewOutcome.String(), x.NewReason)
	}
}

func (p *projection) cell(c *wallboard.StoredCell) {
	channel := c.Channel.String()
	p.exec("INSERT INTO cells(source, channel, queue, balance) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET balance = excluded.balance",
		c.Source, channel, c.Queue, c.Balance)
	for _, b := range c.Buckets {
		p.exec(`INSERT INTO buckets(bucket, source, channel, queue, counts, waits) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET counts = excluded.counts, waits = excluded.waits`,
			b.Index, c.Source, channel, c.Queue, pack(b.Counts), pack(b.Waits))
	}
}

func (p *projection) agent(e *interaction.Event) {
	p.exec(`INSERT INTO agents(source, agent, at, sequence, key, presence) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET at = excluded.at, sequence = excluded.sequence, key = excluded.key, presence = excluded.presence`,
		e.Source, e.Agent, e.At, e.Sequence, e.Key, e.Presence.String())
}
