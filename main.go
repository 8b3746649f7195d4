// Wallboard is a live contact-centre wallboard in one binary: vendors' webhooks
// in, the Agent Work Status of the floor on every screen.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones on machines that have none

	"github.com/alecthomas/kong"

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

type commands struct {
	Config string `help:"The settings file." type:"path" env:"WALLBOARD_CONFIG"`

	Serve    struct{}        `cmd:"" help:"Take webhooks and show boards."`
	Demo     demoCommand     `cmd:"" help:"Serve a simulated contact centre on this machine, without settings."`
	Simulate simulateCommand `cmd:"" help:"Post a simulated contact centre's deliveries to a server."`
	Replay   replayCommand   `cmd:"" help:"Post recorded deliveries to a server."`
	Check    struct{}        `cmd:"" name:"config" help:"Check the settings file: wallboard config check."`
	Version  struct{}        `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run does what the arguments say and returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) (string, bool), stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "config" {
		// `config check` is the one command of its kind; it takes the same flags.
		if len(args) < 2 || args[1] != "check" {
			fmt.Fprintln(stderr, "wallboard: say: wallboard config check --config FILE")
			return exitUsage
		}
		args = append([]string{"config"}, args[2:]...)
	}
	var c commands
	parser, err := kong.New(&c, kong.Name("wallboard"), kong.Description("A live contact-centre wallboard."), kong.Writers(stdout, stderr))
	if err != nil {
		fmt.Fprintln(stderr, "wallboard:", err)
		return exitFailure
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(stderr, "wallboard:", err)
		return exitUsage
	}
	failed := func(err error) int {
		if err == nil || errors.Is(err, context.Canceled) {
			return exitOK
		}
		fmt.Fprintln(stderr, "wallboard:", err)
		return exitFailure
	}
	switch parsed.Command() {
	case "version":
		fmt.Fprintln(stdout, "wallboard", version)
		return exitOK
	case "demo":
		return failed(c.Demo.run(ctx, stdout, stderr))
	case "simulate":
		return failed(c.Simulate.run(ctx, stdout))
	case "replay <files>":
		return failed(c.Replay.run(ctx, stdout))
	}
	if c.Config == "" {
		fmt.Fprintln(stderr, "wallboard: there is no settings file; name one with --config FILE or WALLBOARD_CONFIG. wallboard.example.yaml is one to begin with.")
		return exitUsage
	}
	cfg, err := config.Load(c.Config, getenv)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	if parsed.Command() == "config" {
		fmt.Fprintf(stdout, "%s: ok, %d sources and %d boards\n", c.Config, len(cfg.Sources), len(cfg.Boards))
		return exitOK
	}
	return failed(serve(ctx, cfg, slog.LevelInfo, stderr, func(address string) {
		for _, b := range cfg.Boards {
			fmt.Fprintf(stdout, "board: http://%s/boards/%s\n", address, b.Name)
		}
	}))
}
