package classify

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/wallboard/wallboard/internal/interaction"
)

// script reads events from a line of "seconds kind key=value …" parts, divided by
// semicolons. Every event's key is its place.
func script(t testing.TB, text string) []interaction.Event {
	t.Helper()
	var events []interaction.Event
	for n, part := range strings.Split(text, ";") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		seconds, err := strconv.ParseFloat(words[0], 64)
		if err != nil {
			t.Fatalf("%q: %v", part, err)
		}
		kind, err := interaction.ParseKind(words[1])
		if err != nil {
			t.Fatalf("%q: %v", part, err)
		}
		e := interaction.Event{
			Interaction: "I", Kind: kind, At: int64(seconds*1e6) + 1_700_000_000_000_000, Key: fmt.Sprintf("k%03d", n),
		}
		if kind == interaction.Started {
			e.Role, e.Channel, e.Direction = interaction.Customer, interaction.Voice, interaction.Inbound
		}
		for _, w := range words[2:] {
			set(t, &e, w)
		}
		events = append(events, e)
	}
	return events
}

func set(t testing.TB, e *interaction.Event, word string) {
	t.Helper()
	name, v, _ := strings.Cut(word, "=")
	var err error
	switch name {
	case "id":
		e.Interaction = v
	case "w":
		e.Work = v
	case "a":
		e.Agent = v
	case "q":
		e.Queue = v
	case "leg":
		e.Leg = v
	case "moved":
		e.Moved = true
	case "other":
		e.Other = v
	case "v":
		e.Version, err = strconv.ParseInt(v, 10, 64)
	case "retracted":
		e.Retracted = true
	case "role":
		e.Role, err = interaction.ParseRole(v)
	case "channel":
		e.Channel, err = interaction.ParseChannel(v)
	case "mode":
		e.Mode, err = interaction.ParseMode(v)
	case "to_id":
		e.ToID = v
	case "to":
		e.To, err = interaction.ParseTarget(v)
	case "why":
		e.Why, err = interaction.ParseWhy(v)
	case "by":
		e.By, err = interaction.ParseParty(v)
	case "cause":
		e.Cause, err = interaction.ParseCause(v)
	case "word":
		e.Reason = v
	case "outcome":
		e.Outcome, err = interaction.ParseOutcome(v)
	default:
		err = fmt.Errorf("unknown word")
	}
	if err != nil {
		t.Fatalf("%q: %v", word, err)
	}
}

// fold folds events in one go, with the contact made for their first id.
func fold(events []interaction.Event, p *Policies) *Contact {
	c := NewContact("I", p)
	for _, e := range events {
		c.put(e)
	}
	c.refold()
	return c
}

// tell is an interaction in one line: outcome/reason and its rows.
func tell(in Interaction) string {
	var s strings.Builder
	s.WriteString(in.Outcome.String())
	if in.Reason != "" {
		s.WriteString("/" + in.Reason)
	}
	for _, w := range in.Works {
		id := w.ID
		if id == "" {
			id = "-"
		}
		s.WriteString(" " + id + ":" + w.Status.String())
	}
	return s.String()
}
