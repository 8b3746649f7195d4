package freeswitch

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/sourcetest"
)

// received stands in where an event has no time of its own.
var received = time.Date(2026, 9, 21, 14, 13, 20, 0, time.UTC)

func delivery(body string) *source.Delivery {
	return &source.Delivery{Method: "POST", Received: received, Body: []byte(body), Header: http.Header{"Content-Type": {"application/json"}}}
}

func TestGolden(t *testing.T) { sourcetest.Golden(t, decoder{}) }

func tell(out source.Decoded) string { return fmt.Sprintf("%+v", out) }

// event decodes one event of these fields.
func event(t *testing.T, x decoder, fields string) source.Decoded {
	t.Helper()
	out, err := x.Decode(delivery("{" + fields + "}"))
	if err != nil {
		t.Fatalf("%s: %v", fields, err)
	}
	return out
}

// FuzzDecode: nothing panics, and the same bytes say the same.
func FuzzDecode(f *testing.F) {
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		for _, d := range sourcetest.Deliveries(f, name) {
			f.Add(string(d.Body))
		}
	}
	f.Fuzz(func(t *testing.T, body string) {
		one, err := decoder{}.Decode(delivery(body))
		two, _ := decoder{}.Decode(delivery(body))
		if err == nil && cmp.Diff(one, two) != "" {
			t.Error("the same bytes decode to different events")
		}
	})
}
