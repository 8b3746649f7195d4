package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/views"
)

// peoplePage lists who may sign in.
func (s *Server) peoplePage(w http.ResponseWriter, r *http.Request) error {
	return s.peopleForm(w, r, views.People{}, http.StatusOK)
}

func (s *Server) peopleForm(w http.ResponseWriter, r *http.Request, page views.People, status int) error {
	list, err := s.o.Access.People(r.Context())
	if err != nil {
		return err
	}
	page.Assets, page.Open = pageAssets(), s.o.Open
	for _, role := range access.Roles {
		page.Roles = append(page.Roles, string(role))
	}
	for _, p := range list {
		state := "password"
		switch {
		case p.Elsewhere:
			state = "OpenID Connect"
		case p.Invited:
			state = "invited"
		}
		page.Rows = append(page.Rows, views.PersonRow{ID: p.ID, Name: p.Name, Role: string(p.Role), State: state, Seen: s.since(p.Seen), Self: visitorOf(r).ID == p.ID})
	}
	return writePageStatus(w, r, views.PeoplePage(page), status)
}

// since is how long ago that was, in words; "" for never.
func (s *Server) since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	age := max(0, s.o.Now().Sub(t))
	return views.FormatAge(&age)
}

// invite adds a person and shows the invitation once.
func (s *Server) invite(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	token, err := s.o.Access.Invite(r.Context(), visitorOf(r), f.Get("name"), access.Role(f.Get("role")))
	page := views.People{Name: f.Get("name"), Role: f.Get("role")}
	return s.afterPeople(w, r, page, token, err)
}

// person does one thing with a person.
func (s *Server) person(w http.ResponseWriter, r *http.Request) error {
	by, id := visitorOf(r), r.PathValue("id")
	var token string
	var err error
	switch r.PathValue("action") {
	case "role":
		err = s.o.Access.SetRole(r.Context(), by, id, access.Role(r.PostForm.Get("role")))
	case "invite":
		token, err = s.o.Access.InviteAgain(r.Context(), by, id)
	case "sign-out":
		err = s.o.Access.SignOutEverywhere(r.Context(), by, id)
	case "remove":
		err = s.o.Access.Remove(r.Context(), by, id)
	default:
		return notFound
	}
	return s.afterPeople(w, r, views.People{}, token, err)
}

func (s *Server) afterPeople(w http.ResponseWriter, r *http.Request, page views.People, token string, err error) error {
	switch message, status, ok := amiss(w, err); {
	case ok:
		page.Message = message
		return s.peopleForm(w, r, page, status)
	case errors.Is(err, access.ErrNotFound):
		return notFound
	case err != nil:
		return err
	case token != "":
		return s.peopleForm(w, r, views.People{InvitationURL: s.base(r) + "/welcome#" + token}, http.StatusOK)
	}
	return done(w, r, "/people")
}

// trailPage is what people did, newest first.
func (s *Server) trailPage(w http.ResponseWriter, r *http.Request) error {
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		before = 0
	}
	deeds, older, err := s.o.Access.Trail(r.Context(), before, 100)
	if err != nil {
		return err
	}
	page := views.Trail{Assets: pageAssets(), Zone: s.zone().String()}
	for _, d := range deeds {
		page.Rows = append(page.Rows, views.DeedRow{At: s.in(d.At), Actor: d.Actor, Address: d.Address, Action: d.Action, Object: d.Object})
	}
	if older != 0 {
		page.NextURL = "/trail?before=" + strconv.FormatInt(older, 10)
	}
	return writePage(w, r, views.TrailPage(page))
}
