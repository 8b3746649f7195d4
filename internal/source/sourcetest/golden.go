// Package sourcetest is what the tests of vendors' packages share: fixtures, and the
// comparison of all that a decoder says of them with golden files.
package sourcetest

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

// Golden compares what every testdata/*.json says with its golden file. The flag -update
// writes them anew.
func Golden(t *testing.T, d source.Decoder) {
	t.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		var got strings.Builder
		for _, delivery := range Deliveries(t, name) {
			out, err := d.Decode(delivery)
			if err != nil {
				fmt.Fprintf(&got, "error: %v\n", err)
			}
			for i := range out.Events {
				got.WriteString(tell(&out.Events[i]) + "\n")
			}
			for _, p := range out.Problems {
				fmt.Fprintf(&got, "problem %d: %s\n", p.Index, p.Reason)
			}
			for _, kind := range slices.Sorted(maps.Keys(out.Ignored)) {
				fmt.Fprintf(&got, "ignored %s: %d\n", kind, out.Ignored[kind])
			}
		}
		golden := name + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// Deliveries reads a fixture: a recording's deliveries, whose bodies may be claims, or one
// body.
func Deliveries(t testing.TB, name string) []*source.Delivery {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var q struct {
		Deliveries []struct {
			Headers map[string]string `json:"headers"`
			Body    jsontext.Value    `json:"body"`
			Claims  jsontext.Value    `json:"claims"`
		} `json:"deliveries"`
	}
	if strings.HasSuffix(name, ".seq.json") {
		if err := json.Unmarshal(b, &q); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	var all []*source.Delivery
	for _, r := range q.Deliveries {
		d := &source.Delivery{Method: "POST", Body: r.Body, Header: map[string][]string{}}
		if len(r.Claims) > 0 {
			d.Body = r.Claims
		}
		for name, v := range r.Headers {
			d.Header.Set(name, v)
		}
		all = append(all, d)
	}
	if len(all) == 0 {
		all = []*source.Delivery{{Method: "POST", Body: bytes.TrimSpace(b), Header: map[string][]string{"Content-Type": {"application/json"}}}}
	}
	return all
}

// tell is an event in a line: its time, its kind, and every field that says something.
func tell(e *interaction.Event) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s %s", time.UnixMicro(e.At).UTC().Format("2006-01-02T15:04:05.000000Z"), e.Kind)
	v := reflect.ValueOf(e).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if f := v.Field(i); name != "At" && name != "Kind" && !f.IsZero() {
			fmt.Fprintf(&s, " %s=%q", name, fmt.Sprint(f.Interface()))
		}
	}
	return s.String()
}
