package journal

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// TestRead: from any position on, in commit order, whole deliveries, also where one is
// longer than a slice and where old ones have been removed.
func TestRead(t *testing.T) {
	j, stop := begin(t, folder(t), &tape{})
	defer stop()
	sizes := []int{1, slice - 1, 3, 2*slice + 5, 1, 2}
	for i, n := range sizes {
		r := record()
		for k := range n {
			r.Events = append(r.Events, record(fmt.Sprintf("%d-%d", i, k)).Events...)
		}
		if _, err := j.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	check := func(after, oldest int) {
		t.Helper()
		next := max(after, oldest-1) + 1
		for b, err := range j.Read(t.Context(), int64(after)) {
			if err != nil {
				t.Fatal(err)
			}
			if b.Position != int64(next) || len(b.Events) != sizes[next-1] {
				t.Errorf("after %d: position %d with %d events, want %d with %d", after, b.Position, len(b.Events), next, sizes[next-1])
			}
			for k, e := range b.Events {
				if want := fmt.Sprintf("%d-%d", next-1, k); e.Key != want {
					t.Fatalf("after %d: event %q, want %q", after, e.Key, want)
				}
			}
			next++
		}
		if want := max(after, len(sizes)) + 1; next != want {
			t.Errorf("after %d: ended before %d, want %d", after, next, want)
		}
	}
	for after := range len(sizes) + 2 {
		check(after, 1)
	}
	if _, err := j.db.Write.Exec("DELETE FROM events WHERE delivery <= 2"); err != nil {
		t.Fatal(err)
	}
	for after := range len(sizes) + 2 {
		check(after, 3)
	}
	for range j.Read(t.Context(), 0) {
		break // gives its connection back
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range j.Read(ctx, 0) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want canceled", err)
		}
	}
	if open := j.db.Read.Stats().InUse; open != 0 {
		t.Errorf("%d connections are in use after reading", open)
	}
}

// TestPositionsAreNotUsedAgain: removing everything does not make the journal begin anew,
// because others remember positions.
func TestPositionsAreNotUsedAgain(t *testing.T) {
	dir := folder(t)
	j, stop := begin(t, dir, &tape{})
	defer func() { stop() }()
	for _, k := range []string{"a", "b"} {
		if _, err := j.Append(t.Context(), record(k)); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []string{"seen", "events", "deliveries"} {
		if _, err := j.db.Write.Exec("DELETE FROM " + table); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	j, stop = begin(t, dir, &tape{})
	if got, err := j.Append(t.Context(), record("c")); err != nil || got.Position != 3 {
		t.Errorf("got %+v, %v, want position 3", got, err)
	}
}
