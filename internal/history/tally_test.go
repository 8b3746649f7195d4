package history

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTallyAddsAll: Add adds every number of a tally.
func TestTallyAddsAll(t *testing.T) {
	var one, want Tally
	n := int64(0)
	one.each(func(x *int64) { n++; *x = n })
	n = 0
	want.each(func(x *int64) { n++; *x = 2 * n })
	got := one
	got.Add(&one)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-twice +added):\n%s", d)
	}
}
