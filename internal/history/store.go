package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// retryEvery is how often Find tries again when the disk does not answer.
const retryEvery = time.Second

// Store is the archive in an SQLite database. It implements [wallboard.Archive].
type Store struct {
	// Static after construction.
	db     *sqlite.DB
	zone   *time.Location // of the days of reports
	logger *slog.Logger
	ctx    context.Context // ends the waiting of Find
}

// Open returns the store of an open database, which must stay open as long as the store is
// used. ctx ends what waits. zone is the installation's; nil is UTC. The logger may be nil.
func Open(ctx context.Context, db *sqlite.DB, zone *time.Location, logger *slog.Logger) *Store {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	if zone == nil {
		zone = time.UTC
	}
	return &Store{db: db, zone: zone, logger: logger, ctx: ctx}
}

// rules identifies all that decides what is projected: how a wallboard counts, and the days
// of reports.
func (s *Store) rules(w *wallboard.Wallboard) string { return w.Rules() + " 2 " + s.zone.String() }

const selectContact = "SELECT c.row, c.source, c.ids, c.positions, c.shown, c.exceeded FROM contacts c "

// Find implements [wallboard.Archive]. While the database cannot be read it waits and tries
// again, so that nothing is counted that would be wrong.
func (s *Store) Find(source string, ids []string) ([]wallboard.Stored, bool) {
	for {
		found, err := s.find(source, ids)
		if err == nil {
			return found, true
		}
		if s.ctx.Err() != nil {
			return nil, false
		}
		s.logger.Error("stored contacts cannot be read; nothing is counted until they can", "cause", err)
		select {
		case <-time.After(retryEvery):
		case <-s.ctx.Done():
			return nil, false
		}
	}
}

func (s *Store) find(source string, ids []string) ([]wallboard.Stored, error) {
	var found []wallboard.Stored
	for _, id := range ids {
		c, ok, err := s.Get(source, id)
		if err != nil {
			return nil, err
		}
		if ok && !slices.ContainsFunc(found, func(o wallboard.Stored) bool { return o.Row == c.Row }) {
			found = append(found, c)
		}
	}
	return found, nil
}

// Get implements [wallboard.Archive].
func (s *Store) Get(source, id string) (wallboard.Stored, bool, error) {
	found, err := s.contacts(s.ctx, selectContact+"JOIN aliases a ON a.contact = c.row WHERE a.source = ? AND a.id = ?", source, id)
	if err != nil || len(found) == 0 {
		return wallboard.Stored{}, false, err
	}
	return found[0], true, nil
}

// Scan implements [wallboard.Archive].
func (s *Store) Scan(after int64, limit int, recent int64) ([]wallboard.Stored, error) {
	return s.contacts(s.ctx, selectContact+"WHERE c.row > ? AND c.last >= ? ORDER BY c.row LIMIT ?", after, recent, limit)
}

// contacts reads contacts with their events, both as of one moment.
func (s *Store) contacts(ctx context.Context, query string, args ...any) ([]wallboard.Stored, error) {
	tx, err := s.db.Read.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("history: reading contacts: %w", err)
	}
	defer tx.Rollback()
	return contactsIn(ctx, tx, query, args...)
}

// contactsIn reads contacts with their events in a transaction.
func contactsIn(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]wallboard.Stored, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("history: reading contacts: %w", err)
	}
	defer rows.Close()
	var found []wallboard.Stored
	var places [][]int64
	for rows.Next() {
		c, positions, err := scanContact(rows)
		if err != nil {
			return nil, fmt.Errorf("history: reading contacts: %w", err)
		}
		found, places = append(found, c), append(places, positions)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("history: reading contacts: %w", err)
	}
	// All at once: a question for each contact would cost more than the answers.
	all := slices.Concat(places...)
	slices.Sort(all)
	events, err := journal.Events(ctx, tx, all)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	for i, positions := range places {
		for _, p := range positions {
			at, _ := slices.BinarySearch(all, p)
			found[i].Events = append(found[i].Events, events[at])
		}
	}
	return found, nil
}

// scanContact reads a row of selectContact, and the positions of the contact's events.
func scanContact(rows *sql.Rows) (c wallboard.Stored, positions []int64, err error) {
	var ids, shown string
	var packed []byte
	if err := rows.Scan(&c.Row, &c.Source, &ids, &packed, &shown, &c.Exceeded); err != nil {
		return c, nil, err
	}
	if err := errors.Join(json.Unmarshal([]byte(ids), &c.IDs), json.Unmarshal([]byte(shown), &c.Shown)); err != nil {
		return c, nil, err
	}
	if len(c.IDs) == 0 {
		return c, nil, errors.New("a contact without ids")
	}
	positions, err = unpack(packed)
	return c, positions, err
}
