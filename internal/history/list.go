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
const MaxTotal = 100_000

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

// place is where a row stands in a list: by its key, greatest first, then by the rest.
type place struct {
	key        int64
	source, id string
	work       int
}

func (p *place) cursor() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d\n%d\n%s\n%s", p.key, p.work, p.source, p.id))
}

func parsePlace(cursor string) (*place, error) {
	if cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.SplitN(string(b), "\n", 4)
	if err != nil || len(parts) != 4 {
		return nil, ErrCursor
	}
	key, bad := strconv.ParseInt(parts[0], 10, 64)
	work, err := strconv.Atoi(parts[1])
	if bad != nil || err != nil {
		return nil, ErrCursor
	}
	return &place{key, parts[2], parts[3], work}, nil
}

// found is a row of the projection that a list shows.
type found struct {
	place
	contact int64
	segment int
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
	for _, r := range rows {
		in, ok, err := k.row(ctx, tx, r)
		if err != nil {
			return List{}, err
		}
		if ok {
			l.Rows = append(l.Rows, Row{in, min(r.work, len(in.Works)-1)})
		}
	}
	return l, nil
}

// row is the interaction of a projected row: as memory has it, else folded from its events.
func (k *Keeper) row(ctx context.Context, tx *sql.Tx, r found) (wallboard.Interaction, bool, error) {
	if in, ok := k.live.HeldAt(r.contact, r.segment); ok {
		return in, true, nil
	}
	stored, err := contactsIn(ctx, tx, selectContact+"WHERE c.row = ?", r.contact)
	if err != nil || len(stored) == 0 {
		return wallboard.Interaction{}, false, err
	}
	in, ok := k.live.View(&stored[0], r.segment)
	return in, ok, nil
}

// page finds at most limit rows after a place.
func page(ctx context.Context, tx *sql.Tx, f *Filter, asOf int64, limit int, after *place) ([]found, error) {
	text, args := f.page(asOf, limit, after)
	rows, err := tx.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []found
	for rows.Next() {
		var r found
		if err := rows.Scan(&r.contact, &r.segment, &r.key, &r.source, &r.id, &r.work); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// page is the question for at most limit rows after a place.
func (f *Filter) page(asOf int64, limit int, after *place) (text string, args []any) {
	q := f.conditions(asOf)
	key, args := f.key(asOf)
	work := "-1"
	if f.works() {
		work = "w.n"
	}
	if key == "i.started" && f.By != ByOpenAt && f.Agent == "" {
		q.add("i.started <= ?", int64(math.MaxInt64)) // so that SQLite reads along an index instead of sorting all
	}
	if after != nil {
		q.add(key+" <= ?", append(args[:len(args):len(args)], after.key)...) // an index finds the beginning by it
		q.add("("+key+" < ? OR i.source > ? OR i.source = ? AND (i.id > ? OR i.id = ? AND "+work+" > ?))",
			append(args[:len(args):len(args)], after.key, after.source, after.source, after.id, after.id, after.work)...)
	}
	text = "SELECT i.contact, i.segment, " + key + ", i.source, i.id, " + work + " FROM " + f.from() + " WHERE " + q.where() +
		" ORDER BY 3 DESC, i.source, i.id, 6 LIMIT ?"
	all := append(args[:len(args):len(args)], q.args...)
	return text, append(all, limit)
}

// count counts what matches, up to MaxTotal.
func count(ctx context.Context, tx *sql.Tx, f *Filter, asOf int64) (n int, err error) {
	q := f.conditions(asOf)
	err = tx.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+f.from()+" WHERE "+q.where()+" LIMIT ?)",
		append(q.args, MaxTotal)...).Scan(&n)
	return n, err
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
