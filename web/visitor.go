package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/views"
)

// The cookies. Where the browser speaks TLS they are set with the prefix that binds
// them to this host and to TLS.
const (
	personCookie  = "wallboard"
	screenCookie  = "wallboard-screen"
	guestCookie   = "wallboard-guest"   // of who came by a share link
	pairingCookie = "wallboard-pairing" // of a screen that waits
	tripCookie    = "wallboard-trip"    // of a browser that is at the OpenID Connect provider
	hostPrefix    = "__Host-"
)

// forEver is as long as browsers keep a cookie that is set again at each visit.
const forEver = 400 * 24 * time.Hour

type visitorKey struct{}

// visitorOf is who makes a request that a guard let through.
func visitorOf(r *http.Request) access.Visitor {
	v, _ := r.Context().Value(visitorKey{}).(access.Visitor)
	return v
}

// visitor finds who makes the request: by a bearer's token, else as a person, else as a
// screen or guest. carried reports that a cookie said so, which browsers send by themselves.
func (s *Server) visitor(r *http.Request) (v access.Visitor, carried bool, err error) {
	find := func(token string) bool {
		if token == "" || s.o.Access == nil {
			return false
		}
		v, err = s.o.Access.Visitor(r.Context(), token)
		return err == nil
	}
	err = access.ErrNoVisitor
	bearer, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case isBearer && find(bearer):
	case isBearer && errors.Is(err, access.ErrNoVisitor):
		return v, false, err // who shows a token wants to be nobody else
	case find(s.cookie(r, personCookie)), find(s.cookie(r, screenCookie)), find(s.cookie(r, guestCookie)):
		carried = true
	}
	if s.o.Open && (errors.Is(err, access.ErrNoVisitor)) {
		v, err = access.Everyone(), nil
	}
	v.Address = s.address(r)
	return v, carried, err
}

// known puts the visitor into the request, for handlers and for the pages' navigation.
func known(r *http.Request, v access.Visitor) *http.Request {
	ctx := context.WithValue(r.Context(), visitorKey{}, v)
	return r.WithContext(views.WithReader(ctx, views.Reader{
		Name: v.Name, Person: v.Kind == access.KindPerson, Supervisor: v.May(access.Supervisor), Admin: v.May(access.Admin),
	}))
}

// The refusals. Who may see only some boards is told nothing of what else there is.
var (
	unknownVisitor = &problem{
		status: http.StatusUnauthorized, title: "Sign-in is required", field: "authentication",
		detail: "Sign in, open a share link, or send the link's token as a bearer's. If you were signed in, the session has ended.",
	}
	otherRole = &problem{status: http.StatusForbidden, title: "Not for this role", detail: "Your role does not reach this page. An admin can give you another one."}
)

// forRole lets through who has the role; kind is page or machine. Pages send who is nobody
// yet to sign in.
func (s *Server) forRole(role access.Role, kind func(handler) http.Handler, h handler) http.Handler {
	return s.guard(kind, h, func(v *access.Visitor, _ *http.Request) error {
		switch {
		case v.May(role):
			return nil
		case v.Kind == access.KindPerson:
			return otherRole
		}
		return notFound
	})
}

// forBoard lets through who may see the board in the path.
func (s *Server) forBoard(kind func(handler) http.Handler, h handler) http.Handler {
	return s.guard(kind, reading(h), func(v *access.Visitor, r *http.Request) error {
		if !v.MaySee(r.PathValue("board")) {
			return noBoard
		}
		return nil
	})
}

// forSome lets through who is known at all; the handler looks further.
func (s *Server) forSome(kind func(handler) http.Handler, h handler) http.Handler {
	return s.guard(kind, h, func(*access.Visitor, *http.Request) error { return nil })
}

func (s *Server) guard(kind func(handler) http.Handler, h handler, may func(*access.Visitor, *http.Request) error) http.Handler {
	inner := func(w http.ResponseWriter, r *http.Request) error {
		v, carried, err := s.visitor(r)
		switch {
		case errors.Is(err, access.ErrNoVisitor) && wantsPage(r):
			s.sendAway(w, r)
			return nil
		case errors.Is(err, access.ErrNoVisitor):
			return unknownVisitor
		case err != nil:
			return err
		}
		if err := may(&v, r); err != nil {
			if v.Kind == access.KindScreen && wantsPage(r) {
				http.Redirect(w, r, "/tv", http.StatusSeeOther) // its board was changed
				return nil
			}
			return err
		}
		r = known(r, v)
		if carried {
			r = r.WithContext(context.WithValue(r.Context(), carriedKey{}, true))
		}
		return h(w, r)
	}
	return kind(inner)
}

type carriedKey struct{}

// carried reports whether a browser was let in by its cookie.
func carried(r *http.Request) bool { return r.Context().Value(carriedKey{}) != nil }

func wantsPage(r *http.Request) bool {
	return !forMachines(r.URL.Path) && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// sendAway sends a screen back to its code, a guest whose link has ended to where links
// are opened, and everybody else to sign in.
func (s *Server) sendAway(w http.ResponseWriter, r *http.Request) {
	if s.cookie(r, personCookie) == "" {
		for name, to := range map[string]string{screenCookie: "/tv", guestCookie: "/share"} {
			if s.cookie(r, name) != "" {
				http.Redirect(w, r, to, http.StatusSeeOther)
				return
			}
		}
	}
	to := "/sign-in"
	if r.URL.Path != "/" {
		to += "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// next is a path of ours to go on to, or the start page: never another site.
func next(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") ||
		strings.ContainsAny(s, "\\\r\n\t") || len(s) > 2000 {
		return "/"
	}
	return s
}

// cookie reads one of ours, under the name that this request's browser got it by.
func (s *Server) cookie(r *http.Request, name string) string {
	if s.secure(r) {
		name = hostPrefix + name
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie sets one of ours; life below 0 removes it.
func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, name, value string, life time.Duration) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(life.Seconds())}
	if s.secure(r) {
		c.Name, c.Secure = hostPrefix+name, true
	}
	if life < 0 {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// secure reports whether the browser speaks TLS: with us, or with a proxy that says so or
// that public_url tells of.
func (s *Server) secure(r *http.Request) bool {
	if r.TLS != nil || s.o.Public != nil && s.o.Public.Scheme == "https" && strings.EqualFold(hostname(r.Host), s.o.Public.Hostname()) {
		return true
	}
	return s.fromProxy(r) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

func (s *Server) fromProxy(r *http.Request) bool {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && s.o.Proxies.Contains(a.Addr())
}

// address is where the request comes from: as the network says or, where that is a trusted
// proxy, as the last of them says who is none itself. What stands to the left of that was
// written by nobody whom we trust.
func (s *Server) address(r *http.Request) string {
	if !s.fromProxy(r) {
		return addressOf(r.RemoteAddr)
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if !s.o.Proxies.Contains(a) {
			return addressOf(netip.AddrPortFrom(a, 0).String())
		}
	}
	return addressOf(r.RemoteAddr)
}

// base is the URL under which people reach this server: for links that they take elsewhere.
// The request's own host was checked against the allowed ones.
func (s *Server) base(r *http.Request) string {
	switch {
	case s.o.Public != nil:
		return strings.TrimRight(s.o.Public.String(), "/")
	case s.secure(r):
		return "https://" + safeHost(r.Host)
	}
	return "http://" + safeHost(r.Host)
}

// Networks are addresses that belong together, as those of trusted proxies.
type Networks []netip.Prefix

// Contains reports whether the address is in one of the networks.
func (n Networks) Contains(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range n {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
