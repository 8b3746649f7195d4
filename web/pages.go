package web

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"

	"github.com/a-h/templ"

	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/views"
)

// writePage renders to a buffer, then writes.
func writePage(w http.ResponseWriter, r *http.Request, c templ.Component) error {
	return writePageStatus(w, r, c, http.StatusOK)
}

func writePageStatus(w http.ResponseWriter, r *http.Request, c templ.Component, status int) error {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// interactionPage is one interaction as a page.
func (s *Server) interactionPage(w http.ResponseWriter, r *http.Request) error {
	in, ok, err := s.o.Floor.Interaction(r.PathValue("source"), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !ok {
		return noInteraction
	}
	page := views.InteractionDetail{
		Assets: pageAssets(), Row: s.listRow(&history.Row{Interaction: in, Work: -1}), Vendor: in.Vendor, Direction: in.Direction.String(), Ended: in.EndedAt, Corrections: in.Corrections,
	}
	for _, k := range in.Works {
		agent := k.AgentName
		if agent == "" {
			agent = k.Agent
		}
		page.Works = append(page.Works, views.WorkRow{
			ID: k.ID, Queue: k.Queue, Agent: agent, Status: k.Status.String(), Assigned: k.AssignedAt, Accepted: k.AcceptedAt, Ended: k.EndedAt,
		})
	}
	for i := range in.Events {
		e := eventToJSON(&in.Events[i])
		page.Events = append(page.Events, views.EventRow{At: micro(in.Events[i].At), Received: micro(in.Events[i].Received), Kind: e.Kind, Details: details(&e)})
	}
	return writePage(w, r, views.InteractionPage(page))
}

// details are an event's arguments in words, by their names in the API.
func details(e *eventJSON) string {
	var words []string
	v := reflect.ValueOf(*e)
	for i := 3; i < v.NumField(); i++ { // after kind, at and received_at
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if f := v.Field(i); f.Kind() == reflect.String && f.String() != "" {
			words = append(words, name+" "+f.String())
		}
	}
	return strings.Join(words, ", ")
}
