// Wallboard is a live contact-centre wallboard in one binary: vendors' webhooks
// in, the Agent Work Status of the floor on every screen.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones on machines that have none

	"github.com/alecthomas/kong"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/internal/config"
)

// version is set when a release is built.
var version = "dev"

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // it ran and failed
	exitUsage   = 2 // it was called or set wrongly
)

// noSettings is what serve says without settings.
const noSettings = "there is no settings file; name one with --config FILE or WALLBOARD_CONFIG. " +
	"wallboard.example.yaml is one to begin with, and wallboard demo needs none"

type commands struct {
	Config    string     `help:"The settings file; by default what WALLBOARD_CONFIG names." type:"path"`
	LogLevel  slog.Level `help:"The least level of log lines: debug, info, warn or error." default:"info"`
	LogFormat string     `help:"The form of log lines, on the standard error: ${enum}." enum:"text,json" default:"text"`

	Serve struct {
		SetUp bool `help:"Print a set-up link although there is an admin: for who lost all passwords."`
	} `cmd:"" help:"Take webhooks and show boards."`
	Demo     demoCommand     `cmd:"" help:"Serve a simulated contact centre on this machine, without settings."`
	Simulate simulateCommand `cmd:"" help:"Post a simulated contact centre's deliveries to a server."`
	Replay   replayCommand   `cmd:"" help:"Post recorded deliveries to a server."`
	Forward  forwardCommand  `cmd:"" help:"Forward a telephone system's events to a server."`
	Recount  recountCommand  `cmd:"" help:"Count everything stored anew and compare, in the running server if there is one."`
	Settings struct {
		Check struct{} `cmd:"" help:"Check the settings file and do nothing else."`
	} `cmd:"" name:"config" help:"The settings file."`
	Version struct{} `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run does what the arguments say and returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) (string, bool), stdout, stderr io.Writer) int {
	var c commands
	asked := -1 // the exit code when help was asked for
	parser, err := kong.New(&c, kong.Name("wallboard"), kong.Description("A live contact-centre wallboard."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { asked = code }))
	if err != nil {
		return failed(stderr, err)
	}
	parsed, err := parser.Parse(args)
	switch {
	case asked >= 0:
		return asked
	case err != nil:
		return misused(stderr, err)
	}
	logger := c.logger(stderr)
	switch parsed.Command() {
	case "version":
		fmt.Fprintln(stdout, "wallboard", version)
		return exitOK
	case "demo":
		return failed(stderr, c.Demo.run(ctx, logger, stdout))
	case "simulate":
		return failed(stderr, c.Simulate.run(ctx, stdout))
	case "replay <files>":
		return failed(stderr, c.Replay.run(ctx, stdout))
	}

	if c.Config == "" {
		c.Config, _ = getenv("WALLBOARD_CONFIG")
	}
	if c.Config == "" {
		return misused(stderr, errors.New(noSettings))
	}
	cfg, err := config.Load(c.Config, getenv)
	if err != nil {
		fmt.Fprintln(stderr, err) // each line begins with the file and the line in it
		return exitUsage
	}
	if parsed.Command() == "forward <vendor>" {
		if len(c.Forward.entries(cfg)) == 0 {
			return misused(stderr, fmt.Errorf("the settings have no such entry in the section forward; docs/vendors/%s.md shows one", c.Forward.Vendor))
		}
		return failed(stderr, c.Forward.run(ctx, cfg, logger, stdout))
	}
	if parsed.Command() == "config check" {
		if cfg.ForwardsOnly() {
			fmt.Fprintf(stdout, "%s: ok, %s to forward from\n", c.Config, counted(len(cfg.Forward), "telephone system"))
			return exitOK
		}
		fmt.Fprintf(stdout, "%s: ok, %s and %s\n", c.Config, counted(len(cfg.Sources), "source"), counted(len(cfg.Boards), "board"))
		return exitOK
	}
	if cfg.ForwardsOnly() {
		return misused(stderr, errors.New("the settings have a section forward alone; listen and sources are needed for anything but forward"))
	}
	if parsed.Command() == "recount" {
		return failed(stderr, c.Recount.run(ctx, cfg, logger, stdout))
	}
	return failed(stderr, serve(ctx, cfg, logger, func(address string, doors *access.Access) {
		here := scheme(cfg) + reachable(address)
		for _, b := range cfg.Boards {
			fmt.Fprintf(stdout, "board: %s/boards/%s\n", here, b.Name)
		}
		fmt.Fprintf(stdout, "on a television: %s/tv\n", cmp.Or(cfg.PublicURL, here))
		if cfg.Access.Mode == "open" {
			return
		}
		switch token, err := doors.SetUp(ctx, c.Serve.SetUp); {
		case err != nil:
			logger.Error("no set-up link can be made", "cause", err)
		case token != "":
			fmt.Fprintf(stdout, "set up the first admin (good once, for a day): %s/welcome#%s\n", cmp.Or(cfg.PublicURL, here), token)
		}
	}))
}

// reachable is an address that a browser on this machine can open: one that stands for all of
// the machine's is none.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("localhost", port)
	}
	return address
}

func scheme(cfg *config.Config) string {
	if cfg.TLS.Certificate != "" {
		return "https://"
	}
	return "http://"
}

// logger writes as the flags say.
func (c *commands) logger(stderr io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(stderr, o))
	}
	return slog.New(slog.NewTextHandler(stderr, o))
}

// failed tells why a command failed. Being stopped is no failure.
func failed(stderr io.Writer, err error) int {
	if err == nil || errors.Is(err, context.Canceled) {
		return exitOK
	}
	fmt.Fprintln(stderr, "wallboard:", err)
	return exitFailure
}

// misused tells what is wrong with the arguments.
func misused(stderr io.Writer, err error) int {
	fmt.Fprintln(stderr, "wallboard:", err)
	return exitUsage
}

// counted is so many of what.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
