package web

import (
	"errors"
	"net"
	"net/http"
	"net/netip"

	"github.com/wallboard/wallboard/internal/access"
)

// metrics answers the operator's collector. Where sign-in is required it still answers to
// this machine itself, for a collector has no account, and to admins. A proxy on this machine is not
// this machine: what it passes on says so by a header of its own.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) error {
	switch {
	case s.o.Metrics == nil:
		return notFound
	case !s.o.Open && !fromHere(r):
		switch v, _, err := s.visitor(r); {
		case errors.Is(err, access.ErrNoVisitor):
			return unknownVisitor
		case err != nil:
			return err
		case v.Kind != access.KindPerson:
			return notFound
		case !v.May(access.Admin):
			return otherRole
		}
	}
	s.o.Metrics.ServeHTTP(w, r)
	return nil
}

// fromHere reports whether a request was made on this machine, and not passed on: neither by
// a proxy that says so, nor for a name that others call this machine by.
func fromHere(r *http.Request) bool {
	if name := hostname(r.Host); name != "localhost" {
		if ip := net.ParseIP(name); ip == nil || !ip.IsLoopback() {
			return false
		}
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
