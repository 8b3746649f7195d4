package freeswitch

import (
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// maxBatch bounds the events of one delivery.
const maxBatch = 1000

// Acknowledge answers 204.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusNoContent}
}

// Decode reads one event, or an array of them. Forwarders are of many hands, so JSON is read
// whatever the content type says.
func (x decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	parts, err := source.PostedParts(d, maxBatch)
	if err != nil {
		return out, err
	}
	for i, p := range parts {
		x.part(&out, i, p, d.Received)
	}
	return out, nil
}

// part reads one event, which a CloudEvent may be around.
func (x decoder) part(out *source.Decoded, i int, v jsontext.Value, received time.Time) {
	problem := func(why string) { out.Problems = append(out.Problems, source.Problem{Index: i, Reason: why}) }
	var raw map[string]jsontext.Value
	f, ok := source.ReadFields(v)
	if !ok || json.Unmarshal(v, &raw) != nil {
		problem("is no object, or has a name twice")
		return
	}
	if f["specversion"] != "" {
		if f, ok = source.ReadFields(raw["data"]); !ok {
			problem("data: is missing or no object")
			return
		}
	}
	if f.First("event-name", "event-subclass", "cc-action") == "" {
		problem("Event-Name: is missing")
		return
	}
	at, err := strconv.ParseInt(f["event-date-timestamp"], 10, 64)
	dated := err == nil && at > 0
	if !dated {
		at = received.UnixMicro()
	}
	base := interaction.Event{At: at, Channel: interaction.Voice}
	base.Sequence, _ = strconv.ParseInt(f["event-sequence"], 10, 64)
	base.Sequence = max(0, base.Sequence)
	switch core := f["core-uuid"]; {
	case core != "" && base.Sequence > 0 && len(core) <= 64:
		base.Key = core + "/" + strconv.FormatInt(base.Sequence, 10)
	case dated:
		base.Key = f.Digest()
	default:
		// Without a time of its own the same may happen twice, and look alike.
		base.Key = f.Digest() + "/" + strconv.FormatInt(at, 10)
	}
	a := adapter{Fields: f, decoder: x, base: base, out: out, problem: problem}
	if !a.known() {
		a.ignored()
	}
}
