package twilio

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// fields are one TaskRouter event's values by their snake_case names, all as text.
type fields map[string]string

// decoder decodes both ways in.
type decoder struct {
	activities map[string]interaction.Presence
}

// Acknowledge answers 204 with the content type that TaskRouter asks for.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusNoContent, Header: http.Header{"Content-Type": {"application/json"}}}
}

// Decode reads one delivery.
func (x decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	if d.Method != http.MethodPost {
		return out, source.ErrMethod
	}
	if isForm(d) {
		values, err := url.ParseQuery(string(d.Body))
		if err != nil {
			return out, fmt.Errorf("%w: the body is not a form", source.ErrMalformed)
		}
		x.add(&out, 0, formFields(values))
		return out, nil
	}
	switch t, _, _ := mime.ParseMediaType(d.Header.Get("Content-Type")); t {
	case "application/json", "application/cloudevents+json", "application/cloudevents-batch+json":
	default:
		return out, fmt.Errorf("%w: want a form or application/json", source.ErrContentType)
	}
	if !jsontext.Value(d.Body).IsValid() {
		return out, fmt.Errorf("%w: the body is not JSON", source.ErrMalformed)
	}
	parts := []jsontext.Value{d.Body}
	if jsontext.Value(d.Body).Kind() == '[' {
		parts = nil
		if err := json.Unmarshal(d.Body, &parts); err != nil {
			return out, fmt.Errorf("%w: the body is not a JSON array", source.ErrMalformed)
		}
	}
	for i, p := range parts {
		f, name, err := streamFields(p)
		switch {
		case err != nil:
			out.Problems = append(out.Problems, source.Problem{Index: i, Reason: err.Error()})
		case f == nil:
			out.Ignore(name)
		default:
			x.add(&out, i, f)
		}
	}
	return out, nil
}

// formFields reads a callback's parameters: TaskQueueSid becomes task_queue_sid.
func formFields(values url.Values) fields {
	f := make(fields, len(values))
	for name, v := range values {
		f[snake(name)] = v[0]
	}
	f["eventtype"] = f["event_type"]
	return f
}

func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

const streamPrefix = "com.twilio.taskrouter."

// streamFields reads one event of a sink. No fields and no error is a type that is not
// needed.
func streamFields(v jsontext.Value) (fields, string, error) {
	var w struct {
		Type string `json:"type"`
		Time string `json:"time"`
		Data struct {
			SID       string                    `json:"sid"`
			Timestamp string                    `json:"timestamp"`
			Payload   map[string]jsontext.Value `json:"payload"`
		} `json:"data"`
	}
	if err := json.Unmarshal(v, &w); err != nil {
		return nil, "", fmt.Errorf("the event is not a CloudEvent of Event Streams: type, time and data have other types than wanted")
	}
	kind, ok := strings.CutPrefix(w.Type, streamPrefix)
	if !ok {
		return nil, "other", nil
	}
	f := make(fields, len(w.Data.Payload)+3)
	for name, v := range w.Data.Payload {
		f[name] = text(v)
	}
	rest := fields{"eventtype": kind, "sid": w.Data.SID, "timestamp": w.Data.Timestamp}
	if rest["timestamp"] == "" {
		rest["timestamp"] = w.Time
	}
	for name, v := range rest {
		if f[name] == "" {
			f[name] = v
		}
	}
	return f, "", nil
}

// text is a value as the form would have it: numbers and booleans as they are written,
// null as nothing.
func text(v jsontext.Value) string {
	switch v.Kind() {
	case '"':
		var s string
		if json.Unmarshal(v, &s) != nil {
			return ""
		}
		return s
	case 'n':
		return ""
	}
	return string(v)
}
