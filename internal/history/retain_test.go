package history

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// testRetention is the shortest that settings allow.
var testRetention = Retention{Contacts: 7 * 24 * time.Hour, Raw: 24 * time.Hour}

// retaining is a house whose contacts go after a week.
func retaining(t rapid.TB) *house {
	h := newHouse(t)
	h.retain(testRetention)
	h.retention = testRetention
	return h
}

// settle lets time pass until nothing more is removed: what memory has leaves it first.
func (h *house) settle(t rapid.TB) {
	for range 4 {
		h.keeper.Keep(context.Background())
		h.pass(20 * time.Second)
		h.look()
		h.Tick(h.now().UnixMicro())
		h.keeper.strip(context.Background())
	}
}

// anew makes the plain wallboard from what is stored.
func (h *house) anew(t rapid.TB) {
	plain := wallboard.New(h.options(nil))
	for b, err := range h.log.Read(context.Background(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		plain.Apply(b.Source, b.Received, b.Events)
	}
	plain.Tick(h.now().UnixMicro())
	h.keep(plain)
}

// keep sets the wallboard that never forgets; nil is none.
func (h *house) keep(plain *wallboard.Wallboard) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.plain = plain
}

// retain changes the retention as no program does: while it runs.
func (h *house) retain(r Retention) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keeper.Retain(r)
}

// look lets the next tick remove, and begin a sweep.
func (h *house) look() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keeper.removal = removal{}
}

// count is the number of rows that a query finds.
func (h *house) count(t rapid.TB, query string, args ...any) (n int) {
	if err := h.db.Read.QueryRow("SELECT count(*) FROM "+query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRetentionEqualsRecount: at every moment, also after restarts, each number leads to as many rows as it counts, and what is shown equals a
// recount of the events that are stored; an audit of everything finds nothing; and in the end nothing is left
// that is old but the contacts that are open and the agents' latest states.
func TestRetentionEqualsRecount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := retaining(t)
		defer h.remove(t)
		h.keep(nil)
		keys := 0
		for range rapid.IntRange(1, 15).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0, 1:
				h.keeper.Keep(context.Background())
				h.pass(time.Duration(rapid.IntRange(1, 9).Draw(t, "days")) * 24 * time.Hour)
			case 2:
				h.settle(t)
			case 3:
				h.close(t)
				h.open(t)
			default:
				source, events := anyDelivery(t, &keys, h.now())
				if rapid.Bool().Draw(t, "twice") { // under another time, as a stray
					e := events[0]
					e.At += 60_000_000
					events = append(events, e)
				}
				h.append(t, source, events)
			}
			h.Tick(h.now().UnixMicro())
			h.anew(t)
			h.same(t)
			h.numbersOpen(t)
			v, err := h.keeper.Audit(context.Background(), h.log, true)
			if err != nil || v.Differing > 0 {
				t.Fatalf("the audit fails: %v %q", err, v.Differences)
			}
			h.keep(nil)
		}
		for range 2 { // past the horizons, and past the time for which boards count the lost
			h.pass(8 * 24 * time.Hour)
			h.settle(t)
		}
		if n := h.count(t, "contacts WHERE NOT open"); n > 0 {
			t.Fatalf("%d contacts are left", n)
		}
		if events, states := h.count(t, "events"), h.count(t, "agents"); events != states {
			t.Fatalf("%d events are left, of which %d are agents' latest states", events, states)
		}
		for _, table := range []string{"aliases", "strays", "interactions", "works", "corrections"} {
			if n := h.count(t, table); n > 0 {
				t.Fatalf("%d %s are left", n, table)
			}
		}
		if h.count(t, "seen") != h.count(t, "events") || h.count(t, "deliveries") > h.count(t, "events") {
			t.Fatal("dedup keys or deliveries are left whose events are gone")
		}
	})
}

// TestRetentionLimit: a contact stays as long as its newest event was received within the
// retention, to the microsecond, and goes after; one that is open never does.
func TestRetentionLimit(t *testing.T) {
	h := retaining(t)
	defer h.remove(t)
	h.keep(nil)
	h.append(t, "a", call("C", h.now(), false))
	h.keeper.Keep(t.Context())
	h.live.Tick(h.now().Add(time.Hour).UnixMicro())
	limit := h.now().Add(testRetention.Contacts)
	h.at.Store(limit.UnixMicro() - 20_000_000)
	h.live.Tick(h.now().UnixMicro()) // it leaves memory
	for _, x := range []struct {
		at   time.Time
		want int
	}{{limit, 1}, {limit.Add(time.Microsecond), 0}} {
		h.at.Store(x.at.UnixMicro())
		h.look()
		h.Tick(x.at.UnixMicro())
		if n := h.count(t, "contacts"); n != x.want {
			t.Errorf("%v after the limit %d contacts are stored, want %d", x.at.Sub(limit), n, x.want)
		}
	}

	h.policy.LostTrackAfterVoice = 1000 * time.Hour
	h.close(t)
	h.open(t)
	h.append(t, "a", call("D", h.now(), true))
	h.keeper.Keep(t.Context())
	h.pass(900 * time.Hour)
	h.settle(t)
	if n := h.count(t, "contacts"); n != 1 {
		t.Error("a contact that is open was removed")
	}
}

// TestRetentionSlices: many old contacts go in slices, a slice a second.
func TestRetentionSlices(t *testing.T) {
	h := retaining(t)
	defer h.remove(t)
	h.keep(nil)
	for n := range 2*removeContacts + 10 {
		h.append(t, "a", call(fmt.Sprint("C", n), h.now(), false))
	}
	h.keeper.Keep(t.Context())
	h.pass(8 * 24 * time.Hour)
	h.live.Tick(h.now().UnixMicro())
	var left []int
	for range 4 {
		h.pass(removeEvery)
		h.Tick(h.now().UnixMicro())
		h.Tick(h.now().UnixMicro())
		left = append(left, h.count(t, "contacts"))
	}
	if want := []int{removeContacts + 10, 10, 0, 0}; !slices.Equal(left, want) {
		t.Errorf("after each second %v contacts are left, want %v", left, want)
	}
}

// TestLateEventAfterRetention: an event that comes for a contact which is gone begins another.
func TestLateEventAfterRetention(t *testing.T) {
	h := retaining(t)
	defer h.remove(t)
	h.keep(nil)
	began := h.now()
	h.append(t, "a", call("C", began, false))
	h.keeper.Keep(t.Context())
	h.pass(8 * 24 * time.Hour)
	h.settle(t)
	if _, ok, err := h.live.Interaction("a", "C"); ok || err != nil {
		t.Fatalf("the contact is there: %v, %v", ok, err)
	}
	h.append(t, "a", call("C", began, false)[4:])
	in, ok, err := h.live.Interaction("a", "C")
	if err != nil || !ok || in.Outcome != interaction.LostTrack || in.Reason != "start_unseen" {
		t.Errorf("got %+v, %v, %v, want its start unseen", in, ok, err)
	}
}

// TestRawBodies: bodies, headers and queries go after their time, those in quarantine too; the entry of
// what is in quarantine goes with its delivery.
func TestRawBodies(t *testing.T) {
	h := retaining(t)
	defer h.remove(t)
	h.keep(nil)
	post := func(events []interaction.Event, parts ...journal.Quarantined) {
		r := journal.Record{
			Source: "a", Received: h.now().UnixMicro(), Method: "POST", Query: "to=someone", Headers: map[string]string{"X-A": "b"},
			Body: []byte("a customer's words"), Events: events, Quarantined: parts,
		}
		if _, err := h.log.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	post(call("C", h.now(), false))
	post(nil, journal.Quarantined{Reason: "unknown"})
	h.pass(testRetention.Raw + time.Microsecond)
	post(call("D", h.now(), false), journal.Quarantined{Index: 1, Reason: "unknown"})
	h.live.Tick(h.now().UnixMicro())
	h.keeper.strip(t.Context())
	const raw = "deliveries WHERE body IS NOT NULL OR headers <> '{}' OR query <> ''"
	if n, of := h.count(t, raw), h.count(t, "deliveries"); n != 1 || of != 3 {
		t.Errorf("%d of %d deliveries are raw, want the newest of 3", n, of)
	}
	h.pass(testRetention.Raw)
	h.close(t)
	h.open(t)
	h.keeper.strip(t.Context())
	if n, parts := h.count(t, raw), h.count(t, "quarantine"); n != 1 || parts != 2 {
		t.Errorf("%d deliveries are raw and %d parts in quarantine, want one that is not older, and both", n, parts)
	}
	h.pass(testRetention.Contacts - testRetention.Raw)
	h.settle(t)
	if n, parts := h.count(t, "deliveries"), h.count(t, "quarantine"); n != 0 || parts != 0 {
		t.Errorf("%d deliveries and %d parts in quarantine are left", n, parts)
	}
	today := DayOf(h.now(), time.UTC)
	if late, of := h.count(t, "lateness WHERE day < ?", today-7), h.count(t, "lateness"); late != 0 || of == 0 {
		t.Errorf("the lateness of %d days that are too old is left, of %d", late, of)
	}
}

// TestRetentionBesideWork: while contacts are removed, others that are as old are brought back by
// late events, and everything is recounted. No event may miss, and nothing differ.
func TestRetentionBesideWork(t *testing.T) {
	h := retaining(t)
	defer h.remove(t)
	h.keep(nil)
	const contacts = 80
	began := h.now()
	for n := range contacts {
		h.append(t, "a", call(fmt.Sprint("C", n), began, false))
	}
	h.keeper.Keep(t.Context())
	h.pass(8 * 24 * time.Hour)
	h.live.Tick(h.now().UnixMicro())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range contacts {
			h.pass(time.Second)
			e := call(fmt.Sprint("C", contacts-1-n), began, false)[4]
			e.Key, e.At = e.Key+"again", e.At+1
			h.append(t, "a", []interaction.Event{e})
			h.keeper.Keep(context.Background())
		}
	}()
	for working := true; working; {
		select {
		case <-done:
			working = false
		default:
		}
		v, err := h.keeper.Audit(t.Context(), h.log, true)
		if err != nil || v.Differing != 0 {
			t.Fatalf("the audit: %v, %q", err, v.Differences)
		}
	}
}

// TestHeldContactsStay: a contact that memory has again, or that another took in, keeps its
// events, however old, because they would miss when it changes.
func TestHeldContactsStay(t *testing.T) {
	h := retaining(t)
	defer h.remove(t)
	h.keep(nil)
	h.retain(Retention{})
	began := h.now()
	for _, id := range []string{"C", "D", "E"} {
		h.append(t, "a", call(id, began, false))
	}
	h.keeper.Keep(t.Context())
	h.pass(8 * 24 * time.Hour)
	h.live.Tick(h.now().UnixMicro()) // they leave memory; the next sweep is in ten seconds
	again := call("C", began.Add(time.Minute), false)[4:]
	link := call("D", h.now(), false)[:1]
	link[0].Kind, link[0].Other, link[0].Key = interaction.Linked, "E", "link"
	h.append(t, "a", again)
	h.keeper.Keep(t.Context())
	h.append(t, "a", link)
	h.retain(testRetention)
	h.pass(removeEvery)
	h.Tick(h.now().UnixMicro())
	if n := h.count(t, "events"); n != 17 {
		t.Errorf("%d events are stored, want all 17", n)
	}
	again[0].Key = "new"
	h.append(t, "a", again)
	h.settle(t)
	v, err := h.keeper.Audit(t.Context(), h.log, true)
	if err != nil || v.Differing != 0 || v.Contacts != 2 {
		t.Errorf("the audit: %v, %+v, want two contacts", err, v)
	}
}
