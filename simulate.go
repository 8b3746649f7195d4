package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/wallboard/wallboard/internal/replay"
	"github.com/wallboard/wallboard/internal/simulate"
)

// simulateCommand posts a simulated contact centre's deliveries.
type simulateCommand struct {
	To        string        `help:"The server's URL." default:"http://127.0.0.1:8080"`
	Source    string        `help:"The configured source, of vendor twilio." required:""`
	Secret    string        `help:"The source's secret." env:"WALLBOARD_SIMULATE_SECRET"`
	PublicURL string        `help:"The server's public_url, where it is another than --to."`
	Seed      uint64        `help:"Makes the run; the same seed plays the same." default:"1"`
	Duration  time.Duration `help:"How long to go on in real time after the hour before now." default:"0s"`
	Truth     string        `help:"A file for what was played, as JSON; - is the standard output." default:""`
}

// run plays the hour before now, goes on for the duration, and delivers what was held back.
func (s *simulateCommand) run(ctx context.Context, stdout io.Writer) error {
	o := simulate.Options{Seed: s.Seed, URL: s.To + "/hooks/" + s.Source, Secret: s.Secret, Duration: s.Duration}
	if s.PublicURL != "" {
		o.PublicURL = s.PublicURL + "/hooks/" + s.Source
	}
	centre := simulate.New(o)
	err := playHour(ctx, centre, time.Now())
	if err == nil && s.Duration > 0 {
		err = centre.Run(ctx)
	}
	if err == nil {
		err = centre.Drain(ctx)
	}
	truth := centre.Truth()
	switch s.Truth {
	case "":
		fmt.Fprintf(stdout, "%d interactions in %d deliveries\n", len(truth.Interactions), truth.Deliveries.Acknowledged)
		return err
	case "-":
		return errors.Join(err, truth.WriteJSON(stdout))
	}
	f, createErr := os.Create(s.Truth)
	if createErr != nil {
		return errors.Join(err, createErr)
	}
	return errors.Join(err, truth.WriteJSON(f), f.Close())
}

// replayCommand posts recorded deliveries.
type replayCommand struct {
	To        string   `help:"The server's URL." default:"http://127.0.0.1:8080"`
	Source    string   `help:"The configured source." required:""`
	Secret    string   `help:"Signs Twilio's deliveries anew, and claims." env:"WALLBOARD_REPLAY_SECRET"`
	PublicURL string   `help:"The server's public_url, where it is another than --to."`
	Files     []string `arg:"" help:"Recordings (.seq.json)."`
}

func (r *replayCommand) run(ctx context.Context, stdout io.Writer) error {
	_, err := replay.Files(ctx, replay.Options{To: r.To, Source: r.Source, Secret: r.Secret, PublicURL: r.PublicURL, Out: stdout}, r.Files)
	return err
}
