package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/static"
	"github.com/wallboard/wallboard/views"
)

// Floor is the live state that pages show.
type Floor interface {
	Numbers(def *board.Definition) wallboard.Numbers
	Interaction(source, id string) (wallboard.Interaction, bool, error)
	Watch() (wake <-chan struct{}, stop func())
	// Sources are the names of the configured sources.
	Sources() []string
}

// Intake takes deliveries.
type Intake interface {
	Handle(ctx context.Context, source string, d *source.Delivery) (source.Response, error)
	// Refused is told of a delivery whose body could not be read.
	Refused(source string, err error)
}

// Options are what a Server is made from.
type Options struct {
	Floor  Floor
	Past   Past
	Zone   *time.Location // the installation's; nil means UTC
	Intake Intake
	Boards []*board.Definition
	// Open lets everybody look; else every page but health is refused.
	Open bool
	// Hosts are the names under which the server may be called, without ports; none
	// allows all. localhost and addresses are always allowed.
	Hosts []string
	Ready func() error
	// Metrics answers /metrics; nil means that there are none.
	Metrics http.Handler
	Logger  *slog.Logger
	Now     func() time.Time // nil means time.Now
}

// Server is the HTTP face. Run publishes until its context ends.
type Server struct {
	// Static after construction.
	o          Options
	epoch      string
	began      time.Time
	boards     map[string]*published
	hub        *hub
	mux        *http.ServeMux
	bodyWithin time.Duration // of constant bodyWithin
	places     chan struct{} // one is held by each body that is being read
}

// New makes a Server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{o: o, epoch: rand.Text(), began: o.Now(), boards: make(map[string]*published), hub: newHub(), mux: http.NewServeMux()}
	s.bodyWithin, s.places = bodyWithin, make(chan struct{}, maxBodies)
	for _, d := range o.Boards {
		s.boards[d.Name] = &published{def: d, alarms: make(map[string]board.Alarm)}
	}
	s.routes()
	return s
}

// routes are all of them.
func (s *Server) routes() {
	// For machines.
	s.mux.Handle("/hooks/{source}", s.machine(s.hook))
	s.mux.Handle("/hooks/{source}/{path...}", s.machine(s.hook))
	s.mux.Handle("/api/v1/boards/{board}", s.guarded(s.machine, s.boardJSON))
	s.mux.Handle("/api/v1/interactions", s.guarded(s.machine, s.interactionsJSON))
	s.mux.Handle("/api/v1/interactions/{source}/{id...}", s.guarded(s.machine, s.interactionJSON))
	s.mux.Handle("/hooks/", s.machine(nothingHere))
	s.mux.Handle("/api/", s.machine(nothingHere))
	s.mux.Handle("/healthz", s.machine(reading(s.healthz)))
	s.mux.Handle("/readyz", s.machine(reading(s.readyz)))
	s.mux.Handle("/metrics", s.machine(reading(s.metrics)))
	// For people.
	s.mux.Handle("/{$}", s.guarded(s.page, s.home))
	s.mux.Handle("/boards", s.guarded(s.page, s.boardsPage))
	s.mux.Handle("/boards/{board}", s.guarded(s.page, s.boardPage))
	s.mux.Handle("/boards/{board}/live", s.guarded(s.machine, s.live))
	s.mux.Handle("/boards/{board}/frame", s.guarded(s.machine, s.boardFrame))
	s.mux.Handle("/interactions", s.guarded(s.page, s.interactionsPage))
	s.mux.Handle("/interactions/{source}/{id...}", s.guarded(s.page, s.interactionPage))
	s.mux.Handle("GET /static/", static.Handler())
	s.mux.Handle("/", s.page(nothingHere))
}

// ServeHTTP checks the host and sets what every answer carries.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "+
		"connect-src 'self' ws://"+safeHost(r.Host)+" wss://"+safeHost(r.Host)+"; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	switch machine := forMachines(r.URL.Path); {
	case !s.hostAllowed(r.Host) && machine:
		s.machine(elsewhere).ServeHTTP(w, r)
	case !s.hostAllowed(r.Host):
		s.page(elsewhere).ServeHTTP(w, r)
	case machine && strings.TrimSuffix(r.URL.Path, "/") != path.Clean(r.URL.Path):
		s.machine(nothingHere).ServeHTTP(w, r) // the mux would redirect, which no vendor follows
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// forMachines tells the paths whose errors are problem documents.
func forMachines(path string) bool {
	return strings.HasPrefix(path, "/hooks/") || strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/boards/") && (strings.HasSuffix(path, "/live") || strings.HasSuffix(path, "/frame"))
}

func nothingHere(http.ResponseWriter, *http.Request) error { return notFound }
func elsewhere(http.ResponseWriter, *http.Request) error   { return foreignHost }

// reading lets GET and HEAD through.
func reading(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			return onlyReading
		}
		return h(w, r)
	}
}

// hostAllowed keeps a foreign name that resolves to us (DNS rebinding) out. An address is
// no name: it cannot be made to lead here, and screens on the same network call by it.
func (s *Server) hostAllowed(host string) bool {
	name := hostname(host)
	return len(s.o.Hosts) == 0 || name == "localhost" || net.ParseIP(name) != nil || slices.Contains(s.o.Hosts, name)
}

func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// safeHost is the host for a header's value, or nothing if it is no plain host.
func safeHost(host string) string {
	if u, err := url.Parse("http://" + host); err != nil || u.Host != host || strings.ContainsAny(host, " ;,'\"") {
		return "invalid"
	}
	return host
}

// guarded is for what is read, and refuses what only those who signed in may see.
func (s *Server) guarded(kind func(handler) http.Handler, h handler) http.Handler {
	if s.o.Open {
		return kind(reading(h))
	}
	return kind(func(http.ResponseWriter, *http.Request) error { return signIn })
}

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) error {
	_, err := w.Write([]byte("ok\n"))
	return err
}

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) error {
	if err := s.o.Ready(); err != nil {
		return &problem{status: http.StatusServiceUnavailable, title: "Not ready", detail: "Deliveries cannot be stored now; the server's log says why.", retryAfter: "2", cause: err}
	}
	_, err := w.Write([]byte("ready\n"))
	return err
}

func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	if len(s.o.Boards) == 1 {
		http.Redirect(w, r, "/boards/"+s.o.Boards[0].Name, http.StatusFound)
		return nil
	}
	return s.boardsPage(w, r)
}

// boardsPage lists the boards.
func (s *Server) boardsPage(w http.ResponseWriter, r *http.Request) error {
	var list []views.BoardLink
	for _, def := range s.o.Boards {
		window := strings.ReplaceAll(string(def.Window), "_", " ")
		list = append(list, views.BoardLink{Title: cmp.Or(def.Title, def.Name), URL: "/boards/" + def.Name, Window: window})
	}
	return writePage(w, r, views.BoardsPage(assets(), list))
}
