package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// Begin fills an empty wallboard from what is stored, and returns the journal's position after
// which the rest is to be replayed. What was stored under other rules, or by a clock that
// was ahead, is thrown away first; then
// the position is 0.
func (s *Store) Begin(ctx context.Context, w *wallboard.Wallboard) (through int64, err error) {
	var rules string
	var floor int64
	err = s.db.Read.QueryRowContext(ctx, "SELECT rules, through, floor FROM history").Scan(&rules, &through, &floor)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("history: beginning: %w", err)
	case rules != s.rules(w):
		s.logger.Info("the rules have changed; everything stored is counted anew")
		return 0, s.Clear(ctx)
	}
	if floor > w.Floor() {
		s.logger.Warn("the clock was ahead when counts were stored; everything stored is counted anew")
		return 0, s.Clear(ctx)
	}
	base := wallboard.Base{Sources: make(map[string]int64)}
	if err := errors.Join(
		s.db.Read.QueryRowContext(ctx, "SELECT coalesce(max(row), 0) FROM contacts").Scan(&base.Row),
		s.cells(ctx, &base), s.agents(ctx, &base), s.newest(ctx, &base),
	); err != nil {
		return 0, fmt.Errorf("history: beginning: %w", err)
	}
	if err := w.Begin(base); err != nil {
		return 0, err
	}
	w.Reached(through)
	return through, s.reopen(ctx, w)
}

// Clear throws all projections away, so that the next start counts everything stored anew.
// It must not be called once a wallboard began from the store.
func (s *Store) Clear(ctx context.Context) error {
	tx, err := s.db.Write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("history: clearing: %w", err)
	}
	defer tx.Rollback()
	for _, table := range []string{"history", "contacts", "aliases", "strays", "interactions", "works", "corrections", "days", "agent_days", "agent_blocks", "lateness", "cells", "buckets", "agents", "newest"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return fmt.Errorf("history: clearing: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("history: clearing: %w", err)
	}
	return nil
}

// reopen hands the open contacts over, a slice at a time.
func (s *Store) reopen(ctx context.Context, w *wallboard.Wallboard) error {
	const slice = 500
	for after := int64(0); ; {
		open, err := s.contacts(ctx, selectContact+"WHERE c.open AND c.row > ? ORDER BY c.row LIMIT ?", after, slice)
		if err != nil {
			return err
		}
		for i := range open {
			w.Reopen(&open[i])
			after = open[i].Row
		}
		if len(open) < slice {
			return nil
		}
	}
}

func (s *Store) cells(ctx context.Context, base *wallboard.Base) error {
	type key struct{ source, channel, queue string }
	at := make(map[key]int)
	err := s.each(ctx, "SELECT source, channel, queue, balance FROM cells", func(rows *sql.Rows) error {
		var k key
		var c wallboard.StoredCell
		if err := rows.Scan(&k.source, &k.channel, &k.queue, &c.Balance); err != nil {
			return err
		}
		c.Source, c.Queue = k.source, k.queue
		at[k] = len(base.Cells)
		var err error
		c.Channel, err = interaction.ParseChannel(k.channel)
		base.Cells = append(base.Cells, c)
		return err
	})
	if err != nil {
		return err
	}
	return s.each(ctx, "SELECT bucket, source, channel, queue, counts, waits FROM buckets", func(rows *sql.Rows) error {
		var k key
		var b wallboard.StoredBucket
		var counts, waits []byte
		if err := rows.Scan(&b.Index, &k.source, &k.channel, &k.queue, &counts, &waits); err != nil {
			return err
		}
		i, ok := at[k]
		if !ok {
			return errors.New("a bucket of no cell")
		}
		var bad [2]error
		b.Counts, bad[0] = unpack(counts)
		b.Waits, bad[1] = unpack(waits)
		base.Cells[i].Buckets = append(base.Cells[i].Buckets, b)
		return errors.Join(bad[:]...)
	})
}

func (s *Store) agents(ctx context.Context, base *wallboard.Base) error {
	return s.each(ctx, "SELECT source, agent, at, sequence, key, presence FROM agents", func(rows *sql.Rows) error {
		e := interaction.Event{Kind: interaction.AgentState}
		var word string
		if err := rows.Scan(&e.Source, &e.Agent, &e.At, &e.Sequence, &e.Key, &word); err != nil {
			return err
		}
		var err error
		e.Presence, err = interaction.ParsePresence(word)
		base.Agents = append(base.Agents, e)
		return err
	})
}

func (s *Store) newest(ctx context.Context, base *wallboard.Base) error {
	return s.each(ctx, "SELECT source, at FROM newest", func(rows *sql.Rows) error {
		var source string
		var at int64
		err := rows.Scan(&source, &at)
		base.Sources[source] = at
		return err
	})
}

func (s *Store) each(ctx context.Context, query string, row func(*sql.Rows) error) error {
	return each(ctx, s.db.Read, query, nil, row)
}
