package cloudevents

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
)

// maxBatch bounds the events of one batch.
const maxBatch = 1000

// decoder decodes the three modes of CloudEvents over HTTP.
type decoder struct{}

// Acknowledge answers 204.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusNoContent}
}

// Decode reads one delivery. One part that does not decode leaves the others be.
func (decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	if d.Method != http.MethodPost {
		return out, source.ErrMethod
	}
	mode, _, _ := mime.ParseMediaType(d.Header.Get("Content-Type"))
	var parts []jsontext.Value
	switch {
	case mode == "application/cloudevents+json":
		parts = []jsontext.Value{d.Body}
	case mode == "application/cloudevents-batch+json":
		if err := json.Unmarshal(d.Body, &parts); err != nil {
			return out, fmt.Errorf("%w: the body is not a JSON array", source.ErrMalformed)
		}
		if len(parts) > maxBatch {
			return out, fmt.Errorf("%w: the batch has more than %d events", source.ErrMalformed, maxBatch)
		}
	case mode == "application/json" || mode == "" && len(d.Body) == 0 && d.Header.Get("Ce-Specversion") != "":
		err := binary(d, &out)
		return out, err
	default:
		return out, fmt.Errorf("%w: want application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce- headers", source.ErrContentType)
	}
	for i, p := range parts {
		if !p.IsValid() {
			return out, fmt.Errorf("%w: the body is not JSON", source.ErrMalformed)
		}
		var w wire
		if err := json.Unmarshal(p, &w); err != nil {
			out.Problems = append(out.Problems, source.Problem{Index: i, Reason: "the event is not a CloudEvent: " + field(err)})
			continue
		}
		w.add(&out, i)
	}
	return out, nil
}

// binary reads an event whose attributes are headers and whose body is its data. Of a
// kind without arguments the body may be empty.
func binary(d *source.Delivery, out *source.Decoded) error {
	var w wire
	if err := w.fromHeaders(d.Header); err != nil {
		return fmt.Errorf("%w: %w", source.ErrMalformed, err)
	}
	if len(d.Body) > 0 && !jsontext.Value(d.Body).IsValid() {
		return fmt.Errorf("%w: the body is not JSON", source.ErrMalformed)
	}
	w.Data = d.Body
	w.add(out, 0)
	return nil
}

// fromHeaders reads the attributes of binary mode, whose values are percent-encoded.
func (w *wire) fromHeaders(h http.Header) error {
	for name, into := range map[string]*string{
		"Ce-Specversion": &w.SpecVersion, "Ce-Id": &w.ID, "Ce-Source": &w.Source, "Ce-Type": &w.Type,
		"Ce-Subject": &w.Subject, "Ce-Time": &w.Time, "Ce-Sequence": &w.sequence,
	} {
		v := h.Get(name)
		if n := len(v); n >= 2 && v[0] == '"' && v[n-1] == '"' {
			v = v[1 : n-1]
		}
		v, err := url.PathUnescape(v)
		if err != nil || !utf8.ValidString(v) {
			return fmt.Errorf("%s: is not percent-encoded UTF-8", strings.ToLower(name))
		}
		*into = v
	}
	if w.SpecVersion == "" {
		return fmt.Errorf("ce-specversion: is missing; send the attributes as ce- headers, or the whole event as application/cloudevents+json")
	}
	return nil
}

// field tells where JSON did not fit, without its values.
func field(err error) string {
	var s *json.SemanticError
	if asSemantic(err, &s) && s.JSONPointer != "" {
		return strings.ReplaceAll(strings.TrimPrefix(string(s.JSONPointer), "/"), "/", ".") + " has another type than wanted"
	}
	return "its JSON has a name twice, or a value of another type than wanted"
}
