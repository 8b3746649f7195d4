package measure

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHistogram(t *testing.T) {
	h := NewHistogram(0.5, 1, 5)
	var wg sync.WaitGroup
	for _, v := range []float64{0, 0.5, 0.75, 1, 2, 6, 7.5} {
		wg.Go(func() {
			for range 100 {
				h.Observe(v)
				h.Values()
			}
		})
	}
	wg.Wait()
	want := Values{Buckets: map[float64]uint64{0.5: 200, 1: 400, 5: 500}, Count: 700, Sum: 1775}
	if d := cmp.Diff(want, h.Values()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
