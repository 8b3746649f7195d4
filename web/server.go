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
	"sync"
	"time"

	"github.com/a-h/templ"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/intake"
	"github.com/wallboard/wallboard/internal/journal"
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
	// Read decodes a stored delivery again.
	Read(d *journal.Stored) (intake.Reading, error)
	// Again decodes one again and stores what is new in it.
	Again(ctx context.Context, d *journal.Stored) (intake.Reading, int, error)
	Stats() map[string]intake.Stats
}

// Options are what a Server is made from.
type Options struct {
	Floor  Floor
	Past   Past
	Zone   *time.Location // the installation's; nil means UTC
	Intake Intake
	Boards []*board.Definition
	// Shelf keeps the boards that people make; nil lets nobody make any.
	Shelf Shelf
	// Access says who may look at what. Without it, which is for Open alone, there are no
	// people and no screens.
	Access *access.Access
	// Provider is where people can sign in beside their passwords; nil for nowhere.
	Provider *access.Provider
	// Open lets everybody look.
	Open bool
	// Public is the URL under which people and vendors call; nil if unknown.
	Public *url.URL
	// Proxies are trusted to say where a request comes from, and whether by TLS.
	Proxies Networks
	// Hosts are the names under which the server may be called, without ports; none
	// allows all. localhost and addresses are always allowed.
	Hosts []string
	// Connections is the most that there may be, as the function of that name has it; 0 means as
	// many as without a limit of files.
	Connections int
	Ready       func() error
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
	boards     boardSet
	editing    sync.Mutex // held by who changes boards, from the look to the change
	hub        *hub
	mux        *http.ServeMux
	bodyWithin time.Duration // of constant bodyWithin
	places     chan struct{} // one is held by each body that is being read
	// crossOrigin refuses what another site's page makes a browser send. Hooks are no
	// browsers' business, and what they take is signed.
	crossOrigin http.CrossOriginProtection
}

// New makes a Server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Connections = cmp.Or(o.Connections, maxConnections)
	s := &Server{o: o, epoch: rand.Text(), began: o.Now(), hub: newHub(limitsOfScreens(o.Connections)), mux: http.NewServeMux()}
	s.bodyWithin, s.places = bodyWithin, make(chan struct{}, maxBodies)
	for _, d := range o.Boards {
		s.boards.put(d)
	}
	if o.Access != nil {
		o.Access.OnEnd(func(holder, token string) { s.hub.endHolder(holder, token, closeEnded) })
	}
	s.routes()
	return s
}

// routes are all of them.
func (s *Server) routes() {
	// For machines.
	s.mux.Handle("/hooks/{source}", s.machine(s.hook))
	s.mux.Handle("/hooks/{source}/{path...}", s.machine(s.hook))
	s.mux.Handle("/api/v1/boards/{board}", s.forBoard(s.machine, s.boardJSON))
	s.mux.Handle("/api/v1/interactions", s.forRole(access.Supervisor, s.machine, reading(s.interactionsJSON)))
	s.mux.Handle("/api/v1/interactions/{source}/{id...}", s.forRole(access.Supervisor, s.machine, reading(s.interactionJSON)))
	s.mux.Handle("/hooks/", s.machine(nothingHere))
	s.mux.Handle("/api/", s.machine(nothingHere))
	s.mux.Handle("/healthz", s.machine(reading(s.healthz)))
	s.mux.Handle("/readyz", s.machine(reading(s.readyz)))
	s.mux.Handle("/metrics", s.machine(reading(s.metrics)))
	// For people.
	s.mux.Handle("/{$}", s.forSome(s.page, reading(s.home)))
	s.mux.Handle("/boards", s.forSome(s.page, reading(s.boardsPage)))
	s.mux.Handle("/boards/{board}", s.forBoard(s.page, s.boardPage))
	s.mux.Handle("/boards/{board}/live", s.forBoard(s.machine, s.live))
	s.mux.Handle("/boards/{board}/frame", s.forBoard(s.machine, s.boardFrame))
	s.mux.Handle("/interactions", s.forRole(access.Supervisor, s.page, reading(s.interactionsPage)))
	s.mux.Handle("/interactions/{source}/{id...}", s.forRole(access.Supervisor, s.page, reading(s.interactionPage)))
	s.mux.Handle("/reports/abandoned", s.forRole(access.Supervisor, s.page, reading(s.reportPage)))
	s.mux.Handle("/boards/{board}/was", s.forRole(access.Supervisor, s.page, reading(s.wasPage)))
	s.mux.Handle("/sources", s.forRole(access.Admin, s.page, reading(s.sourcesPage)))
	s.mux.Handle("/sources/deliveries/{position}", s.forRole(access.Admin, s.page, readOrPost(s.deliveryPage, s.decodeAgain)))
	s.mux.Handle("/reports/corrections", s.forRole(access.Supervisor, s.page, reading(s.settlingPage)))
	s.mux.Handle("/reports/abandoned.csv", s.forRole(access.Supervisor, s.page, reading(s.reportCSV)))
	s.mux.Handle("/reports/abandoned.json", s.forRole(access.Supervisor, s.machine, reading(s.reportJSON)))
	if s.o.Access != nil {
		s.accessRoutes()
	}
	if s.o.Shelf != nil {
		s.editorRoutes(func(h handler) http.Handler { return s.forRole(access.Supervisor, s.page, h) })
	}
	s.mux.Handle("GET /static/", static.Handler())
	s.mux.Handle("/", s.page(nothingHere))
}

// accessRoutes are those of people, screens and share links.
func (s *Server) accessRoutes() {
	s.mux.Handle("/sign-in", s.page(readOrPost(s.signInPage, s.signIn)))
	s.mux.Handle("/sign-in/oidc", s.page(reading(s.toProvider)))
	s.mux.Handle("/sign-in/oidc/callback", s.page(reading(s.fromProvider)))
	s.mux.Handle("/sign-out", s.page(posting(s.signOut)))
	s.mux.Handle("/welcome", s.page(readOrPost(s.welcomePage, s.welcome)))
	s.mux.Handle("/account", s.forRole(access.Viewer, s.page, readOrPost(s.accountPage, s.account)))
	s.mux.Handle("/people", s.forRole(access.Admin, s.page, readOrPost(s.peoplePage, s.invite)))
	s.mux.Handle("/people/{id}/{action}", s.forRole(access.Admin, s.page, posting(s.person)))
	s.mux.Handle("/trail", s.forRole(access.Admin, s.page, reading(s.trailPage)))
	s.mux.Handle("/tv", s.page(reading(s.tv)))
	s.mux.Handle("/screens", s.forRole(access.Supervisor, s.page, readOrPost(s.screensPage, s.pair)))
	s.mux.Handle("/screens/{id}/{action}", s.forRole(access.Supervisor, s.page, posting(s.screenAction)))
	s.mux.Handle("/links", s.forRole(access.Supervisor, s.page, posting(s.addLink)))
	s.mux.Handle("/links/{id}/{action}", s.forRole(access.Supervisor, s.page, posting(s.linkAction)))
	s.mux.Handle("/share", s.page(readOrPost(s.sharePage, s.share)))
}

// ServeHTTP checks the host and sets what every answer carries.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	nonce := rand.Text()
	r = r.WithContext(templ.WithNonce(r.Context(), nonce))
	h.Set("Content-Security-Policy", policy(r, nonce, nil))
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	switch machine := forMachines(r.URL.Path); {
	case !s.hostAllowed(r.Host) && machine:
		s.machine(elsewhere).ServeHTTP(w, r)
	case !s.hostAllowed(r.Host):
		s.page(elsewhere).ServeHTTP(w, r)
	case machine && strings.TrimSuffix(r.URL.Path, "/") != path.Clean(r.URL.Path):
		s.machine(nothingHere).ServeHTTP(w, r) // the mux would redirect, which no vendor follows
	case !strings.HasPrefix(r.URL.Path, "/hooks/") && s.crossOrigin.Check(r) != nil:
		s.page(anotherSite).ServeHTTP(w, r)
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// policy is what a page may load, and where it may be shown. Only scripts that the page
// itself names by its nonce run. A board may be shown within the pages of ancestors.
func policy(r *http.Request, nonce string, ancestors []string) string {
	within := "'none'"
	if len(ancestors) > 0 {
		within = strings.Join(ancestors, " ")
	}
	return "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self' ws://" + safeHost(r.Host) + " wss://" + safeHost(r.Host) + "; base-uri 'none'; form-action 'self'; frame-ancestors " + within
}

// embeddable lets the sites that the settings name show this page within theirs.
func (s *Server) embeddable(w http.ResponseWriter, r *http.Request, sites []string) {
	w.Header().Set("Content-Security-Policy", policy(r, templ.GetNonce(r.Context()), sites))
}

// everyEmbedder are the sites of all boards.
func (s *Server) everyEmbedder() (sites []string) {
	for _, d := range s.boards.definitions() {
		sites = append(sites, d.Embed...)
	}
	slices.Sort(sites)
	return slices.Compact(sites)
}

// forMachines tells the paths whose errors are problem documents.
func forMachines(path string) bool {
	return strings.HasPrefix(path, "/hooks/") || strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/boards/") && strings.Count(path, "/") > 2 && (strings.HasSuffix(path, "/live") || strings.HasSuffix(path, "/frame"))
}

func nothingHere(http.ResponseWriter, *http.Request) error { return notFound }
func elsewhere(http.ResponseWriter, *http.Request) error   { return foreignHost }
func anotherSite(http.ResponseWriter, *http.Request) error { return otherSite }

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

// home is the only board there is to see, or their list.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	if list := s.visible(r); len(list) == 1 {
		http.Redirect(w, r, list[0].URL, http.StatusFound)
		return nil
	}
	return s.boardsPage(w, r)
}

// boardsPage lists the boards that the visitor may see.
func (s *Server) boardsPage(w http.ResponseWriter, r *http.Request) error {
	return writePage(w, r, views.BoardsPage(pageAssets(), s.visible(r)))
}

func (s *Server) visible(r *http.Request) []views.BoardLink {
	v := visitorOf(r)
	return slices.DeleteFunc(s.boardLinks(), func(b views.BoardLink) bool { return !v.MaySee(b.Name) })
}

// boardLinks are all boards.
func (s *Server) boardLinks() []views.BoardLink {
	var list []views.BoardLink
	for _, def := range s.boards.definitions() {
		window := strings.ReplaceAll(string(def.Window), "_", " ")
		list = append(list, views.BoardLink{Name: def.Name, Title: cmp.Or(def.Title, def.Name), URL: "/boards/" + def.Name, Window: window})
	}
	return list
}
