package forward

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"
)

// How a telephone system is listened to. One that is silent is asked for a sign of life; after
// quiet without any the connection counts as dead, so askEvery has to be well below it.
const (
	dialTimeout  = 10 * time.Second
	writeTimeout = 10 * time.Second
	askEvery     = 15 * time.Second
	quiet        = 50 * time.Second
	stockTimeout = 30 * time.Second
	farewell     = time.Second // what a connection that ends is still read for
	fullPause    = 500 * time.Millisecond

	firstReconnect   = 300 * time.Millisecond
	longestReconnect = 20 * time.Second
	// refusedReconnect is after a wrong user or secret: telephone systems ban who tries on.
	refusedReconnect = time.Minute
)

// outboxLimit bounds an outbox, in bytes: days of a busy call centre.
const outboxLimit = 1 << 30

// Options are what a Forwarder is made from.
type Options struct {
	// Name is the forwarder's own, unique on this machine. Vendor is asterisk or freeswitch.
	Name, Vendor string
	// Address is the telephone system's, as host:port; Username is for Asterisk.
	Address, Username, Secret string
	// Hook is the URL of the wallboard's source, HookSecret the source's.
	Hook, HookSecret string
	// DataDir is where the outbox lies, in a folder of its own.
	DataDir string
	Logger  *slog.Logger
	// OutboxBytes bounds the outbox; 0 means a gibibyte.
	OutboxBytes int64
}

// Forwarder brings one telephone system's events to one wallboard.
type Forwarder struct {
	// Static after construction.
	o      Options
	outbox *Outbox
	poster *poster
	calls  *calls
	speak  func(*Forwarder, line) talk

	// Owned by listen: the connection got as far as a login; the calls know of events that the
	// outbox does not have.
	loggedIn, ahead bool
	warned          bool // that the dialplan is not told
}

// errRefused means that the telephone system refuses the login.
var errRefused = errors.New("the login is refused")

// New opens the outbox and the list of calls. Run has to follow, or Close.
func New(o Options) (*Forwarder, error) {
	if o.OutboxBytes == 0 {
		o.OutboxBytes = outboxLimit
	}
	o.Logger = o.Logger.With("forwarder", o.Name)
	dir := filepath.Join(o.DataDir, "forward-"+o.Name)
	f := &Forwarder{o: o}
	f.speak = newAsterisk
	if o.Vendor == "freeswitch" {
		f.speak = newFreeswitch
	}
	var err error
	if f.outbox, err = OpenOutbox(dir, "/"+o.Vendor+"/"+o.Name, o.OutboxBytes); err != nil {
		return nil, err
	}
	if f.poster, err = newPoster(f.outbox, o.Hook, o.HookSecret, o.Logger); err != nil {
		return nil, errors.Join(err, f.outbox.Close())
	}
	if f.calls, err = loadCalls(dir); err == nil {
		err = f.recall()
	}
	if err != nil {
		return nil, errors.Join(err, f.outbox.Close())
	}
	return f, nil
}

// Close gives the outbox free, of a Forwarder that does not run.
func (f *Forwarder) Close() error { return f.outbox.Close() }

// Run forwards until the context ends, and closes. It returns an error only where it cannot go
// on: an outbox that cannot be written.
func (f *Forwarder) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return f.poster.run(ctx) })
	group.Go(func() error { return f.listen(ctx) })
	err := group.Wait()
	if err == nil && !f.ahead {
		err = f.calls.save(f.outbox)
	}
	return errors.Join(err, f.Close())
}

// listen connects, again and again.
func (f *Forwarder) listen(ctx context.Context) error {
	pause := firstReconnect
	for ctx.Err() == nil {
		f.loggedIn = false
		err := f.connect(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case f.outbox.broken() != nil:
			return f.outbox.broken()
		}
		if f.loggedIn {
			pause = firstReconnect
		}
		wait := pause/2 + rand.N(pause)
		if errors.Is(err, errRefused) {
			f.o.Logger.Error("the telephone system refuses the login; check username and secret, and its permissions", "cause", err)
			wait = refusedReconnect
		} else {
			f.o.Logger.Warn("the connection to the telephone system ended; what happens until the next is not told", "cause", err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
		pause = min(pause*2, longestReconnect)
	}
	return nil
}

// connect has one connection, until it ends.
func (f *Forwarder) connect(ctx context.Context) error {
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", f.o.Address)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer conn.Close()
	return f.session(ctx, conn)
}

// keep stores what was heard, and now and then which calls there are. A full outbox is waited
// for: then it is the telephone system that has to keep what it tells, or to hang up on us.
func (f *Forwarder) keep(ctx context.Context, events []Event) error {
	said := false
	for n := len(events); len(events) > 0; n = len(events) {
		err := f.outbox.Append(events[:n])
		for errors.Is(err, ErrFull) && n > 1 { // a part may fit
			n /= 2
			err = f.outbox.Append(events[:n])
		}
		switch {
		case err == nil:
			events = events[n:]
			continue
		case !errors.Is(err, ErrFull):
			f.ahead = true
			return err
		case !said:
			f.o.Logger.Error("the outbox is full; the telephone system is not listened to until the wallboard takes something")
			said = true
		}
		timer := time.NewTimer(fullPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			f.ahead = true
			return ctx.Err()
		}
	}
	return f.calls.saveSometimes(f.outbox)
}
