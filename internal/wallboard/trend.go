package wallboard

import (
	"slices"
	"time"

	"github.com/wallboard/wallboard/internal/board"
)

// slotBuckets is how many buckets make a slot of the trend, a quarter of an hour.
const slotBuckets = 90

// slot is what the trend shows of a quarter of an hour.
type slot struct{ started, abandoned int32 }

// course is a cell's slots without a gap from first on: the buckets of a day are too many to
// add up for every frame. There are at most as many as keepBuckets have.
type course struct {
	first int64 // index of slots[0], in slots since the epoch
	slots []slot
}

// add counts in a bucket's slot what the trend shows of a field.
func (c *course) add(bucket int64, f field, amount int64) {
	if f != started && f != abandoned || amount == 0 {
		return
	}
	i := bucket / slotBuckets
	switch {
	case len(c.slots) == 0:
		c.first = i
	case i < c.first:
		c.slots = append(make([]slot, c.first-i), c.slots...)
		c.first = i
	}
	for i >= c.first+int64(len(c.slots)) {
		c.slots = append(c.slots, slot{})
	}
	s := &c.slots[i-c.first]
	if f == started {
		s.started += int32(amount)
	} else {
		s.abandoned += int32(amount)
	}
}

// any reports whether anything is counted in the slots.
func (c *course) any() bool {
	return slices.ContainsFunc(c.slots, func(s slot) bool { return s != slot{} })
}

// prune drops the slots that have no bucket from floor on.
func (c *course) prune(floor int64) {
	if n := min(floor/slotBuckets-c.first, int64(len(c.slots))); n > 0 {
		c.slots = append([]slot(nil), c.slots[n:]...)
		c.first += n
	}
}

// trend adds up the slots of a board's cells since its day began.
func (w *Wallboard) trend(def *board.Definition, now time.Time) *Trend {
	since := board.DayStart(now, zone(def), def.DayStart)
	first := since.UnixMicro() / bucketMicros / slotBuckets
	n := now.UnixMicro()/bucketMicros/slotBuckets - first + 1
	if n < 1 || n > keepBuckets/slotBuckets+1 {
		return nil // the clock was set
	}
	t := &Trend{Since: since, Started: make([]int64, n), Abandoned: make([]int64, n)}
	for k, c := range w.cells {
		if !shows(def, k) {
			continue
		}
		for i := range c.course.slots {
			if at := c.course.first + int64(i) - first; at >= 0 && at < n {
				t.Started[at] += int64(c.course.slots[i].started)
				t.Abandoned[at] += int64(c.course.slots[i].abandoned)
			}
		}
	}
	return t
}
