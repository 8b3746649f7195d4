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
