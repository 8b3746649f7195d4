package history

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
)

// TestSettling: an accept that comes an hour late corrects, once also over a new start, and is
// counted as late by its source.
func TestSettling(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	began := h.now()
	h.append(t, "a", []interaction.Event{
		{Interaction: "A", Kind: interaction.Queued, Queue: "Q1", Channel: interaction.Voice, At: began.UnixMicro(), Key: "q"},
		{Interaction: "A", Kind: interaction.Disconnected, By: interaction.ByCustomer, At: began.Add(time.Minute).UnixMicro(), Key: "d"},
	})
	h.pass(time.Hour)
	h.keeper.Keep(t.Context())
	h.append(t, "a", []interaction.Event{{Interaction: "A", Kind: interaction.Accepted, Agent: "x", At: began.Add(30 * time.Second).UnixMicro(), Key: "a"}})
	day := DayOf(began, time.UTC)
	want := &Settled{
		Late:        []Late{{Day: day, Source: "a", Counts: Lateness{2, 0, 0, 0, 0, 0, 0, 1}}},
		Corrections: map[Day]map[string]int64{day: {"a": 1}},
		Log:         []Corrected{{began.Add(time.Hour), "a", "A", "abandoned", "no_agent", "answered", "accepted"}},
	}
	for _, again := range []bool{false, true} {
		if again {
			h.close(t)
			h.open(t)
		}
		got, err := h.keeper.Settling(t.Context(), day, day)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("started again %t (-want +got):\n%s", again, d)
		}
		n := h.live.Numbers(boards()[2])
		if n.Corrected.Outcomes != [6]int64{1, 1} || n.Corrected.Reasons != [4]int64{1} {
			t.Errorf("started again %t: the board marks %+v", again, n.Corrected)
		}
	}
}
