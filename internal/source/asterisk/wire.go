package asterisk

import (
	"net/http"
	"strconv"
	"strings"
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

// part unwraps one event and tells what it says.
func (x decoder) part(out *source.Decoded, i int, v jsontext.Value, received time.Time) {
	problem := func(why string) { out.Problems = append(out.Problems, source.Problem{Index: i, Reason: why}) }
	outer, ok := source.ReadFields(v)
	if !ok {
		problem("is no object, or has a name twice")
		return
	}
	f := outer
	if inner, ok := data(v); ok {
		f = inner
	} else if outer["specversion"] != "" {
		problem("data: is missing or no object")
		return
	}
	if f["event"] == "" {
		f["event"] = outer["event_type"] // some take it out of the event
	}
	if f["event"] == "" {
		// A manager's answer to an action, or what a wrapping sends of its own.
		out.Ignore("no Event")
		return
	}
	at, dated := stamp(f["timestamp"])
	for _, s := range []string{outer["timestamp"], outer["time"]} {
		if t, err := time.Parse(time.RFC3339Nano, s); at == 0 && err == nil {
			at = t.UnixMicro()
		}
	}
	if at == 0 {
		at = received.UnixMicro()
	}
	base := interaction.Event{At: at, Key: f.Digest(), Channel: interaction.Voice}
	if !dated {
		// Without a time of its own the same may happen twice, and look alike.
		base.Key += "/" + strconv.FormatInt(at, 10)
	}
	if outer["specversion"] != "" {
		base.Sequence, _ = strconv.ParseInt(outer["sequence"], 10, 64)
		base.Sequence = max(0, base.Sequence)
		if id := outer["source"] + "#" + outer["id"]; !dated && len(id) < interaction.MaxKey-64 {
			base.Key = id
		}
	}
	a := adapter{Fields: f, decoder: x, base: base, out: out, problem: problem}
	if !a.known() {
		out.Ignore(a.name())
	}
}

// data is the object that wrappings call data.
func data(v jsontext.Value) (source.Fields, bool) {
	var raw map[string]jsontext.Value
	if json.Unmarshal(v, &raw) != nil {
		return nil, false
	}
	for _, name := range []string{"data", "Data"} {
		if f, ok := source.ReadFields(raw[name]); ok {
			return f, true
		}
	}
	return nil, false
}

// stamp is a manager's time, seconds and microseconds since the epoch, in microseconds. It is
// there with timestampevents=yes.
func stamp(s string) (int64, bool) {
	seconds, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n <= 0 || n > 1<<40 {
		return 0, false
	}
	micros, err := strconv.ParseInt((fraction + "000000")[:6], 10, 64)
	if err != nil || micros < 0 {
		return 0, false
	}
	return n*1_000_000 + micros, true
}
