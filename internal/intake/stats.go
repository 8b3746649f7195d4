package intake

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/measure"
	"github.com/wallboard/wallboard/internal/source"
)

// Result is what became of a request to a hook.
type Result uint8

// The results, a fixed list, so that nobody outside can add to it.
const (
	Acknowledged Result = iota
	Handshaken
	Unauthenticated
	Malformed
	ContentType
	Method
	TooLarge
	Overloaded
	RateLimited
	Unavailable
	Failed
	resultCount
)

var resultNames = [resultCount]string{
	"acknowledged", "handshake", "unauthenticated", "malformed", "content_type", "method", "too_large", "overloaded", "rate_limited", "unavailable", "failed",
}

// String is the result's name.
func (r Result) String() string { return resultNames[r] }

// Results returns all results.
func Results() []Result {
	all := make([]Result, resultCount)
	for i := range all {
		all[i] = Result(i)
	}
	return all
}

// resultOf is the result that an error of Handle stands for.
func resultOf(err error) Result {
	for _, x := range [...]struct {
		is error
		r  Result
	}{
		{nil, Acknowledged},
		{source.ErrUnauthenticated, Unauthenticated},
		{source.ErrMalformed, Malformed},
		{source.ErrContentType, ContentType},
		{source.ErrMethod, Method},
		{ErrTooLarge, TooLarge},
		{ErrRate, RateLimited},
		{ErrOverloaded, Overloaded},
		{journal.ErrUnavailable, Unavailable},
		{source.ErrUnavailable, Unavailable},
	} {
		if errors.Is(err, x.is) {
			return x.r
		}
	}
	return Failed
}

// Stats are what became of a source's deliveries since the start. They only grow.
type Stats struct {
	Results     [resultCount]uint64 // requests, by what became of them
	Events      uint64              // events that were new
	Duplicates  uint64              // events that were not
	Quarantined uint64              // parts of deliveries
	// Lag is, for each delivery that brought something new, how long after the vendor's
	// time of its newest event it was applied, in seconds. A time ahead of ours counts as 0.
	Lag measure.Values
	Traffic
}

type counters struct {
	results                         [resultCount]atomic.Uint64
	events, duplicates, quarantined atomic.Uint64
	lag                             *measure.Histogram
	traffic                         traffic
}

// request counts one by what became of it.
func (c *counters) request(now time.Time, err error) {
	c.results[resultOf(err)].Add(1)
	c.traffic.request(now, err)
}

func newLag() *measure.Histogram {
	return measure.NewHistogram(0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86400)
}

// applied notes the lag of a delivery's events, which were just applied.
func (c *counters) applied(events []interaction.Event, now time.Time) {
	newest := events[0].At
	for i := range events {
		newest = max(newest, events[i].At)
	}
	c.lag.Observe(max(0, now.Sub(time.UnixMicro(newest)).Seconds()))
}

// Stats returns those of every configured source, by name. The caller owns the map.
// Each number is right by itself; the numbers of one source may be of slightly different times.
func (in *Intake) Stats() map[string]Stats {
	m, now := make(map[string]Stats, len(in.desks)), in.o.Now()
	for name, c := range in.desks {
		s := Stats{Events: c.events.Load(), Duplicates: c.duplicates.Load(), Quarantined: c.quarantined.Load(), Lag: c.lag.Values(), Traffic: c.traffic.values(now)}
		for r := range s.Results {
			s.Results[r] = c.results[r].Load()
		}
		m[name] = s
	}
	return m
}

// InFlight is how many deliveries are being handled now.
func (in *Intake) InFlight() int { return len(in.places) }
