package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/source"
)

// The errors that are not package source's.
var (
	// ErrUnknownSource means that no source of this name is configured: 404.
	ErrUnknownSource = errors.New("unknown source")
	// ErrTooLarge means that a delivery's body is over the limit: 413.
	ErrTooLarge = errors.New("too large")
	// ErrOverloaded means that too many deliveries are in flight: 503.
	ErrOverloaded = errors.New("overloaded")
	// ErrRate means that the source delivers more than it may. It is an ErrOverloaded.
	ErrRate = fmt.Errorf("%w: over the rate of the source", ErrOverloaded)
)

// maxParts is how many events a delivery may have, troubles included. All of it is
// stored in one transaction, for which others wait.
const maxParts = 2000

// inFlight is how many deliveries are handled at once. It equals the length of the
// journal's queue, so that a delivery that got a place here finds one there.
const inFlight = 256

// Source is how one source's deliveries are read.
type Source struct {
	Verifier source.Verifier
	Decoder  source.Decoder
	// PerSecond is how many authentic deliveries are taken, with Burst above them at
	// once; 0 does not bound them.
	PerSecond float64
	Burst     int
}

// Options are what an Intake is made from.
type Options struct {
	Sources map[string]Source
	Journal journal.Journal
	// Key is the installation's, for hashing customers' identifiers. Not empty.
	Key []byte
	// Now dates deliveries that come without a time of receipt; nil means time.Now.
	Now func() time.Time
	// Logger may be nil.
	Logger *slog.Logger
	// InFlight is how many deliveries are handled at once; 0 means 256.
	InFlight int
}

// Intake is the pipeline.
type Intake struct {
	// Static after construction.
	o      Options
	places chan struct{} // one is held by each delivery in Handle
	share  int           // of the places, the most that one source may hold
	desks  map[string]*desk
}

// desk is what one source has of its own.
type desk struct {
	counters
	places chan struct{} // one is held by each of its deliveries in Handle
	rate   *rate.Limiter
}

// New makes an Intake. It panics without a key: hashes without one could be undone by
// trying all phone numbers.
func New(o Options) *Intake {
	if len(o.Key) == 0 {
		panic("intake: no key")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.InFlight <= 0 {
		o.InFlight = inFlight
	}
	in := &Intake{o: o, places: make(chan struct{}, o.InFlight), share: o.InFlight, desks: make(map[string]*desk, len(o.Sources))}
	if len(o.Sources) > 1 {
		in.share = max(1, o.InFlight*3/4) // one source's burst leaves places to the others
	}
	for name, s := range o.Sources {
		limit := rate.Limit(s.PerSecond)
		if limit == 0 {
			limit = rate.Inf
		}
		in.desks[name] = &desk{counters: counters{lag: newLag()}, places: make(chan struct{}, in.share), rate: rate.NewLimiter(limit, s.Burst)}
	}
	return in
}

// Handle takes one delivery of a source, and returns the answer that its vendor wants once
// it is durable and applied. The errors are those of package source, ErrUnknownSource,
// ErrOverloaded and journal.ErrUnavailable, wrapped; they never echo input. ctx bounds
// only the wait for the journal.
func (in *Intake) Handle(ctx context.Context, name string, d *source.Delivery) (source.Response, error) {
	src, ok := in.o.Sources[name]
	if !ok {
		return source.Response{}, ErrUnknownSource
	}
	own := in.desks[name]
	for _, places := range [...]chan struct{}{own.places, in.places} {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		default:
			own.request(in.o.Now(), ErrOverloaded)
			return source.Response{}, ErrOverloaded
		}
	}
	for _, part := range [...]any{src.Decoder, src.Verifier} {
		h, ok := part.(source.Handshaker)
		if !ok {
			continue
		}
		if r, ok := h.Handshake(d); ok {
			own.results[Handshaken].Add(1)
			own.traffic.request(in.o.Now(), nil)
			in.o.Logger.Debug("handshake answered", "source", name)
			return r, nil
		}
	}
	err := in.store(ctx, name, src, d)
	own.request(in.o.Now(), err)
	if err != nil {
		in.logRefusal(ctx, name, d, err)
		return source.Response{}, err
	}
	return src.Decoder.Acknowledge(d), nil
}

// Refused counts and logs a delivery that did not come as far as Handle, because its body
// could not be read. Nothing is kept of a source that is not configured.
func (in *Intake) Refused(name string, err error) {
	if desk, ok := in.desks[name]; ok {
		desk.request(in.o.Now(), err)
		in.o.Logger.Info("delivery refused", "source", name, "cause", err)
	}
}

// store verifies and decodes a delivery, and appends what it says to the journal.
func (in *Intake) store(ctx context.Context, name string, src Source, d *source.Delivery) error {
	if d.Method != http.MethodPost && d.Method != http.MethodPatch {
		return source.ErrMethod // no vendor delivers otherwise; whether one sends PATCH, its decoder knows
	}
	if err := src.Verifier.Verify(d); err != nil {
		return err
	}
	own := in.desks[name]
	if !own.rate.AllowN(in.o.Now(), 1) { // after the check, so that nobody else uses it up
		return ErrRate
	}
	decoded, err := in.decode(name, src.Decoder, d)
	if err != nil {
		return err
	}
	own.traffic.ignore(decoded.Ignored)
	r := in.record(name, d, decoded)
	if x, ok := src.Decoder.(source.Redactor); ok {
		r.Body = x.Redacted(d)
	}
	if len(r.Events)+len(r.Quarantined) == 0 {
		in.o.Logger.Debug("delivery understood and not needed", "source", name, "bytes", len(d.Body))
		return nil
	}
	receipt, err := in.o.Journal.Append(ctx, r)
	if err != nil {
		return fmt.Errorf("storing a delivery: %w", err)
	}
	if receipt.Stored > 0 {
		own.applied(r.Events, in.o.Now())
	}
	own.events.Add(uint64(receipt.Stored))
	own.duplicates.Add(uint64(receipt.Duplicates))
	if n := len(r.Quarantined); n > 0 {
		own.quarantined.Add(uint64(n))
		in.o.Logger.Warn("delivery in quarantine", "source", name, "position", receipt.Position, "parts", n, "why", r.Quarantined[0].Reason)
	}
	in.o.Logger.Debug("delivery stored", "source", name, "position", receipt.Position, "bytes", len(d.Body),
		"events", receipt.Stored, "duplicates", receipt.Duplicates)
	return nil
}

// record is what the journal keeps of a delivery. Events that break a limit go to
// quarantine, under their place among the delivery's events; the others count.
func (in *Intake) record(name string, d *source.Delivery, decoded source.Decoded) journal.Record {
	received := d.Received
	if received.IsZero() {
		received = in.o.Now()
	}
	r := journal.Record{
		Source: name, Received: received.UnixMicro(), Method: d.Method, Path: d.Path, Query: d.RawQuery,
		Headers: kept(d.Header), Body: d.Body,
	}
	if n := len(decoded.Events) + len(decoded.Problems); n > maxParts {
		r.Quarantined = []journal.Quarantined{{Reason: fmt.Sprintf("the delivery has more than %d events; send them in several", maxParts)}}
		return r
	}
	// An event does not tell its part, and a part may have several troubles: each is
	// kept, under the next number that is free.
	taken := make(map[int]bool)
	quarantine := func(index int, reason string) {
		for taken[index] {
			index++
		}
		taken[index] = true
		r.Quarantined = append(r.Quarantined, journal.Quarantined{Index: index, Reason: reason})
	}
	for _, p := range decoded.Problems {
		quarantine(p.Index, p.Reason)
	}
	for i, e := range decoded.Events {
		if reason := invalid(&e); reason != "" {
			quarantine(i, reason)
			continue
		}
		e.Source, e.Received, e.Customer = r.Source, r.Received, pseudonym(in.o.Key, e.Customer)
		r.Events = append(r.Events, e)
	}
	return r
}

// decode calls the decoder. Its panic is a delivery that does not decode: kept, so that
// nothing is lost when the decoder is mended. The panic's value is not logged, because
// it may hold input; the stack is.
func (in *Intake) decode(name string, dec source.Decoder, d *source.Delivery) (out source.Decoded, err error) {
	defer func() {
		if recover() != nil {
			in.o.Logger.Error("the decoder failed; please report this", "source", name, "bytes", len(d.Body), "stack", string(debug.Stack()))
			out, err = source.Decoded{Problems: []source.Problem{{Reason: "the decoder failed; this is a defect of the wallboard"}}}, nil
		}
	}()
	return dec.Decode(d)
}

// logRefusal tells the operator only what a person must act on.
func (in *Intake) logRefusal(ctx context.Context, name string, d *source.Delivery, err error) {
	level, text := slog.LevelInfo, "delivery refused"
	if errors.Is(err, journal.ErrUnavailable) && ctx.Err() == nil {
		level, text = slog.LevelError, "delivery not stored"
	}
	in.o.Logger.Log(context.WithoutCancel(ctx), level, text, "source", name, "bytes", len(d.Body), "cause", err)
}

// kept are the headers that decoding again may need. Credentials and signatures are not
// among them.
func kept(h http.Header) map[string]string {
	m := make(map[string]string)
	for k := range h {
		if k == "Content-Type" || k == "User-Agent" || strings.HasPrefix(k, "Ce-") {
			m[k] = h.Get(k)
		}
	}
	return m
}
