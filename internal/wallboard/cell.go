package wallboard

import (
	"slices"

	"github.com/wallboard/wallboard/internal/interaction"
)

// bucketMicros is the width of a bucket: the grain of every window's edge.
const bucketMicros = 10_000_000

// keepBuckets is how far back buckets are kept, in buckets: the longest day has 25
// hours, and one more is for boards that ask late.
const keepBuckets = 26 * 3600 * 1_000_000 / bucketMicros

// cellKey is what a cell counts. The queue is its name; "" is no queue.
type cellKey struct {
	source  string
	channel interaction.Channel
	queue   string
}

// field is one additive count of a bucket.
type field int

const (
	started field = iota
	answered
	abandoned
	selfServed
	endedBySystem
	leftInMenu
	lostTrack
	accepted       // interactions answered, counted at the first accept
	acceptedWait   // µs
	acceptedWithin // answered within the queue's T
	abandonedWait  // µs
	abandonedWithin
	handled
	handleTime // µs
	reason0    // four, as interaction.AbandonedReasons
	status0    = reason0 + field(len(interaction.AbandonedReasons))
	corrected0 = status0 + field(interaction.StatusCount) // six, as the outcomes from answered on
	fixed0     = corrected0 + 6                           // corrected, by reason as reason0
	fields     = fixed0 + field(len(interaction.AbandonedReasons))
)

// counts is one struct of additive counts.
type counts [fields]int64

// ended is the number of interactions that ended.
func (c *counts) ended() int64 {
	return c[answered] + c[abandoned] + c[selfServed] + c[endedBySystem] + c[leftInMenu] + c[lostTrack]
}

// bucket is what happened in ten seconds. Waits keeps every finished wait, so that
// the longest is known again when one is corrected away.
type bucket struct {
	counts counts
	waits  []int64 // µs, sorted
}

// windowSum is the running sum of a cell's buckets from since on.
type windowSum struct {
	since   int64 // bucket index
	counts  counts
	longest int64 // µs; -1 is none
	stale   bool  // longest must be looked for again
}

// cell counts one source, channel and queue.
type cell struct {
	key   cellKey
	open  int64 // interactions
	gauge [interaction.StatusCount]int64
	// waiting are the entries into the queue of those whom it holds now, sorted.
	waiting []int64
	// balance is all starts less all ends that were ever counted.
	balance int64
	buckets map[int64]*bucket
	sums    map[windowKey]*windowSum
	course  course

	// What changed since it was last taken for the archive: buckets by index, and the balance.
	changed map[int64]struct{}
	moved   bool
}

func newCell(k cellKey) *cell {
	return &cell{
		key: k, buckets: make(map[int64]*bucket), sums: make(map[windowKey]*windowSum), changed: make(map[int64]struct{}),
	}
}

// weigh is what a count of a field adds to the balance.
func (f field) weigh(amount int64) int64 {
	switch {
	case f == started:
		return amount
	case f >= answered && f <= lostTrack:
		return -amount
	}
	return 0
}

// add changes one count of one bucket. Buckets before floor are no longer kept; what
// belongs there moves only the balance.
func (c *cell) add(at int64, floor int64, f field, amount int64) {
	if b := f.weigh(amount); b != 0 {
		c.balance += b
		c.moved = true
	}
	i := at / bucketMicros
	if i < floor {
		return
	}
	c.bucket(i).counts[f] += amount
	c.course.add(i, f, amount)
	c.changed[i] = struct{}{}
	for _, s := range c.sums {
		if i >= s.since {
			s.counts[f] += amount
		}
	}
}

func (c *cell) bucket(i int64) *bucket {
	b := c.buckets[i]
	if b == nil {
		b = &bucket{}
		c.buckets[i] = b
	}
	return b
}

// addWait adds a finished wait, or takes it back.
func (c *cell) addWait(at, floor, wait int64, put bool) {
	i := at / bucketMicros
	if i < floor {
		return
	}
	b := c.bucket(i)
	b.waits = edit(b.waits, wait, put)
	c.changed[i] = struct{}{}
	for _, s := range c.sums {
		switch {
		case i < s.since:
		case put:
			s.longest = max(s.longest, wait)
		case wait >= s.longest:
			s.stale = true
		}
	}
}

// edit puts a value into a sorted slice, or takes one out.
func edit(sorted []int64, v int64, put bool) []int64 {
	i, found := slices.BinarySearch(sorted, v)
	switch {
	case put:
		return slices.Insert(sorted, i, v)
	case found:
		return slices.Delete(sorted, i, i+1)
	}
	return sorted
}

// maxWindows is how many windows a cell keeps the sums of; who tries out boards makes some.
const maxWindows = 64

// window returns the sum of the buckets from since on, moving the running sum there.
func (c *cell) window(k windowKey, since int64) *windowSum {
	s := c.sums[k]
	if s == nil && len(c.sums) >= maxWindows {
		clear(c.sums) // they are counted anew as they are asked for
	}
	if s == nil || since < s.since || since-s.since > 360 {
		s = &windowSum{since: since, stale: true}
		for i, b := range c.buckets {
			if i >= since {
				s.counts.addAll(&b.counts, 1)
			}
		}
		c.sums[k] = s
	}
	for ; s.since < since; s.since++ {
		if b := c.buckets[s.since]; b != nil {
			s.counts.addAll(&b.counts, -1)
			s.stale = s.stale || len(b.waits) > 0 && b.waits[len(b.waits)-1] >= s.longest
		}
	}
	if s.stale {
		s.longest, s.stale = -1, false
		for i, b := range c.buckets {
			if i >= since && len(b.waits) > 0 {
				s.longest = max(s.longest, b.waits[len(b.waits)-1])
			}
		}
	}
	return s
}

func (c *counts) addAll(o *counts, sign int64) {
	for i := range c {
		c[i] += sign * o[i]
	}
}

// prune drops the buckets before floor.
func (c *cell) prune(floor int64) {
	for i := range c.buckets {
		if i < floor {
			delete(c.buckets, i)
			delete(c.changed, i)
		}
	}
	c.course.prune(floor)
}

// idle reports whether the cell holds nothing that a board could show.
func (c *cell) idle() bool {
	return len(c.buckets) == 0 && c.balance == 0 && c.open == 0 && len(c.waiting) == 0 && !c.moved &&
		c.gauge == [interaction.StatusCount]int64{}
}
