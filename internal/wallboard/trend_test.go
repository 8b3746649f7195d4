package wallboard

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
)

// TestTrend: customers count in their quarter of an hour, also when they come late and out
// of order, and after a restart.
func TestTrend(t *testing.T) {
	now := time.Date(2026, 11, 23, 1, 20, 0, 0, time.UTC)
	w := New(testOptions(&now))
	def := &board.Definition{Window: board.Last30m, Zone: time.UTC, Tiles: []board.Tile{board.TileTrend}}
	for i, c := range []struct {
		id        string
		at        time.Time
		abandoned bool
	}{
		{"1", now.Add(-4 * time.Minute), false},              // 01:16
		{"2", now.Add(-70 * time.Minute), true},              // 00:10, gone at 00:15
		{"3", now.Add(-21 * time.Minute), false},             // 00:59
		{"4", now.Add(-90*time.Minute - time.Second), false}, // yesterday
		{"5", now.Add(-65 * time.Minute), true},              // 00:15, gone at 00:20
	} {
		events := []interaction.Event{
			{Interaction: c.id, Kind: interaction.Started, Key: c.id + "s", At: c.at.UnixMicro(), Channel: interaction.Voice, Role: interaction.Customer},
			{Interaction: c.id, Kind: interaction.Queued, Key: c.id + "q", At: c.at.UnixMicro() + 1, Queue: "Q1"},
		}
		if c.abandoned {
			events = append(events, interaction.Event{
				Interaction: c.id, Kind: interaction.Disconnected, Key: c.id + "d", At: c.at.Add(5 * time.Minute).UnixMicro(), By: interaction.ByCustomer,
			})
		}
		w.Apply([]string{"a", "b"}[i%2], now.UnixMicro(), events)
	}
	want := &Trend{
		Since:   time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC),
		Started: []int64{1, 1, 0, 1, 0, 1}, Abandoned: []int64{0, 2, 0, 0, 0, 0},
	}
	if d := cmp.Diff(want, w.Numbers(def).Trend); d != "" {
		t.Errorf("trend (-want +got):\n%s", d)
	}
	again := New(testOptions(&now))
	if err := again.Begin(Base{Cells: w.Take().Cells}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, again.Numbers(def).Trend); d != "" {
		t.Errorf("trend after a restart (-want +got):\n%s", d)
	}
	def.Tiles = []board.Tile{board.TileStatus}
	if n := w.Numbers(def); n.Trend != nil || n.Queues != nil || n.People != nil {
		t.Errorf("a board without these tiles has %v, %v, %v", n.Trend, n.Queues, n.People)
	}
}

// TestQueuesStay: a queue that settings name is a row before anybody waits, and a filter
// gives the order.
func TestQueuesStay(t *testing.T) {
	now := testNow
	w := New(testOptions(&now))
	names := func(def *board.Definition) (list []string) {
		def.Tiles = []board.Tile{board.TileQueues}
		for _, q := range w.Numbers(def).Queues {
			list = append(list, q.Name)
		}
		return list
	}
	w.Apply("b", now.UnixMicro(), []interaction.Event{
		{Interaction: "1", Kind: interaction.Started, Key: "1", At: now.UnixMicro(), Role: interaction.Customer},
		{Interaction: "2", Kind: interaction.Queued, Key: "2", At: now.UnixMicro(), Queue: "Alpha"},
	})
	// A queue that was named only afterwards was not one by its id.
	w.Apply("a", now.UnixMicro(), []interaction.Event{{Interaction: "3", Kind: interaction.Queued, Key: "3", At: now.UnixMicro(), Queue: "Q9"}})
	w.Apply("a", now.UnixMicro(), []interaction.Event{{Interaction: "3", Kind: interaction.Queued, Key: "4", At: now.UnixMicro() + 1, Queue: "Q9", QueueName: "Later"}})
	for _, tc := range []struct {
		def  board.Definition
		want []string
	}{
		{board.Definition{}, []string{"Alpha", "Billing", "Later"}},
		{board.Definition{Sources: []string{"b"}}, []string{"Alpha"}},
		{board.Definition{Queues: []string{"Orders", "Billing", "Alpha"}}, []string{"Orders", "Billing", "Alpha"}},
	} {
		if d := cmp.Diff(tc.want, names(&tc.def)); d != "" {
			t.Errorf("%+v (-want +got):\n%s", tc.def, d)
		}
	}
}

// TestPeople: agents are told apart only on a board that may name them.
func TestPeople(t *testing.T) {
	now := testNow
	w := New(testOptions(&now))
	state := func(id, name string, p interaction.Presence, ago time.Duration) {
		at := now.Add(-ago).UnixMicro()
		w.Apply("b", at, []interaction.Event{{Kind: interaction.AgentState, Agent: id, AgentName: name, Presence: p, Key: id, At: at}})
	}
	state("2", "Ben", interaction.Available, 90*time.Second)
	state("1", "Ana", interaction.WrapUp, 5*time.Second)
	state("3", "", interaction.Away, time.Minute)
	state("4", "Cleo", interaction.Offline, time.Minute)
	w.Tick(now.UnixMicro())
	def := &board.Definition{Tiles: []board.Tile{board.TileAgentList}}
	if n := w.Numbers(def); n.People != nil {
		t.Errorf("a board that hides names has %v", n.People)
	}
	def.Names = board.NamesInitials
	ago := func(d time.Duration) *time.Duration { return &d }
	want := []AgentState{
		{"b", "3", "3", interaction.Away, ago(time.Minute)},
		{"b", "1", "Ana", interaction.WrapUp, ago(5 * time.Second)},
		{"b", "2", "Ben", interaction.Available, ago(90 * time.Second)},
	}
	if d := cmp.Diff(want, w.Numbers(def).People); d != "" {
		t.Errorf("people (-want +got):\n%s", d)
	}
}
