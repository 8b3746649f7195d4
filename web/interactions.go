package web

import (
	"net/http"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// interactionJSON and the types below are the shapes of SPEC section 6.
type interactionJSON struct {
	ID          string      `json:"id"`
	Source      string      `json:"source"`
	Vendor      string      `json:"vendor"`
	Channel     *string     `json:"channel"`
	Direction   *string     `json:"direction"`
	Queue       *string     `json:"queue"`
	StartedAt   *string     `json:"started_at"`
	EndedAt     *string     `json:"ended_at"`
	State       string      `json:"state"`
	Outcome     string      `json:"outcome"`
	Reason      *string     `json:"reason"`
	WaitSeconds *float64    `json:"wait_seconds"`
	Corrections int         `json:"corrections"`
	Works       []workJSON  `json:"works"`
	Events      []eventJSON `json:"events,omitzero"`
}

type workJSON struct {
	ID         *string    `json:"id"`
	Queue      *string    `json:"queue"`
	Agent      *agentJSON `json:"agent"`
	Status     string     `json:"status"`
	AssignedAt *string    `json:"assigned_at"`
	AcceptedAt *string    `json:"accepted_at"`
	EndedAt    *string    `json:"ended_at"`
}

type agentJSON struct {
	ID   string  `json:"id"`
	Name *string `json:"name"`
}

// eventJSON is one event; of its arguments those that are set. The customer is left out.
type eventJSON struct {
	Kind       string `json:"kind"`
	At         string `json:"at"`
	ReceivedAt string `json:"received_at"`
	Leg        string `json:"leg,omitempty"`
	Work       string `json:"work,omitempty"`
	Agent      string `json:"agent,omitempty"`
	Queue      string `json:"queue,omitempty"`
	Role       string `json:"role,omitempty"`
	To         string `json:"to,omitempty"`
	ToID       string `json:"to_id,omitempty"`
	Mode       string `json:"mode,omitempty"`
	Why        string `json:"why,omitempty"`
	Moved      bool   `json:"moved,omitempty"`
	By         string `json:"by,omitempty"`
	Cause      string `json:"cause,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Outcome    string `json:"outcome,omitempty"`
	Other      string `json:"other,omitempty"`
	Version    int64  `json:"version,omitempty"`
	Retracted  bool   `json:"retracted,omitempty"`
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func toJSON(in *wallboard.Interaction) interactionJSON {
	out := interactionJSON{
		ID: in.ID, Source: in.Source, Vendor: in.Vendor, Channel: orNull(in.Channel.String()), Direction: orNull(in.Direction.String()),
		Queue: orNull(in.Queue), StartedAt: timeOrNull(in.StartedAt), EndedAt: timeOrNull(in.EndedAt), State: in.State,
		Outcome: in.Outcome.String(), Reason: orNull(in.Reason), WaitSeconds: seconds(in.Wait), Corrections: in.Corrections, Works: []workJSON{},
	}
	for _, k := range in.Works {
		work := workJSON{
			ID: orNull(k.ID), Queue: orNull(k.Queue), Status: k.Status.String(),
			AssignedAt: timeOrNull(k.AssignedAt), AcceptedAt: timeOrNull(k.AcceptedAt), EndedAt: timeOrNull(k.EndedAt),
		}
		if k.Agent != "" {
			work.Agent = &agentJSON{k.Agent, orNull(k.AgentName)}
		}
		out.Works = append(out.Works, work)
	}
	return out
}

func eventToJSON(e *interaction.Event) eventJSON {
	return eventJSON{
		Kind: e.Kind.String(), At: time.UnixMicro(e.At).UTC().Format(timeForm), ReceivedAt: time.UnixMicro(e.Received).UTC().Format(timeForm),
		Leg: e.Leg, Work: e.Work, Agent: e.Agent, Queue: e.Queue, Role: e.Role.String(), To: e.To.String(), ToID: e.ToID, Mode: e.Mode.String(),
		Why: e.Why.String(), Moved: e.Moved, By: e.By.String(), Cause: e.Cause.String(), Reason: e.Reason, Outcome: e.Outcome.String(),
		Other: e.Other, Version: e.Version, Retracted: e.Retracted,
	}
}

func (s *Server) interactionJSON(w http.ResponseWriter, r *http.Request) error {
	in, ok, err := s.o.Floor.Interaction(r.PathValue("source"), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !ok {
		return noInteraction
	}
	out := toJSON(&in)
	out.Events = []eventJSON{}
	for i := range in.Events {
		out.Events = append(out.Events, eventToJSON(&in.Events[i]))
	}
	return writeJSON(w, out)
}

func (s *Server) interactionsJSON(w http.ResponseWriter, r *http.Request) error {
	list, err := s.list(r, false)
	if err != nil {
		return err
	}
	out := []interactionJSON{}
	for i := range list.Rows {
		out = append(out, toJSON(&list.Rows[i].Interaction))
	}
	return writeJSON(w, map[string]any{"interactions": out, "next": orNull(list.Next)})
}
