package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/config"
	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// controlName is the socket, in the data folder, by which commands ask a running server.
// Who may open the folder may ask.
const controlName = "wallboard.sock"

// errDiffers ends a recount that found a difference.
var errDiffers = errors.New("the numbers differ from the recount; please report this, then stop the server and run wallboard recount --rebuild")

// control answers the commands of this machine's administrator until ctx ends.
func control(ctx context.Context, dir string, keeper *history.Keeper, log journal.Journal, logger *slog.Logger) error {
	path := filepath.Join(dir, controlName)
	// The lock on the folder is ours, so a socket that is there is a dead server's.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		logger.Warn("wallboard recount cannot ask this server", "cause", err)
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /recount", func(w http.ResponseWriter, r *http.Request) {
		keeper.Keep(r.Context())
		v, err := keeper.Audit(r.Context(), log, true)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.MarshalWrite(w, v)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: headerTimeout}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// recountCommand compares every number with the journal.
type recountCommand struct {
	Rebuild bool `help:"First throw away what is counted, and count it anew from the journal. The server must be stopped."`
}

// run recounts in the running server where there is one, else here.
func (c *recountCommand) run(ctx context.Context, cfg *config.Config, logger *slog.Logger, stdout io.Writer) error {
	var v wallboard.Verdict
	var running bool
	var err error
	if !c.Rebuild {
		v, running, err = askRecount(ctx, cfg.DataDir)
	}
	if err == nil && !running {
		v, err = recountHere(ctx, cfg, logger, c.Rebuild)
	}
	if err != nil {
		return fmt.Errorf("recount: %w", err)
	}
	fmt.Fprintf(stdout, "recounted %d events of %d contacts, up to position %d: %d differences\n", v.Events, v.Contacts, v.Position, v.Differing)
	for _, d := range v.Differences {
		fmt.Fprintln(stdout, "-", d)
	}
	if v.Differing > 0 {
		return errDiffers
	}
	return nil
}

// askRecount asks the server that owns the folder; running is false where there is none.
func askRecount(ctx context.Context, dir string) (v wallboard.Verdict, running bool, err error) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "unix", filepath.Join(dir, controlName))
	}
	conn, err := dial(ctx, "", "")
	if err != nil {
		return v, false, nil // the lock says more when the folder is opened
	}
	conn.Close()
	client := http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://server/recount", nil)
	if err != nil {
		return v, true, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return v, true, fmt.Errorf("asking the running server: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		why, _ := io.ReadAll(io.LimitReader(answer.Body, 1000))
		return v, true, fmt.Errorf("the running server: %s", why)
	}
	return v, true, json.UnmarshalRead(answer.Body, &v)
}

// recountHere opens the database as a server would, counts and compares.
func recountHere(ctx context.Context, cfg *config.Config, logger *slog.Logger, rebuild bool) (v wallboard.Verdict, err error) {
	db, err := sqlite.Open(ctx, cfg.DataDir)
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	archive := history.Open(ctx, db, cfg.TimeZone, logger)
	if rebuild {
		if err := archive.Clear(ctx); err != nil {
			return v, err
		}
	}
	floor := newFloor(cfg, archive)
	keeper := history.NewKeeper(archive, floor)
	log, err := journal.OpenSQLite(db, keeper, journal.Options{})
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	through, err := archive.Begin(ctx, floor)
	if err != nil {
		return v, err
	}
	if err := log.Replay(ctx, through); err != nil {
		return v, err
	}
	keeper.Keep(ctx)
	return keeper.Audit(ctx, log, true)
}
