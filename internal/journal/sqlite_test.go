package journal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/sqlite"
)

// tape is an applier that remembers.
type tape struct {
	mu      sync.Mutex
	batches []Batch
	asOf    int64
	hold    chan struct{} // when set, Apply waits for it
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
	r.asOf = asOf
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

func begin(t testing.TB, dir string, r *tape) (*SQLite, func()) {
	t.Helper()
	db, err := sqlite.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	j, err := OpenSQLite(db, r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Replay(context.Background()); err != nil {
		t.Fatal(err)
	}
	return j, func() {
		j.Close()
		db.Close()
	}
}

func record(keys ...string) Record {
	r := Record{Source: "s", Received: 5, Method: "POST", Headers: map[string]string{"Content-Type": "x"}, Body: []byte("body")}
	for _, k := range keys {
		r.Events = append(r.Events, interaction.Event{Interaction: "I", Kind: interaction.Queued, At: 1e15, Key: k})
	}
	return r
}

// TestRoundTrip: every field of an event comes back, live and from the disk.
func TestRoundTrip(t *testing.T) {
	e := interaction.Event{
		Interaction: "i", Kind: interaction.Transferred, At: 1, Sequence: 2, Key: "k", Version: 3, Retracted: true, Leg: "l",
		Channel: interaction.Messaging, Direction: interaction.Outbound, Role: interaction.Survey, Customer: "c", Queue: "q",
		QueueName: "qn", Work: "w", Agent: "a", AgentName: "an", To: interaction.ToQueue, ToID: "t", Mode: interaction.Warm,
		Why: interaction.Overflow, Moved: true, By: interaction.ByAgent, Cause: interaction.Inactivity, Reason: "r",
		Outcome: interaction.LeftInMenu, Other: "o", Presence: interaction.WrapUp,
	}
	r := record()
	r.Events = []interaction.Event{e}
	live := &tape{}
	dir := filepath.Join(t.TempDir(), "d")
	j, stop := begin(t, dir, live)
	if _, err := j.Append(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	stop()
	again := &tape{}
	_, stop = begin(t, dir, again)
	defer stop()
	e.Source, e.Received = "s", 5
	want := []Batch{{Position: 1, Source: "s", Received: 5, Events: []interaction.Event{e}}}
	if d := cmp.Diff(want, live.batches); d != "" {
		t.Errorf("live (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want, again.batches); d != "" {
		t.Errorf("replayed (-want +got):\n%s", d)
	}
}

func TestDuplicates(t *testing.T) {
	r := &tape{}
	dir := filepath.Join(t.TempDir(), "d")
	j, stop := begin(t, dir, r)
	add := func(want Receipt, rec Record) {
		t.Helper()
		got, err := j.Append(t.Context(), rec)
		if err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	add(Receipt{Position: 1, Stored: 2, Duplicates: 1}, record("a", "b", "a"))
	add(Receipt{Duplicates: 2}, record("b", "a"))
	add(Receipt{Position: 2, Stored: 1, Duplicates: 1}, record("b", "c"))
	other := record("a")
	other.Source = "t"
	add(Receipt{Position: 3, Stored: 1}, other)
	quarantined := record()
	quarantined.Quarantined = []Quarantined{{Index: 0, Reason: "why"}}
	add(Receipt{Position: 4}, quarantined)
	stop()
	j, stop = begin(t, dir, r)
	defer stop()
	add(Receipt{Duplicates: 1}, record("a"))
	if j.Head() != 4 {
		t.Errorf("head is %d, want 4", j.Head())
	}
}

// TestGroupCommit: what gathers while the applier is busy is committed together, and is
// applied in commit order.
func TestGroupCommit(t *testing.T) {
	r := &tape{hold: make(chan struct{})}
	j, stop := begin(t, filepath.Join(t.TempDir(), "d"), r)
	const n = 100
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, err := j.Append(context.Background(), record(strconv.Itoa(i))); err != nil {
				t.Error(err)
			}
		})
	}
	close(r.hold)
	wg.Wait()
	stop()
	if got := len(r.keys()); got != n {
		t.Fatalf("applied %d events, want %d", got, n)
	}
	if !slices.IsSortedFunc(r.batches, func(a, b Batch) int { return int(a.Position - b.Position) }) {
		t.Error("not applied in commit order")
	}
	if c := j.commits.Load(); c >= n/2 {
		t.Errorf("%d commits for %d records", c, n)
	}
	if _, err := j.Append(context.Background(), record("late")); err == nil {
		t.Error("appended after Close")
	}
}

// TestKill: what was acknowledged survives kill -9.
func TestKill(t *testing.T) {
	if dir := os.Getenv("JOURNAL_TEST_DIR"); dir != "" {
		writeUntilKilled(t, dir)
		return
	}
	dir := filepath.Join(t.TempDir(), "d")
	var acked []string
	for round := range 5 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
		cmd.Env = append(os.Environ(), "JOURNAL_TEST_DIR="+dir, "JOURNAL_TEST_ROUND="+strconv.Itoa(round))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n < 40*(round+1) && lines.Scan(); n++ {
			acked = append(acked, lines.Text())
		}
		cmd.Process.Kill()
		for lines.Scan() {
			acked = append(acked, lines.Text())
		}
		cmd.Wait()
	}
	r := &tape{}
	_, stop := begin(t, dir, r)
	defer stop()
	stored := r.keys()
	slices.Sort(stored)
	for _, k := range acked {
		if _, ok := slices.BinarySearch(stored, k); !ok {
			t.Errorf("%s was acknowledged and is gone", k)
		}
	}
	if len(acked) < 500 {
		t.Errorf("only %d were acknowledged: the test proves little", len(acked))
	}
}

// writeUntilKilled appends from several goroutines and prints what was acknowledged.
func writeUntilKilled(t *testing.T, dir string) {
	j, stop := begin(t, dir, &tape{})
	defer stop()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := 0; i < 5000; i++ {
				k := fmt.Sprintf("%s-%d-%d", os.Getenv("JOURNAL_TEST_ROUND"), w, i)
				if _, err := j.Append(context.Background(), record(k)); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				fmt.Println(k)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}
