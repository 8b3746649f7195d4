package simulate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// ErrPlaying says that the centre is playing already.
var ErrPlaying = errors.New("simulate: the centre is playing already")

// Centre is one simulated contact centre. Make one with New.
type Centre struct {
	// Static after construction.
	options Options
	err     error // what is wrong with the options
	ledger  *ledger

	// playing is held by who plays, and guards what follows.
	playing sync.Mutex
	vendor  Vendor
	floor   *floor
	poster  *poster
	posted  int
	// anchor is when, by the real clock, virtual time was at anchorAt.
	anchor, anchorAt time.Time
	played           time.Time // everything before is played

	outbox *outbox // guards itself
}

// New makes a centre; nothing is played yet. What is wrong with the options is told by
// PlayPast, Run and Drain.
func New(o Options) *Centre {
	o, err := o.complete()
	return &Centre{
		options: o, err: err, ledger: newLedger(&o),
		outbox: &outbox{rates: o.Rates, noise: newDraw(o.Seed, 2)},
	}
}

// begin opens the floor at start, if it is not open yet.
func (c *Centre) begin(start time.Time) {
	if c.floor != nil {
		return
	}
	start = start.Truncate(time.Millisecond)
	if c.options.Zone != nil {
		start = start.In(c.options.Zone)
	}
	// Two runs of different seeds or starts share no id.
	c.vendor = c.options.Format(uint64(start.Unix())<<32 | newDraw(c.options.Seed, 3).rand.Uint64()>>32)
	c.ledger.mu.Lock()
	c.ledger.vendor = c.vendor
	c.ledger.mu.Unlock()
	if c.options.Deliver == nil {
		c.poster = newPoster(&c.options, c.ledger.retried)
	}
	c.played = start
	rates := c.options.Rates
	c.vendor.Adjust(&rates)
	c.floor = newFloor(c.options.Seed, rates, start, c.deliver)
}

// deliver puts what the vendor sends of a fact into the outbox.
func (c *Centre) deliver(f *Fact) {
	messages := c.vendor.Encode(f)
	acknowledge := c.ledger.record(f, len(messages))
	for _, m := range messages {
		header := http.Header{}
		if c.options.Secret != "" {
			header = c.vendor.Sign(m, c.options.PublicURL, c.options.Secret)
		}
		header.Set("Content-Type", m.ContentType)
		c.outbox.put(f.At, header, m.Body, acknowledge)
	}
}

// PlayPast plays the span from from to to, and posts the deliveries that fall into it
// as fast as the server acknowledges, in the order of their virtual times. What is late
// beyond to stays held back for Run or Drain. It returns when all were acknowledged, or
// with the first failure; what was not acknowledged is held back then. A further call
// goes on from where the last one ended.
func (c *Centre) PlayPast(ctx context.Context, from, to time.Time) error {
	if !c.playing.TryLock() {
		return ErrPlaying
	}
	defer c.playing.Unlock()
	if c.err != nil {
		return c.err
	}
	if to.Before(from) || c.floor != nil && from.Before(c.played) {
		return errors.New("simulate: the span to play ends before it begins, or was played already")
	}
	c.anchor, c.anchorAt = time.Now(), to
	c.begin(from)
	f := c.flight(ctx)
	for f.ctx.Err() == nil && !c.full() {
		d := c.next(to)
		if d == nil {
			c.played = to
			c.ledger.reached(to)
			break
		}
		f.send(d)
	}
	return f.land()
}

// Run goes on in real time until the context ends or a limit of the options is
// reached, which is no error. Virtual time goes on from the end of PlayPast as of the
// call of PlayPast, so that it is the real one if that played until now.
func (c *Centre) Run(ctx context.Context) error {
	if !c.playing.TryLock() {
		return ErrPlaying
	}
	defer c.playing.Unlock()
	if c.err != nil {
		return c.err
	}
	if c.anchor.IsZero() {
		c.anchor, c.anchorAt = time.Now(), c.options.Start
		if c.options.Start.IsZero() {
			c.anchorAt = c.anchor
		}
	}
	c.begin(c.anchorAt)
	outer := ctx
	if c.options.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.options.Duration)
		defer cancel()
	}
	f := c.flight(ctx)
	for f.ctx.Err() == nil && !c.full() {
		now := c.virtual(time.Now())
		if d := c.next(now); d != nil {
			f.send(d)
			continue
		}
		c.played = now
		c.ledger.reached(now)
		wake := c.floor.next()
		if due, ok := c.outbox.due(); ok && due.Before(wake) {
			wake = due
		}
		timer := time.NewTimer(time.Duration(float64(wake.Sub(now))/c.options.Speed) + time.Millisecond)
		select {
		case <-timer.C:
		case <-f.ctx.Done():
			timer.Stop()
		}
	}
	err := f.land()
	if errors.Is(err, context.Canceled) && outer.Err() != nil || errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		return nil
	}
	return err
}

// virtual is the virtual time of a real one.
func (c *Centre) virtual(now time.Time) time.Time {
	passed := time.Duration(float64(now.Sub(c.anchor)) * c.options.Speed)
	return c.anchorAt.Add(passed).Truncate(time.Millisecond)
}

// Drain posts everything that is held back, and plays nothing further. When it returns
// nil, truth is settled: it is what the server must hold. Contacts stay open.
func (c *Centre) Drain(ctx context.Context) error {
	if !c.playing.TryLock() {
		return ErrPlaying
	}
	defer c.playing.Unlock()
	if c.err != nil {
		return c.err
	}
	f := c.flight(ctx)
	for f.ctx.Err() == nil && c.outbox.len() > 0 {
		d := c.outbox.pop()
		c.ledger.reached(d.due)
		f.send(d)
	}
	return f.land()
}

// Truth returns what became of everybody, as far as the server knows.
func (c *Centre) Truth() Truth {
	return c.ledger.truth(c.outbox.len())
}

// full reports whether enough was posted.
func (c *Centre) full() bool {
	return c.options.MaxDeliveries > 0 && c.posted >= c.options.MaxDeliveries
}

// next plays on until a delivery is due, but not beyond to; nil if none is by then.
func (c *Centre) next(to time.Time) *delivery {
	for {
		at := c.floor.next()
		due, ok := c.outbox.due()
		switch {
		case !at.After(to) && (!ok || !at.After(due)):
			c.floor.step()
			c.ledger.reached(at)
		case ok && !due.After(to):
			c.posted++
			return c.outbox.pop()
		default:
			return nil
		}
	}
}

// post returns nil once a delivery was acknowledged.
func (c *Centre) post(ctx context.Context, d *delivery) error {
	if c.options.Deliver != nil {
		return c.options.Deliver(ctx, d.due, d.header.Clone(), d.body)
	}
	return c.poster.post(ctx, d)
}

// flight is what is being posted at the same time.
type flight struct {
	// Static after construction.
	centre *Centre
	ctx    context.Context
	cancel context.CancelCauseFunc
	slots  chan struct{} // one token for each delivery under way

	wait sync.WaitGroup
}

func (c *Centre) flight(ctx context.Context) *flight {
	f := &flight{centre: c, slots: make(chan struct{}, c.options.Concurrency)}
	f.ctx, f.cancel = context.WithCancelCause(ctx)
	return f
}

// send posts a delivery as soon as a slot is free. One that fails goes back to the
// outbox, and ends the flight.
func (f *flight) send(d *delivery) {
	select {
	case f.slots <- struct{}{}:
	case <-f.ctx.Done():
		f.centre.outbox.push(d)
		return
	}
	f.wait.Go(func() {
		defer func() { <-f.slots }()
		if err := f.centre.post(f.ctx, d); err != nil {
			f.centre.outbox.push(d)
			f.cancel(err)
			return
		}
		f.centre.ledger.acknowledged(d)
	})
}

// land waits for what is under way, and returns why the flight ended early, if it did.
func (f *flight) land() error {
	f.wait.Wait()
	err := context.Cause(f.ctx)
	f.cancel(nil)
	if f.centre.poster != nil {
		f.centre.poster.client.CloseIdleConnections()
	}
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	return nil
}
