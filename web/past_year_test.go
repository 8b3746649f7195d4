package web

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/intake"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/simulate"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/amazonconnect"
	"github.com/wallboard/wallboard/internal/source/twilio"
	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/internal/wallboard"
)

var (
	pastInteractions = flag.Int("past.interactions", 20_000, "how many interactions a simulated past has; a million is a year")
	pastFolder       = flag.String("past.folder", "", "a folder that keeps them for the next run")
)

// The centres of pastPerHour customers at the peak have pastPerDay interactions a day together, and
// a million in a year.
const (
	pastPerHour = 92
	pastPerDay  = 2740
)

// pastSources are the two centres.
var pastSources = []struct {
	name   string
	vendor source.Vendor
	format func(run uint64) simulate.Vendor
}{{"twilio", twilio.Vendor, simulate.Twilio}, {"connect", amazonconnect.Vendor, simulate.AmazonConnect}}

// pastNow is when a simulated past ends.
var pastNow = time.Date(2026, 11, 23, 14, 2, 7, 0, time.UTC)

// pastStart is when it begins.
func pastStart(interactions int) time.Time {
	return pastNow.Add(-time.Duration(interactions) * (24 * time.Hour / pastPerDay)).Truncate(time.Second)
}

// pastYear is a server's state after a time that two centres simulated, as wallboard simulate --backfill
// does, but received when it happened.
type pastYear struct {
	db      *sqlite.DB
	archive *history.Store
	floor   *wallboard.Wallboard
	keeper  *history.Keeper
	log     *journal.SQLite
	hooks   *intake.Intake
	start   time.Time
}

// openPast opens a past of so many interactions in a folder, and makes it if there is none.
func openPast(t testing.TB, dir string, interactions int) *pastYear {
	t.Helper()
	db, err := sqlite.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	p := &pastYear{db: db, start: pastStart(interactions)}
	var stored int
	if err := db.Read.QueryRow("SELECT count(*) FROM events").Scan(&stored); err != nil {
		t.Fatal(err)
	}
	var clock atomic.Int64
	clock.Store(pastNow.UnixMicro())
	if stored == 0 {
		clock.Store(p.start.UnixMicro())
	} else if _, err := os.Stat(filepath.Join(dir, truthName)); err != nil {
		t.Fatalf("%s has a past that was not finished; remove it: %v", dir, err)
	}
	now := func() time.Time { return time.UnixMicro(clock.Load()) }
	p.archive = history.Open(context.Background(), db, nil, nil)
	options := wallboard.Options{Archive: p.archive, Now: now}
	hooks := make(map[string]intake.Source)
	for _, x := range pastSources {
		options.Sources = append(options.Sources, wallboard.Source{Name: x.name, Vendor: x.vendor.Name, Policies: classify.DefaultPolicies()})
		hooks[x.name] = hook(t, x.vendor)
	}
	p.floor = wallboard.New(options)
	p.keeper = history.NewKeeper(p.archive, p.floor)
	if p.log, err = journal.OpenSQLite(db, p.keeper, journal.Options{Now: now}); err != nil {
		t.Fatal(err)
	}
	p.hooks = intake.New(intake.Options{Journal: p.log, Key: []byte("key"), Sources: hooks})
	through, err := p.archive.Begin(t.Context(), p.floor)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.log.Replay(t.Context(), through); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(p.log.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	if stored == 0 {
		p.simulate(t, dir, &clock)
		p.floor.Tick(pastNow.UnixMicro())
		if !p.keeper.Keep(t.Context()) {
			t.Fatal("the past could not be stored")
		}
	}
	return p
}

// truthName is the file beside the database that says what was played.
const truthName = "truth.json"

// simulate plays the centres side by side, hour by hour, and leaves their truth in the folder.
func (p *pastYear) simulate(t testing.TB, dir string, clock *atomic.Int64) {
	began := time.Now()
	centres := make(map[string]*simulate.Centre)
	for i, x := range pastSources {
		o := simulate.Options{Seed: uint64(i), Rates: simulate.DefaultRates(), Forget: true, Concurrency: 48, Format: x.format}
		o.Rates.ArrivalsPerHour = pastPerHour
		o.Deliver = func(ctx context.Context, at time.Time, h http.Header, body []byte) error {
			for was := clock.Load(); at.UnixMicro() > was && !clock.CompareAndSwap(was, at.UnixMicro()); was = clock.Load() {
			}
			_, err := p.hooks.Handle(ctx, x.name, &source.Delivery{Received: at, Method: http.MethodPost, Header: h, Body: body})
			return err
		}
		centres[x.name] = simulate.New(o)
	}
	for at := p.start; at.Before(pastNow); {
		next := at.Add(time.Hour)
		if next.After(pastNow) {
			next = pastNow
		}
		var all errgroup.Group
		for _, c := range centres {
			all.Go(func() error { return c.PlayPast(t.Context(), at, next) })
		}
		if err := all.Wait(); err != nil {
			t.Fatal(err)
		}
		if at.Month() != next.Month() {
			t.Logf("%s: %d deliveries in %v", next.Format(time.DateOnly), p.log.Head(), time.Since(began).Round(time.Second))
		}
		at = next
	}
	clock.Store(pastNow.UnixMicro())
	truths := make(simulate.Truths)
	for name, c := range centres {
		truths[name] = c.Truth()
	}
	var b bytes.Buffer
	if err := errors.Join(truths.WriteJSON(&b), os.WriteFile(filepath.Join(dir, truthName), b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d deliveries in %v", p.log.Head(), time.Since(began).Round(time.Second))
}

// hook reads a vendor's deliveries without a secret.
func hook(t testing.TB, v source.Vendor) intake.Source {
	settings := source.Settings{Name: v.Name, Auth: source.Auth{Scheme: "none"}}
	decoder, err := v.NewDecoder(settings)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := source.NewVerifier(v, settings)
	if err != nil {
		t.Fatal(err)
	}
	return intake.Source{Verifier: verifier, Decoder: decoder}
}

// site serves the pages of a past.
func (p *pastYear) site(o Options) *Server {
	o.Floor, o.Past, o.Intake, o.Open, o.Hosts, o.Logger = p.floor, p.keeper, p.hooks, true, []string{"wallboard.example.com"}, slog.New(slog.DiscardHandler)
	o.Now = func() time.Time { return pastNow }
	return New(o)
}
