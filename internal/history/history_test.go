package history

import (
	"context"
	"fmt"
	"os"
	"slices"
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
	now    time.Time
	policy classify.Policies

	db     *sqlite.DB
	log    *journal.SQLite
	keeper *Keeper
	live   *wallboard.Wallboard // lets go, and begins anew from what is stored
	plain  *wallboard.Wallboard // never forgets
}

// Apply and Tick make the house the journal's applier: both wallboards get the same.
func (h *house) Apply(b journal.Batch) {
	h.keeper.Apply(b)
	h.plain.Apply(b.Source, b.Received, b.Events)
}

func (h *house) Tick(asOf int64) {
	h.keeper.Tick(asOf)
	h.plain.Tick(asOf)
}

func (h *house) options(archive wallboard.Archive) wallboard.Options {
	return wallboard.Options{
		Sources: []wallboard.Source{
			{Name: "a", Vendor: "twilio", Queues: map[string]string{"Q1": "Billing"}, Policies: h.policy},
			{Name: "b", Vendor: "cloudevents", Policies: h.policy},
		},
		ServiceLevelSeconds: map[string]int{"Billing": 600}, Archive: archive, Now: func() time.Time { return h.now },
	}
}

func (h *house) clock() time.Time { return h.now }

// open begins as the program does. Only what is after the stored position is replayed, so the
// plain wallboard gets the rest before.
func (h *house) open(t rapid.TB) {
	var err error
	if h.db, err = sqlite.Open(context.Background(), h.dir); err != nil {
		t.Fatal(err)
	}
	store := Open(context.Background(), h.db, nil)
	h.live = wallboard.New(h.options(store))
	h.keeper = NewKeeper(store, h.live)
	if h.log, err = journal.OpenSQLite(h.db, h, journal.Options{Now: h.clock}); err != nil {
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

func (h *house) close(t rapid.TB) {
	if err := h.log.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
}

// newHouse opens one in a folder of its own.
func newHouse(t rapid.TB) *house {
	dir, err := os.MkdirTemp("", "wallboard-history-")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{dir: dir, now: testNow, policy: classify.DefaultPolicies()}
	h.policy.LostTrackAfterVoice, h.policy.LostTrackAfterMessaging = time.Hour, 2*time.Hour
	h.plain = wallboard.New(h.options(nil))
	h.open(t)
	return h
}

func (h *house) remove(t rapid.TB) {
	h.close(t)
	os.RemoveAll(h.dir)
}

func (h *house) append(t rapid.TB, source string, events []interaction.Event) {
	r := journal.Record{Source: source, Received: h.now.UnixMicro(), Method: "POST", Events: events}
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
			Mode: interaction.Cold, By: interaction.Party(rapid.IntRange(1, 3).Draw(t, "by")),
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

// same compares the two wallboards in all that can be seen.
func (h *house) same(t rapid.TB) {
	at := h.now.UnixMicro()
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
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("board %s (-in memory +from history):\n%s", def.Name, d)
		}
	}
	var pages []wallboard.Interaction
	for cursor := ""; ; {
		list, next, err := h.live.Interactions(wallboard.Filter{}, 3, cursor)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, list...)
		if cursor = next; next == "" {
			break
		}
	}
	want, _, err := h.plain.Interactions(wallboard.Filter{}, 1000, "")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, pages, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("lists (-in memory +from history):\n%s", d)
	}
	for _, in := range want {
		one, ok, err := h.live.Interaction(in.Source, in.ID)
		whole, _, _ := h.plain.Interaction(in.Source, in.ID)
		if d := cmp.Diff(whole, one, cmpopts.EquateEmpty()); err != nil || !ok || d != "" {
			t.Fatalf("%s: %v, %v (-in memory +from history):\n%s", in.ID, ok, err, d)
		}
	}
}

// TestHistoryEqualsMemory: whatever leaves memory and comes back, by late events, merges and
// restarts, everything that can be seen equals a wallboard that never forgets; and an audit
// finds nothing.
func TestHistoryEqualsMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHouse(t)
		defer h.remove(t)
		keys := 0
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				h.keeper.Keep(context.Background())
				h.now = h.now.Add(time.Duration(rapid.IntRange(10, 5000).Draw(t, "seconds")) * time.Second)
			case 1:
				h.keeper.Keep(context.Background())
			case 2: // what cannot be stored is stored later
				h.live.PutBack(h.live.Take())
			case 3:
				h.close(t)
				h.open(t)
			default:
				source, events := anyDelivery(t, &keys, h.now)
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
