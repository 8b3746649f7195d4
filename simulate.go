package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/replay"
	"github.com/wallboard/wallboard/internal/simulate"
)

// simulateCommand posts a simulated contact centre's deliveries.
type simulateCommand struct {
	To        string        `help:"The server's URL." default:"http://127.0.0.1:8080"`
	Source    string        `help:"The configured source." required:""`
	Vendor    string        `help:"The source's vendor: ${enum}." enum:"twilio,amazon-connect,asterisk" default:"twilio"`
	Secret    string        `help:"The source's secret." env:"WALLBOARD_SIMULATE_SECRET"`
	PublicURL string        `help:"The server's public_url, where it is another than --to."`
	Seed      uint64        `help:"Makes the run; the same seed plays the same." default:"1"`
	Clock     string        `help:"What time of the day it is now in the contact centre, as 11:00; without it, that of this machine. Few customers come at night."`
	Hour      bool          `help:"Play the hour before now at speed, to begin with." default:"true" negatable:""`
	Duration  time.Duration `help:"How long to go on in real time." default:"0s"`
	Truth     string        `help:"A file for what was played, as JSON; - is the standard output."`
	Remote    bool          `name:"allow-remote" help:"Let --to be another machine than this one."`
}

// run plays the hour before now, goes on for the duration, and delivers what was held back.
func (s *simulateCommand) run(ctx context.Context, stdout io.Writer) error {
	hook := "/hooks/" + s.Source
	o := simulate.Options{
		Seed: s.Seed, URL: strings.TrimRight(s.To, "/") + hook, Secret: s.Secret, Duration: s.Duration, AllowRemote: s.Remote,
		Format: simulate.Formats()[s.Vendor],
	}
	if s.PublicURL != "" {
		o.PublicURL = strings.TrimRight(s.PublicURL, "/") + hook
	}
	var err error
	if s.Clock != "" {
		if o.Zone, err = simulate.ZoneAt(time.Now(), s.Clock); err != nil {
			return fmt.Errorf("--clock: %w", err)
		}
	}
	centre := simulate.New(o)
	if s.Hour {
		err = playHour(ctx, centre, time.Now())
	}
	if err == nil && s.Duration > 0 {
		err = centre.Run(ctx)
	}
	if err == nil {
		err = centre.Drain(ctx)
	}
	truth := centre.Truth()
	if s.Truth == "" {
		fmt.Fprintf(stdout, "%d interactions in %d deliveries\n", len(truth.Interactions), truth.Deliveries.Acknowledged)
		return err
	}
	return errors.Join(err, writeTruth(s.Truth, truth, stdout))
}

// writeTruth writes to a file, or to the standard output where it is named "-".
func writeTruth(name string, truth interface{ WriteJSON(io.Writer) error }, stdout io.Writer) error {
	if name == "-" {
		return truth.WriteJSON(stdout)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(truth.WriteJSON(f), f.Close())
}

// replayCommand posts recorded deliveries.
type replayCommand struct {
	To        string   `help:"The server's URL." default:"http://127.0.0.1:8080"`
	Source    string   `help:"The configured source." required:""`
	Secret    string   `help:"Signs Twilio's deliveries anew, and claims; replaces the secret in a header X-Api-Key." env:"WALLBOARD_REPLAY_SECRET"`
	PublicURL string   `help:"The server's public_url, where it is another than --to."`
	Remote    bool     `name:"allow-remote" help:"Let --to be another machine than this one."`
	Files     []string `arg:"" help:"Recordings (.seq.json)." type:"path"`
}

func (r *replayCommand) run(ctx context.Context, stdout io.Writer) error {
	_, err := replay.Files(ctx, replay.Options{
		To: r.To, Source: r.Source, Secret: r.Secret, PublicURL: r.PublicURL, AllowRemote: r.Remote, Out: stdout,
	}, r.Files)
	return err
}
