package wallboard

import (
	"fmt"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
)

// TestManyQueues: queues beyond the limit are counted together, none is lost, and another
// source is not touched.
func TestManyQueues(t *testing.T) {
	now := testNow
	w := New(testOptions(&now))
	at := now.UnixMicro()
	for i := range maxCells + 50 {
		w.Apply("a", at, []interaction.Event{{
			Interaction: fmt.Sprint("I", i), Kind: interaction.Queued, Key: fmt.Sprint("k", i), At: at, Channel: interaction.Voice, Queue: fmt.Sprint("hostile", i),
		}})
	}
	w.Apply("b", at, []interaction.Event{{Interaction: "I", Kind: interaction.Queued, Key: "k", At: at, Channel: interaction.Voice, Queue: "Billing"}})
	if n := len(w.cells); n > maxCells+2 {
		t.Errorf("%d cells, want at most %d", n, maxCells+2)
	}
	for _, c := range []struct {
		def  board.Definition
		want int64
	}{
		{board.Definition{Window: board.LastHour}, maxCells + 51},
		{board.Definition{Window: board.LastHour, Queues: []string{MoreQueues}}, 50},
		{board.Definition{Window: board.LastHour, Queues: []string{"Billing"}}, 1},
	} {
		if got := w.Numbers(&c.def).Status[interaction.Waiting]; got != c.want {
			t.Errorf("queues %q: %d wait, want %d", c.def.Queues, got, c.want)
		}
	}
}

// TestManyAgents: agents beyond the limit are not told apart, and memory does not grow.
func TestManyAgents(t *testing.T) {
	now := testNow
	w := New(testOptions(&now))
	at := now.UnixMicro()
	for i := range maxAgents + 10 {
		w.Apply("a", at, []interaction.Event{{
			Kind: interaction.AgentState, Key: fmt.Sprint("k", i), At: at, Agent: fmt.Sprint("A", i), Presence: interaction.Available,
		}})
	}
	w.Apply("b", at, []interaction.Event{{Kind: interaction.AgentState, Key: "k", At: at, Agent: "A", Presence: interaction.Away}})
	n := w.Numbers(&board.Definition{Window: board.LastHour})
	if n.Agents[interaction.Available-1] != maxAgents || n.Agents[interaction.Away-1] != 1 || len(w.agents) != maxAgents+1 {
		t.Errorf("got %v agents of %d kept, want %d available and 1 away", n.Agents, len(w.agents), maxAgents)
	}
}

// TestSilentWait: what is known of the wait of a customer who fell silent ends with the horizon.
func TestSilentWait(t *testing.T) {
	now := testNow
	w := New(testOptions(&now))
	at := now.UnixMicro()
	w.Apply("a", at, []interaction.Event{{Interaction: "I", Kind: interaction.Queued, Key: "k", At: at, Channel: interaction.Voice, Queue: "Q1"}})
	for range 3 {
		now = now.Add(5 * time.Hour)
		w.Tick(now.UnixMicro())
		in, _, err := w.Interaction("a", "I")
		if err != nil || in.State != "lost_track" || *in.Wait != time.Hour {
			t.Errorf("%s after %v, %v, want lost_track after the hour of the horizon", in.State, in.Wait, err)
		}
	}
}
