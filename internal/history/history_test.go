package history

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/internal/wallboard"
)

var testNow = time.Date(2026, 11, 23, 14, 2, 7, 0, time.UTC)

// house is a wallboard with a real database, beside one that keeps everything in memory.
type house struct {
	dir    string
	at     atomic.Int64 // the clock, µs
	policy classify.Policies
	zone   *time.Location
	// retention is that of each start.
	retention Retention
	// replayed is called once, before the first tick of a start.
	replayed func()
	ctx      context.Context                // of the store
	wrap     func(*Store) wallboard.Archive // what the wallboard asks, if it is not the store itself

	db     *sqlite.DB
	log    *journal.SQLite
	keeper *Keeper
	live   *wallboard.Wallboard // lets go, and begins anew from what is stored

	mu    sync.Mutex           // of the applier, or of a test in its place
	plain *wallboard.Wallboard // never forgets
}

// Apply and Tick make the house the journal's applier: both wallboards get the same.
func (h *house) Apply(b journal.Batch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keeper.Apply(b)
	if h.plain != nil {
		h.plain.Apply(b.Source, b.Received, b.Events)
	}
}

func (h *house) Tick(asOf int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.replayed != nil {
		h.replayed()
		h.replayed = nil
	}
	h.keeper.Tick(asOf)
	if h.plain != nil {
		h.plain.Tick(asOf)
	}
}

func (h *house) options(archive wallboard.Archive) wallboard.Options {
	return wallboard.Options{
		Sources: []wallboard.Source{
			{Name: "a", Vendor: "twilio", Queues: map[string]string{"Q1": "Billing"}, Policies: h.policy},
			{Name: "b", Vendor: "cloudevents", Policies: h.policy},
		},
		ServiceLevelSeconds: map[string]int{"Billing": 600}, Archive: archive, Now: h.now,
	}
}

func (h *house) now() time.Time { return time.UnixMicro(h.at.Load()).UTC() }

func (h *house) pass(d time.Duration) { h.at.Add(d.Microseconds()) }

// open begins as the program does. Only what is after the stored position is replayed, so the
// plain wallboard gets the rest before.
func (h *house) open(t rapid.TB) {
	var err error
	if h.db, err = sqlite.Open(context.Background(), h.dir); err != nil {
		t.Fatal(err)
	}
	store := Open(h.ctx, h.db, h.zone, nil)
	archive := wallboard.Archive(store)
	if h.wrap != nil {
		archive = h.wrap(store)
	}
	h.live = wallboard.New(h.options(archive))
	h.keeper = NewKeeper(store, h.live)
	h.keeper.Retain(h.retention)
	if h.log, err = journal.OpenSQLite(h.db, h, journal.Options{Now: h.now}); err != nil {
		t.Fatal(err)
	}
	through, err := store.Begin(context.Background(), h.live)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.log.Replay(context.Background(), through); err != nil {
		t.Fatal(err)
	}
}

// list walks a list page by page, whose total has to be the number of rows.
func (h *house) list(t rapid.TB, f Filter, limit int) (all []wallboard.Interaction) {
	for cursor := ""; ; {
		l, err := h.keeper.List(context.Background(), f, limit, cursor, true)
		if err != nil {
			t.Fatal(err)
		}
		for i := range l.Rows {
			all = append(all, l.Rows[i].Interaction)
		}
		if cursor = l.Next; cursor == "" {
			if l.Total != len(all) {
				t.Fatalf("%+v: a total of %d for %d rows", f, l.Total, len(all))
			}
			return all
		}
	}
}

func (h *house) close(t rapid.TB) {
	if err := h.log.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
}

// testPolicies lose track soon.
func testPolicies() classify.Policies {
	p := classify.DefaultPolicies()
	p.LostTrackAfterVoice, p.LostTrackAfterMessaging = time.Hour, 2*time.Hour
	return p
}

// freshDatabase is a database's file before anything was stored. Hundreds of houses begin
// with it, because the migrations take longer than what is tested.
var freshDatabase = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "wallboard-history-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(context.Background(), dir)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, "wallboard.db"))
})

// newHouse opens one in a folder of its own.
func newHouse(t rapid.TB) *house {
	dir, err := os.MkdirTemp("", "wallboard-history-")
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := freshDatabase()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "wallboard.db"), fresh, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	h := &house{dir: dir, policy: testPolicies(), ctx: context.Background()}
	h.at.Store(testNow.UnixMicro())
	h.plain = wallboard.New(h.options(nil))
	h.open(t)
	return h
}

func (h *house) remove(t rapid.TB) {
	h.close(t)
	os.RemoveAll(h.dir)
}

func (h *house) append(t rapid.TB, source string, events []interaction.Event) {
	r := journal.Record{Source: source, Received: h.now().UnixMicro(), Method: "POST", Events: events}
	if _, err := h.log.Append(context.Background(), r); err != nil {
		t.Fatal(err)
	}
}

func boards() []*board.Definition {
	paris, _ := time.LoadLocation("Europe/Paris")
	return []*board.Definition{
		{Name: "hour", Window: board.LastHour, Formula: board.Against},
		{Name: "half", Window: board.Last30m, Formula: board.Ignore, Queues: []string{"Billing"}},
		{Name: "today", Window: board.Today, Zone: paris, Formula: board.Positive, Channels: []string{"voice"}},
	}
}

// anyDelivery draws a delivery of a few events about few contacts, in any order.
func anyDelivery(t *rapid.T, n *int, now time.Time) (string, []interaction.Event) {
	events := make([]interaction.Event, rapid.IntRange(1, 3).Draw(t, "events"))
	for i := range events {
		*n++
		k := interaction.Kind(rapid.IntRange(int(interaction.Started), int(interaction.AgentState)).Draw(t, "kind"))
		key := *n
		if rapid.IntRange(0, 9).Draw(t, "again") == 0 {
			key = rapid.IntRange(1, *n).Draw(t, "key")
		}
		e := interaction.Event{
			Interaction: fmt.Sprint("I", rapid.IntRange(1, 6).Draw(t, "id")), Kind: k, Key: fmt.Sprint("k", key),
			At:    now.Add(time.Duration(rapid.IntRange(-9000, 30).Draw(t, "at")) * time.Second).UnixMicro(),
			Work:  fmt.Sprint("W", rapid.IntRange(1, 3).Draw(t, "work")),
			Agent: fmt.Sprint("A", rapid.IntRange(1, 3).Draw(t, "agent")), Queue: rapid.SampledFrom([]string{"", "Q1", "Q2"}).Draw(t, "queue"),
			Customer: rapid.SampledFrom([]string{"", "anna", "bert"}).Draw(t, "customer"),
			Mode:     interaction.Cold, By: interaction.Party(rapid.IntRange(1, 3).Draw(t, "by")),
			Presence: interaction.Presence(rapid.IntRange(1, 5).Draw(t, "presence")),
		}
		switch k {
		case interaction.Started:
			e.Channel = interaction.Channel(rapid.IntRange(1, 2).Draw(t, "channel"))
			e.Role = interaction.Role(max(1, rapid.IntRange(-3, 2).Draw(t, "role")))
		case interaction.Linked:
			e.Other = fmt.Sprint("I", rapid.IntRange(1, 6).Draw(t, "other"))
		case interaction.Reported:
			e.Outcome = interaction.Abandoned
		}
		events[i] = e
	}
	return rapid.SampledFrom([]string{"a", "b"}).Draw(t, "source"), events
}

// difference is that of two values, of which empty slices are as good as none. To look for one
// costs a hundred times as much as to see that there is none.
func difference(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return cmp.Diff(want, got, cmpopts.EquateEmpty())
}

// same compares the two wallboards in all that can be seen.
func (h *house) same(t rapid.TB) {
	at := h.now().UnixMicro()
	h.live.Tick(at)
	h.plain.Tick(at)
	for _, def := range boards() {
		got, want := h.live.Numbers(def), h.plain.Numbers(def)
		for _, n := range []*wallboard.Numbers{&got, &want} {
			n.StatusByChannel = slices.DeleteFunc(n.StatusByChannel, func(c wallboard.ChannelStatus) bool {
				return c.Status == [interaction.StatusCount]int64{}
			})
			n.Metrics.ServiceLevelSeconds = 0 // depends on cells that are empty
		}
		if h.retention.Contacts > 0 {
			want.Sources, want.Queues = got.Sources, got.Queues // remembered longer than what they are of is stored
		}
		if d := difference(want, got); d != "" {
			t.Fatalf("board %s (-in memory +from history):\n%s", def.Name, d)
		}
	}
	h.sums(t)
	pages, want := h.list(t, Filter{}, 3), h.plain.All()
	newestFirst := func(a, b wallboard.Interaction) int { return b.StartedAt.Compare(a.StartedAt) }
	if !slices.IsSortedFunc(pages, newestFirst) {
		t.Fatal("a list is not sorted by the start")
	}
	slices.SortFunc(pages, func(a, b wallboard.Interaction) int {
		if c := newestFirst(a, b); c != 0 {
			return c
		}
		return strings.Compare(a.Source+" "+a.ID, b.Source+" "+b.ID)
	})
	if d := difference(want, pages); d != "" {
		t.Fatalf("lists (-in memory +from history):\n%s", d)
	}
	for _, in := range want {
		one, ok, err := h.live.Interaction(in.Source, in.ID)
		whole, _, _ := h.plain.Interaction(in.Source, in.ID)
		if d := difference(whole, one); err != nil || !ok || d != "" {
			t.Fatalf("%s: %v, %v (-in memory +from history):\n%s", in.ID, ok, err, d)
		}
	}
}

// TestHistoryEqualsMemory: whatever leaves memory and comes back, by late events, merges and
// restarts, everything that can be seen equals a wallboard that never forgets; and an audit
// finds nothing.
func TestHistoryEqualsMemory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := newHouse(t)
		defer h.remove(t)
		keys := 0
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				h.keeper.Keep(context.Background())
				h.pass(time.Duration(rapid.IntRange(10, 5000).Draw(t, "seconds")) * time.Second)
			case 1:
				h.keeper.Keep(context.Background())
			case 2: // what cannot be stored is stored later
				h.live.PutBack(h.live.Take())
			case 3:
				h.close(t)
				h.open(t)
			default:
				source, events := anyDelivery(t, &keys, h.now())
				h.append(t, source, events)
			}
			h.same(t)
		}
		for _, whole := range []bool{false, true} {
			v, err := h.keeper.Audit(context.Background(), h.log, whole)
			if err != nil || v.Differing > 0 {
				t.Fatalf("the audit (whole: %v) fails: %v %q", whole, err, v.Differences)
			}
		}
	})
}

// call is one customer's call, and when it is told.
func call(id string, at time.Time, lostEnd bool) []interaction.Event {
	event := func(k interaction.Kind, seconds int) interaction.Event {
		return interaction.Event{
			Interaction: id, Kind: k, Key: id + k.String(), At: at.Add(time.Duration(seconds) * time.Second).UnixMicro(),
			Channel: interaction.Voice, Queue: "Q1", Work: "W" + id, Agent: "A1", By: interaction.ByCustomer,
		}
	}
	events := []interaction.Event{event(interaction.Started, 0), event(interaction.Queued, 1), event(interaction.Assigned, 5)}
	if !lostEnd {
		events = append(events, event(interaction.Accepted, 8), event(interaction.Disconnected, 100))
	}
	return events
}

// TestMemoryStaysFlat: over thirty days in which one call in five loses its end, what is in
// memory at the end of a day does not grow, and everything can still be found.
func TestMemoryStaysFlat(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	defer h.remove(t)
	h.plain = nil // it would grow
	const days, steps, calls = 30, 8, 20
	n, most := 0, 0
	for range days {
		for range steps {
			h.pass(24 * time.Hour / steps)
			var events []interaction.Event
			for range calls {
				n++
				events = append(events, call(fmt.Sprint("C", n), h.now(), n%5 == 0)...)
			}
			h.append(t, "a", events)
			h.keeper.Keep(t.Context())
			h.live.Tick(h.now().UnixMicro())
			most = max(most, h.live.Held())
		}
	}
	// Those of a step and of the one before, which are let go only now.
	if limit := 2 * calls; most > limit {
		t.Errorf("at most %d contacts were in memory, want at most %d", most, limit)
	}
	def := &board.Definition{Window: board.LastHour}
	if open := h.live.Numbers(def).Customers.Open; open > calls {
		t.Errorf("%d are open, want at most those of the last step", open)
	}
	lost, found := 0, 0
	for _, in := range h.list(t, Filter{}, 500) {
		found++
		if in.State == "lost_track" {
			lost++
		}
	}
	if found != n || lost < n/5-2*calls {
		t.Errorf("found %d interactions of which %d lost track, want %d and about %d", found, lost, n, n/5)
	}
	v, err := h.keeper.Audit(t.Context(), h.log, true)
	if err != nil || v.Differing != 0 || v.Contacts != int64(n) {
		t.Errorf("the audit: %+v, %v, want %d contacts and no difference", v, err, n)
	}
}

// TestLateEventComesBack: an end that comes a day late finds its contact, which had left
// memory as lost track.
func TestLateEventComesBack(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	began := h.now()
	h.append(t, "a", call("C", began, true))
	h.pass(24 * time.Hour)
	h.live.Tick(h.now().UnixMicro()) // it is lost track now
	h.keeper.Keep(t.Context())
	h.pass(time.Minute)
	h.live.Tick(h.now().UnixMicro())
	if n := h.live.Held(); n != 0 {
		t.Fatalf("%d contacts are in memory, want none", n)
	}
	in, ok, err := h.live.Interaction("a", "C")
	if err != nil || !ok || in.State != "lost_track" || in.Reason != "silent" {
		t.Fatalf("got %+v, %v, %v, want it lost track", in, ok, err)
	}
	h.append(t, "a", call("C", began, false)[3:])
	in, ok, err = h.live.Interaction("a", "C")
	if err != nil || !ok || in.Outcome != interaction.Answered || len(in.Works) != 1 {
		t.Errorf("got %+v, %v, %v, want it answered with one work", in, ok, err)
	}
}

// TestChangedRules: under another policy everything is counted anew from the journal.
func TestChangedRules(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	menu := call("C", h.now(), true)[:1]
	menu = append(menu, interaction.Event{Interaction: "C", Kind: interaction.Disconnected, Key: "end", At: h.now().UnixMicro() + 1, By: interaction.ByCustomer})
	h.append(t, "a", menu)
	h.keeper.Keep(t.Context())
	if in, _, _ := h.live.Interaction("a", "C"); in.Outcome != interaction.LeftInMenu {
		t.Fatalf("got %v, want left in menu", in.Outcome)
	}
	h.close(t)
	h.policy.LeftInMenu = "abandoned"
	h.plain = wallboard.New(h.options(nil))
	h.open(t)
	h.same(t)
	if in, _, _ := h.live.Interaction("a", "C"); in.Outcome != interaction.Abandoned {
		t.Errorf("got %v, want abandoned", in.Outcome)
	}
}

// TestAuditBesideWork: an audit at one position finds nothing while deliveries come, contacts
// leave and come back.
func TestAuditBesideWork(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	h.at.Store(time.Now().UnixMicro())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 100 {
			at := h.now().Add(-time.Duration(i%40) * time.Minute)
			h.append(t, "a", call(fmt.Sprint("C", i), at, i%3 == 0))
			h.append(t, "a", call(fmt.Sprint("C", i/2), at, false)) // late events of others
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

// TestPlantedDifference: what somebody changed in the stored counts is found by an audit after
// the next start.
func TestPlantedDifference(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	h.append(t, "a", call("C", h.now(), false))
	h.keeper.Keep(t.Context())
	if _, err := h.db.Write.Exec("UPDATE cells SET balance = balance + 1"); err != nil {
		t.Fatal(err)
	}
	h.close(t)
	h.open(t)
	for _, whole := range []bool{false, true} {
		v, err := h.keeper.Audit(t.Context(), h.log, whole)
		if err != nil || v.Differing != 1 || !strings.Contains(v.Differences[0], "+1 off") {
			t.Errorf("got %+v, %v, want the one difference", v, err)
		}
	}
}

// TestLostEvent: an event that its contact does not name any more is found by the whole audit.
func TestLostEvent(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	h.append(t, "a", call("C", h.now(), false))
	h.keeper.Keep(t.Context())
	if _, err := h.db.Write.Exec("UPDATE contacts SET positions = ?", pack([]int64{1, 2, 3})); err != nil {
		t.Fatal(err)
	}
	h.close(t)
	h.open(t)
	v, err := h.keeper.Audit(t.Context(), h.log, true)
	if err != nil || v.Differing == 0 {
		t.Errorf("got %+v, %v, want differences", v, err)
	}
}
