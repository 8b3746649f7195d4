package intake

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/source"
)

// TestDelivery: what is stored and applied of an ordinary delivery.
func TestDelivery(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "data"), &floor{}, 0)
	e := event("k")
	e.Customer = "+33 1 23 45 67 89"
	for range 2 { // the second is a duplicate
		got, err := h.Handle(t.Context(), "s", delivery(t, e))
		if err != nil || got.Status != http.StatusAccepted {
			t.Errorf("got %+v, %v, want the vendor's 202", got, err)
		}
	}
	want := e
	want.Source, want.Received = "s", received.UnixMicro()
	want.Customer = "e0097c17177b948d924d9ac7cdbaf852" // HMAC-SHA256 under "key", first 16 bytes
	want.Position = h.floor.events[0].Position         // the journal's
	if d := cmp.Diff([]interaction.Event{want}, h.floor.events); d != "" {
		t.Errorf("applied (-want +got):\n%s", d)
	}
	var headers, customer string
	if err := h.db.Read.QueryRow("SELECT headers, customer FROM deliveries JOIN events ON delivery = deliveries.position").Scan(&headers, &customer); err != nil {
		t.Fatal(err)
	}
	if want := `{"Ce-Type":"t","Content-Type":"application/json","User-Agent":"vendor/1"}`; headers != want {
		t.Errorf("headers %s, want %s", headers, want)
	}
	if customer != want.Customer {
		t.Errorf("customer stored as %q", customer)
	}
	h.counted(t, "s", "acknowledged=2 events=1 duplicates=1 lags=1")
	h.counted(t, "quiet", "")
	if lag := h.Stats()["s"].Lag; lag.Sum != 3600 {
		t.Errorf("a lag of %v s, want that of the hour between the event and the clock", lag.Sum)
	}
	if h.floor.asOf == 0 {
		t.Error("no tick came through the applier")
	}

	undated := delivery(t, event("undated"))
	undated.Received = time.Time{}
	if _, err := h.Handle(t.Context(), "s", undated); err != nil {
		t.Fatal(err)
	}
	if got, want := h.floor.events[1].Received, received.Add(time.Hour).UnixMicro(); got != want {
		t.Errorf("received %d, want the clock's %d", got, want)
	}
}

// TestRefused: what changes nothing, and why.
func TestRefused(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "data"), &floor{}, 0)
	for _, tc := range []struct {
		name, source string
		spoil        func(d *source.Delivery)
		want         error
	}{
		{"unknown source", "nobody", func(d *source.Delivery) {}, ErrUnknownSource},
		{"unauthenticated", "s", func(d *source.Delivery) { d.Header.Set("Authorization", "guess") }, source.ErrUnauthenticated},
		{"unauthenticated before malformed", "s", func(d *source.Delivery) { d.Header.Del("Authorization"); d.Body = nil }, source.ErrUnauthenticated},
		{"malformed", "s", func(d *source.Delivery) { d.Body = d.Body[:5] }, source.ErrMalformed},
		{"content type", "s", func(d *source.Delivery) { d.Header.Set("Content-Type", "text/plain") }, source.ErrContentType},
		{"method", "s", func(d *source.Delivery) { d.Method = http.MethodGet }, source.ErrMethod},
		{"no handshake", "s", func(d *source.Delivery) { d.Method = http.MethodOptions }, source.ErrMethod},
	} {
		d := delivery(t, event("k"))
		tc.spoil(d)
		if _, err := h.Handle(t.Context(), tc.source, d); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
	}
	if len(h.floor.events) != 0 || h.stored(t, "deliveries") != 0 {
		t.Error("a refused delivery changed something")
	}
	h.counted(t, "s", "unauthenticated=2 malformed=1 content_type=1 method=2")
}

// TestHandshake: it needs no authentication and stores nothing.
func TestHandshake(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "data"), &floor{}, 0)
	got, err := h.Handle(t.Context(), "s", &source.Delivery{Method: http.MethodOptions, Header: http.Header{"Echo": {"hello"}}})
	if err != nil || string(got.Body) != "hello" {
		t.Errorf("got %+v, %v, want hello", got, err)
	}
	if h.stored(t, "deliveries") != 0 {
		t.Error("the handshake was stored")
	}
	h.counted(t, "s", "handshake=1")
}

// TestQuarantine: what does not decode is kept and acknowledged; the rest of the delivery counts.
func TestQuarantine(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "data"), &floor{}, 0)
	late := event("late")
	late.At = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	panics := event("panic")
	panics.Customer = "+33 1 23 45 67 89"
	for _, events := range [][]interaction.Event{
		{event("a"), event("bad"), late, event("b")},
		{event("c"), panics},
		{event("unneeded")},
	} {
		if got, err := h.Handle(t.Context(), "s", delivery(t, events...)); err != nil || got.Status != http.StatusAccepted {
			t.Errorf("got %+v, %v, want the vendor's 202", got, err)
		}
	}
	var keys []string
	for _, e := range h.floor.events {
		keys = append(keys, e.Key)
	}
	if d := cmp.Diff([]string{"a", "b"}, keys); d != "" {
		t.Errorf("applied (-want +got):\n%s", d)
	}
	rows, err := h.db.Read.Query("SELECT delivery, part, reason FROM quarantine ORDER BY delivery, part")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var delivery, part int
		var reason string
		if err := rows.Scan(&delivery, &part, &reason); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d/%d %s", delivery, part, reason))
	}
	want := []string{
		"1/1 bad: is not good",
		// The second of the events; the second part of the delivery has that number already.
		"1/2 time: is not between the years 2000 and 2100",
		"2/0 the decoder failed; this is a defect of the wallboard",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("quarantine (-want +got):\n%s", d)
	}
	h.counted(t, "s", "acknowledged=3 events=2 quarantined=3 lags=1")
}

// TestOverloaded: who finds no place is refused at once, one source leaves places to the
// others, and a place is free again after.
func TestOverloaded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	synctest.Test(t, func(t *testing.T) {
		f := &floor{hold: make(chan struct{})}
		h := build(t, dir, f, 4)
		var wg sync.WaitGroup
		hold := func(name, key string) {
			d := delivery(t, event(key))
			wg.Go(func() {
				if _, err := h.Handle(t.Context(), name, d); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		refused := func(name string) {
			t.Helper()
			synctest.Wait()
			d := delivery(t, event("z"))
			answer := make(chan error, 1)
			wg.Go(func() {
				_, err := h.Handle(t.Context(), name, d)
				answer <- err
			})
			synctest.Wait()
			select {
			case err := <-answer:
				if !errors.Is(err, ErrOverloaded) || errors.Is(err, ErrRate) {
					t.Errorf("%s: got %v, want ErrOverloaded", name, err)
				}
			default:
				t.Errorf("%s: it got a place", name)
			}
		}
		for _, key := range []string{"a", "b", "c"} {
			hold("s", key)
		}
		refused("s") // it has its share, three of four
		hold("quiet", "d")
		refused("quiet") // all are taken
		close(f.hold)
		wg.Wait()
		for _, name := range []string{"s", "quiet"} {
			if _, err := h.Handle(t.Context(), name, delivery(t, event("e"))); err != nil {
				t.Error(err)
			}
		}
		if n := h.InFlight(); n != 0 {
			t.Errorf("%d places are still held", n)
		}
	})
}

// TestRate: a source's authentic deliveries are taken up to its rate; others do not use
// it up.
func TestRate(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "data"), &floor{}, 0)
	n := 0
	handle := func(spoil func(*source.Delivery)) error {
		n++
		d := delivery(t, event(fmt.Sprint(n)))
		spoil(d)
		_, err := h.Handle(t.Context(), "slow", d)
		return err
	}
	good := func(*source.Delivery) {}
	for range 10 {
		if err := handle(func(d *source.Delivery) { d.Header.Del("Authorization") }); !errors.Is(err, source.ErrUnauthenticated) {
			t.Fatalf("got %v", err)
		}
	}
	for range 3 {
		if err := handle(good); err != nil {
			t.Errorf("within the burst: %v", err)
		}
	}
	if err := handle(good); !errors.Is(err, ErrRate) || !errors.Is(err, ErrOverloaded) {
		t.Errorf("beyond the burst: %v, want ErrRate", err)
	}
	h.clock = h.clock.Add(2 * time.Second)
	if err := handle(good); err != nil {
		t.Errorf("two seconds later: %v", err)
	}
	if err := handle(good); !errors.Is(err, ErrRate) {
		t.Errorf("once more: %v, want ErrRate", err)
	}
	h.counted(t, "slow", "acknowledged=4 unauthenticated=10 rate_limited=2 events=4 lags=4")
}

// TestManyEvents: a delivery has at most maxParts events; one with more is kept whole, and
// not counted.
func TestManyEvents(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "data"), &floor{}, 0)
	events := make([]interaction.Event, maxParts+1)
	for i := range events {
		events[i] = event(fmt.Sprint(i))
	}
	events[0] = event("bad")
	for _, n := range []int{maxParts + 1, maxParts} {
		if _, err := h.Handle(t.Context(), "s", delivery(t, events[:n]...)); err != nil {
			t.Errorf("%d events: %v", n, err)
		}
	}
	h.counted(t, "s", fmt.Sprintf("acknowledged=2 events=%d quarantined=2 lags=1", maxParts-1))
}

// TestUnavailable: nothing is acknowledged that is not durable.
func TestUnavailable(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "data"), &floor{}, 0)
	if err := h.journal.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := h.Handle(t.Context(), "s", delivery(t, event("k"))); !errors.Is(err, journal.ErrUnavailable) || got.Status != 0 {
		t.Errorf("got %+v, %v, want ErrUnavailable", got, err)
	}
	if !strings.Contains(h.log.String(), "level=ERROR") {
		t.Error("nobody is told that deliveries are not stored")
	}
}

// TestNothingLeaks: neither log nor error nor quarantine says what a delivery held.
func TestNothingLeaks(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "data"), &floor{}, 0)
	private := []string{"4155550100", "Private-Name", secret, "sig", "a=b"}
	spoilt := func(change func(*interaction.Event)) interaction.Event {
		e := event("private-key-4155550100")
		e.Customer, e.QueueName, e.Interaction = "4155550100", "Private-Name", "4155550100"
		change(&e)
		return e
	}
	var errs []string
	for _, e := range []interaction.Event{
		spoilt(func(e *interaction.Event) {}),
		spoilt(func(e *interaction.Event) { e.Key = "panic" }),
		spoilt(func(e *interaction.Event) { e.At = 4155550100 }),
		spoilt(func(e *interaction.Event) { e.Agent = strings.Repeat("Private-Name", 100) }),
		spoilt(func(e *interaction.Event) { e.Kind = 0 }),
	} {
		if _, err := h.Handle(t.Context(), "s", delivery(t, e)); err != nil {
			t.Error(err)
		}
		d := delivery(t, e)
		d.Body = d.Body[:len(d.Body)-3]
		_, err := h.Handle(t.Context(), "s", d)
		errs = append(errs, err.Error())
		d.Header.Set("Authorization", "wrong "+secret)
		_, err = h.Handle(t.Context(), "s", d)
		errs = append(errs, err.Error())
	}
	var reasons string
	if err := h.db.Read.QueryRow("SELECT group_concat(reason) FROM quarantine").Scan(&reasons); err != nil {
		t.Fatal(err)
	}
	said := h.log.String() + strings.Join(errs, " ") + reasons
	for _, p := range private {
		if strings.Contains(said, p) {
			t.Errorf("%q is in a log, an error or a reason", p)
		}
	}
	for _, want := range []string{"delivery refused", "delivery stored", "delivery in quarantine", "the decoder failed"} {
		if !strings.Contains(said, want) {
			t.Errorf("the log does not say %q: the test proves little", want)
		}
	}
}

// TestConcurrent: many deliveries at once, each event applied once.
func TestConcurrent(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "data"), &floor{}, 0)
	var wg sync.WaitGroup
	const n = 40
	for i := range n {
		d := delivery(t, event(fmt.Sprint(i)), event(fmt.Sprint(i+1)))
		wg.Go(func() {
			if _, err := h.Handle(context.Background(), "s", d); err != nil {
				t.Error(err)
			}
			h.Stats()
		})
	}
	wg.Wait()
	var keys []string
	for _, e := range h.floor.events {
		keys = append(keys, e.Key)
	}
	slices.Sort(keys)
	if got := len(slices.Compact(keys)); got != n+1 || len(h.floor.events) != n+1 {
		t.Errorf("applied %d events of %d keys, want %d", len(h.floor.events), got, n+1)
	}
	s := h.Stats()["s"]
	if s.Results[Acknowledged] != n || s.Events != n+1 || s.Duplicates != n-1 {
		t.Errorf("counts %+v", s)
	}
}
