package wallboard

import (
	"strconv"
	"testing"

	"github.com/wallboard/wallboard/internal/interaction"
)

// callEvents are one answered call, told in order.
func callEvents(n int, at int64) []interaction.Event {
	id := strconv.Itoa(n)
	event := func(k interaction.Kind, seconds int64) interaction.Event {
		return interaction.Event{
			Interaction: id, Kind: k, Key: id + "/" + k.String(), At: at + seconds*1e6, Channel: interaction.Voice, Queue: "Q1",
			Work: "W" + id, Agent: "A" + strconv.Itoa(n%50), By: interaction.ByCustomer, Role: interaction.Customer,
		}
	}
	return []interaction.Event{
		event(interaction.Started, 0), event(interaction.Queued, 1), event(interaction.Assigned, 5), event(interaction.Accepted, 8),
		event(interaction.Released, 100), event(interaction.WorkClosed, 130),
	}
}

// BenchmarkApply counts events in order, one a delivery. Its baseline is the fold of the same
// events anew for each of them, as a wallboard without a step would.
func BenchmarkApply(b *testing.B) {
	now := testNow
	run := func(b *testing.B, apply func(w *Wallboard, events []interaction.Event, i int)) {
		w := New(testOptions(&now))
		at := now.UnixMicro() - 600e6
		b.ReportAllocs()
		for n := 0; n < b.N; n += 6 {
			events := callEvents(n, at)
			for i := range events {
				apply(w, events, i)
			}
		}
	}
	b.Run("step", func(b *testing.B) {
		run(b, func(w *Wallboard, events []interaction.Event, i int) { w.Apply("a", now.UnixMicro(), events[i:i+1]) })
	})
	b.Run("refold", func(b *testing.B) {
		run(b, func(w *Wallboard, events []interaction.Event, i int) {
			w.Apply("a", now.UnixMicro(), events[i:i+1])
			c := w.sources["a"].book.Find(events[0].Interaction)
			w.sources["a"].book.Restore(c.IDs(), c.Events(), false)
			w.sources["a"].book.Remove(c)
		})
	})
}

// TestApplyAllocates gates what an answered call may allocate, from its first event to its
// last: what grows here grows with every event of every vendor.
func TestApplyAllocates(t *testing.T) {
	now := testNow
	w := New(testOptions(&now))
	n := 0
	calls := make([][]interaction.Event, 101)
	for i := range calls {
		calls[i] = callEvents(i, now.UnixMicro()-600e6)
	}
	got := testing.AllocsPerRun(len(calls)-1, func() {
		for i := range calls[n] {
			w.Apply("a", now.UnixMicro(), calls[n][i:i+1])
		}
		n++
	})
	if limit := 30.0; got > limit {
		t.Errorf("%.0f allocations for a call of six events, want at most %.0f", got, limit)
	}
}

// TestUntied: what became of a work shows no interaction until something names the one it belongs to.
func TestUntied(t *testing.T) {
	now := testNow
	w := New(testOptions(&now))
	event := func(k interaction.Kind, id, work string) interaction.Event {
		return interaction.Event{Interaction: id, Kind: k, Key: id + "/" + k.String(), At: now.UnixMicro() - 60e6, Work: work, Agent: "A"}
	}
	w.Apply("a", now.UnixMicro(), []interaction.Event{event(interaction.Accepted, "W1", "W1")})
	if in, found, err := w.Interaction("a", "W1"); found || err != nil {
		t.Errorf("the work alone is %+v, %v", in, err)
	}
	link := event(interaction.Linked, "I1", "")
	link.Other = "W1"
	w.Apply("a", now.UnixMicro(), []interaction.Event{event(interaction.Started, "I1", ""), link})
	if in, found, err := w.Interaction("a", "W1"); !found || err != nil || in.ID != "I1" || in.State != "opened" {
		t.Errorf("tied, it is %+v, %v", in, err)
	}
	w.Apply("a", now.UnixMicro(), []interaction.Event{event(interaction.Accepted, "I2", "W2")})
	if _, found, err := w.Interaction("a", "I2"); !found || err != nil {
		t.Errorf("a work of an interaction that is named does not show: %v", err)
	}
	w.Apply("b", now.UnixMicro(), []interaction.Event{{Interaction: "I3", Kind: interaction.LegEnded, Key: "k", At: now.UnixMicro() - 60e6, Leg: "l"}})
	if in, found, err := w.Interaction("b", "I3"); !found || err != nil || in.Reason != "start_unseen" {
		t.Errorf("the end of a leg alone, in our own format, is %+v, %t, %v", in, found, err)
	}
}
