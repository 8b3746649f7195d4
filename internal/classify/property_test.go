package classify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wallboard/wallboard/internal/interaction"
)

// anyEvents draws a contact's events: any kinds in any order, few works and legs,
// times that tie.
func anyEvents(t *rapid.T) []interaction.Event {
	n := rapid.IntRange(1, 14).Draw(t, "n")
	events := make([]interaction.Event, n)
	for i := range events {
		k := interaction.Kind(rapid.IntRange(int(interaction.Started), int(interaction.Reported)).Draw(t, "kind"))
		w := rapid.IntRange(0, 3).Draw(t, "work")
		e := interaction.Event{Interaction: "I", Kind: k, At: int64(rapid.IntRange(0, 20).Draw(t, "at"))*400_000 + 1, Key: fmt.Sprint(i)}
		if w > 0 && k >= interaction.Transferred {
			e.Work, e.Agent = fmt.Sprint("W", w), fmt.Sprint("A", w)
		}
		if k == interaction.Started {
			e.Channel = interaction.Channel(rapid.IntRange(1, 2).Draw(t, "channel"))
		}
		e.Queue = rapid.SampledFrom([]string{"", "Q", "R"}).Draw(t, "queue")
		e.Leg = rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "leg")
		e.Mode = interaction.Mode(rapid.IntRange(0, 4).Draw(t, "mode"))
		e.To = interaction.Target(rapid.IntRange(1, 3).Draw(t, "to"))
		e.ToID = rapid.SampledFrom([]string{"", "a", "A1"}).Draw(t, "to_id")
		e.Why = interaction.Why(rapid.IntRange(int(interaction.AgentUnavailable), int(interaction.UnknownWhy)).Draw(t, "why"))
		e.By = interaction.Party(rapid.IntRange(0, 4).Draw(t, "by"))
		e.Cause = interaction.Cause(rapid.IntRange(0, 3).Draw(t, "cause"))
		e.Moved = rapid.Bool().Draw(t, "moved")
		e.Outcome = interaction.Outcome(rapid.IntRange(int(interaction.Answered), int(interaction.LeftInMenu)).Draw(t, "outcome"))
		e.Version = int64(max(0, rapid.IntRange(-6, 2).Draw(t, "version")))
		e.Retracted = e.Version > 0 && rapid.Bool().Draw(t, "retracted")
		events[i] = e
	}
	return events
}

func all(c *Contact) []Interaction {
	var ins []Interaction
	for i := range c.Len() {
		ins = append(ins, c.Interaction(i))
	}
	return ins
}

// TestStepEqualsFold: any order and any duplicates of arrival give, after every
// prefix, what one fold of the set gives; and the invariants hold.
func TestStepEqualsFold(t *testing.T) {
	p := DefaultPolicies()
	rapid.Check(t, func(t *rapid.T) {
		events := anyEvents(t)
		order := rapid.Permutation(append(slices.Clone(events), events[:len(events)/2]...)).Draw(t, "arrival")
		c := NewContact("I", &p)
		var set []interaction.Event
		for _, e := range order {
			if c.Insert(e) {
				set = append(set, e)
			}
			want := all(fold(slices.Clone(set), &p))
			if d := cmp.Diff(want, all(c)); d != "" {
				t.Fatalf("step differs from fold (-fold +step):\n%s", d)
			}
			for _, in := range want {
				invariants(t, in)
			}
		}
	})
}

func invariants(t *rapid.T, in Interaction) {
	abandoned, open := 0, 0
	for _, w := range in.Works {
		switch {
		case w.Status == interaction.StatusAbandoned:
			abandoned++
		case !w.Status.Final():
			open++
		case w.Ended.IsZero():
			t.Fatalf("final row without an end: %+v", w)
		}
	}
	switch {
	case in.Outcome == interaction.Abandoned && abandoned != 1:
		t.Fatalf("abandoned with %d Abandoned rows", abandoned)
	case in.Outcome != interaction.Abandoned && abandoned != 0:
		t.Fatalf("%v with an Abandoned row", in.Outcome)
	case !in.Ended.IsZero() && open > 0:
		t.Fatalf("%d rows are open after the end", open)
	case in.AnswerWait() < 0 || in.LastWait() < 0:
		t.Fatal("a wait is negative")
	}
}

// TestMetamorphic changes a waiting customer's story and checks how the outcome follows.
func TestMetamorphic(t *testing.T) {
	p := DefaultPolicies()
	outcome := func(events []interaction.Event) interaction.Outcome {
		return fold(slices.Clone(events), &p).Interaction(0).Outcome
	}
	rapid.Check(t, func(rt *rapid.T) {
		var text strings.Builder
		text.WriteString("0 started; 1 queued q=Q; ")
		at := 2.0
		for i := range rapid.IntRange(0, 4).Draw(rt, "offers") {
			text.WriteString(fmt.Sprintf("%g assigned w=W%d a=A; ", at, i))
			how := rapid.SampledFrom([]string{"declined", "timed_out", "accepted"}).Draw(rt, "end")
			text.WriteString(fmt.Sprintf("%g %s w=W%d; ", at+1, how, i))
			if how == "accepted" {
				text.WriteString(fmt.Sprintf("%g transferred w=W%d mode=cold to=queue; ", at+1.5, i))
			}
			at += 2
		}
		last := fmt.Sprintf("%g transferred mode=cold to=queue; ", at)
		events := script(t, text.String()+last+fmt.Sprintf("%g disconnected by=customer", at+10))
		if got := outcome(events); got != interaction.Abandoned {
			rt.Fatalf("got %v, want abandoned: %s", got, text.String())
		}
		more := func(what string) []interaction.Event {
			add := script(t, what)
			add[0].Key = "added"
			return append(slices.Clone(events), add...)
		}
		for what, want := range map[string]interaction.Outcome{
			fmt.Sprintf("%g accepted w=X a=B", at+5):   interaction.Answered,
			fmt.Sprintf("%g voicemail_chosen", at+5):   interaction.SelfServed,
			fmt.Sprintf("%g callback_requested", at+5): interaction.SelfServed,
			fmt.Sprintf("%g voicemail_chosen", at+50):  interaction.SelfServed,
			fmt.Sprintf("%g queued q=R", at+50):        interaction.Open,
			fmt.Sprintf("%g declined w=W0", at+50):     interaction.Abandoned,
		} {
			if got := outcome(more(what)); got != want {
				rt.Fatalf("with %q: got %v, want %v", what, got, want)
			}
		}
	})
}

// FuzzFold: no bytes make the fold panic or break an invariant.
func FuzzFold(f *testing.F) {
	f.Add([]byte{1, 0, 2, 1, 4, 5, 19, 9})
	p := DefaultPolicies()
	f.Fuzz(func(t *testing.T, b []byte) {
		c := NewContact("I", &p)
		for i := 0; i+2 < len(b) && i < 300; i += 3 {
			e := interaction.Event{
				Interaction: "I", Kind: interaction.Kind(b[i] % 22), At: int64(b[i+1]) * 300_000, Key: fmt.Sprint(i),
				Work: string('a' + rune(b[i+2]%4)), Leg: []string{"", "x", "y"}[b[i+2]/16%3],
				To: interaction.Target(b[i+2] / 4 % 4), Mode: interaction.Mode(b[i+2] / 8 % 5), Channel: interaction.Channel(b[i+2] % 3),
				By: interaction.Party(b[i+2] / 32 % 5), Outcome: interaction.Answered,
			}
			c.Insert(e)
		}
		if d := cmp.Diff(all(fold(slices.Clone(c.events), &p)), all(c)); d != "" {
			t.Fatal(d)
		}
	})
}
