package shelf

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/config"
	"github.com/wallboard/wallboard/internal/sqlite"
)

// shelfOf is a Shelf on a database of its own, beside a board file of the settings file.
func shelfOf(t *testing.T) (*Shelf, *config.Config) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	cfg := &config.Config{TimeZone: time.UTC, Sources: []config.Source{{Name: "lab"}}, Boards: []*board.Definition{{Name: "file"}}}
	return Open(db, cfg, time.Now), cfg
}

func check(t *testing.T, s *Shelf, d board.Draft) *board.Definition {
	t.Helper()
	def, err := s.Check(d)
	if err != nil {
		t.Fatal(err)
	}
	return def
}

// TestKeep: what was put is there again, changed and removed.
func TestKeep(t *testing.T) {
	s, _ := shelfOf(t)
	sales := check(t, s, board.Draft{Name: "sales", Queues: []string{"Orders"}, Sources: []string{"lab"}, Thresholds: map[string]board.DraftThreshold{"waiting": {Warn: "3"}}})
	if err := s.Put(t.Context(), sales, check(t, s, board.Draft{Name: "night", Window: "today"})); err != nil {
		t.Fatal(err)
	}
	names := func() (names []string) {
		list, err := s.All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range list {
			names = append(names, fmt.Sprint(k.Name, k.Faults))
			if k.Name == "sales" {
				if diff := cmp.Diff(sales, k.Definition, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
					t.Errorf("(-put +got):\n%s", diff)
				}
			}
		}
		return names
	}
	if diff := cmp.Diff([]string{"night", "sales"}, names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	sales = check(t, s, board.Draft{Name: "sales", Title: "Sales"})
	if err := errors.Join(s.Put(t.Context(), sales), s.Remove(t.Context(), "night"), s.Remove(t.Context(), "night")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"sales"}, names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRefused: the names of the settings file's boards are taken, and faults name the
// draft's own fields.
func TestRefused(t *testing.T) {
	s, _ := shelfOf(t)
	for field, d := range map[string]board.Draft{
		"name": {Name: "file"}, "window": {Name: "a", Window: "x"}, "thresholds.waiting.warn": {Name: "a", Thresholds: map[string]board.DraftThreshold{"waiting": {Warn: "many"}}},
		"sources[0]": {Name: "a", Sources: []string{"none"}}, "tiles[1]": {Name: "a", Tiles: []string{"waiting", "waiting"}},
	} {
		_, err := s.Check(d)
		var f board.Faults
		if !errors.As(err, &f) || len(f) != 1 || f[0].Field != field {
			t.Errorf("%+v: got %v, want a fault of %s", d, err, field)
		}
	}
}

// TestOtherSettings: a board that the settings have made wrong is told, and not shown.
func TestOtherSettings(t *testing.T) {
	s, cfg := shelfOf(t)
	if err := s.Put(t.Context(), check(t, s, board.Draft{Name: "a", Sources: []string{"lab"}}), check(t, s, board.Draft{Name: "b"}), check(t, s, board.Draft{Name: "c"})); err != nil {
		t.Fatal(err)
	}
	cfg.Sources, cfg.Boards = nil, append(cfg.Boards, &board.Definition{Name: "b"})
	list, err := s.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, field := range []string{"boards[0].sources[0]", "boards[0].name", ""} {
		k := list[i]
		if wrong := len(k.Faults) > 0; wrong != (field != "") || wrong && k.Faults[0].Field != field || (k.Definition == nil) != wrong || k.Text == "" {
			t.Errorf("board %s: %+v, want a fault of %q", k.Name, k, field)
		}
	}
}

// TestLimit: one board more than there may be is refused, with those that came with it.
func TestLimit(t *testing.T) {
	s, _ := shelfOf(t)
	var defs []*board.Definition
	for i := range maxBoards {
		defs = append(defs, check(t, s, board.Draft{Name: fmt.Sprint("b", i)}))
	}
	if err := s.Put(t.Context(), defs...); err != nil {
		t.Fatal(err)
	}
	err := s.Put(t.Context(), defs[0], check(t, s, board.Draft{Name: "more"}))
	if f := faults(err); len(f) != 1 || f[0].Field != "boards" {
		t.Errorf("got %v, want a fault of boards", err)
	}
	list, err := s.All(t.Context())
	if err != nil || len(list) != maxBoards {
		t.Errorf("%d boards are kept, want %d (%v)", len(list), maxBoards, err)
	}
}
