package intake

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/source"
)

// Reading is what a stored delivery says to the decoder of today.
type Reading struct {
	// Events are as they would be stored: customers' identifiers are hashed.
	Events   []interaction.Event
	Problems []journal.Quarantined
	// Ignored counts parts that were understood and are not needed, by type name.
	Ignored map[string]int
	// Customers are the customers' identifiers as they stand in the delivery.
	Customers []string
}

// Read decodes a stored delivery again. It stores and counts nothing. The errors are those
// of package source, and ErrUnknownSource.
func (in *Intake) Read(st *journal.Stored) (Reading, error) {
	src, ok := in.o.Sources[st.Source]
	if !ok {
		return Reading{}, ErrUnknownSource
	}
	d := &source.Delivery{
		Received: time.UnixMicro(st.Received), Method: st.Method, Path: st.Path, RawQuery: st.Query, Header: make(http.Header), Body: st.Body,
	}
	for k, v := range st.Headers {
		d.Header.Set(k, v)
	}
	decoded, err := in.decode(st.Source, src.Decoder, d)
	if err != nil {
		return Reading{}, err
	}
	r := in.record(st.Source, d, decoded)
	reading := Reading{Events: r.Events, Problems: r.Quarantined, Ignored: decoded.Ignored}
	for i := range decoded.Events {
		if c := decoded.Events[i].Customer; c != "" {
			reading.Customers = append(reading.Customers, c)
		}
	}
	return reading, nil
}

// Again decodes a stored delivery again and stores and applies the events in it that are
// new, under the time at which the delivery first came. What was stored before stays. It
// returns what the delivery says now, and how many events were new.
func (in *Intake) Again(ctx context.Context, st *journal.Stored) (Reading, int, error) {
	reading, err := in.Read(st)
	if err != nil || len(reading.Events) == 0 {
		return reading, 0, err
	}
	receipt, err := in.o.Journal.Append(ctx, journal.Record{
		Source: st.Source, Received: st.Received, Method: st.Method, Path: st.Path, Query: st.Query, Headers: st.Headers, Body: st.Body,
		Events: reading.Events,
	})
	if err != nil {
		return reading, 0, fmt.Errorf("storing a delivery again: %w", err)
	}
	in.o.Logger.Info("delivery decoded again", "source", st.Source, "position", st.Position, "events", receipt.Stored)
	return reading, receipt.Stored, nil
}
