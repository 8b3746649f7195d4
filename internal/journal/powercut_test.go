package journal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/internal/sqlite/powercut"
)

const (
	powerCuts      = 150
	powerDelivered = 40 // deliveries of each of powerSenders in each life
	powerSenders   = 8
	powerLives     = 3
)

// marks in the recording.
const (
	markOpen  = "open" // the gate was passed; the marker file is on the disk
	markAcked = "acked "
)

// TestPowerCut: whenever the power is cut, the start-up gate lets the database in again,
// and everything that was acknowledged is in it, once. What was under way is there wholly
// or not at all, and comes through when it is sent again.
func TestPowerCut(t *testing.T) {
	ops := recordLives(t, "")
	lost, cuts, checkpoints := cutPower(t, ops, powerCuts)
	if lost != 0 {
		t.Errorf("%d acknowledged events were lost in %d power cuts", lost, cuts)
	}
	if checkpoints < 2*powerLives {
		t.Errorf("the log was written into the database file %d times only: the test proves little", checkpoints)
	}
}

// TestPowerCutControl: the same test finds the loss where SQLite is allowed not to wait for
// the disk, so that it would also find it in TestPowerCut.
func TestPowerCutControl(t *testing.T) {
	ops := recordLives(t, "PRAGMA synchronous=NORMAL")
	if lost, cuts, _ := cutPower(t, ops, powerCuts/5); lost == 0 {
		t.Errorf("nothing was lost in %d power cuts without a sync of each commit: TestPowerCut proves nothing", cuts)
	}
}

// recordLives lets several senders append to the journal over several starts, and returns
// what happened to the files. The statement changes what the writer was set to.
func recordLives(t *testing.T, statement string) []powercut.Op {
	t.Helper()
	dir := folder(t)
	if err := powercut.Record(dir); err != nil {
		t.Fatal(err)
	}
	stopped := false
	defer func() {
		if !stopped {
			powercut.Stop()
		}
	}()
	for life := range powerLives {
		db, err := sqlite.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		say(t, markOpen)
		// The log is written back many times in a few hundred commits.
		for _, s := range []string{statement, "PRAGMA wal_autocheckpoint=150"} {
			if _, err := db.Write.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		j, err := OpenSQLite(db, &tape{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Replay(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		var senders sync.WaitGroup
		for s := range powerSenders {
			senders.Go(func() {
				for i := range powerDelivered {
					k := fmt.Sprintf("%d-%d-%d", life, s, i)
					if _, err := j.Append(context.Background(), powerRecord(k)); err != nil {
						t.Error(err)
						return
					}
					say(t, markAcked+k)
				}
			})
		}
		senders.Wait()
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	stopped = true
	ops, err := powercut.Stop()
	if err != nil {
		t.Fatal(err)
	}
	return ops
}

func say(t *testing.T, word string) {
	if err := powercut.Say(word); err != nil {
		t.Error(err)
	}
}

// powerRecord is a delivery of two events, whose body takes a page or more.
func powerRecord(k string) Record {
	r := record(k+"/a", k+"/b")
	r.Body = []byte(strings.Repeat(k+" ", 500))
	return r
}

// cutPower cuts the power at seeded points of a recording, and counts acknowledged events
// that were gone after it, the cuts, and the syncs of the database file.
func cutPower(t *testing.T, ops []powercut.Op, n int) (lost, cuts, checkpoints int) {
	t.Helper()
	const seed = 20261124
	chance := rand.New(rand.NewPCG(seed, 1))
	// The first start, in which the files come to be, is cut everywhere.
	first := slices.IndexFunc(ops, func(op powercut.Op) bool { return op.Kind == powercut.Mark })
	var at []int
	for i := range first {
		at = append(at, i)
	}
	for range n {
		at = append(at, first+chance.IntN(len(ops)-first+1))
	}
	slices.Sort(at)
	t.Logf("%d operations, %d of them in the first start; seed %d", len(ops), first, seed)
	var disk powercut.Disk
	var acked []string
	opened := false
	for i := 0; ; i++ {
		for ; len(at) > 0 && at[0] == i; at = at[1:] {
			cuts++
			lost += afterCut(t, &disk, rand.New(rand.NewPCG(seed, uint64(cuts))), acked, opened)
		}
		if i == len(ops) {
			return lost, cuts, checkpoints
		}
		op := ops[i]
		disk.Do(op)
		if op.Kind == powercut.Sync && strings.HasSuffix(op.Name, ".db") {
			checkpoints++
		}
		if k, ok := strings.CutPrefix(op.Name, markAcked); ok && op.Kind == powercut.Mark {
			acked = append(acked, k+"/a", k+"/b")
		}
		if op.Kind == powercut.Mark && op.Name == markOpen {
			disk.SyncFolder() // as the gate has done
			opened = true
		}
	}
}

// afterCut starts on what a power cut left, and counts the acknowledged events that are gone.
func afterCut(t *testing.T, disk *powercut.Disk, chance *rand.Rand, acked []string, opened bool) (lost int) {
	t.Helper()
	dir := folder(t)
	defer os.RemoveAll(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := disk.Cut(dir, chance); err != nil {
		t.Fatal(err)
	}
	if opened { // The gate leaves its marker before anything can be acknowledged.
		if err := os.WriteFile(filepath.Join(dir, "wallboard.exists"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := &tape{}
	j, stop := begin(t, dir, r)
	defer stop()
	stored := make(map[string]int)
	for _, b := range r.batches {
		for _, e := range b.Events {
			stored[e.Key]++
		}
		if len(b.Events) != 2 {
			t.Errorf("a delivery of two events was stored with %d", len(b.Events))
		}
	}
	for k, n := range stored {
		if n > 1 {
			t.Errorf("%s is stored %d times", k, n)
		}
	}
	for _, k := range acked {
		if stored[k] == 0 {
			lost++
		}
	}
	// It goes on: what nobody got an answer for is sent again.
	again := powerRecord(fmt.Sprintf("%d-0-0", powerLives-1))
	want := Receipt{Stored: 2}
	if stored[again.Events[0].Key] > 0 {
		want = Receipt{Duplicates: 2}
	}
	got, err := j.Append(t.Context(), again)
	got.Position = 0
	if err != nil || got != want {
		t.Errorf("sent again: %+v, %v, want %+v", got, err, want)
	}
	return lost
}
