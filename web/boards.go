package web

import (
	"net/http"
	"time"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/views"
)

func (s *Server) boardPage(w http.ResponseWriter, r *http.Request) error {
	f, view, display, err := s.faced(r)
	v := visitorOf(r)
	if err != nil {
		if v.Kind == access.KindScreen {
			w.Header().Set("Refresh", "10; url=/tv") // its board is gone, and nobody stands there to reload the page
		}
		return err
	}
	if v.Kind != access.KindScreen {
		if err := s.lifeOf(r, &display); err != nil {
			return err
		}
	}
	if v.Kind != access.KindPerson {
		s.embeddable(w, r, f.board.def().Embed) // never a page in which somebody is signed in
	}
	model := view.model
	model.Display = display
	model.Age = max(0, s.o.Now().Sub(model.AsOf))
	return writePage(w, r, views.BoardPage(model))
}

// display is how the board is shown to who asks: a paired screen as it was set, others as
// their address says.
func (s *Server) display(r *http.Request) (views.Display, error) {
	d, err := displayOf(r)
	if err != nil {
		return d, err
	}
	v := visitorOf(r)
	if v.Kind == access.KindScreen {
		d = screenDisplay(&v)
	}
	d.Opens = v.May(access.Supervisor)
	d.Screen = v.Kind == access.KindScreen || v.Kind == access.KindGuest
	return d, nil
}

// screenDisplay is how a paired screen shows its boards.
func screenDisplay(v *access.Visitor) views.Display {
	d := views.Display{Theme: v.Screen.Theme, Scale: v.Screen.Scale, Locale: v.Screen.Language, Dim: v.Screen.Dim, RotateSeconds: v.Screen.RotateSeconds}
	for _, b := range v.Screen.Boards {
		d.Rotation = append(d.Rotation, "/boards/"+b)
	}
	return d
}

// boardFrame is one full frame by HTTP, for screens that no socket reaches. It brings the
// region where the screen has another layout.
func (s *Server) boardFrame(w http.ResponseWriter, r *http.Request) error {
	_, v, _, err := s.faced(r)
	if err != nil {
		return err
	}
	f, err := s.fullFrame(r.Context(), v, r.URL.Query().Get("layout") != v.layout)
	if err != nil {
		return err
	}
	return writeJSON(w, f)
}

// boardJSON is the board as SPEC section 6 has it.
func (s *Server) boardJSON(w http.ResponseWriter, r *http.Request) error {
	p, v, err := s.board(r)
	if err != nil {
		return err
	}
	n := &v.numbers
	type object = map[string]any
	status, reasons, agents := object{}, object{}, object{}
	for _, st := range interaction.Statuses() {
		status[st.String()] = n.Status[st]
	}
	for i, reason := range interaction.AbandonedReasons {
		reasons[reason] = n.Reasons[i]
	}
	for pr := interaction.Available; pr <= interaction.Offline; pr++ {
		agents[pr.String()] = n.Agents[pr-1]
	}
	sources := []object{}
	for _, src := range n.Sources {
		sources = append(sources, object{"name": src.Name, "vendor": src.Vendor, "last_event_at": timeOrNull(src.LastEvent)})
	}
	c, m := &n.Customers, &n.Metrics
	return writeJSON(w, object{
		"board": p.def().Name, "seq": v.seq, "epoch": s.epoch, "as_of": n.AsOf.UTC().Format(timeForm),
		"window":            object{"kind": p.def().Window, "since": n.Since.Format(time.RFC3339), "time_zone": n.Since.Location().String()},
		"agent_work_status": status, "abandoned_by_reason": reasons,
		"customers": object{
			"open_at_start": c.OpenAtStart, "started": c.Started, "answered": c.Answered, "abandoned": c.Abandoned,
			"self_served": c.SelfServed, "ended_by_system": c.EndedBySystem, "left_in_menu": c.LeftInMenu, "open": c.Open, "lost_track": c.LostTrack,
		},
		"metrics": object{
			"abandon_rate": m.AbandonRate, "average_speed_of_answer_seconds": seconds(m.SpeedOfAnswer),
			"average_time_to_abandon_seconds": seconds(m.TimeToAbandon), "average_handle_time_seconds": seconds(m.HandleTime),
			"longest_wait_now_seconds": seconds(m.LongestWaitNow), "longest_wait_seconds": seconds(m.LongestWait), "service_level": m.ServiceLevel,
		},
		"agents": agents, "sources": sources,
	})
}
