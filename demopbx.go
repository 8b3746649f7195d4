package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/wallboard/wallboard/internal/forward"
	"github.com/wallboard/wallboard/internal/simulate"
)

// demoPBX is the demo's telephone system: an Asterisk's manager interface, and the forwarder that
// listens to it as it would to a real one.
type demoPBX struct {
	manager   *simulate.Manager
	forwarder *forward.Forwarder
}

// demoKey makes a secret as Standard Webhooks has them.
func demoKey() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

// newDemoPBX makes one whose forwarder posts to a server's source pbx. dir is for its outbox.
func newDemoPBX(dir, address, key string, logger *slog.Logger) (*demoPBX, error) {
	ami := rand.Text()
	m, err := simulate.NewManager("127.0.0.1:0", "wallboard", ami)
	if err != nil {
		return nil, err
	}
	f, err := forward.New(forward.Options{
		Name: "pbx", Vendor: "asterisk", Address: m.Address(), Username: "wallboard", Secret: ami,
		Hook: "http://" + address + "/hooks/pbx", HookSecret: key, DataDir: filepath.Join(dir, "forward"), Logger: logger,
	})
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return &demoPBX{m, f}, nil
}

// centre plays in the telephone system. What one socket tells comes in order, and once.
func (p *demoPBX) centre(o simulate.Options) *simulate.Centre {
	o.Format, o.Deliver, o.Concurrency = simulate.Asterisk, p.manager.Deliver, 1
	o.Rates = simulate.DefaultRates()
	o.Rates.Duplicate, o.Rates.Late, o.Rates.Reorder = 0, 0, 0
	return simulate.New(o)
}

// run runs both until the context ends.
func (p *demoPBX) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.forwarder.Run(ctx) })
	group.Go(func() error {
		<-ctx.Done()
		return p.manager.Close()
	})
	return group.Wait()
}
