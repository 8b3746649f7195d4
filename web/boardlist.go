package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/views"
)

// outcomeKeys are the outcomes that boards count.
var outcomeKeys = []string{"answered", "abandoned", "self_served", "ended_by_system", "left_in_menu", "lost_track"}

// links are by cell id the lists of what a board's numbers count. The board's name stands
// for its filter and window, so that a link stays the same while the window moves.
func links(def *board.Definition, n *wallboard.Numbers) map[string]string {
	links := make(map[string]string)
	add := func(cell string, pairs ...string) {
		q := url.Values{"board": {def.Name}}
		for i := 0; i < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		links[cell] = "/interactions?" + q.Encode()
	}
	for _, status := range views.StatusKeys {
		add("status."+status, "status", status)
		for _, ch := range n.StatusByChannel {
			if name := ch.Channel.String(); name != "" {
				add("status."+name+"."+status, "status", status, "channel", name)
			}
		}
	}
	for _, reason := range views.ReasonKeys {
		add("reason."+reason, "status", interaction.StatusAbandoned.String(), "reason", reason)
	}
	for _, outcome := range append([]string{"open"}, outcomeKeys...) {
		add("customers."+outcome, "outcome", outcome)
	}
	for _, q := range n.Queues {
		add("queue."+q.Name+".waiting", "status", "Waiting", "queue", q.Name)
		add("queue."+q.Name+".opened", "status", "Opened", "queue", q.Name)
		add("queue."+q.Name+".abandoned", "status", "Abandoned", "queue", q.Name)
	}
	add("customers.started", "time", "started")
	add("customers.open_at_start", "time", "open_at")
	add("wait.longest", "outcome", "open", "waits", "1", "sort", "wait") // also while an agent is being offered them
	add("time.to_abandon", "outcome", "abandoned", "sort", "wait")
	add("rate.abandon", "outcome", "abandoned")
	add("time.speed_of_answer", "time", "accepted", "sort", "wait")
	add("rate.service_level", "time", "accepted", "sort", "wait")
	return links
}

// boardFilter narrows a filter to what a board counts now: its sources, channels and queues,
// and its window, by the time by which the chosen number counts.
func boardFilter(def *board.Definition, f *history.Filter, at string, now time.Time) *problem {
	for _, x := range []struct {
		name     string
		of       []string
		narrowed *[]string
	}{{"source", def.Sources, &f.Sources}, {"queue", def.Queues, &f.Queues}, {"channel", def.Channels, &f.Channels}} {
		switch {
		case len(x.of) == 0:
		case len(*x.narrowed) == 0:
			*x.narrowed = x.of
		case !slices.Contains(x.of, (*x.narrowed)[0]):
			return badParameter(x.name, "is not one that the board shows.")
		}
	}
	if !f.From.IsZero() || !f.To.IsZero() {
		return badParameter("from", "goes with no board, which has a window of its own; leave one of both out.")
	}
	f.Counted = true
	since := wallboard.Since(def, now)
	switch {
	case f.Status != "":
		if s := slices.Index(views.StatusKeys[:], f.Status); interaction.Status(s).Final() {
			f.By, f.From = history.ByWork, since
		}
	case f.Outcome == "open":
	case f.Outcome != "":
		f.By, f.From = history.ByOver, since
	default:
		f.By, f.From = byNames[at], since
		if f.By == history.ByStarted {
			f.By = history.ByCame
		}
	}
	return nil
}

// byNames are the values of the parameter time.
var byNames = map[string]history.By{
	"": history.ByStarted, "started": history.ByStarted, "ended": history.ByOver, "accepted": history.ByAnswered, "open_at": history.ByOpenAt,
	"work": history.ByWork,
}

// windowOf says a board's window in words, with its beginning.
func windowOf(def *board.Definition, now time.Time) string {
	since := wallboard.Since(def, now)
	text := windowText(def, since)
	if def.Window != board.Today {
		text += ", since " + since.Format("15:04:05") + " " + since.Location().String()
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
