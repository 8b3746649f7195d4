package cloudevents

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wallboard/wallboard/internal/interaction"
)

const schemaPath = "../../../docs/schema/interaction-event.schema.json"

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, event []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(event)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// TestSchemaFitsRecordings: every recorded event is one by the schema.
func TestSchemaFitsRecordings(t *testing.T) {
	s := schema(t)
	events := map[string][]jsontext.Value{
		"structured": {fixture(t, "cloudevents-structured.json").Body},
	}
	var batch []jsontext.Value
	if err := json.Unmarshal(fixture(t, "cloudevents-batch.json").Body, &batch); err != nil {
		t.Fatal(err)
	}
	events["batch"] = batch
	paths, err := filepath.Glob("../../../e2e/testdata/neutral/*.seq.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var q struct {
			Deliveries []struct {
				Body jsontext.Value `json:"body"`
			} `json:"deliveries"`
		}
		if err := json.Unmarshal(b, &q); err != nil {
			t.Fatal(err)
		}
		for _, d := range q.Deliveries {
			events[filepath.Base(path)] = append(events[filepath.Base(path)], d.Body)
		}
	}
	for name, list := range events {
		for i, e := range list {
			if err := validate(t, s, e); err != nil {
				t.Errorf("%s, event %d: %v", name, i, err)
			}
		}
	}
}

// names are the texts of an enumeration, the zero value left out.
func names[T interface {
	~uint8
	String() string
}](first T) []string {
	var all []string
	for v := first; !strings.HasPrefix(v.String(), "invalid"); v++ {
		all = append(all, v.String())
	}
	return all
}

// TestSchemaEnums: the schema knows the same words as the package.
func TestSchemaEnums(t *testing.T) {
	b, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	type property struct {
		Enum []string `json:"enum"`
	}
	var f struct {
		Properties struct {
			Type property `json:"type"`
		} `json:"properties"`
		Defs struct {
			Arguments struct {
				Properties map[string]property `json:"properties"`
			} `json:"arguments"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"channel": names(interaction.Voice), "direction": names(interaction.Inbound), "role": names(interaction.Customer),
		"to": names(interaction.ToAgent), "mode": names(interaction.Cold), "why": names(interaction.QueueTimeout),
		"by": names(interaction.ByCustomer), "cause": names(interaction.Normal), "outcome": names(interaction.Open),
		"state": names(interaction.Available),
	}
	got := make(map[string][]string)
	for name, p := range f.Defs.Arguments.Properties {
		if p.Enum != nil {
			got[name] = p.Enum
		}
	}
	for _, k := range interaction.Kinds() {
		want["type"] = append(want["type"], typePrefix+k.String())
	}
	got["type"] = f.Properties.Type.Enum
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-package +schema):\n%s", d)
	}
}

// TestSchemaAgreesWithDecoder: what the schema lets pass decodes, and what it refuses
// does not, for every kind with every pair of arguments left out, and with bad values.
func TestSchemaAgreesWithDecoder(t *testing.T) {
	s := schema(t)
	all := map[string]any{
		"work": "w", "agent": "a", "leg": "l", "other": "o", "outcome": "answered", "state": "away", "retracted": true, "version": 1,
	}
	check := func(what string, event map[string]any) {
		t.Helper()
		b, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		d := structured("queued", "i", "{}")
		d.Body = b
		out, err := decoder{}.Decode(d)
		decodes, valid := err == nil && len(out.Problems) == 0, validate(t, s, b)
		if decodes != (valid == nil) {
			t.Errorf("%s: decodes %v (%v), schema: %v", what, decodes, out.Problems, valid)
		}
	}
	event := func(k interaction.Kind, data map[string]any) map[string]any {
		return map[string]any{
			"specversion": "1.0", "id": "1", "source": "s", "type": typePrefix + k.String(), "subject": "i", "time": "2026-11-23T14:02:07Z", "data": data,
		}
	}
	for _, k := range interaction.Kinds() {
		for a := range all {
			for b := range all {
				data := maps.Clone(all)
				delete(data, a)
				delete(data, b)
				check(fmt.Sprintf("%s without %s and %s", k, a, b), event(k, data))
				e := event(k, data)
				delete(e, "subject")
				check(fmt.Sprintf("%s without subject, %s and %s", k, a, b), e)
			}
		}
		e := event(k, nil)
		delete(e, "data")
		check(k.String()+" without data", e)
		for _, name := range []string{"specversion", "id", "source", "time"} {
			e := event(k, all)
			delete(e, name)
			check(k.String()+" without "+name, e)
		}
	}
	for name, values := range map[string][]any{
		"channel": {"fax", "voice"}, "mode": {"hot"}, "why": {"because"}, "by": {"nobody"}, "cause": {"none"}, "to": {"wall"}, "role": {"king"},
		"direction": {"up"}, "state": {"asleep"}, "outcome": {"sad"}, "agent": {7, map[string]any{"id": "a", "name": "A"}}, "queue": {map[string]any{"id": 7}},
		"work": {7}, "moved": {"yes", true}, "version": {-1, 0, 2, "2"}, "retracted": {true, "true"}, "leg": {[]string{"l"}},
	} {
		for _, v := range values {
			check(fmt.Sprintf("%s: %v", name, v), event(interaction.Queued, map[string]any{name: v}))
		}
	}
	for _, v := range []any{"7", 7, "007", "-1", -1, "seven", 1.5} {
		e := event(interaction.Queued, all)
		e["sequence"] = v
		check(fmt.Sprintf("sequence %v", v), e)
	}
	for _, data := range []string{"e30=", "eyJxdWV1ZSI6IkJpbGxpbmcifQ=="} {
		e := event(interaction.Queued, all)
		e["data_base64"] = data
		check("data and data_base64", e)
		delete(e, "data")
		check("data_base64 alone", e)
	}
	check("reported open", event(interaction.Reported, map[string]any{"outcome": "open"}))
	e := event(interaction.Queued, all)
	e["time"] = "yesterday"
	check("no time", e)
}
