package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/views"
)

// links are the pages that open a board's numbers: the interactions that its Abandoned row
// and that row's reasons count. The board's name stands for its filter and window, so that
// a link stays the same while the window moves.
func links(def *board.Definition) map[string]string {
	to := func(reason string) string {
		q := url.Values{"board": {def.Name}, "outcome": {interaction.Abandoned.String()}}
		if reason != "" {
			q.Set("reason", reason)
		}
		return "/interactions?" + q.Encode()
	}
	links := map[string]string{"status.Abandoned": to("")}
	for _, reason := range views.ReasonKeys {
		links["reason."+reason] = to(reason)
	}
	return links
}

// longestContact is how long before the window a contact may have begun that was abandoned
// in it. It bounds what such a list reads.
const longestContact = 7 * 24 * time.Hour

// boardList is the list of the abandoned interactions that a board counts now: those with
// an Abandoned work of one of its queues that ended inside its window.
func (s *Server) boardList(name string, f wallboard.Filter, limit int, cursor string) ([]wallboard.Interaction, string, error) {
	p, ok := s.boards[name]
	switch {
	case !ok:
		return nil, "", &problem{status: http.StatusBadRequest, title: "Bad parameter", field: "board", detail: "board is not the name of a configured board."}
	case f.Outcome != interaction.Abandoned.String():
		return nil, "", &problem{status: http.StatusBadRequest, title: "Bad parameter", field: "outcome", detail: "outcome has to be abandoned where board is given."}
	}
	since := wallboard.Since(p.def, s.o.Now())
	counted := func(in *wallboard.Interaction) bool {
		return (len(p.def.Sources) == 0 || slices.Contains(p.def.Sources, in.Source)) &&
			(len(p.def.Channels) == 0 || slices.Contains(p.def.Channels, in.Channel.String())) &&
			slices.ContainsFunc(in.Works, func(k wallboard.Work) bool {
				return k.Status == interaction.StatusAbandoned && !k.EndedAt.Before(since) &&
					(len(p.def.Queues) == 0 || slices.Contains(p.def.Queues, k.Queue))
			})
	}
	f.From = since.Add(-longestContact)
	// A page may have fewer than asked for; only the last one may have none.
	for {
		list, next, err := s.o.Floor.Interactions(f, limit, cursor)
		if err != nil {
			return nil, "", err
		}
		list = slices.DeleteFunc(list, func(in wallboard.Interaction) bool { return !counted(&in) })
		if len(list) > 0 || next == "" {
			return list, next, nil
		}
		cursor = next
	}
}
