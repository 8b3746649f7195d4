package simulate

import (
	"container/heap"
	"net/http"
	"sync"
	"time"
)

// delivery is one request that the vendor makes.
type delivery struct {
	due    time.Time // in virtual time
	seq    uint64
	header http.Header
	body   []byte

	copy, late, reordered bool
	// done says that the delivery or its copy was acknowledged; it and acknowledge are
	// guarded by the ledger's mu.
	done        *bool
	acknowledge func(at time.Time)
}

// outbox holds what is to be posted, by the time at which it is due.
type outbox struct {
	// Static after construction.
	rates Rates

	// Owned by who plays.
	noise *draw

	mu   sync.Mutex
	heap deliveries
	seq  uint64
}

// put schedules the delivery of a message of a fact at the given time: most of them
// after what a network takes, some later, some twice.
func (o *outbox) put(at time.Time, header http.Header, body []byte, acknowledge func(at time.Time)) {
	d := &delivery{
		due: at.Add(o.noise.between(5*time.Millisecond, 80*time.Millisecond)), header: header, body: body,
		done: new(bool), acknowledge: acknowledge,
	}
	switch x := o.noise.rand.Float64(); {
	case x < o.rates.Late:
		d.late = true
		d.due = d.due.Add(o.noise.between(time.Second, time.Minute))
	case x < o.rates.Late+o.rates.Reorder:
		d.reordered = true
		d.due = d.due.Add(o.noise.between(200*time.Millisecond, 3*time.Second))
	}
	again := o.noise.chance(o.rates.Duplicate)
	gap := o.noise.between(10*time.Millisecond, 5*time.Second)
	o.push(d)
	if again {
		second := *d
		second.copy, second.due = true, d.due.Add(gap)
		o.push(&second)
	}
}

// push adds a delivery. One that was taken out before keeps its place.
func (o *outbox) push(d *delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if d.seq == 0 || d.copy {
		o.seq++
		d.seq = o.seq
	}
	heap.Push(&o.heap, d)
}

// due returns when the next delivery is due; ok is false if there is none.
func (o *outbox) due() (t time.Time, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.heap) == 0 {
		return time.Time{}, false
	}
	return o.heap[0].due, true
}

func (o *outbox) pop() *delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return heap.Pop(&o.heap).(*delivery)
}

func (o *outbox) len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.heap)
}

type deliveries []*delivery

func (d deliveries) Len() int      { return len(d) }
func (d deliveries) Swap(i, j int) { d[i], d[j] = d[j], d[i] }
func (d *deliveries) Push(x any)   { *d = append(*d, x.(*delivery)) }
func (d deliveries) Less(i, j int) bool {
	if !d[i].due.Equal(d[j].due) {
		return d[i].due.Before(d[j].due)
	}
	return d[i].seq < d[j].seq
}

func (d *deliveries) Pop() any {
	last := (*d)[len(*d)-1]
	(*d)[len(*d)-1] = nil
	*d = (*d)[:len(*d)-1]
	return last
}
