package main

import (
	"bufio"
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
	Backfill  int           `help:"Play so many days before now, instead of an hour: a past of any length in little memory. What is received counts as received now." placeholder:"DAYS"`
	PerHour   float64       `help:"How many customers come in an hour at the peak of the day." default:"250"`
	AtOnce    int           `help:"How many deliveries are under way at once." default:"8"`
	Duration  time.Duration `help:"How long to go on in real time." default:"0s"`
	Truth     string        `help:"A file for what was played, as JSON; - is the standard output."`
	Remote    bool          `name:"allow-remote" help:"Let --to be another machine than this one."`
}

// maxBackfill bounds --backfill.
const maxBackfill = 3660

// run plays the time before now, goes on for the duration, and delivers what was held back.
func (s *simulateCommand) run(ctx context.Context, stdout io.Writer) error {
	hook := "/hooks/" + s.Source
	o := simulate.Options{
		Seed: s.Seed, URL: strings.TrimRight(s.To, "/") + hook, Secret: s.Secret, Duration: s.Duration, AllowRemote: s.Remote,
		Concurrency: s.AtOnce, Format: simulate.Formats()[s.Vendor],
	}
	if s.PublicURL != "" {
		o.PublicURL = strings.TrimRight(s.PublicURL, "/") + hook
	}
	o.Rates = simulate.DefaultRates()
	o.Rates.ArrivalsPerHour = s.PerHour
	if s.Backfill < 0 || s.Backfill > maxBackfill {
		return fmt.Errorf("--backfill: is not from 0 to %d days", maxBackfill)
	}
	var err error
	if s.Clock != "" {
		if o.Zone, err = simulate.ZoneAt(time.Now(), s.Clock); err != nil {
			return fmt.Errorf("--clock: %w", err)
		}
	}
	var file *truthFile
	if s.Backfill > 0 {
		if file, err = newTruthFile(s.Truth, stdout); err != nil {
			return err
		}
		o.Forget, o.Forgotten = true, file.Add
	}
	centre := simulate.New(o)
	switch now := time.Now(); {
	case s.Backfill > 0:
		err = centre.PlayPast(ctx, now.AddDate(0, 0, -s.Backfill), now)
	case s.Hour:
		err = playHour(ctx, centre, now)
	}
	if err == nil && s.Duration > 0 {
		err = centre.Run(ctx)
	}
	if err == nil {
		err = centre.Drain(ctx)
	}
	truth := centre.Truth()
	if s.Truth == "" {
		fmt.Fprintf(stdout, "%d interactions in %d deliveries\n", truth.Started+truth.OutOfScope, truth.Deliveries.Acknowledged)
		return err
	}
	if file != nil {
		return errors.Join(err, file.Close(truth))
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

// truthFile takes in what is played, a line buffer at a time.
type truthFile struct {
	*simulate.TruthWriter
	buffer *bufio.Writer
	file   io.Closer
}

// newTruthFile writes to a file, to the standard output where it is named "-", or nowhere
// without a name.
func newTruthFile(name string, stdout io.Writer) (*truthFile, error) {
	t := &truthFile{file: io.NopCloser(nil)}
	var w io.Writer
	switch name {
	case "":
		w = io.Discard
	case "-":
		w = stdout
	default:
		f, err := os.Create(name)
		if err != nil {
			return nil, err
		}
		w, t.file = f, f
	}
	t.buffer = bufio.NewWriter(w)
	t.TruthWriter = simulate.NewTruthWriter(t.buffer)
	return t, nil
}

// Close writes the rest.
func (t *truthFile) Close(truth simulate.Truth) error {
	return errors.Join(t.TruthWriter.Close(truth), t.buffer.Flush(), t.file.Close())
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
