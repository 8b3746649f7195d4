package twilio

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

// TestGolden compares what every fixture says with its golden file.
func TestGolden(t *testing.T) {
	var names []string
	for _, pattern := range []string{"*.txt", "event-streams-*.json", "*.seq.json"} {
		found, err := filepath.Glob("testdata/" + pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no fixtures %s: %v", pattern, err)
		}
		names = append(names, found...)
	}
	for _, path := range names {
		name := filepath.Base(path)
		deliveries := []*source.Delivery{}
		if strings.HasSuffix(name, ".seq.json") {
			deliveries = sequence(t, path)
		} else {
			deliveries = append(deliveries, fixture(t, name))
		}
		var got strings.Builder
		for _, d := range deliveries {
			out, err := decoder{}.Decode(d)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, e := range out.Events {
				got.WriteString(tell(&e) + "\n")
			}
			for _, p := range out.Problems {
				fmt.Fprintf(&got, "problem %d: %s\n", p.Index, p.Reason)
			}
			for _, kind := range slices.Sorted(maps.Keys(out.Ignored)) {
				fmt.Fprintf(&got, "ignored %s: %d\n", kind, out.Ignored[kind])
			}
		}
		golden := path + ".golden"
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

func sequence(t *testing.T, path string) []*source.Delivery {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var q struct {
		Deliveries []struct {
			Headers map[string]string `json:"headers"`
			Body    string            `json:"body"`
		} `json:"deliveries"`
	}
	if err := json.Unmarshal(b, &q); err != nil {
		t.Fatal(err)
	}
	var all []*source.Delivery
	for _, r := range q.Deliveries {
		d := &source.Delivery{Method: "POST", Body: []byte(r.Body), Header: http.Header{}}
		for name, v := range r.Headers {
			d.Header.Set(name, v)
		}
		all = append(all, d)
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
