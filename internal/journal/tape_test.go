package journal

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/sqlite"
)

// tape is an applier that remembers.
type tape struct {
	hold chan struct{} // when set, each Apply takes one from it, or waits until it is closed

	mu      sync.Mutex
	batches []Batch
	asOf    []int64
}

func (r *tape) Apply(b Batch) {
	if r.hold != nil {
		<-r.hold
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.batches = append(r.batches, b)
}

func (r *tape) Tick(asOf int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asOf = append(r.asOf, asOf)
}

func (r *tape) ticks() []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]int64(nil), r.asOf...)
}

func (r *tape) keys() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var keys []string
	for _, b := range r.batches {
		for _, e := range b.Events {
			keys = append(keys, e.Key)
		}
	}
	return keys
}

// begin opens the journal in dir and replays it. stop may be called more than once.
func begin(t testing.TB, dir string, r *tape) (j *SQLite, stop func()) {
	t.Helper()
	db, err := sqlite.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if j, err = OpenSQLite(db, r, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := j.Replay(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return j, stop
}

func folder(t testing.TB) string { return filepath.Join(t.TempDir(), "data") }

// record is a delivery with one event per key, all of one vendor's time.
func record(keys ...string) Record {
	r := Record{Source: "s", Received: 5, Method: "POST", Headers: map[string]string{"Content-Type": "x"}, Body: []byte("body")}
	for _, k := range keys {
		r.Events = append(r.Events, interaction.Event{Interaction: "I", Kind: interaction.Queued, At: 1e15, Key: k})
	}
	return r
}
