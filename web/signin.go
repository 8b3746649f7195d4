package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/static"
	"github.com/wallboard/wallboard/views"
)

func retryAfter(d time.Duration) string { return strconv.Itoa(int(d.Seconds()) + 1) }

// tripLife is how long a person may take at the OpenID Connect provider.
const tripLife = 10 * time.Minute

// signInPage is the form, or the way on for who is signed in already.
func (s *Server) signInPage(w http.ResponseWriter, r *http.Request) error {
	if v, _, err := s.visitor(r); err == nil && v.Kind == access.KindPerson {
		return done(w, r, next(r.URL.Query().Get("next")))
	}
	return s.signInForm(w, r, views.SignIn{Next: next(r.URL.Query().Get("next"))}, http.StatusOK)
}

func (s *Server) signInForm(w http.ResponseWriter, r *http.Request, page views.SignIn, status int) error {
	page.Assets = pageAssets()
	if s.o.Provider != nil {
		page.Provider = s.o.Provider.Name()
	}
	return writePageStatus(w, r, views.SignInPage(page), status)
}

// signIn takes the form. Whatever session the browser had ends, so that nobody can plant one.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	to := next(r.PostForm.Get("next"))
	session, err := s.o.Access.SignIn(r.Context(), r.PostForm.Get("name"), r.PostForm.Get("password"), s.address(r))
	if err != nil {
		message, status, ok := amiss(w, err)
		if !ok {
			return err
		}
		return s.signInForm(w, r, views.SignIn{Next: to, Name: r.PostForm.Get("name"), Message: message}, status)
	}
	s.begin(w, r, session)
	return done(w, r, to)
}

// begin gives the browser a new session and ends the one that it had.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, session string) {
	if old := s.cookie(r, personCookie); old != "" {
		if v, err := s.o.Access.Visitor(r.Context(), old); err == nil {
			v.Address = s.address(r)
			if err := s.o.Access.SignOut(r.Context(), v); err != nil && !errors.Is(err, access.ErrNotFound) {
				s.o.Logger.Error("former session not ended", "cause", err)
			}
		}
	}
	s.setCookie(w, r, personCookie, session, access.SessionLife)
}

// signOut ends the session, and with it its sockets.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if v, _, err := s.visitor(r); err == nil && v.Kind == access.KindPerson {
		if err := s.o.Access.SignOut(r.Context(), v); err != nil && !errors.Is(err, access.ErrNotFound) {
			return err
		}
	}
	s.setCookie(w, r, personCookie, "", -1)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return done(w, r, "/sign-in")
}

// toProvider sends the browser to the OpenID Connect provider. What has to come back with it
// stays in a cookie of this browser.
func (s *Server) toProvider(w http.ResponseWriter, r *http.Request) error {
	if s.o.Provider == nil {
		return notFound
	}
	to, trip, err := s.o.Provider.Begin(r.Context(), next(r.URL.Query().Get("next")))
	if err != nil {
		return providerFailed(err)
	}
	b, err := json.Marshal(trip)
	if err != nil {
		return err
	}
	s.setCookie(w, r, tripCookie, url.QueryEscape(string(b)), tripLife)
	return done(w, r, to)
}

// fromProvider takes the browser back.
func (s *Server) fromProvider(w http.ResponseWriter, r *http.Request) error {
	if s.o.Provider == nil {
		return notFound
	}
	var trip access.Trip
	raw, err := url.QueryUnescape(s.cookie(r, tripCookie))
	if err != nil || json.Unmarshal([]byte(raw), &trip) != nil || trip.State == "" || trip.State != r.URL.Query().Get("state") {
		return &problem{status: http.StatusBadRequest, title: "Another sign-in", field: "state", detail: "This answer belongs to no sign-in of this browser. Start again at /sign-in."}
	}
	s.setCookie(w, r, tripCookie, "", -1)
	if r.URL.Query().Get("error") != "" {
		return s.signInForm(w, r, views.SignIn{Next: next(trip.Next), Message: "The sign-in was not finished there. Try again."}, http.StatusUnauthorized)
	}
	account, err := s.o.Provider.Finish(r.Context(), trip, r.URL.Query().Get("code"))
	if errors.Is(err, access.ErrNoRole) {
		if err := s.o.Access.Refuse(r.Context(), account.Issuer, account.Subject, s.address(r)); err != nil {
			return err
		}
		return s.signInForm(w, r, views.SignIn{Next: next(trip.Next), Message: "No group of your account has a role here. An admin can give one to your group in the settings file."}, http.StatusForbidden)
	}
	if err != nil {
		return providerFailed(err)
	}
	session, err := s.o.Access.SignInAs(r.Context(), account.Issuer, account.Subject, account.Name, account.Role, s.address(r))
	if err != nil {
		return err
	}
	s.begin(w, r, session)
	return done(w, r, next(trip.Next))
}

func providerFailed(err error) error {
	return &problem{
		status: http.StatusBadGateway, title: "The sign-in provider cannot be used now",
		detail: "Try again in a moment, or sign in with a password. The server's log says what is wrong.", cause: err,
	}
}

// welcomePage is where a set-up link or an invitation leads. The token is in the fragment,
// which no server sees; the script moves it into the form, and without script it is pasted.
func (s *Server) welcomePage(w http.ResponseWriter, r *http.Request) error {
	return s.welcomeForm(w, r, views.Welcome{}, http.StatusOK)
}

func (s *Server) welcomeForm(w http.ResponseWriter, r *http.Request, page views.Welcome, status int) error {
	page.Assets, page.MinPassword = formAssets(), access.MinPassword
	return writePageStatus(w, r, views.WelcomePage(page), status)
}

// welcome takes the token alone, and shows whose it is; then with name and password.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	page := views.Welcome{Token: f.Get("token"), Name: f.Get("name")}
	whose, err := s.o.Access.Invited(r.Context(), page.Token)
	if errors.Is(err, access.ErrNoVisitor) {
		page.Token, page.Message = "", "This link is not good, or no longer. Ask an admin for a new one; for the first admin, the server prints one when it starts."
		return s.welcomeForm(w, r, page, http.StatusNotFound)
	}
	if err != nil {
		return err
	}
	page.Invited = whose
	if !f.Has("password") {
		return s.welcomeForm(w, r, page, http.StatusOK)
	}
	if f.Get("password") != f.Get("again") {
		page.Message = "The two passwords differ. Type the same one twice."
		return s.welcomeForm(w, r, page, http.StatusUnprocessableEntity)
	}
	session, err := s.o.Access.Accept(r.Context(), page.Token, page.Name, f.Get("password"), s.address(r))
	if err != nil {
		message, status, ok := amiss(w, err)
		if !ok {
			return err
		}
		page.Message = message
		return s.welcomeForm(w, r, page, status)
	}
	s.begin(w, r, session)
	return done(w, r, "/")
}

// accountPage is the person's own.
func (s *Server) accountPage(w http.ResponseWriter, r *http.Request) error {
	return s.accountForm(w, r, "", http.StatusOK)
}

func (s *Server) accountForm(w http.ResponseWriter, r *http.Request, message string, status int) error {
	v := visitorOf(r)
	return writePageStatus(w, r, views.AccountPage(views.Account{
		Assets: pageAssets(), Name: v.Name, Role: string(v.Role), Message: message, MinPassword: access.MinPassword, Done: r.URL.Query().Get("done") != "",
	}), status)
}

// account changes the person's own password.
func (s *Server) account(w http.ResponseWriter, r *http.Request) error {
	v, f := visitorOf(r), r.PostForm
	if v.Kind != access.KindPerson {
		return notFound
	}
	if f.Get("password") != f.Get("again") {
		return s.accountForm(w, r, "The two passwords differ. Type the same one twice.", http.StatusUnprocessableEntity)
	}
	session, err := s.o.Access.ChangePassword(r.Context(), v, f.Get("current"), f.Get("password"))
	switch message, status, ok := amiss(w, err); {
	case err == nil:
		s.setCookie(w, r, personCookie, session, access.SessionLife)
		return done(w, r, "/account?done=1")
	case errors.Is(err, access.ErrNotFound):
		return s.accountForm(w, r, "This account signs in elsewhere and has no password here.", http.StatusConflict)
	case ok:
		return s.accountForm(w, r, message, status)
	}
	return err
}

// formAssets are what pages with a token in the fragment load.
func formAssets() views.Assets {
	a := pageAssets()
	a.Token = static.URL("token.js")
	return a
}
