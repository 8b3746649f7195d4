package history

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// TestStopUnderLoad: a delivery that is acknowledged after the signal to stop is counted by the
// next start. Once it was stored, left out because the archive had stopped, and then taken
// for counted.
func TestStopUnderLoad(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	h.close(t)
	ctx, signal := context.WithCancel(t.Context())
	h.ctx = ctx
	h.open(t)
	h.append(t, "a", call("A", h.now(), false))
	signal()
	h.append(t, "a", call("B", h.now(), false))
	h.keeper.Keep(context.WithoutCancel(ctx)) // the last
	h.close(t)
	h.ctx = context.Background()
	h.open(t)
	h.same(t)
}

// TestAuditOfLostTrack: at every hour after its last event, an audit of what boards count finds
// a contact that fell silent: it counts at its horizon, and not at its last event.
func TestAuditOfLostTrack(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	h.append(t, "a", call("C", h.now(), true))
	for hour := range 32 {
		h.pass(time.Hour)
		h.live.Tick(h.now().UnixMicro())
		h.keeper.Keep(t.Context())
		v, err := h.keeper.Audit(t.Context(), h.log, false)
		if err != nil || v.Differing > 0 {
			t.Fatalf("after %d hours: %v %q", hour+1, err, v.Differences)
		}
	}
}

// TestClockWasAhead: what was stored while the clock was two days ahead lacks the buckets of
// today; the next start counts anew.
func TestClockWasAhead(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	h.append(t, "a", call("A", h.now(), false))
	h.pass(48 * time.Hour)
	h.live.Tick(h.now().UnixMicro())
	h.keeper.Keep(t.Context())
	h.pass(-48*time.Hour + 2*time.Minute)
	h.close(t)
	h.plain = wallboard.New(h.options(nil))
	h.open(t)
	if n := h.live.Numbers(boards()[0]); n.Customers.Answered != 1 || !n.AsOf.Equal(h.now()) {
		t.Errorf("answered %d as of %v, want 1 as of %v", n.Customers.Answered, n.AsOf, h.now())
	}
}

// TestReplayKeepsNoOldBuckets: while everything is counted anew, buckets that no board needs
// are not even made.
func TestReplayKeepsNoOldBuckets(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	h.plain = nil
	for day := range 60 {
		h.pass(24 * time.Hour)
		h.append(t, "a", call(fmt.Sprint("C", day), h.now(), false))
	}
	h.keeper.Keep(t.Context())
	h.close(t)
	h.policy.LeftInMenu = "abandoned"
	buckets := 0
	h.replayed = func() { // the first tick removes what is old
		for _, c := range h.live.Take().Cells {
			buckets += len(c.Buckets)
		}
	}
	h.open(t)
	if buckets == 0 || buckets > 12 { // those of two days' calls
		t.Errorf("%d buckets are kept, want those of a day", buckets)
	}
}

// between does something once, after a scan and before what it found is counted.
type between struct {
	*Store
	do func()
}

func (b *between) Scan(after int64, limit int, recent int64) ([]wallboard.Stored, error) {
	found, err := b.Store.Scan(after, limit, recent)
	if do := b.do; do != nil {
		b.do = nil
		do()
	}
	return found, err
}

// TestAuditBetween: an audit counts a contact once that changes hands while it looks.
func TestAuditBetween(t *testing.T) {
	begin := func(t *testing.T) (*house, *between) {
		h := newHouse(t)
		t.Cleanup(func() { h.remove(t) })
		h.close(t)
		h.plain = nil
		b := &between{}
		h.wrap = func(s *Store) wallboard.Archive {
			b.Store = s
			return b
		}
		h.open(t)
		h.append(t, "a", call("C", h.now(), false))
		return h, b
	}
	check := func(t *testing.T, h *house) {
		t.Helper()
		v, err := h.keeper.Audit(t.Context(), h.log, false)
		if err != nil || v.Differing > 0 {
			t.Errorf("%v %q", err, v.Differences)
		}
	}
	t.Run("it comes back unchanged", func(t *testing.T) {
		h, b := begin(t)
		h.keeper.Keep(t.Context())
		h.pass(20 * time.Minute)
		h.live.Tick(h.now().UnixMicro())
		if h.live.Held() != 0 {
			t.Fatal("it did not leave memory")
		}
		again := call("C", h.now(), false)[:1] // of the same key at another time: it changes nothing
		b.do = func() { h.append(t, "a", again) }
		check(t, h)
	})
	t.Run("it became part of another", func(t *testing.T) {
		h, b := begin(t)
		h.append(t, "a", call("D", h.now(), false))
		h.keeper.Keep(t.Context())
		h.append(t, "a", []interaction.Event{{Interaction: "C", Other: "D", Kind: interaction.Linked, Key: "l", At: h.now().UnixMicro()}})
		b.do = func() { h.keeper.Keep(t.Context()) }
		check(t, h)
	})
}

// TestLinkOfKnownKey: a link whose key is another event's of its contact ties its ids all the same,
// also once the contact has left memory. The id that it brought was not stored.
func TestLinkOfKnownKey(t *testing.T) {
	h := retaining(t)
	defer h.remove(t)
	waits := call("B", h.now(), true)
	h.append(t, "b", waits)
	h.pass(2 * 24 * time.Hour)
	h.settle(t)
	link := interaction.Event{Interaction: "B", Kind: interaction.Linked, Other: "A", Key: waits[0].Key, At: waits[0].At + time.Minute.Microseconds()}
	h.append(t, "b", []interaction.Event{link})
	h.settle(t)
	h.anew(t)
	h.same(t)
	v, err := h.keeper.Audit(t.Context(), h.log, true)
	if err != nil || v.Differing > 0 {
		t.Errorf("the audit fails: %v %q", err, v.Differences)
	}
}

// TestFullContact: a contact that cannot take more ids or events says so also after it left
// memory, and what it did not take is no difference.
func TestFullContact(t *testing.T) {
	h := retaining(t)
	defer h.remove(t)
	h.append(t, "b", call("B", h.now(), true))
	h.append(t, "b", call("C", h.now(), true))
	pass := func() {
		t.Helper()
		h.pass(2 * 24 * time.Hour)
		h.settle(t)
	}
	link := func(other string, n int) {
		t.Helper()
		h.append(t, "b", []interaction.Event{{Interaction: "B", Kind: interaction.Linked, Other: other, Key: fmt.Sprint("link", n), At: h.now().UnixMicro()}})
	}
	same := func(what string) {
		t.Helper()
		h.settle(t)
		h.anew(t)
		h.same(t)
		v, err := h.keeper.Audit(t.Context(), h.log, true)
		if err != nil || v.Differing > 0 {
			t.Errorf("%s: %v %q", what, err, v.Differences)
		}
	}
	pass()
	for i := range classify.MaxIDs - 1 {
		link(fmt.Sprint("X", i), i)
	}
	same("as many ids as may be")
	pass()
	link("D", 0)
	same("an id too many, under a known key")
	pass()
	link("C", 100)
	same("a contact too many")
	pass()
	link("E", 101)
	same("an id too many")
	pass()
	h.append(t, "b", call("D", h.now(), true))
	same("the id by itself")
}
