package intake

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/sqlite"
)

// plain is a small vendor whose deliveries are JSON lists of events, with "panic" and "bad"
// as parts of their own. Its secret stands in a header.
type plain struct{}

const secret = "the-secret"

func (plain) Verify(d *source.Delivery) error {
	if d.Header.Get("Authorization") != secret {
		return fmt.Errorf("%w: Authorization", source.ErrUnauthenticated)
	}
	return nil
}

func (plain) Handshake(d *source.Delivery) (source.Response, bool) {
	if d.Method != http.MethodOptions || d.Header.Get("Echo") == "" {
		return source.Response{}, false
	}
	return source.Response{Status: http.StatusOK, Body: []byte(d.Header.Get("Echo"))}, true
}

func (plain) Decode(d *source.Delivery) (out source.Decoded, err error) {
	if d.Header.Get("Content-Type") != "application/json" {
		return out, source.ErrContentType
	}
	var parts []interaction.Event
	if err := json.Unmarshal(d.Body, &parts); err != nil {
		return out, fmt.Errorf("%w: body", source.ErrMalformed)
	}
	for i, e := range parts {
		switch e.Key {
		case "panic":
			panic("decoding " + e.Customer)
		case "bad":
			out.Problems = append(out.Problems, source.Problem{Index: i, Reason: "bad: is not good"})
		case "unneeded":
		default:
			out.Events = append(out.Events, e)
		}
	}
	return out, nil
}

func (plain) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusAccepted}
}

// floor is a live state that remembers.
type floor struct {
	mu     sync.Mutex
	events []interaction.Event
	asOf   int64
	hold   chan struct{} // when set, Apply waits until it is closed
}

func (f *floor) Apply(name string, received int64, events []interaction.Event) {
	if f.hold != nil {
		<-f.hold
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range events {
		if e.Source != name || e.Received != received {
			panic("an event differs from its batch")
		}
		f.events = append(f.events, e)
	}
}

func (f *floor) Tick(asOf int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asOf = asOf
}

// house is an intake over a real journal.
type house struct {
	*Intake
	db      *sqlite.DB
	journal *journal.SQLite
	floor   *floor
	log     *bytes.Buffer
	clock   time.Time
}

var received = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func build(t *testing.T, dir string, f *floor, inFlight int) *house {
	t.Helper()
	db, err := sqlite.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.OpenSQLite(db, applier{f}, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Replay(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(j.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	h := &house{db: db, journal: j, floor: f, log: new(bytes.Buffer), clock: received.Add(time.Hour)}
	h.Intake = New(Options{
		Sources: map[string]Source{
			"s": {Verifier: plain{}, Decoder: plain{}}, "quiet": {Verifier: plain{}, Decoder: plain{}},
			"slow": {Verifier: plain{}, Decoder: plain{}, PerSecond: 0.5, Burst: 3},
		},
		Journal: j, Key: []byte("key"), InFlight: inFlight,
		Now:    func() time.Time { return h.clock },
		Logger: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	return h
}

func event(key string) interaction.Event {
	return interaction.Event{Interaction: "I", Kind: interaction.Queued, At: received.UnixMicro(), Key: key}
}

func delivery(t *testing.T, events ...interaction.Event) *source.Delivery {
	t.Helper()
	body, err := json.Marshal(events)
	if err != nil {
		t.Fatal(err)
	}
	return &source.Delivery{
		Received: received, Method: http.MethodPost, Path: "/events", RawQuery: "a=b", Body: body,
		Header: http.Header{
			"Authorization": {secret}, "Content-Type": {"application/json"}, "User-Agent": {"vendor/1"},
			"Ce-Type": {"t"}, "Webhook-Signature": {"v1,sig"}, "Cookie": {"c"},
		},
	}
}

// counted compares what was counted of a source, told as words in the order of the fields.
func (h *house) counted(t *testing.T, source, want string) {
	t.Helper()
	var words []string
	tell := func(name string, n uint64) {
		if n > 0 {
			words = append(words, fmt.Sprintf("%s=%d", name, n))
		}
	}
	s, ok := h.Stats()[source]
	for _, r := range Results() {
		tell(r.String(), s.Results[r])
	}
	tell("events", s.Events)
	tell("duplicates", s.Duplicates)
	tell("quarantined", s.Quarantined)
	tell("lags", s.Lag.Count)
	if got := strings.Join(words, " "); !ok || got != want {
		t.Errorf("of %s was counted %q, want %q", source, got, want)
	}
}

// stored counts the rows of a table.
func (h *house) stored(t *testing.T, table string) (n int) {
	t.Helper()
	if err := h.db.Read.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// applier hands batches to a live state as main's wiring does.
type applier struct {
	live interface {
		Apply(source string, received int64, events []interaction.Event)
		Tick(asOf int64)
	}
}

func (a applier) Apply(b journal.Batch) { a.live.Apply(b.Source, b.Received, b.Events) }
func (a applier) Tick(asOf int64)       { a.live.Tick(asOf) }
