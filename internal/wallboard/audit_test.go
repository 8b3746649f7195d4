package wallboard

import (
	"strings"
	"testing"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
)

// planted is a wallboard with a few contacts in several states.
func planted(t *testing.T) *Wallboard {
	t.Helper()
	now := testNow
	w := New(testOptions(&now))
	at := now.UnixMicro()
	event := func(id string, k interaction.Kind, seconds int64) interaction.Event {
		return interaction.Event{
			Interaction: id, Kind: k, Key: id + k.String(), At: at - 600e6 + seconds*1e6, Channel: interaction.Voice, Queue: "Q1",
			Work: "W" + id, Agent: "A" + id, By: interaction.ByCustomer,
		}
	}
	for _, id := range []string{"1", "2", "3"} {
		w.Apply("a", at, []interaction.Event{event(id, interaction.Started, 0), event(id, interaction.Queued, 1), event(id, interaction.Assigned, 5)})
	}
	w.Apply("a", at, []interaction.Event{event("1", interaction.Accepted, 9), event("2", interaction.Disconnected, 20)})
	return w
}

// TestAuditFires: whatever is planted in the counts, the audit names it, and the boards know.
func TestAuditFires(t *testing.T) {
	billing := cellKey{"a", interaction.Voice, "Billing"}
	for _, c := range []struct {
		name  string
		plant func(w *Wallboard)
		want  string // part of a difference; "" is none
	}{
		{"nothing", func(*Wallboard) {}, ""},
		{"a gauge", func(w *Wallboard) { w.cells[billing].gauge[interaction.Opened]++ }, "Opened is +1 off"},
		{"an open interaction", func(w *Wallboard) { w.cells[billing].open-- }, "open interactions are -1 off"},
		{"a balance", func(w *Wallboard) { w.cells[billing].balance += 2 }, "are +2 off"},
		{"who waits", func(w *Wallboard) { w.cells[billing].waiting = append(w.cells[billing].waiting, 7) }, "wait are +1 off"},
		{"a bucket", func(w *Wallboard) {
			for _, b := range w.cells[billing].buckets {
				b.counts[abandoned]++
				return
			}
		}, "is +1 off"},
		{"a wait", func(w *Wallboard) {
			for _, b := range w.cells[billing].buckets {
				b.waits = append(b.waits, 99)
				return
			}
		}, "a wait of"},
		{"an agent's works", func(w *Wallboard) { w.agents[agentKey{"a", "A1"}].works++ }, "open works of an agent are +1 off"},
		{"a step that is no fold", func(w *Wallboard) {
			for _, e := range w.entries {
				if len(e.contribution.gauges) == 0 { // the abandoned one
					e.contribution.items[0].at += bucketMicros
					e.contribution.items[0].at -= bucketMicros / 2
				}
			}
		}, "is not that of its events"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := planted(t)
			c.plant(w)
			v, err := w.Audit(t.Context(), nil)
			if err != nil || v.Contacts != 3 {
				t.Fatalf("got %+v, %v, want an audit of 3 contacts", v, err)
			}
			got := strings.Join(v.Differences, "\n")
			if c.want == "" && v.Differing != 0 || !strings.Contains(got, c.want) {
				t.Errorf("differences %q, want %q", got, c.want)
			}
			n := w.Numbers(&board.Definition{Window: board.LastHour})
			if n.Differing != v.Differing {
				t.Errorf("the board knows of %d differences, the audit of %d", n.Differing, v.Differing)
			}
		})
	}
}
