package classify

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
)

// told makes a contact of events, one a second.
func told(p *Policies, events ...interaction.Event) *Contact {
	c := NewContact("I", p)
	for i := range events {
		events[i].Interaction, events[i].Key = "I", fmt.Sprint(i)
		if events[i].At == 0 {
			events[i].At = int64(i+1) * 1_000_000
		}
		c.Insert(events[i])
	}
	return c
}

// TestCourse: the stages are who held the customer, of a snapshot's versions only by the last.
func TestCourse(t *testing.T) {
	p := DefaultPolicies()
	c := told(&p,
		interaction.Event{Kind: interaction.Started},
		interaction.Event{Kind: interaction.Queued, Queue: "Q"},
		interaction.Event{Kind: interaction.Assigned, Work: "w", Agent: "a", Version: 1},
		interaction.Event{Kind: interaction.Assigned, Work: "w", Agent: "a", Version: 2, At: 3_500_000},
		interaction.Event{Kind: interaction.Accepted, Work: "w", Agent: "a"},
		interaction.Event{Kind: interaction.Transferred, To: interaction.ToQueue, ToID: "R", Mode: interaction.Cold},
		interaction.Event{Kind: interaction.Disconnected, By: interaction.ByCustomer},
	)
	want := []Stage{
		{1_000_000, "in_menu", "", ""},
		{2_000_000, "waiting", "Q", ""},
		{3_500_000, "assigned", "Q", ""},
		{5_000_000, "opened", "Q", ""},
		{6_000_000, "waiting", "R", ""},
		{7_000_000, "ended", "R", ""},
	}
	if d := cmp.Diff(want, c.Course(0)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestOtherwise: what would have changed an outcome is what does change it in the fold.
func TestOtherwise(t *testing.T) {
	p := DefaultPolicies()
	for name, x := range map[string]struct {
		events []interaction.Event
		want   []Otherwise
	}{
		"abandoned": {
			[]interaction.Event{{Kind: interaction.Queued, Queue: "Q"}, {Kind: interaction.Disconnected, By: interaction.ByCustomer}},
			[]Otherwise{
				{Change: IfAccepted, Outcome: interaction.Answered, Reason: "accepted"},
				{Change: IfVoicemail, Outcome: interaction.SelfServed, Reason: "voicemail"},
				{Change: IfCallback, Outcome: interaction.SelfServed, Reason: "callback"},
				{Change: IfBySystem, Outcome: interaction.EndedBySystem},
				{Change: IfTechnical, Outcome: interaction.EndedBySystem},
			},
		},
		"by nobody known": {
			[]interaction.Event{{Kind: interaction.Started}, {Kind: interaction.Queued, Queue: "Q"}, {Kind: interaction.LegEnded, Leg: "l"}},
			[]Otherwise{
				{Change: IfAccepted, Outcome: interaction.Answered, Reason: "accepted"},
				{Change: IfVoicemail, Outcome: interaction.SelfServed, Reason: "voicemail"},
				{Change: IfCallback, Outcome: interaction.SelfServed, Reason: "callback"},
				{Change: IfBySystem, Outcome: interaction.EndedBySystem},
				{Change: IfTechnical, Outcome: interaction.EndedBySystem},
				{Policy: "unknown_party", Value: "system", Outcome: interaction.EndedBySystem},
			},
		},
		"in the menu": {
			[]interaction.Event{{Kind: interaction.Started}, {Kind: interaction.Disconnected, By: interaction.ByCustomer}},
			[]Otherwise{
				{Change: IfAccepted, Outcome: interaction.Answered, Reason: "accepted"},
				{Change: IfVoicemail, Outcome: interaction.SelfServed, Reason: "voicemail"},
				{Change: IfCallback, Outcome: interaction.SelfServed, Reason: "callback"},
				{Policy: "left_in_menu", Value: "abandoned", Outcome: interaction.Abandoned, Reason: "no_agent"},
			},
		},
		"open": {[]interaction.Event{{Kind: interaction.Queued, Queue: "Q"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(x.want, told(&p, x.events...).Otherwise(0)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
