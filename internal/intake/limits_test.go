package intake

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wallboard/wallboard/internal/interaction"
)

// TestPseudonym: the same customer is recognised, and only under the same key.
func TestPseudonym(t *testing.T) {
	a := pseudonym([]byte("key"), "+331")
	if b := pseudonym([]byte("key"), "+331"); a != b || len(a) != 32 {
		t.Errorf("%q and %q for one customer", a, b)
	}
	if a == pseudonym([]byte("other"), "+331") || a == pseudonym([]byte("key"), "+332") {
		t.Error("other keys or customers give the same")
	}
	if got := pseudonym([]byte("key"), ""); got != "" {
		t.Errorf("nobody became %q", got)
	}
}

// TestInvalid: each limit, at the limit and beyond.
func TestInvalid(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	good := func(change func(*interaction.Event)) *interaction.Event {
		e := event("k")
		change(&e)
		return &e
	}
	for _, tc := range []struct {
		want  string
		event *interaction.Event
	}{
		{"", good(func(e *interaction.Event) {})},
		{"kind", good(func(e *interaction.Event) { e.Kind = 0 })},
		{"kind", good(func(e *interaction.Event) { e.Kind = interaction.AgentState + 1 })},
		{"interaction", good(func(e *interaction.Event) { e.Interaction = "" })},
		{"", good(func(e *interaction.Event) { e.Interaction = long(interaction.MaxID) })},
		{"interaction", good(func(e *interaction.Event) { e.Interaction = long(interaction.MaxID + 1) })},
		{"interaction", good(func(e *interaction.Event) { e.Interaction = "\xff" })},
		{"id", good(func(e *interaction.Event) { e.Key = "" })},
		{"", good(func(e *interaction.Event) { e.Key = long(interaction.MaxKey) })},
		{"id", good(func(e *interaction.Event) { e.Key = long(interaction.MaxKey + 1) })},
		{"", good(func(e *interaction.Event) { e.At = earliest })},
		{"time", good(func(e *interaction.Event) { e.At = earliest - 1 })},
		{"", good(func(e *interaction.Event) { e.At = latest - 1 })},
		{"time", good(func(e *interaction.Event) { e.At = latest })},
		{"time", good(func(e *interaction.Event) { e.At /= 1_000_000 })}, // seconds
		{"leg", good(func(e *interaction.Event) { e.Leg = long(interaction.MaxID + 1) })},
		{"queue", good(func(e *interaction.Event) { e.Queue = long(interaction.MaxID + 1) })},
		{"queue name", good(func(e *interaction.Event) { e.QueueName = long(interaction.MaxName + 1) })},
		{"work", good(func(e *interaction.Event) { e.Work = long(interaction.MaxID + 1) })},
		{"agent", good(func(e *interaction.Event) { e.Agent = long(interaction.MaxID + 1) })},
		{"agent name", good(func(e *interaction.Event) { e.AgentName = "\xc3" })},
		{"to_id", good(func(e *interaction.Event) { e.ToID = long(interaction.MaxID + 1) })},
		{"reason", good(func(e *interaction.Event) { e.Reason = long(interaction.MaxReason + 1) })},
		{"other", good(func(e *interaction.Event) { e.Other = long(interaction.MaxID + 1) })},
		{"other", good(func(e *interaction.Event) { e.Kind = interaction.Linked })},
		{"agent", good(func(e *interaction.Event) { e.Kind, e.Presence = interaction.AgentState, interaction.Busy })},
		{"state", good(func(e *interaction.Event) { e.Kind, e.Agent = interaction.AgentState, "A" })},
		{"", good(func(e *interaction.Event) {
			e.Kind, e.Interaction, e.Agent, e.Presence = interaction.AgentState, "", "A", interaction.Busy
		})},
	} {
		field, _, _ := strings.Cut(invalid(tc.event), ":")
		if field != tc.want {
			t.Errorf("%+v: got %q, want %q", tc.event, field, tc.want)
		}
	}
}

// TestUnreadable: a body that could not be read is counted for its source, and nothing is kept of
// a source that is not configured.
func TestUnreadable(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "data"), &floor{}, 0)
	h.Refused("s", fmt.Errorf("%w: more than it may be", ErrTooLarge))
	h.Refused("nobody's", ErrTooLarge)
	stats := h.Stats()
	if _, known := stats["nobody's"]; stats["s"].Results[TooLarge] != 1 || known {
		t.Errorf("got %+v, want one that is too large, and none of nobody's", stats)
	}
}
