package history

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// ErrCursor means that a list's cursor is not one that a list gave.
var ErrCursor = errors.New("history: not a cursor of this list")

// MaxTotal is up to where the total of a list is counted.
const MaxTotal = 1_000_000

// List is one page of a list.
type List struct {
	Rows []Row
	// Next is the cursor of the next page, "" where there is none.
	Next string
	// Total is how many there are on all pages; MaxTotal means that many or more. It is 0
	// where it was not asked for.
	Total int
	// AsOf is the time through which deliveries have been applied.
	AsOf time.Time
}

// Row is an interaction, and which of its works the list is about: -1 is none of them.
type Row struct {
	wallboard.Interaction
	Work int
}

// place is a row of the projections, and where it stands in a list: by its key, then by the
// rest, the greatest first. Indexes have the rest in this order.
type place struct{ key, contact, segment, work int64 }

func (p *place) cursor() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %d %d %d", p.key, p.contact, p.segment, p.work))
}

func parsePlace(cursor string) (*place, error) {
	if cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.Split(string(b), " ")
	if err != nil || len(parts) != 4 {
		return nil, ErrCursor
	}
	p := new(place)
	for i, into := range []*int64{&p.key, &p.contact, &p.segment, &p.work} {
		if *into, err = strconv.ParseInt(parts[i], 10, 64); err != nil {
			return nil, ErrCursor
		}
	}
	return p, nil
}

// List returns at most limit rows that match, after a cursor ("" is the beginning), and with
// total also how many there are. What was applied before the call is in it. It fails with
// ErrCursor, or where the database or ctx does.
func (k *Keeper) List(ctx context.Context, f Filter, limit int, cursor string, total bool) (List, error) {
	after, err := parsePlace(cursor)
	if err != nil {
		return List{}, err
	}
	k.Keep(context.WithoutCancel(ctx))
	l := List{AsOf: k.live.AsOf()}
	tx, err := k.store.db.Read.BeginTx(ctx, nil)
	if err != nil {
		return List{}, fmt.Errorf("history: listing: %w", err)
	}
	defer tx.Rollback()
	rows, err := page(ctx, tx, &f, l.AsOf.UnixMicro(), limit+1, after)
	if err != nil {
		return List{}, fmt.Errorf("history: listing: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		l.Next = rows[limit-1].cursor()
	}
	if total {
		if l.Total, err = count(ctx, tx, &f, l.AsOf.UnixMicro()); err != nil {
			return List{}, fmt.Errorf("history: counting: %w", err)
		}
	}
	if l.Rows, err = k.rows(ctx, tx, rows); err != nil {
		return List{}, err
	}
	return l, nil
}

// rows are the interactions of projected rows: as memory has them, else folded from their events.
func (k *Keeper) rows(ctx context.Context, tx *sql.Tx, places []place) (rows []Row, err error) {
	held := make(map[place]wallboard.Interaction)
	var away []any
	for _, p := range places {
		if in, ok := k.live.HeldAt(p.contact, int(p.segment)); ok {
			held[p] = in
		} else {
			away = append(away, p.contact)
		}
	}
	contacts := make(map[int64]*wallboard.Stored)
	if len(away) > 0 {
		q := new(query)
		q.in("c.row", away)
		stored, err := contactsIn(ctx, tx, selectContact+"WHERE "+q.where(), q.args...)
		if err != nil {
			return nil, err
		}
		for i := range stored {
			contacts[stored[i].Row] = &stored[i]
		}
	}
	for _, p := range places {
		in, ok := held[p]
		if c := contacts[p.contact]; !ok && c != nil {
			in, ok = k.live.View(c, int(p.segment))
		}
		if ok {
			rows = append(rows, Row{in, min(int(p.work), len(in.Works)-1)})
		}
	}
	return rows, nil
}

// page finds at most limit rows after a place.
func page(ctx context.Context, tx *sql.Tx, f *Filter, asOf int64, limit int, after *place) (list []place, err error) {
	text, args := f.page(asOf, limit, after)
	err = each(ctx, tx, text, args, func(rows *sql.Rows) error {
		var p place
		err := rows.Scan(&p.key, &p.contact, &p.segment, &p.work)
		list = append(list, p)
		return err
	})
	return list, err
}

// page is the question for at most limit rows after a place, in SQL.
func (f *Filter) page(asOf int64, limit int, after *place) (text string, args []any) {
	const order = " ORDER BY 1 DESC, 2 DESC, 3 DESC, 4 DESC LIMIT ?"
	var parts []string
	for _, q := range f.questions(asOf, true) {
		key, of := q.key()
		if strings.HasSuffix(key, ".started") && f.By != ByOpenAt {
			q.add(key+" <= ?", int64(math.MaxInt64)) // so that SQLite reads along an index instead of sorting all
		}
		if after != nil {
			q.add(key+" <= ?", append(of[:len(of):len(of)], after.key)...) // an index finds the beginning by it
			q.add("("+key+", "+q.row()+") < (?, ?, ?, ?)", append(of[:len(of):len(of)], after.key, after.contact, after.segment, after.work)...)
		}
		parts = append(parts, "SELECT "+key+", "+q.row()+" FROM "+q.from()+" WHERE "+q.where()+order)
		args = append(append(append(args, of...), q.args...), limit)
	}
	if len(parts) == 1 {
		return parts[0], args
	}
	return "SELECT * FROM (" + strings.Join(parts, ") UNION ALL SELECT * FROM (") + ")" + order, append(args, limit)
}

// count counts what matches, up to MaxTotal.
func count(ctx context.Context, tx *sql.Tx, f *Filter, asOf int64) (n int, err error) {
	for _, q := range f.questions(asOf, false) {
		var some int
		text, args := q.count()
		if err := tx.QueryRowContext(ctx, text, args...).Scan(&some); err != nil {
			return 0, err
		}
		n += some
	}
	return min(n, MaxTotal), nil
}

// count is the question for how many rows there are, in SQL.
func (q *question) count() (text string, args []any) {
	return "SELECT count(*) FROM (SELECT 1 FROM " + q.from() + " WHERE " + q.where() + " LIMIT ?)", append(q.args, MaxTotal)
}

// Queues are the names of all queues that were seen.
func (k *Keeper) Queues(ctx context.Context) (names []string, err error) {
	err = k.store.each(ctx, "SELECT DISTINCT queue FROM cells WHERE queue <> '' ORDER BY queue", func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("history: reading queues: %w", err)
	}
	return names, nil
}

// maxOffered bounds the agents that a form offers.
const maxOffered = 2000

// Agent is one agent; Name is "" where none was told.
type Agent struct{ ID, Name string }

// Agents are those whose works ended in the last month or two, by name: 2,000 at most. It reads
// two blocks, however much is stored.
func (k *Keeper) Agents(ctx context.Context) (agents []Agent, err error) {
	err = k.store.each(ctx, fmt.Sprintf("SELECT agent, max(name) FROM agent_blocks WHERE block >= (SELECT max(block) FROM agent_blocks) - 1 AND agent <> '' GROUP BY agent ORDER BY 2, 1 LIMIT %d", maxOffered), func(rows *sql.Rows) error {
		var a Agent
		err := rows.Scan(&a.ID, &a.Name)
		agents = append(agents, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("history: reading agents: %w", err)
	}
	return agents, nil
}

// Deliveries are the stored deliveries that brought events, by the positions of those: at
// most limit of them, in the order in which they came.
func (k *Keeper) Deliveries(ctx context.Context, events []int64, limit int) ([]journal.Stored, error) {
	tx, err := k.store.db.Read.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("history: reading deliveries: %w", err)
	}
	defer tx.Rollback()
	return journal.Deliveries(ctx, tx, events, limit)
}
