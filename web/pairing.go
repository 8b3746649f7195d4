package web

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"rsc.io/qr"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/views"
)

// tvRefresh is how often a waiting screen asks whether somebody typed its code, in seconds. It
// needs no script.
const tvRefresh = "3"

// tv is what a television opens: its board once it is paired, else a code to be typed.
func (s *Server) tv(w http.ResponseWriter, r *http.Request) error {
	if token := s.cookie(r, screenCookie); token != "" {
		if secret := s.cookie(r, pairingCookie); secret != "" {
			s.o.Access.EndPairing(secret)
			s.setCookie(w, r, pairingCookie, "", -1)
		}
		v, err := s.o.Access.Visitor(r.Context(), token)
		switch {
		case err == nil && len(v.Boards) > 0:
			if err := s.o.Access.SetBrowser(r.Context(), v.ID, r.UserAgent()); err != nil {
				return err
			}
			s.setCookie(w, r, screenCookie, token, forEver)
			return done(w, r, "/boards/"+v.Boards[0])
		case err != nil && !errors.Is(err, access.ErrNoVisitor):
			return err
		}
		s.setCookie(w, r, screenCookie, "", -1)
	}
	code, token, err := s.o.Access.Paired(s.cookie(r, pairingCookie))
	switch {
	case errors.Is(err, access.ErrNoVisitor):
		var secret string
		if code, secret, err = s.o.Access.Pair(s.address(r), r.UserAgent()); err != nil {
			_, status, _ := amiss(w, err)
			return &problem{status: status, title: "Too many screens wait", detail: "Type the codes of those that wait, or come again in a few minutes.", retryAfter: "60"}
		}
		s.setCookie(w, r, pairingCookie, secret, access.PairingLife)
	case token != "":
		// What hangs on a wall is nobody's desk: whoever signed in here before is out.
		s.setCookie(w, r, personCookie, "", -1)
		s.setCookie(w, r, screenCookie, token, forEver)
		return done(w, r, "/tv")
	}
	page := views.TV{Assets: assets(), Code: code[:3] + " " + code[3:], URL: s.base(r) + "/screens"}
	// The code goes through the sign-in as part of the address. It is no token: it hangs on a
	// wall, is good once, and does nothing without a supervisor.
	image, err := qr.Encode(page.URL+"?code="+code, qr.M)
	if err != nil {
		return err
	}
	page.Size = image.Size
	for y := range image.Size {
		for x := range image.Size {
			if image.Black(x, y) {
				page.Dark = append(page.Dark, [2]int{x, y})
			}
		}
	}
	w.Header().Set("Refresh", tvRefresh)
	return writePage(w, r, views.TVPage(page))
}

// screensPage lists the screens and the share links.
func (s *Server) screensPage(w http.ResponseWriter, r *http.Request) error {
	code := r.URL.Query().Get("code")
	return s.screensForm(w, r, views.Screens{Code: code[:min(len(code), 12)]}, http.StatusOK)
}

func (s *Server) screensForm(w http.ResponseWriter, r *http.Request, page views.Screens, status int) error {
	list, err := s.o.Access.Screens(r.Context())
	if err != nil {
		return err
	}
	links, err := s.o.Access.Links(r.Context())
	if err != nil {
		return err
	}
	page.Assets, page.Languages, page.Boards = pageAssets(), views.Locales, s.boardLinks()
	page.TVURL = s.base(r) + "/tv"
	here := s.hub.present()
	for _, sc := range list {
		row := views.ScreenRow{
			ID: sc.ID, Name: sc.Name, Boards: sc.Settings.Boards, Rotate: sc.Settings.RotateSeconds, Scale: sc.Settings.Scale, Theme: sc.Settings.Theme,
			Language: sc.Settings.Language, Dim: sc.Settings.Dim, Browser: browserName(sc.Browser), Seen: s.since(sc.Seen),
		}
		p, connected := here[sc.ID]
		row.Here, row.Old = connected, p.old
		if t := &page.Typed; t.ID == sc.ID {
			row.Boards, row.Rotate, row.Scale = t.Boards, t.Rotate, t.Scale
			row.Theme, row.Language, row.Dim, row.Open = t.Theme, t.Language, t.Dim, true
		}
		page.Rows = append(page.Rows, row)
	}
	if page.Typed.ID != "" { // the form that pairs another one stays empty
		page.Typed = views.ScreenRow{}
	}
	for _, l := range links {
		page.Links = append(page.Links, views.LinkRow{ID: l.ID, Name: l.Name, Boards: l.Boards, Guests: l.Guests, Seen: s.since(l.Seen)})
	}
	return writePageStatus(w, r, views.ScreensPage(page), status)
}

// settingsOf reads the form of a screen's settings.
func (s *Server) settingsOf(f url.Values) (access.Settings, error) {
	set := access.Settings{Theme: f.Get("theme"), Language: f.Get("language"), Dim: f.Get("dim")}
	boards, err := s.boardsOf(f)
	if err != nil {
		return set, err
	}
	set.Boards = boards
	for _, n := range []struct {
		name string
		into *int
	}{{"scale", &set.Scale}, {"rotate", &set.RotateSeconds}} {
		if f.Get(n.name) == "" {
			continue
		}
		if *n.into, err = strconv.Atoi(f.Get(n.name)); err != nil {
			return set, &access.FieldError{Field: n.name, Remedy: "is no whole number"}
		}
	}
	if set.Dim != "" && !hours.MatchString(set.Dim) {
		return set, &access.FieldError{Field: "dim", Remedy: "is no span of hours: write it as 22:00-06:00"}
	}
	if set.Scale%views.ScaleStep != 0 {
		return set, &access.FieldError{Field: "scale", Remedy: "is no multiple of 5 percent"}
	}
	if set.Language != "" && !slices.Contains(views.Locales, set.Language) {
		return set, &access.FieldError{Field: "language", Remedy: "is none: choose one of the list"}
	}
	return set, nil
}

// boardsOf are the boards of a form, in its order, each of which there is.
func (s *Server) boardsOf(f url.Values) ([]string, error) {
	boards := slices.Compact(slices.DeleteFunc(slices.Clone(f["board"]), func(b string) bool { return b == "" }))
	known := s.boardLinks()
	for _, b := range boards {
		if !slices.ContainsFunc(known, func(k views.BoardLink) bool { return k.Name == b }) {
			return nil, &access.FieldError{Field: "board", Remedy: "is none of the boards: choose one of the list"}
		}
	}
	return boards, nil
}

// pair gives the screen that shows the code its settings.
func (s *Server) pair(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	set, err := s.settingsOf(f)
	if err == nil {
		err = s.o.Access.AddScreen(r.Context(), visitorOf(r), f.Get("code"), f.Get("name"), set)
	}
	return s.afterScreens(w, r, views.Screens{Code: f.Get("code"), Typed: typed("", f, &set)}, err)
}

// typed is a screen's form as it came, for who has to mend it.
func typed(id string, f url.Values, set *access.Settings) views.ScreenRow {
	return views.ScreenRow{
		ID: id, Name: f.Get("name"), Boards: f["board"], Rotate: set.RotateSeconds, Scale: set.Scale, Theme: set.Theme, Language: set.Language, Dim: set.Dim, Open: true,
	}
}

// screenAction does one thing with a screen.
func (s *Server) screenAction(w http.ResponseWriter, r *http.Request) error {
	by, id := visitorOf(r), r.PathValue("id")
	holder := access.KindScreen + ":" + id
	name, err := s.o.Access.ScreenName(r.Context(), id)
	if err != nil {
		return s.afterScreens(w, r, views.Screens{}, err)
	}
	var page views.Screens
	switch r.PathValue("action") {
	case "settings":
		var set access.Settings
		if set, err = s.settingsOf(r.PostForm); err == nil {
			err = s.o.Access.SetScreen(r.Context(), by, id, r.PostForm.Get("name"), set)
		}
		page.Typed = typed(id, r.PostForm, &set)
		if err == nil {
			s.hub.endHolder(holder, "", closeReload)
		}
	case "identify":
		s.hub.identify(holder, name)
	case "reload":
		s.hub.endHolder(holder, "", closeReload)
		err = s.o.Access.Record(r.Context(), by, "reloaded a screen", name)
	case "revoke":
		err = s.o.Access.RevokeScreen(r.Context(), by, id)
	default:
		return notFound
	}
	return s.afterScreens(w, r, page, err)
}

func (s *Server) afterScreens(w http.ResponseWriter, r *http.Request, page views.Screens, err error) error {
	switch message, status, ok := amiss(w, err); {
	case ok:
		page.Message = message
		return s.screensForm(w, r, page, status)
	case errors.Is(err, access.ErrNotFound):
		return notFound
	case err != nil:
		return err
	}
	return done(w, r, "/screens")
}

// browsers are the engines that a User-Agent names, the more telling first.
var browsers = regexp.MustCompile(`(?:Tizen|Web0S|Edg|Firefox|Chrome|Version)[ /]?([0-9]+)?`)

// browserName is what a User-Agent says in a few words; "" if it says nothing that we know.
func browserName(agent string) string {
	found := slices.Compact(slices.Sorted(slices.Values(browsers.FindAllString(agent, 4))))
	return strings.ReplaceAll(strings.ReplaceAll(strings.Join(found, ", "), "/", " "), "Version", "Safari")
}
