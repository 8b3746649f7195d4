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
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wallboard/wallboard/internal/config"
	"github.com/wallboard/wallboard/internal/simulate"
)

// demoCommand serves a contact centre that never was.
type demoCommand struct {
	Seed   uint64 `help:"Makes the run; the same seed plays the same." default:"1"`
	Listen string `help:"The loopback address to serve on; without it 127.0.0.1:8080, or a free port."`
	Truth  string `help:"A file for what was played, as JSON, when the demo ends."`
}

// demoSettings are those of the demo: a Twilio source with a secret of its own.
const demoSettings = `listen: %[1]q
public_url: "http://%[1]s"
data_dir: %[2]q
access: {mode: open}
sources:
  - {name: demo, vendor: twilio, auth: {scheme: twilio, secret: %[3]s}}
boards:
  - name: all
    title: Demo contact centre
    thresholds: {abandon_rate: {warn: 0.2, alert: 0.3, clear: 0.18, minimum: 20}, longest_wait_seconds: {warn: 240, alert: 480}}
`

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
	cfg, err := config.Parse("demo", fmt.Appendf(nil, demoSettings, address, filepath.Join(dir, "data"), secret), os.LookupEnv)
	if err != nil {
		return err
	}
	// Whatever the time is here, the demo's centre has its late morning.
	now := time.Now()
	zone, err := simulate.ZoneAt(now, "11:00")
	if err != nil {
		return err
	}
	centre := simulate.New(simulate.Options{Seed: d.Seed, URL: "http://" + address + "/hooks/demo", Secret: secret, Zone: zone})
	group, ctx := errgroup.WithContext(ctx)
	ready := make(chan struct{}) // closed by serve
	group.Go(func() error {
		return serve(ctx, cfg, logger, func(string) { close(ready) })
	})
	group.Go(func() error {
		select {
		case <-ready:
		case <-ctx.Done():
			return nil
		}
		fmt.Fprintf(stdout, "board: http://%s/boards/all\n", address)
		if err := playHour(ctx, centre, time.Now()); err != nil {
			return err
		}
		fmt.Fprintln(stdout, "The hour before now is played; it goes on in real time. Stop with Ctrl-C.")
		return centre.Run(ctx)
	})
	err = group.Wait()
	if d.Truth != "" {
		err = errors.Join(err, writeTruth(d.Truth, centre.Truth(), stdout))
	}
	return err
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
