package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/internal/config"
	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/intake"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/metrics"
	"github.com/wallboard/wallboard/internal/shelf"
	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/web"
)

// Times of the HTTP server. A request's whole time is bounded by readTimeout and
// writeTimeout, which must leave the slowest delivery its wait for the disk; sockets
// are free of both after their upgrade. A handler's own time-out would break the upgrade.
const (
	headerTimeout   = 10 * time.Second
	readTimeout     = 30 * time.Second
	writeTimeout    = time.Minute // more than readTimeout: it begins with the request
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 10 * time.Second
)

// serve is the wiring, from settings to a clean stop: one straight line, long on purpose,
// so that who owns what can be read from top to bottom. listening is told the address
// once deliveries are taken.
func serve(ctx context.Context, cfg *config.Config, logger *slog.Logger, listening func(address string, doors *access.Access)) (err error) {
	if size := sqlite.Size(cfg.DataDir); size > 1<<30 {
		logger.Info("all that is stored is checked before the address is opened, which takes a while", "bytes", size)
	}
	db, err := sqlite.Open(ctx, cfg.DataDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	key, err := db.InstallationKey(ctx)
	if err != nil {
		return err
	}

	sources := make(map[string]intake.Source)
	for _, s := range cfg.Sources {
		sources[s.Name] = intake.Source{Verifier: s.Verifier, Decoder: s.Decoder, PerSecond: s.Rate.PerSecond, Burst: s.Rate.Burst}
	}
	archive := history.Open(ctx, db, cfg.TimeZone, logger)
	floor := newFloor(cfg, archive)
	keeper := history.NewKeeper(archive, floor)
	keeper.Retain(history.Retention{Contacts: days(cfg.RetentionDays), Raw: days(cfg.RawDays)})

	log, err := journal.OpenSQLite(db, keeper, journal.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()

	connections, err := connections(logger)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	certificate, err := loadCertificate(cfg.TLS, logger)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	public, err := publicURL(cfg)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	doors := access.Open(db, time.Now)
	hooks := intake.New(intake.Options{Sources: sources, Journal: log, Key: key, Logger: logger})
	var site *web.Server
	site = web.New(web.Options{
		Floor: floor, Past: keeper, Zone: cfg.TimeZone, Boards: cfg.Boards, Ready: log.Ready, Logger: logger, Intake: hooks,
		Shelf: shelf.Open(db, cfg, time.Now), Access: doors, Provider: provider(cfg), Open: cfg.Access.Mode == "open", Hosts: hosts(cfg), Public: public, Proxies: cfg.Access.Proxies, Connections: connections,
		Metrics: metrics.Handler(metrics.Options{
			Version: version, Intake: hooks.Stats, InFlight: hooks.InFlight, Journal: log.Stats, Floor: floor.Stats,
			Site: func() web.Stats { return site.Stats() },
		}),
	})
	front := &gate{site: site}
	server := &http.Server{
		Handler: front, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}

	// Stop: no new requests, sockets closed, requests finished, then the journal and
	// the database by the defers above.
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		through, err := archive.Begin(ctx, floor)
		if err != nil {
			return err
		}
		if err := log.Replay(ctx, through); err != nil {
			return err
		}
		group.Go(func() error {
			keeper.Run(ctx, log)
			return nil
		})
		group.Go(func() error { return control(ctx, cfg.DataDir, keeper, log, logger) })
		if err := site.LoadBoards(ctx); err != nil {
			return err
		}
		front.open.Store(true)
		listening(listener.Addr().String(), doors)
		return site.Run(ctx)
	})
	group.Go(func() error {
		front := web.Door(listener, cfg.Access.Proxies, connections)
		if certificate != nil {
			front = tls.NewListener(front, certificate.config())
		}
		if err := server.Serve(front); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		return server.Shutdown(ending)
	})
	return group.Wait()
}

// connections is how many there may be, as the limit of open files leaves room for.
func connections(logger *slog.Logger) (int, error) {
	files := syscall.Rlimit{Cur: math.MaxUint64}
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		logger.Warn("the limit of open files is not known", "cause", err)
	}
	if files.Cur < web.MinFiles {
		return 0, fmt.Errorf("only %d files may be open; allow %d at least, by ulimit -n or LimitNOFILE, and two for each screen", files.Cur, web.MinFiles)
	}
	most, lowered := web.Connections(files.Cur)
	if lowered {
		logger.Warn("few files may be open, and so few screens", "files", files.Cur, "connections", most, "screens", web.Screens(most))
	}
	return most, nil
}

// days are those of the settings, of 24 hours each.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// newFloor makes the live state of the settings.
func newFloor(cfg *config.Config, archive wallboard.Archive) *wallboard.Wallboard {
	o := wallboard.Options{ServiceLevelSeconds: cfg.ServiceLevelSeconds, Archive: archive}
	for _, s := range cfg.Sources {
		o.Sources = append(o.Sources, wallboard.Source{Name: s.Name, Vendor: s.Vendor, Queues: s.Queues, Policies: s.Policies, Limit: s.Limit})
	}
	return wallboard.New(o)
}

// publicURL is that of the settings, nil for none.
func publicURL(cfg *config.Config) (*url.URL, error) {
	if cfg.PublicURL == "" {
		return nil, nil
	}
	return url.Parse(cfg.PublicURL)
}

// provider is where people can sign in beside their passwords, nil for nowhere.
func provider(cfg *config.Config) *access.Provider {
	o := cfg.Access.OIDC
	if o == nil {
		return nil
	}
	roles := make(map[string]access.Role)
	for group, role := range o.Roles {
		roles[group] = access.Role(role)
	}
	return access.NewProvider(access.ProviderOptions{
		Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret, Name: o.Name, Scopes: o.Scopes, GroupsClaim: o.GroupsClaim, Roles: roles,
		RedirectURL: cfg.PublicURL + "/sign-in/oidc/callback",
	})
}

// hosts are the names under which the server may be called: those of access.hosts, that of
// public_url and that of listen, unless it listens everywhere. Without any, all names pass, since none is known.
func hosts(cfg *config.Config) []string {
	names := slices.Clone(cfg.Access.Hosts)
	if u, err := url.Parse(cfg.PublicURL); err == nil && u.Hostname() != "" {
		names = append(names, strings.ToLower(u.Hostname()))
	}
	if host, _, err := net.SplitHostPort(cfg.Listen); err == nil {
		if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
			names = append(names, strings.ToLower(host))
		}
	}
	return names
}
