package cloudevents

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// TestVectors runs the published vectors at their own time.
func TestVectors(t *testing.T) {
	b, err := os.ReadFile("testdata/standard-webhooks-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []map[string]any `json:"vectors"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	first := file.Vectors[0]
	text := func(v map[string]any, name string) string {
		if s, ok := v[name].(string); ok {
			return s
		}
		return first[name].(string)
	}
	synctest.Test(t, func(t *testing.T) {
		stamp, err := strconv.ParseInt(text(first, "webhook-timestamp"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(time.Unix(stamp, 0)))
		for i, v := range file.Vectors {
			w, err := source.NewVerifier(Vendor, source.Settings{Auth: source.Auth{Secrets: []string{"whsec_b2xkLXNlY3JldA==", text(v, "secret")}}})
			if err != nil {
				t.Fatal(err)
			}
			d := &source.Delivery{Body: []byte(text(v, "raw_body")), Header: http.Header{}}
			for _, h := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
				d.Header.Set(h, text(v, h))
			}
			if err := w.Verify(d); (err == nil) != v["ok"].(bool) {
				t.Errorf("vector %d: %v, want ok=%v", i, err, v["ok"])
			}
		}
	})
}

func TestSecretsRefused(t *testing.T) {
	for _, secrets := range [][]string{nil, {""}, {"whsec_"}, {"whsec_not base64!"}} {
		if _, err := source.NewVerifier(Vendor, source.Settings{Auth: source.Auth{Secrets: secrets}}); err == nil || !strings.Contains(err.Error(), "auth.secret") {
			t.Errorf("%q: %v", secrets, err)
		}
	}
}

// fixture is a delivery of the modes, as the fixtures hold them.
func fixture(t *testing.T, name string) *source.Delivery {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Headers map[string]string `json:"headers"`
		Body    jsontext.Value    `json:"body"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	d := &source.Delivery{Method: "POST", Header: http.Header{}, Body: f.Body}
	for k, v := range f.Headers {
		d.Header.Set(k, v)
	}
	return d
}

// TestModes: the three modes say the same.
func TestModes(t *testing.T) {
	want := interaction.Event{
		Interaction: "int-1", Kind: interaction.Assigned, At: 1790000003000000, Sequence: 3, Key: "/pbx/site-a#int-1-0003",
		Channel: interaction.Voice, Queue: "support", Work: "work-1", Agent: "201", AgentName: "Ada Reyes",
	}
	for name, n := range map[string]int{"cloudevents-structured.json": 1, "cloudevents-binary.json": 1, "cloudevents-batch.json": 2} {
		out, err := decoder{}.Decode(fixture(t, name))
		if err != nil || len(out.Problems) > 0 || len(out.Events) != n {
			t.Errorf("%s: %v %+v", name, err, out)
			continue
		}
		if d := cmp.Diff(want, out.Events[0]); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func structured(kind, subject, data string) *source.Delivery {
	return &source.Delivery{
		Method: "POST", Header: http.Header{"Content-Type": {"application/cloudevents+json"}},
		Body: fmt.Appendf(nil, `{"specversion":"1.0","id":"1","source":"s","type":"org.wallboard.interaction.%s","subject":%q,"time":"2026-11-23T14:02:07.123456Z","data":%s}`, kind, subject, data),
	}
}

func TestEvents(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 2, 7, 123456000, time.UTC).UnixMicro()
	for _, tc := range []struct {
		kind, data string
		want       interaction.Event
	}{
		{"started", `{"channel":"voice","customer":"c"}`, interaction.Event{Kind: interaction.Started, Channel: interaction.Voice, Role: interaction.Customer, Direction: interaction.Inbound, Customer: "c"}},
		{"queued", `{"queue":{"id":"q","name":"Q"}}`, interaction.Event{Kind: interaction.Queued, Queue: "q", QueueName: "Q"}},
		{"accepted", `{"work":"w","agent":"a","version":2,"retracted":true}`, interaction.Event{Kind: interaction.Accepted, Work: "w", Agent: "a", Version: 2, Retracted: true}},
		{"disconnected", `{"by":"system","reason":"ttl"}`, interaction.Event{Kind: interaction.Disconnected, By: interaction.BySystem, Reason: "ttl"}},
		{"disconnected", `{"by":"system","reason":"call +447700900111"}`, interaction.Event{Kind: interaction.Disconnected, By: interaction.BySystem, Reason: "other"}},
		{"leg_ended", `{"leg":"l","moved":true,"by":"customer","cause":"technical","reason":"ttl"}`, interaction.Event{Kind: interaction.LegEnded, Leg: "l", Moved: true}},
		{"transfer_completed", `{"to":"external","mode":"unknown"}`, interaction.Event{Kind: interaction.TransferCompleted}},
		{"transferred", `{"work":"w","mode":"cold"}`, interaction.Event{Kind: interaction.Transferred, Work: "w", To: interaction.ToAgent, Mode: interaction.Cold}},
		{"queued", `{"why":"unknown"}`, interaction.Event{Kind: interaction.Queued}},
		{"linked", `{"other":"o","leg":"l"}`, interaction.Event{Kind: interaction.Linked, Other: "o"}},
		{"linked", `{"other":"o"}`, interaction.Event{Kind: interaction.Linked, Other: "o"}},
	} {
		tc.want.Interaction, tc.want.At, tc.want.Key = "i", at, "s#1"
		out, err := decoder{}.Decode(structured(tc.kind, "i", tc.data))
		if err != nil || len(out.Events) != 1 {
			t.Errorf("%s: %v %+v", tc.kind, err, out)
			continue
		}
		if d := cmp.Diff(tc.want, out.Events[0]); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.kind, d)
		}
	}
	out, _ := decoder{}.Decode(structured("agent_state", "a", `{"state":"away"}`))
	if len(out.Events) != 1 || out.Events[0].Agent != "a" || out.Events[0].Presence != interaction.Away || out.Events[0].Interaction != "" {
		t.Errorf("agent_state: %+v", out)
	}
}

// TestQuarantine: what is authentic and does not decode names the field, not the value.
func TestQuarantine(t *testing.T) {
	for want, d := range map[string]*source.Delivery{
		"type: is missing":              {Method: "POST", Header: http.Header{"Content-Type": {"application/cloudevents+json"}}, Body: []byte(`{}`)},
		"type: kind is not one of":      structured("exploded", "i", `{}`),
		"data.mode":                     structured("transferred", "i", `{"mode":"secret value"}`),
		"data: agent":                   structured("assigned", "i", `{"agent":7}`),
		"subject":                       structured("queued", "", `{}`),
		"data.other":                    structured("linked", "i", `{}`),
		"version":                       structured("queued", "i", `{"retracted":true}`),
		"the event is not a CloudEvent": {Method: "POST", Header: http.Header{"Content-Type": {"application/cloudevents+json"}}, Body: []byte(`{"id":1}`)},
	} {
		out, err := decoder{}.Decode(d)
		if err != nil || len(out.Problems) != 1 || !strings.HasPrefix(out.Problems[0].Reason, want) || strings.Contains(out.Problems[0].Reason, "secret value") {
			t.Errorf("%s: %v %+v", want, err, out)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("application/cloudevents+json", string(structured("queued", "i", "{}").Body))
	f.Add("application/cloudevents-batch+json", "["+string(structured("started", "i", "{}").Body)+"]")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		decoder{}.Decode(&source.Delivery{Method: "POST", Header: http.Header{"Content-Type": {contentType}}, Body: []byte(body)})
	})
}
