package web

import (
	"errors"
	"net/http"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/views"
)

// addLink makes a share link and shows it once.
func (s *Server) addLink(w http.ResponseWriter, r *http.Request) error {
	boards, err := s.boardsOf(r.PostForm)
	var token string
	if err == nil {
		token, err = s.o.Access.AddLink(r.Context(), visitorOf(r), r.PostForm.Get("name"), boards)
	}
	return s.afterLink(w, r, views.Screens{LinkName: r.PostForm.Get("name"), LinkChosen: r.PostForm["board"]}, token, err)
}

// linkAction rotates or revokes a link; all who came by it are out at once.
func (s *Server) linkAction(w http.ResponseWriter, r *http.Request) error {
	var token string
	var err error
	switch by, id := visitorOf(r), r.PathValue("id"); r.PathValue("action") {
	case "rotate":
		token, err = s.o.Access.RotateLink(r.Context(), by, id)
	case "revoke":
		err = s.o.Access.RevokeLink(r.Context(), by, id)
	default:
		return notFound
	}
	return s.afterLink(w, r, views.Screens{}, token, err)
}

func (s *Server) afterLink(w http.ResponseWriter, r *http.Request, page views.Screens, token string, err error) error {
	if err == nil && token != "" {
		return s.screensForm(w, r, views.Screens{LinkURL: s.base(r) + "/share#" + token}, http.StatusOK)
	}
	return s.afterScreens(w, r, page, err)
}

// sharePage is where a share link leads: its token is in the fragment, which stays out of
// logs and referrers, and the script sends it on at once.
func (s *Server) sharePage(w http.ResponseWriter, r *http.Request) error {
	s.embeddable(w, r, s.everyEmbedder())
	return writePage(w, r, views.SharePage(formAssets(), ""))
}

// share exchanges the link's token for a cookie of this browser, and goes on to the board.
func (s *Server) share(w http.ResponseWriter, r *http.Request) error {
	token, boards, err := s.o.Access.Enter(r.Context(), r.PostForm.Get("token"))
	if errors.Is(err, access.ErrNoVisitor) || err == nil && len(boards) == 0 {
		s.embeddable(w, r, s.everyEmbedder())
		return writePageStatus(w, r, views.SharePage(formAssets(), "This link is not good, or no longer. Ask who gave it to you for a new one."), http.StatusNotFound)
	}
	if err != nil {
		return err
	}
	s.setGuest(w, r, token)
	return done(w, r, "/boards/"+boards[0])
}

// setGuest sets a guest's cookie. Inside another site's page browsers take it over TLS only,
// and as one that is known to that page alone (partitioned).
func (s *Server) setGuest(w http.ResponseWriter, r *http.Request, token string) {
	if r.Header.Get("Sec-Fetch-Dest") != "iframe" || !s.secure(r) {
		s.setCookie(w, r, guestCookie, token, forEver)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: hostPrefix + guestCookie, Value: token, Path: "/", HttpOnly: true, MaxAge: int(forEver.Seconds()),
		Secure: true, SameSite: http.SameSiteNoneMode, Partitioned: true,
	})
}
