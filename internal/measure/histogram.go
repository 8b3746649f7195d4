// Package measure counts what an operator wants to know of a running program: a
// histogram that many goroutines may observe, and its values at one moment. It knows no
// system that collects them; package metrics hands them on.
package measure

import (
	"math"
	"slices"
	"sync/atomic"
)

// Histogram counts observations by size. It may be used by many goroutines.
type Histogram struct {
	bounds []float64       // static
	counts []atomic.Uint64 // one more than bounds: what is above all
	sum    atomic.Uint64   // bits of a float64
}

// NewHistogram makes a histogram of buckets whose upper bounds are these, growing.
func NewHistogram(bounds ...float64) *Histogram {
	return &Histogram{bounds: bounds, counts: make([]atomic.Uint64, len(bounds)+1)}
}

// Observe counts a value in the first bucket whose bound it does not exceed.
func (h *Histogram) Observe(v float64) {
	i, _ := slices.BinarySearch(h.bounds, v)
	h.counts[i].Add(1)
	for {
		old := h.sum.Load()
		if h.sum.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+v)) {
			return
		}
	}
}

// Values are a histogram's at one moment.
type Values struct {
	// Buckets has, by upper bound, how many observations did not exceed it.
	Buckets map[float64]uint64
	Count   uint64 // of all observations
	Sum     float64
}

// Values returns them; the caller owns the map. Observations made meanwhile may be in Sum
// and not in the counts.
func (h *Histogram) Values() Values {
	v := Values{Buckets: make(map[float64]uint64, len(h.bounds)), Sum: math.Float64frombits(h.sum.Load())}
	for i := range h.counts {
		v.Count += h.counts[i].Load()
		if i < len(h.bounds) {
			v.Buckets[h.bounds[i]] = v.Count
		}
	}
	return v
}
