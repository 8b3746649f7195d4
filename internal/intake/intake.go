package intake

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/source"
)

// The errors that are not package source's.
var (
	// ErrUnknownSource means that no source of this name is configured: 404.
	ErrUnknownSource = errors.New("unknown source")
	// ErrOverloaded means that too many deliveries are in flight: 503.
	ErrOverloaded = errors.New("overloaded")
)

// inFlight is how many deliveries are handled at once.
const inFlight = 256

// Source is how one source's deliveries are read.
type Source struct {
	Verifier source.Verifier
	Decoder  source.Decoder
}

// Options are what an Intake is made from.
type Options struct {
	Sources map[string]Source
	Journal journal.Journal
	// Key is the installation's, for hashing customers' identifiers.
	Key    []byte
	Logger *slog.Logger
}

// Intake is the pipeline. It may be used by many goroutines.
type Intake struct {
	o      Options
	places chan struct{}
}

// New makes an Intake.
func New(o Options) *Intake {
	return &Intake{o: o, places: make(chan struct{}, inFlight)}
}

// Handle takes one delivery of a source. The errors are those of package source,
// ErrUnknownSource, ErrOverloaded and journal.ErrUnavailable, wrapped.
func (in *Intake) Handle(ctx context.Context, name string, d *source.Delivery) (source.Response, error) {
	src, ok := in.o.Sources[name]
	if !ok {
		return source.Response{}, ErrUnknownSource
	}
	select {
	case in.places <- struct{}{}:
		defer func() { <-in.places }()
	default:
		return source.Response{}, ErrOverloaded
	}
	if h, ok := src.Decoder.(source.Handshaker); ok {
		if r, ok := h.Handshake(d); ok {
			return r, nil
		}
	}
	if d.Method != http.MethodPost {
		return source.Response{}, source.ErrMethod
	}
	if err := src.Verifier.Verify(d); err != nil {
		in.o.Logger.Info("delivery refused", "source", name, "bytes", len(d.Body), "cause", err)
		return source.Response{}, err
	}
	decoded, err := decode(src.Decoder, d)
	if err != nil {
		return source.Response{}, err
	}
	r := journal.Record{
		Source: name, Received: d.Received.UnixMicro(), Method: d.Method, Path: d.Path, Query: d.RawQuery,
		Headers: kept(d.Header), Body: d.Body,
	}
	for i := range decoded.Events {
		e := decoded.Events[i]
		if reason := invalid(&e); reason != "" {
			decoded.Problems = append(decoded.Problems, source.Problem{Index: i, Reason: reason})
			continue
		}
		e.Source, e.Received, e.Customer = name, r.Received, in.hash(e.Customer)
		r.Events = append(r.Events, e)
	}
	parts := make(map[int]bool)
	for _, p := range decoded.Problems {
		// An event does not tell its part, and a part may have several troubles: each
		// is kept, under the next number that is free.
		for parts[p.Index] {
			p.Index++
		}
		parts[p.Index] = true
		r.Quarantined = append(r.Quarantined, journal.Quarantined{Index: p.Index, Reason: p.Reason})
	}
	if len(r.Events)+len(r.Quarantined) > 0 {
		receipt, err := in.o.Journal.Append(ctx, r)
		if err != nil {
			in.o.Logger.Error("delivery not stored", "source", name, "cause", err)
			return source.Response{}, err
		}
		if len(r.Quarantined) > 0 {
			in.o.Logger.Warn("delivery in quarantine", "source", name, "parts", len(r.Quarantined), "why", r.Quarantined[0].Reason)
		}
		in.o.Logger.Debug("delivery stored", "source", name, "events", receipt.Stored, "duplicates", receipt.Duplicates)
	}
	return src.Decoder.Acknowledge(d), nil
}

// decode calls the decoder; its panic is a delivery that does not decode.
func decode(dec source.Decoder, d *source.Delivery) (out source.Decoded, err error) {
	defer func() {
		if recover() != nil {
			out, err = source.Decoded{Problems: []source.Problem{{Reason: "the decoder failed; this is a defect of the wallboard"}}}, nil
		}
	}()
	return dec.Decode(d)
}

// Years within which a vendor's time is believed to be a time.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// invalid says what is wrong with a decoder's event, or "".
func invalid(e *interaction.Event) string {
	switch {
	case e.Kind < interaction.Started || e.Kind > interaction.AgentState:
		return "kind: is not known"
	case e.Kind == interaction.AgentState && (e.Agent == "" || e.Presence == 0):
		return "agent or state: is missing"
	case e.Kind != interaction.AgentState && e.Interaction == "":
		return "interaction: is missing"
	case e.Kind == interaction.Linked && e.Other == "":
		return "other: is missing"
	case e.Key == "" || len(e.Key) > interaction.MaxKey:
		return "id: is missing or too long"
	case e.At < earliest || e.At > latest:
		return "time: is not between the years 2000 and 2100"
	}
	for name, v := range map[string]string{
		"interaction": e.Interaction, "leg": e.Leg, "work": e.Work, "agent": e.Agent, "agent name": e.AgentName,
		"queue": e.Queue, "queue name": e.QueueName, "to_id": e.ToID, "other": e.Other,
	} {
		if len(v) > interaction.MaxID {
			return fmt.Sprintf("%s: is longer than %d bytes", name, interaction.MaxID)
		}
	}
	if len(e.Reason) > interaction.MaxReason {
		return fmt.Sprintf("reason: is longer than %d bytes", interaction.MaxReason)
	}
	return ""
}

// hash replaces a customer's identifier, so that it can be compared and not read.
func (in *Intake) hash(customer string) string {
	if customer == "" {
		return ""
	}
	m := hmac.New(sha256.New, in.o.Key)
	m.Write([]byte(customer))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// kept are the headers that decoding again may need; credentials are not among them.
func kept(h http.Header) map[string]string {
	m := make(map[string]string)
	for k := range h {
		if k == "Content-Type" || strings.HasPrefix(k, "Ce-") {
			m[k] = h.Get(k)
		}
	}
	return m
}

// Live is the live state that an Applier feeds.
type Live interface {
	Apply(source string, received int64, events []interaction.Event)
	Tick(asOf int64)
}

// Applier makes a live state the journal's applier.
type Applier struct{ Live }

// Apply hands a batch over.
func (a Applier) Apply(b journal.Batch) { a.Live.Apply(b.Source, b.Received, b.Events) }
