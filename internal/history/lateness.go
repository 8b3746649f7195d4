package history

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/wallboard/wallboard/internal/journal"
)

// LateEdges are where the bins of lateness end, in seconds; the last bin has no end.
var LateEdges = [9]int64{1, 2, 5, 10, 30, 60, 300, 3600, 86400}

// Lateness counts events by how long after the vendor's time they were received. One that
// was ahead of its time is not late.
type Lateness [len(LateEdges) + 1]int64

// Late is the lateness of a source's events of one day, by receipt.
type Late struct {
	Day    Day
	Source string
	Counts Lateness
}

type lateKey struct {
	day    Day
	source string
}

// lateBook gathers lateness until it is stored, batch by batch: what is stored has to end at
// the position that the transaction reaches.
type lateBook struct {
	mu      sync.Mutex
	batches []lateBatch
}

type lateBatch struct {
	position int64
	lateKey
	counts Lateness
}

// maxLate is how many batches are told apart. A crash may cost the lateness of those beyond.
const maxLate = 10_000

// note takes in a batch.
func (b *lateBook) note(batch *journal.Batch, zone *time.Location) {
	k := lateKey{DayOf(time.UnixMicro(batch.Received), zone), batch.Source}
	x := lateBatch{position: batch.Position, lateKey: k}
	for i := range batch.Events {
		late := batch.Events[i].Received - batch.Events[i].At
		x.counts[sort.Search(len(LateEdges), func(j int) bool { return late < LateEdges[j]*1_000_000 })]++
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.batches); n >= maxLate && b.batches[n-1].lateKey == x.lateKey {
		last := &b.batches[n-1]
		last.position = x.position
		for i, c := range x.counts {
			last.counts[i] += c
		}
		return
	}
	b.batches = append(b.batches, x)
}

// take returns the sums up to a position, and how many batches those are.
func (b *lateBook) take(through int64) (map[lateKey]*Lateness, int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := sort.Search(len(b.batches), func(i int) bool { return b.batches[i].position > through })
	sums := make(map[lateKey]*Lateness)
	for i := range b.batches[:n] {
		x := &b.batches[i]
		sum := sums[x.lateKey]
		if sum == nil {
			sum = new(Lateness)
			sums[x.lateKey] = sum
		}
		for j, c := range x.counts {
			sum[j] += c
		}
	}
	return sums, n
}

// drop forgets the first n batches, which are durable.
func (b *lateBook) drop(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.batches = append([]lateBatch(nil), b.batches[n:]...)
}

// late adds lateness to what is stored.
func (p *projection) late(sums map[lateKey]*Lateness) {
	for k, add := range sums {
		p.query("SELECT counts FROM lateness WHERE day = ? AND source = ?", func(rows *sql.Rows) error {
			var packed []byte
			if err := rows.Scan(&packed); err != nil {
				return err
			}
			return addLate(add, packed)
		}, k.day, k.source)
		p.exec("INSERT INTO lateness(day, source, counts) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET counts = excluded.counts", k.day, k.source, pack(add[:]))
	}
}

func addLate(to *Lateness, packed []byte) error {
	numbers, err := unpack(packed)
	if err != nil || len(numbers) != len(to) {
		return errPacked
	}
	for i, n := range numbers {
		to[i] += n
	}
	return nil
}

// Corrected is one line of the log of corrections.
type Corrected struct {
	At                                                 time.Time
	Source, ID, Outcome, Reason, NewOutcome, NewReason string
}

// Settled is how late events came, and what they corrected.
type Settled struct {
	Late []Late
	// Corrections are by day and source.
	Corrections map[Day]map[string]int64
	// Log are the newest corrections.
	Log []Corrected
}

// maxCorrections bounds the log of a report.
const maxCorrections = 200

// Settling tells of the days from one to another how late events came and what they corrected.
func (k *Keeper) Settling(ctx context.Context, from, to Day) (*Settled, error) {
	k.Keep(context.WithoutCancel(ctx))
	tx, err := k.store.db.Read.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("history: reading corrections: %w", err)
	}
	defer tx.Rollback()
	s := &Settled{Corrections: make(map[Day]map[string]int64)}
	err = each(ctx, tx, "SELECT day, source, counts FROM lateness WHERE day >= ? AND day <= ? ORDER BY day, source", []any{from, to}, func(rows *sql.Rows) error {
		var l Late
		var packed []byte
		if err := rows.Scan(&l.Day, &l.Source, &packed); err != nil {
			return err
		}
		s.Late = append(s.Late, l)
		return addLate(&s.Late[len(s.Late)-1].Counts, packed)
	})
	if err == nil {
		err = each(ctx, tx, "SELECT day, source, tally FROM days WHERE day >= ? AND day <= ?", []any{from, to}, func(rows *sql.Rows) error {
			var day Day
			var source string
			var packed []byte
			if err := rows.Scan(&day, &source, &packed); err != nil {
				return err
			}
			var t Tally
			if err := t.unpack(packed); err != nil || t.Corrections == 0 {
				return err
			}
			if s.Corrections[day] == nil {
				s.Corrections[day] = make(map[string]int64)
			}
			s.Corrections[day][source] += t.Corrections
			return nil
		})
	}
	if err == nil {
		zone := k.store.zone
		err = each(ctx, tx, `SELECT c.at, i.source, i.id, c.outcome, c.reason, c.new_outcome, c.new_reason FROM corrections c
			CROSS JOIN interactions i ON i.contact = c.contact AND i.segment = c.segment WHERE c.at >= ? AND c.at < ? ORDER BY c.at DESC LIMIT ?`,
			[]any{from.Start(zone).UnixMicro(), (to + 1).Start(zone).UnixMicro(), maxCorrections}, func(rows *sql.Rows) error {
				var c Corrected
				var at int64
				err := rows.Scan(&at, &c.Source, &c.ID, &c.Outcome, &c.Reason, &c.NewOutcome, &c.NewReason)
				c.At = time.UnixMicro(at).In(zone)
				s.Log = append(s.Log, c)
				return err
			})
	}
	if err != nil {
		return nil, fmt.Errorf("history: reading corrections: %w", err)
	}
	return s, nil
}
