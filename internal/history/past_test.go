package history

import (
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
)

// TestAsItWas: a board of a past moment is what it showed then, and what is known of that
// moment now: an accept that came late changes the second alone.
func TestAsItWas(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	def := &board.Definition{Window: board.LastHour}
	began := h.now()
	h.append(t, "a", []interaction.Event{
		{Interaction: "A", Kind: interaction.Queued, Queue: "Q1", At: began.UnixMicro(), Key: "q"},
		{Interaction: "A", Kind: interaction.Disconnected, By: interaction.ByCustomer, At: began.Add(time.Minute).UnixMicro(), Key: "d"},
	})
	h.pass(2 * time.Minute)
	h.append(t, "a", []interaction.Event{{Interaction: "B", Kind: interaction.Queued, Queue: "Q1", At: h.now().UnixMicro(), Key: "b"}})
	h.pass(3 * time.Minute)
	moment := h.now()
	shown := h.live.Numbers(def)
	h.pass(time.Hour)
	h.append(t, "a", []interaction.Event{
		{Interaction: "A", Kind: interaction.Accepted, Agent: "x", At: began.Add(30 * time.Second).UnixMicro(), Key: "a"},
		{Interaction: "B", Kind: interaction.Disconnected, By: interaction.ByCustomer, At: h.now().UnixMicro(), Key: "e"},
	})
	h.pass(20 * time.Hour)
	h.live.Tick(h.now().UnixMicro())
	h.keeper.Keep(t.Context())
	h.live.Tick(h.now().UnixMicro())
	then, err := h.keeper.AsItWas(t.Context(), def, moment, true)
	if err != nil {
		t.Fatal(err)
	}
	if then.Status != shown.Status || then.Customers != shown.Customers || then.Customers.Abandoned != 1 || then.Status[interaction.Waiting] != 1 {
		t.Errorf("as it was known then: %+v %+v, shown was %+v %+v", then.Status, then.Customers, shown.Status, shown.Customers)
	}
	now, err := h.keeper.AsItWas(t.Context(), def, moment, false)
	if err != nil {
		t.Fatal(err)
	}
	if now.Customers.Abandoned != 0 || now.Customers.Answered != 1 || now.Status[interaction.Waiting] != 1 || !now.Customers.Balanced() {
		t.Errorf("as it is known now: %+v %+v", now.Status, now.Customers)
	}
	if before, err := h.keeper.AsItWas(t.Context(), def, began.Add(-time.Minute), false); err != nil || before.Customers.Started != 0 {
		t.Errorf("before all: %+v, %v", before.Customers, err)
	}
}
