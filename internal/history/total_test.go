package history

import (
	"context"

	"pgregory.net/rapid"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// number is one of a board's, and the list that it leads to.
type number struct {
	of   Filter
	want int64
}

// numbersOf are a board's numbers, by name. Their lists are those of the board's links.
func numbersOf(def *board.Definition, n *wallboard.Numbers) map[string]number {
	all := make(map[string]number)
	add := func(name string, want int64, f Filter) {
		f.Counted, f.Sources, f.Queues = true, def.Sources, def.Queues
		if f.Channels == nil {
			f.Channels = def.Channels
		}
		all[name] = number{f, want}
	}
	status := func(name string, s interaction.Status, want int64, f Filter) {
		if f.Status = s.String(); s.Final() {
			f.By, f.From = ByWork, n.Since
		}
		add(name+f.Status, want, f)
	}
	for i, want := range n.Status {
		status("", interaction.Status(i), want, Filter{})
	}
	for _, c := range n.StatusByChannel {
		for i, want := range c.Status {
			if c.Channel != 0 { // which no list can be narrowed to
				status(c.Channel.String()+" ", interaction.Status(i), want, Filter{Channels: []string{c.Channel.String()}})
			}
		}
	}
	for i, reason := range interaction.AbandonedReasons {
		status(reason+" ", interaction.StatusAbandoned, n.Reasons[i], Filter{Reason: reason})
	}
	c := &n.Customers
	for outcome, want := range map[string]int64{
		"answered": c.Answered, "abandoned": c.Abandoned, "self_served": c.SelfServed, "ended_by_system": c.EndedBySystem,
		"left_in_menu": c.LeftInMenu, "lost_track": c.LostTrack,
	} {
		add(outcome, want, Filter{Outcome: outcome, By: ByOver, From: n.Since})
	}
	add("open", c.Open, Filter{Outcome: "open"})
	add("started", c.Started, Filter{By: ByCame, From: n.Since})
	add("open at start", c.OpenAtStart, Filter{By: ByOpenAt, From: n.Since})
	return all
}

// numbersOpen checks that every number of every board leads to as many rows as it counts.
func (h *house) numbersOpen(t rapid.TB) {
	for _, def := range boards() {
		n := h.live.Numbers(def)
		for name, x := range numbersOf(def, &n) {
			l, err := h.keeper.List(context.Background(), x.of, 1, "", true)
			if err != nil {
				t.Fatal(err)
			}
			if int64(l.Total) != x.want {
				t.Fatalf("board %s, %s: the number is %d, and its list has %d", def.Name, name, x.want, l.Total)
			}
		}
	}
}
