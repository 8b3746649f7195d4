package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/internal/config"
	"github.com/wallboard/wallboard/internal/simulate"
)

// demoCommand serves a contact centre that never was.
type demoCommand struct {
	Seed   uint64 `help:"Makes the run; the same seed plays the same." default:"1"`
	Listen string `help:"The loopback address to serve on; without it 127.0.0.1:8080, or a free port."`
	Truth  string `help:"A file for what was played, as JSON, when the demo ends."`
}

// demoSettings are those of the demo: a source of each of three vendors, with secrets of
// their own, and a board that shows all.
const demoSettings = `listen: %[1]q
public_url: "http://%[1]s"
data_dir: %[2]q
access: {mode: open}
sources:
  - {name: twilio, vendor: twilio, auth: {scheme: twilio, secret: %[3]s}}
  - name: connect
    vendor: amazon-connect
    auth: {scheme: header, header: %[4]s, secret: %[3]s}
    queues: {%[5]s}
  - {name: pbx, vendor: asterisk, auth: {scheme: standard-webhooks, secret: %[6]q}}
boards:
  - name: all
    title: Demo contact centre
    thresholds: {abandon_rate: {warn: 0.2, alert: 0.3, clear: 0.18, minimum: 20}, longest_wait_seconds: {warn: 240, alert: 480}}
  - {name: twilio, title: Twilio, sources: [twilio]}
  - {name: connect, title: Amazon Connect, sources: [connect]}
  - {name: pbx, title: Asterisk, sources: [pbx]}
`

// demoSources are the vendors that post webhooks, by the names of their sources.
var demoSources = map[string]func(run uint64) simulate.Vendor{"twilio": simulate.Twilio, "connect": simulate.AmazonConnect}

// run serves, plays the hour before now at speed, and goes on in real time. The database
// goes when it ends.
func (d *demoCommand) run(ctx context.Context, logger *slog.Logger, stdout io.Writer) error {
	dir, err := os.MkdirTemp("", "wallboard-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	address, err := d.address()
	if err != nil {
		return err
	}
	secret := rand.Text()
	var names []string
	for id, name := range simulate.ConnectQueues() {
		names = append(names, id+": "+name)
	}
	key := demoKey()
	settings := fmt.Appendf(nil, demoSettings, address, filepath.Join(dir, "data"), secret, simulate.ConnectHeader, strings.Join(names, ", "), key)
	cfg, err := config.Parse("demo", settings, os.LookupEnv)
	if err != nil {
		return err
	}
	// Whatever the time is here, the demo's centres have their late morning.
	zone, err := simulate.ZoneAt(time.Now(), "11:00")
	if err != nil {
		return err
	}
	centres := make(map[string]*simulate.Centre)
	for name, format := range demoSources {
		centres[name] = simulate.New(simulate.Options{
			Seed: d.Seed, URL: "http://" + address + "/hooks/" + name, Secret: secret, Zone: zone, Format: format,
		})
	}
	pbx, err := newDemoPBX(dir, address, key, logger)
	if err != nil {
		return err
	}
	centres["pbx"] = pbx.centre(simulate.Options{Seed: d.Seed, Zone: zone})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return pbx.run(ctx) })
	ready := make(chan struct{}) // closed by serve
	group.Go(func() error {
		return serve(ctx, cfg, logger, func(string, *access.Access) { close(ready) })
	})
	group.Go(func() error {
		select {
		case <-ready:
		case <-ctx.Done():
			return nil
		}
		for _, b := range cfg.Boards {
			fmt.Fprintf(stdout, "board: http://%s/boards/%s\n", address, b.Name)
		}
		now := time.Now()
		if err := each(ctx, centres, func(ctx context.Context, c *simulate.Centre) error { return playHour(ctx, c, now) }); err != nil {
			return err
		}
		fmt.Fprintln(stdout, "The hour before now is played; it goes on in real time. Stop with Ctrl-C.")
		return each(ctx, centres, func(ctx context.Context, c *simulate.Centre) error { return c.Run(ctx) })
	})
	err = group.Wait()
	if d.Truth != "" {
		truths := make(simulate.Truths)
		for name, c := range centres {
			truths[name] = c.Truth()
		}
		err = errors.Join(err, writeTruth(d.Truth, truths, stdout))
	}
	return err
}

// each does the same to all centres at once, until one fails.
func each(ctx context.Context, centres map[string]*simulate.Centre, do func(context.Context, *simulate.Centre) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, c := range centres {
		group.Go(func() error { return do(ctx, c) })
	}
	return group.Wait()
}

// playHour plays the hour before now.
func playHour(ctx context.Context, centre *simulate.Centre, now time.Time) error {
	return centre.PlayPast(ctx, now.Add(-time.Hour), now)
}

// address is where the demo listens: as asked, else at the usual port if it is free.
func (d *demoCommand) address() (string, error) {
	asked := []string{d.Listen}
	if d.Listen == "" {
		asked = []string{"127.0.0.1:8080", "127.0.0.1:0"}
	}
	var err error
	for _, a := range asked {
		var l net.Listener
		if l, err = net.Listen("tcp", a); err == nil {
			defer l.Close()
			return l.Addr().String(), nil
		}
	}
	return "", fmt.Errorf("cannot listen: %w", err)
}
