package forward

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

func open(t *testing.T, dir string, limit int64) *Outbox {
	t.Helper()
	o, err := OpenOutbox(dir, "/asterisk/test", limit)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func numbered(from, n int) []Event {
	var events []Event
	for i := range n {
		events = append(events, Event{Type: "t", Time: time.Unix(1790000000, 0), Data: map[string]string{"n": fmt.Sprint(from + i)}})
	}
	return events
}

// all takes everything out of an outbox, and returns the numbers and the ids.
func all(t *testing.T, o *Outbox, most int) (numbers, ids []string) {
	t.Helper()
	for {
		lines, end, err := o.Next(most, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) == 0 {
			return numbers, ids
		}
		for _, l := range lines {
			var e cloudEvent
			if err := json.Unmarshal(l, &e); err != nil {
				t.Fatalf("%s: %v", l, err)
			}
			numbers, ids = append(numbers, e.Data["n"]), append(ids, e.ID)
		}
		if err := o.Done(end); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOutbox: what was appended comes out once, in order, over restarts and files, and no id twice.
func TestOutbox(t *testing.T) {
	dir := t.TempDir()
	var want, got, ids []string
	n := 0
	for round := range 4 {
		o := open(t, dir, 1<<30)
		for range 3 {
			events := numbered(n, 7)
			if round == 1 {
				events[0].Data["large"] = strings.Repeat("x", segmentBytes) // the next append begins a file
			}
			if err := o.Append(events); err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				want = append(want, e.Data["n"])
			}
			n += 7
		}
		if round != 2 { // one round leaves everything to the next
			numbers, more := all(t, o, 3)
			got, ids = append(got, numbers...), append(ids, more...)
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	seen := make(map[string]bool)
	for _, id := range ids {
		if seen[id] {
			t.Errorf("%s is given twice", id)
		}
		seen[id] = true
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*.events")); err != nil || len(files) != 1 {
		t.Errorf("%d files are left (%v)", len(files), err)
	}
}

// TestCrash: a last append that was cut off at any byte is gone, what came before is not, and the
// outbox goes on.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	o := open(t, dir, 1<<30)
	if err := o.Append(numbered(0, 2)); err != nil {
		t.Fatal(err)
	}
	whole, before := o.path(1), o.size
	if err := o.Append(numbered(2, 1)); err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for cut := before; cut <= int64(len(b)); cut++ {
		if err := os.WriteFile(whole, b[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		o := open(t, dir, 1<<30)
		if err := o.Append(numbered(9, 1)); err != nil {
			t.Fatal(err)
		}
		o.state.Sent = place{Segment: 1}
		want := "[0 1 9]"
		if cut == int64(len(b)) {
			want = "[0 1 2 9]"
		}
		if numbers, ids := all(t, o, 10); fmt.Sprint(numbers) != want || ids[len(ids)-1] == ids[len(ids)-2] {
			t.Errorf("cut at %d: %v %v", cut, numbers, ids)
		}
		o.state.Sent = place{Segment: 1}
		if err := errors.Join(o.save(), o.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFull: at the limit nothing is taken and nothing is lost; room comes with what is sent.
func TestFull(t *testing.T) {
	o := open(t, t.TempDir(), segmentBytes+1000)
	defer o.Close()
	large := numbered(0, 1)
	large[0].Data["large"] = strings.Repeat("x", segmentBytes)
	if err := o.Append(large); err != nil {
		t.Fatal(err)
	}
	if err := o.Append(numbered(1, 10)); !errors.Is(err, ErrFull) {
		t.Fatalf("got %v", err)
	}
	if err := o.Append(numbered(1, 1)); err != nil {
		t.Fatal(err)
	}
	if numbers, _ := all(t, o, 10); fmt.Sprint(numbers) != "[0 1]" {
		t.Errorf("got %v", numbers)
	}
	if err := o.Append(numbered(2, 10)); err != nil {
		t.Errorf("after it was emptied: %v", err)
	}
}

func TestOneOwner(t *testing.T) {
	dir := t.TempDir()
	o := open(t, dir, 1<<30)
	if _, err := OpenOutbox(dir, "/asterisk/test", 1<<30); err == nil || !strings.Contains(err.Error(), "another forwarder") {
		t.Errorf("a second owner: %v", err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir, 1<<30).Close(); err != nil {
		t.Error(err)
	}
}

func TestDamagedState(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "state.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenOutbox(dir, "s", 1<<30); err == nil || !strings.Contains(err.Error(), "state.json is damaged") {
		t.Errorf("got %v", err)
	}
}

// sequenceOf is the last sequence in the outbox of the forwarder pbx; another process may have it open.
func sequenceOf(dir string) int {
	names, err := filepath.Glob(filepath.Join(dir, "forward-pbx", "*.events"))
	if err != nil || len(names) == 0 {
		return 0
	}
	b, err := os.ReadFile(names[len(names)-1])
	if err != nil {
		return 0
	}
	return strings.Count(string(b), "\n")
}
