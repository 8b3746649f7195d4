package views

import (
	"fmt"
	"slices"
	"time"
)

// Timeline is an interaction as it went on, lane by lane: who had the customer, and to whom
// it was offered.
type Timeline struct {
	From, To time.Time
	Lanes    []Lane
	// Marks are moments of the whole interaction: transfers and the end.
	Marks []Mark
}

// Lane is a queue, an agent, or another place where a customer can be.
type Lane struct {
	Label string
	Spans []Span
}

// Span is a time in a lane. Kind is menu, waiting, ringing, talking, self_service or outside.
type Span struct {
	From, To time.Time
	Kind     string
	Note     string // what ended it, in words; may be empty
	Open     bool   // it goes on
}

// Mark is a moment.
type Mark struct {
	At    time.Time
	Label string
	End   bool
}

// Sizes of the picture, in its own units.
const (
	chartWidth  = 960
	laneLabel   = 170
	laneHeight  = 34
	laneTop     = 26
	chartBottom = 24
)

var spanLabels = map[string]string{
	"menu": "in the menu", "waiting": "waiting", "ringing": "ringing", "talking": "talking", "self_service": "self-service", "outside": "outside",
}

func (s Span) label() string {
	text := spanLabels[s.Kind]
	if s.Note != "" {
		text += ", " + s.Note
	}
	if s.Open {
		text += ", goes on"
	}
	return text
}

func (s Span) duration() string {
	d := s.To.Sub(s.From)
	return FormatDuration(&d)
}

func (t Timeline) height() int { return laneTop + laneHeight*len(t.Lanes) + chartBottom }

func (t Timeline) viewBox() string { return fmt.Sprintf("0 0 %d %d", chartWidth, t.height()) }

// x is where a moment stands.
func (t Timeline) x(at time.Time) float64 {
	whole := t.To.Sub(t.From)
	if whole <= 0 {
		return laneLabel
	}
	part := min(1, max(0, float64(at.Sub(t.From))/float64(whole)))
	return laneLabel + part*(chartWidth-laneLabel-10)
}

// box is the place of a span in a lane: x, y, width and height. Nothing is too short to be seen.
func (t Timeline) box(lane int, s Span) (x, y, width, height string) {
	from, to := t.x(s.From), t.x(s.To)
	return number(from), number(float64(laneTop + lane*laneHeight + 5)), number(max(2, to-from)), number(laneHeight - 10)
}

// roomy reports whether a span's text fits into it.
func (t Timeline) roomy(s Span) bool {
	return t.x(s.To)-t.x(s.From) > 8+6.5*float64(len(spanLabels[s.Kind]))
}

func number(f float64) string { return fmt.Sprintf("%.1f", f) }

// tick is a time on the picture's edge.
type tick struct {
	x     string
	label string
}

// ticks are at most eight round times.
func (t Timeline) ticks() []tick {
	whole := t.To.Sub(t.From)
	if whole <= 0 {
		return nil
	}
	form := "15:04:05"
	step := 7 * 24 * time.Hour
	for _, s := range []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
		15 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	} {
		if whole/s <= 8 {
			step = s
			break
		}
	}
	if step >= 3*time.Hour {
		form = "01-02 15:04"
	} else if step >= time.Minute {
		form = "15:04"
	}
	var list []tick
	for at := t.From.Truncate(step); !at.After(t.To) && len(list) < 40; at = at.Add(step) {
		if at.Before(t.From) {
			continue
		}
		list = append(list, tick{number(t.x(at)), at.Format(form)})
	}
	return list
}

// step is a span or mark as a row of the table.
type step struct {
	at              time.Time
	where, what, as string
}

// steps are everything on the picture, in order.
func (t Timeline) steps() []step {
	var list []step
	for _, l := range t.Lanes {
		for _, s := range l.Spans {
			list = append(list, step{s.From, l.Label, s.label(), s.duration()})
		}
	}
	for _, m := range t.Marks {
		list = append(list, step{m.At, Unknown, m.Label, Unknown})
	}
	slices.SortStableFunc(list, func(a, b step) int { return a.at.Compare(b.at) })
	return list
}
