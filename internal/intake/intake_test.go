package intake

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/sqlite"
)

// words decodes bodies of words; some of them are trouble.
type words struct{}

func (words) Acknowledge(*source.Delivery) source.Response { return source.Response{Status: 204} }

func (words) Decode(d *source.Delivery) (out source.Decoded, err error) {
	for i, w := range strings.Fields(string(d.Body)) {
		switch w {
		case "panic":
			panic("+447700900111")
		case "malformed":
			return out, source.ErrMalformed
		case "problem":
			out.Problems = append(out.Problems, source.Problem{Index: i, Reason: "why"})
		case "noise":
			out.Ignore(w)
		case "ancient":
			out.Events = append(out.Events, interaction.Event{Interaction: "I", Kind: interaction.Queued, At: 1, Key: w})
		default:
			out.Events = append(out.Events, interaction.Event{Interaction: "I", Kind: interaction.Queued, At: time.Now().UnixMicro(), Key: w, Customer: "+447700900111"})
		}
	}
	return out, nil
}

func (words) Verify(d *source.Delivery) error {
	if d.Header.Get("Secret") != "test" {
		return source.ErrUnauthenticated
	}
	return nil
}

// live remembers what was applied.
type live struct{ events []interaction.Event }

func (l *live) Apply(_ string, _ int64, events []interaction.Event) {
	l.events = append(l.events, events...)
}
func (*live) Tick(int64) {}

func pipeline(t *testing.T) (*Intake, *live, *sqlite.DB) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "d"))
	if err != nil {
		t.Fatal(err)
	}
	l := &live{}
	j, err := journal.OpenSQLite(db, applier{l}, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Replay(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close(); db.Close() })
	return New(Options{
		Sources: map[string]Source{"s": {Verifier: words{}, Decoder: words{}}}, Journal: j, Key: []byte("key"), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}), l, db
}

func post(body string) *source.Delivery {
	return &source.Delivery{Received: time.Now(), Method: "POST", Header: map[string][]string{"Secret": {"test"}}, Body: []byte(body)}
}

func TestHandle(t *testing.T) {
	in, l, db := pipeline(t)
	for _, tc := range []struct {
		name string
		d    *source.Delivery
		want error
	}{
		{"s", post("a b"), nil},
		{"s", post("a"), nil},
		{"s", post("c problem ancient"), nil},
		{"s", post("panic"), nil},
		{"s", post("malformed"), source.ErrMalformed},
		{"nobody", post("a"), ErrUnknownSource},
		{"s", &source.Delivery{Method: "POST", Body: []byte("d")}, source.ErrUnauthenticated},
		{"s", &source.Delivery{Method: "GET"}, source.ErrMethod},
	} {
		if _, err := in.Handle(context.Background(), tc.name, tc.d); !errors.Is(err, tc.want) {
			t.Errorf("%q: got %v, want %v", tc.d.Body, err, tc.want)
		}
	}
	var keys []string
	for _, e := range l.events {
		keys = append(keys, e.Key)
		if e.Customer == "" || strings.Contains(e.Customer, "7700") {
			t.Errorf("%s: the customer is %q, not a hash", e.Key, e.Customer)
		}
	}
	if got := strings.Join(keys, " "); got != "a b c" {
		t.Errorf("applied %q, want a b c", got)
	}
	var parts int
	var reasons string
	if err := db.Read.QueryRow("SELECT count(*), group_concat(reason) FROM quarantine").Scan(&parts, &reasons); err != nil {
		t.Fatal(err)
	}
	if parts != 3 || strings.Contains(reasons, "7700") {
		t.Errorf("%d parts in quarantine, want 3: %s", parts, reasons)
	}
}

// TestOverload: beyond the places in flight a delivery is turned away at once.
func TestOverload(t *testing.T) {
	in, _, _ := pipeline(t)
	for range inFlight {
		in.places <- struct{}{}
	}
	if _, err := in.Handle(context.Background(), "s", post("a")); !errors.Is(err, ErrOverloaded) {
		t.Errorf("got %v, want ErrOverloaded", err)
	}
}
