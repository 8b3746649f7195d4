package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/wallboard/wallboard/internal/config"
	"github.com/wallboard/wallboard/internal/forward"
)

// forwardCommand forwards the events of a telephone system. What it needs is in the settings,
// section forward: secrets are no arguments, which everybody on the machine could read.
type forwardCommand struct {
	Vendor string `arg:"" enum:"asterisk,freeswitch" help:"What is forwarded from: ${enum}."`
	Name   string `help:"The only entry of the settings' section forward to run; without it, all of that vendor."`
}

// entries are those of the settings that the arguments ask for.
func (c *forwardCommand) entries(cfg *config.Config) []config.Forward {
	return slices.DeleteFunc(slices.Clone(cfg.Forward), func(f config.Forward) bool {
		return f.Vendor != c.Vendor || c.Name != "" && c.Name != f.Name
	})
}

// run forwards until it is told to stop.
func (c *forwardCommand) run(ctx context.Context, cfg *config.Config, logger *slog.Logger, stdout io.Writer) error {
	var all []*forward.Forwarder
	for _, f := range c.entries(cfg) {
		one, err := forward.New(forward.Options{
			Name: f.Name, Vendor: f.Vendor, Address: f.Address, Username: f.Username, Secret: f.Secret,
			Hook: f.Hook, HookSecret: f.HookSecret, DataDir: cfg.DataDir, Logger: logger,
		})
		if err != nil {
			for _, other := range all {
				other.Close()
			}
			return fmt.Errorf("forward %s: %w", f.Name, err)
		}
		all = append(all, one)
		fmt.Fprintf(stdout, "forwarding %s from %s\n", f.Name, f.Address)
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, one := range all {
		group.Go(func() error { return one.Run(ctx) })
	}
	return group.Wait()
}
