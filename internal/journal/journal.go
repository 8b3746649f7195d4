package journal

import (
	"context"
	"errors"
	"iter"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Record is one delivery to store.
type Record struct {
	Source   string
	Received int64 // microseconds since the Unix epoch
	Method   string
	Path     string // below the hook
	Query    string // raw
	// Headers are those that the decoder may need again; never credentials.
	Headers map[string]string
	Body    []byte
	Events  []interaction.Event
	// Quarantined are the parts that did not decode.
	Quarantined []Quarantined
}

// Quarantined is a part of a delivery that is authentic but did not decode.
type Quarantined struct {
	Index  int
	Reason string
}

// Batch is what one delivery brought that was new, in commit order.
type Batch struct {
	// Position is the delivery's place in the journal; positions grow, and
	// may have gaps.
	Position int64
	Source   string
	Received int64
	// Events are the new events. Nobody modifies them.
	Events []interaction.Event
}

// Applier receives what was committed. Apply is called by one goroutine, in
// commit order. Tick is called by the same goroutine about once a second and
// after each Apply: everything received until asOf (microseconds since the Unix
// epoch) has been applied.
type Applier interface {
	Apply(b Batch)
	Tick(asOf int64)
}

// Receipt says what became of an appended record.
type Receipt struct {
	Position   int64 // 0 if nothing was stored
	Stored     int   // events that were new
	Duplicates int   // events that were not
}

// Journal is the log. Its implementation is chosen in main.
type Journal interface {
	// Append stores r durably, waits until its new events are applied, and returns.
	// A record that brings only duplicates waits for the originals' commit and
	// stores nothing. ctx bounds only the wait for a place in the queue; what was
	// handed over is finished. It fails with ErrUnavailable where nothing can
	// be made durable now.
	Append(ctx context.Context, r Record) (Receipt, error)
	// Read yields the batches after the given position, in commit order.
	Read(ctx context.Context, after int64) iter.Seq2[Batch, error]
	// Head is the position of the newest committed batch.
	Head() int64
}

// ErrUnavailable means that the journal cannot make anything durable now; the
// vendor should try again later.
var ErrUnavailable = errors.New("journal: unavailable")
