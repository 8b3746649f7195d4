package journal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/sqlite"
)

// full is an event whose every field differs from the zero value and, within a type, from
// the other fields, so that a forgotten or swapped column shows.
func full(t *testing.T) interaction.Event {
	t.Helper()
	var e interaction.Event
	v := reflect.ValueOf(&e).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("text of " + v.Type().Field(i).Name + " \x00'é")
		case reflect.Int64:
			f.SetInt(int64(1000 + i))
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Uint8:
			f.SetUint(2)
		default:
			t.Fatalf("the test does not know how to fill %s", v.Type().Field(i).Name)
		}
	}
	return e
}

// TestRoundTrip: every field of an event comes back, live and from the disk, and so does
// the delivery.
func TestRoundTrip(t *testing.T) {
	e := full(t)
	r := Record{
		Source: "s", Received: 7, Method: "PATCH", Path: "/events", Query: "a=b", Headers: map[string]string{"Content-Type": "x/y"},
		Body: []byte("\x00body"), Events: []interaction.Event{e}, Quarantined: []Quarantined{{Index: 3, Reason: "why"}},
	}
	live, dir := &tape{}, folder(t)
	j, stop := begin(t, dir, live)
	defer stop()
	if _, err := j.Append(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	stop()
	again := &tape{}
	j, stop = begin(t, dir, again)
	defer stop()
	e.Source, e.Received, e.Position = "s", 7, 1
	want := []Batch{{Position: 1, Source: "s", Received: 7, Events: []interaction.Event{e}}}
	if d := cmp.Diff(want, live.batches); d != "" {
		t.Errorf("live (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want, again.batches); d != "" {
		t.Errorf("replayed (-want +got):\n%s", d)
	}

	var got Record
	var headers, digest string
	var q Quarantined
	err := j.db.Read.QueryRow(`SELECT source, received, method, path, query, headers, body, hex(sha256), part, reason
		FROM deliveries JOIN quarantine ON delivery = position`).
		Scan(&got.Source, &got.Received, &got.Method, &got.Path, &got.Query, &headers, &got.Body, &digest, &q.Index, &q.Reason)
	if err != nil {
		t.Fatal(err)
	}
	got.Quarantined, got.Headers, got.Events = []Quarantined{q}, r.Headers, r.Events
	if d := cmp.Diff(r, got); d != "" {
		t.Errorf("delivery (-want +got):\n%s", d)
	}
	if headers != `{"Content-Type":"x/y"}` || digest != "05DF4D09B44BEFF0" {
		t.Errorf("headers %s, sha256 %s", headers, digest)
	}
}

func TestDuplicates(t *testing.T) {
	r, dir := &tape{}, folder(t)
	j, stop := begin(t, dir, r)
	defer func() { stop() }()
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
	quarantined := record("a")
	quarantined.Quarantined = []Quarantined{{Index: 0, Reason: "why"}}
	add(Receipt{Position: 4, Duplicates: 1}, quarantined)
	add(Receipt{}, record())

	stop()
	j, stop = begin(t, dir, r)
	add(Receipt{Duplicates: 1}, record("a"))
	if got := j.Head(); got != 3 {
		t.Errorf("head is %d, want 3: what holds only quarantine is no batch", got)
	}

	// The same key under a time of another bucket passes; the fold drops it.
	within, beyond := record("a"), record("a")
	within.Events[0].At += seenBucket - 1
	beyond.Events[0].At += seenBucket
	add(Receipt{Duplicates: 1}, within)
	add(Receipt{Position: 5, Stored: 1}, beyond)
}

// TestHashCollision: an equal hash is no equal key.
func TestHashCollision(t *testing.T) {
	j, stop := begin(t, folder(t), &tape{})
	defer stop()
	if _, err := j.Append(t.Context(), record("a")); err != nil {
		t.Fatal(err)
	}
	if _, err := j.db.Write.Exec("UPDATE seen SET hash=?", hash("b")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []Receipt{{Position: 2, Stored: 1}, {Duplicates: 1}} {
		if got, err := j.Append(t.Context(), record("b")); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
}

// TestConcurrentAppends: each record is committed and applied before its Append returns, in
// one order, and the same key from many senders counts once.
func TestConcurrentAppends(t *testing.T) {
	r, dir := &tape{}, folder(t)
	j, stop := begin(t, dir, r)
	defer func() { stop() }()
	const senders, each = 50, 10
	var mu sync.Mutex
	var shared int
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				own := fmt.Sprintf("%d-%d", s, i)
				rec, err := j.Append(t.Context(), record(own, fmt.Sprintf("shared-%d", i)))
				if err != nil {
					t.Error(err)
					return
				}
				if !slices.Contains(r.keys(), own) {
					t.Errorf("%s was acknowledged before it was applied", own)
				}
				if j.Head() < rec.Position {
					t.Errorf("the head is %d after position %d", j.Head(), rec.Position)
				}
				mu.Lock()
				shared += rec.Stored - 1
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if shared != each {
		t.Errorf("the shared keys were stored %d times, want %d", shared, each)
	}
	if !slices.IsSortedFunc(r.batches, func(a, b Batch) int { return int(a.Position - b.Position) }) {
		t.Error("not applied in commit order")
	}
	if !slices.IsSorted(r.ticks()) {
		t.Error("the as-of time went back")
	}
	stop()
	again := &tape{}
	j, stop = begin(t, dir, again)
	if d := cmp.Diff(r.batches, again.batches); d != "" {
		t.Errorf("the replay is not the run (-run +replay):\n%s", d)
	}
}

// TestGroupCommit: what gathers while the applier is busy is committed together; a
// duplicate waits for the original; a closing journal finishes what was handed over.
func TestGroupCommit(t *testing.T) {
	dir := folder(t)
	synctest.Test(t, func(t *testing.T) {
		r := &tape{hold: make(chan struct{})}
		j, stop := begin(t, dir, r)
		defer stop()
		var wg sync.WaitGroup
		var mu sync.Mutex
		var returned []string
		send := func(key string) {
			wg.Go(func() {
				if _, err := j.Append(context.Background(), record(key)); err != nil {
					t.Error(err)
				}
				mu.Lock()
				returned = append(returned, key)
				mu.Unlock()
			})
			synctest.Wait()
		}
		send("a") // committed; the applier holds it
		send("a") // a duplicate; nothing committed, waits behind the original
		send("b") // committed; the writer waits for a place before the applier
		if got := j.commits.Load(); got != 2 {
			t.Errorf("%d commits, want 2", got)
		}
		const gathered = 20
		for i := range gathered {
			send(strconv.Itoa(i))
		}
		if len(returned) != 0 {
			t.Errorf("%q returned before they were applied", returned)
		}
		go stop() // closes while they wait
		synctest.Wait()
		close(r.hold)
		wg.Wait()
		if got := j.commits.Load(); got != 3 {
			t.Errorf("%d commits, want 3: %d records share one", got, gathered)
		}
		if got := len(r.keys()); got != gathered+2 {
			t.Errorf("applied %d events, want %d", got, gathered+2)
		}
		if _, err := j.Append(context.Background(), record("late")); !errors.Is(err, ErrUnavailable) {
			t.Errorf("after Close: got %v, want ErrUnavailable", err)
		}
	})
}

// TestFullQueue: a record that finds no place waits no longer than its context; one that
// has a place is finished although its context ends.
func TestFullQueue(t *testing.T) {
	dir := folder(t)
	synctest.Test(t, func(t *testing.T) {
		r := &tape{hold: make(chan struct{})}
		j, stop := begin(t, dir, r)
		defer stop()
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		// One at the applier, one before it, one in the writer's hand, the rest in the queue.
		for i := range 3 + queueLength {
			wg.Go(func() {
				if _, err := j.Append(ctx, record(strconv.Itoa(i))); err != nil {
					t.Error(err)
				}
			})
			if i < 3 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		short, cancelShort := context.WithTimeout(context.Background(), time.Minute)
		defer cancelShort()
		if _, err := j.Append(short, record("late")); !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want ErrUnavailable by its deadline", err)
		}
		cancel()
		synctest.Wait()
		close(r.hold)
		wg.Wait()
		if got := len(r.keys()); got != 3+queueLength {
			t.Errorf("applied %d events, want %d", got, 3+queueLength)
		}
	})
}

// TestTicks: an idle journal says about every second how far it is, and a stuck applier
// does not.
func TestTicks(t *testing.T) {
	dir := folder(t)
	synctest.Test(t, func(t *testing.T) {
		r := &tape{hold: make(chan struct{})}
		start := time.Now()
		j, stop := begin(t, dir, r)
		defer stop()
		time.Sleep(3500 * time.Millisecond)
		synctest.Wait()
		var want []int64
		for i := range 4 { // the first one at the end of the replay
			want = append(want, start.Add(time.Duration(i)*time.Second).UnixMicro())
		}
		if d := cmp.Diff(want, r.ticks()); d != "" {
			t.Errorf("as of (-want +got):\n%s", d)
		}
		go j.Append(context.Background(), record("a"))
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := len(r.ticks()); got != len(want) {
			t.Errorf("%d ticks while the applier is stuck, want none", got-len(want))
		}
		close(r.hold)
		synctest.Wait()
		if ticks := r.ticks(); !slices.IsSorted(ticks) {
			t.Errorf("the as-of time went back: %d", ticks)
		}
	})
}

// TestUnavailable: a failed commit fails those who wait, and everybody after them until a
// probe write succeeds; ticks alone bring the journal back, but say nothing while it is broken.
func TestUnavailable(t *testing.T) {
	dir := folder(t)
	synctest.Test(t, func(t *testing.T) {
		r := &tape{}
		j, stop := begin(t, dir, r)
		defer stop()
		limit := func(pages int) {
			t.Helper()
			if _, err := j.db.Write.Exec(fmt.Sprintf("PRAGMA max_page_count=%d", pages)); err != nil {
				t.Fatal(err)
			}
		}
		big := record("big")
		big.Body = make([]byte, 200_000)
		// The pages that the probe at the start gave back are used up, and no more are allowed.
		if err := j.db.SetSetting(context.Background(), "filler", make([]byte, 200_000)); err != nil {
			t.Fatal(err)
		}
		limit(1) // SQLite takes what is in use as the limit
		receipt, err := j.Append(t.Context(), big)
		if !errors.Is(err, ErrUnavailable) || receipt != (Receipt{}) {
			t.Errorf("got %+v, %v, want ErrUnavailable", receipt, err)
		}
		before := len(r.ticks())
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if err := j.Ready(); !errors.Is(err, ErrUnavailable) {
			t.Errorf("ready: %v, want ErrUnavailable", err)
		}
		if _, err := j.Append(t.Context(), record("small")); !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
		if got := len(r.ticks()); got != before {
			t.Errorf("%d ticks while broken, want none", got-before)
		}
		limit(1 << 20)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if err := j.Ready(); err != nil {
			t.Errorf("not ready after the probe: %v", err)
		}
		for _, rec := range []Record{big, record("small")} {
			if got, err := j.Append(t.Context(), rec); err != nil || got.Stored != 1 {
				t.Errorf("got %+v, %v, want it stored: nothing was before", got, err)
			}
		}
	})
}

// TestOddRecords: no sender can make a record that fails everybody else's.
func TestOddRecords(t *testing.T) {
	r := &tape{}
	j, stop := begin(t, folder(t), r)
	defer stop()
	odd := record("a\xff")
	odd.Headers = map[string]string{"Ce-Subject": "\xff\x00"}
	odd.Query, odd.Body = "\xff", nil
	odd.Quarantined = []Quarantined{{Index: 1, Reason: "this"}, {Index: 1, Reason: "that"}}
	if got, err := j.Append(t.Context(), odd); err != nil || got.Stored != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	var reason string
	if err := j.db.Read.QueryRow("SELECT reason FROM quarantine").Scan(&reason); err != nil || reason != "this; that" {
		t.Errorf("quarantine says %q, %v", reason, err)
	}
}

// TestBeforeReplay: nothing is stored before what is stored was applied.
func TestBeforeReplay(t *testing.T) {
	db, err := sqlite.Open(t.Context(), folder(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	j, err := OpenSQLite(db, &tape{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(t.Context(), record("a")); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if err := j.Ready(); !errors.Is(err, ErrUnavailable) {
		t.Errorf("ready: %v, want ErrUnavailable", err)
	}
	if err := j.Replay(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if err := j.Replay(t.Context(), 0); err == nil {
		t.Error("replayed twice")
	}
	if err := errors.Join(j.Ready(), j.Close(), j.Close()); err != nil {
		t.Error(err)
	}
	if err := j.Ready(); !errors.Is(err, ErrUnavailable) {
		t.Errorf("ready after Close: %v, want ErrUnavailable", err)
	}
}
