package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/views"
)

// playStep is how far a played board moves at a time.
const playStep = time.Minute

var tooManyThen = &problem{
	status: http.StatusServiceUnavailable, title: "Too much at once", field: "board",
	detail: "The board's window held too many interactions then. Ask for a board with a shorter window.",
}

// wasPage shows a board as of a moment of the past: as it was known then, or as it is known
// now. With play it moves on by itself.
func (s *Server) wasPage(w http.ResponseWriter, r *http.Request) error {
	p := s.boards.find(r.PathValue("board"))
	if p == nil {
		return noBoard
	}
	def, q, now := p.def(), r.URL.Query(), s.o.Now()
	zone := def.Zone
	if zone == nil {
		zone = s.zone()
	}
	at, err := s.pastMoment(q, zone, now)
	if err != nil {
		return err
	}
	if known := q.Get("known"); known != "" && known != "then" && known != "now" {
		return badParameter("known", "is neither then nor now.")
	}
	then := q.Get("known") != "now"
	ctx, cancel := context.WithTimeout(r.Context(), listWithin)
	defer cancel()
	n, err := s.o.Past.AsItWas(ctx, def, at, then)
	switch {
	case errors.Is(err, history.ErrPast):
		return tooManyThen
	case ctx.Err() != nil && r.Context().Err() == nil:
		return tooMuch
	case err != nil:
		return err
	}
	model := boardView(def, &n, at, make(map[string]board.Alarm))
	// Agents' own states of the past are not stored: 0 would be told of who was there.
	model.Tiles = slices.DeleteFunc(model.Tiles, func(tile string) bool { return tile == "agents" || tile == "agent_list" })
	model.Links, model.Assets.Script, model.Assets.Screen = nil, "", ""
	model.Assets.Pages = pageAssets().Pages
	to := func(at time.Time, then, play bool) string {
		v := url.Values{"at": {at.In(zone).Format(time.RFC3339)}, "known": {map[bool]string{true: "then", false: "now"}[then]}}
		if play {
			v.Set("play", "1")
		}
		return r.URL.Path + "?" + v.Encode()
	}
	play := q.Get("play") == "1" && at.Add(playStep).Before(now)
	page := views.Was{Board: model, Action: r.URL.Path, At: at.In(zone), Then: then}
	for _, m := range []struct {
		text string
		by   time.Duration
	}{{"− 1 h", -time.Hour}, {"− 10 min", -10 * time.Minute}, {"+ 10 min", 10 * time.Minute}, {"+ 1 h", time.Hour}} {
		if next := at.Add(m.by); next.Before(now) {
			page.Moves = append(page.Moves, views.ReportLink{Text: m.text, URL: to(next, then, false)})
		}
	}
	if play {
		w.Header().Set("Refresh", "1; url="+to(at.Add(playStep), then, true))
		page.Moves = append(page.Moves, views.ReportLink{Text: "Stop", URL: to(at, then, false)})
	} else {
		page.Moves = append(page.Moves, views.ReportLink{Text: "Play", URL: to(at, then, true)})
	}
	page.Other = views.ReportLink{Text: "As it is known now", URL: to(at, false, false)}
	if !then {
		page.Other = views.ReportLink{Text: "As it was known then", URL: to(at, true, false)}
	}
	return writePage(w, r, views.WasPage(page))
}

// pastMoment is the moment that a request asks for: at, or a day with a minute of it, or an
// hour ago.
func (s *Server) pastMoment(q url.Values, zone *time.Location, now time.Time) (time.Time, error) {
	at, err := s.moment(q, "at")
	if err != nil {
		return at, err
	}
	if v := q.Get("day"); v != "" {
		day, err := time.Parse(time.DateOnly, v)
		minute, bad := strconv.Atoi(q.Get("minute"))
		if err != nil || bad != nil || minute < 0 || minute >= 24*60 || day.Year() < 1970 || day.Year() > 9999 {
			return at, badParameter("day", "is no day with a minute of it, as day=2026-11-23 and minute=840.")
		}
		at = time.Date(day.Year(), day.Month(), day.Day(), minute/60, minute%60, 0, 0, zone)
		if at.After(now) { // the slider reaches until midnight
			at = now.Truncate(board.Step)
		}
	}
	if at.IsZero() {
		at = now.Add(-time.Hour).Truncate(board.Step)
	}
	if at.After(now) {
		return at, badParameter("at", "is in the future.")
	}
	return at, nil
}
