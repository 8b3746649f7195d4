package cloudevents

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/wallboard/wallboard/internal/source"
)

// TestModesAtTheirEdges: what each mode takes and what it refuses.
func TestModesAtTheirEdges(t *testing.T) {
	binary := func(h map[string]string, body string) *source.Delivery {
		d := &source.Delivery{Method: "POST", Body: []byte(body), Header: http.Header{
			"Ce-Specversion": {"1.0"}, "Ce-Id": {"1"}, "Ce-Source": {"s"}, "Ce-Type": {typePrefix + "queued"}, "Ce-Subject": {"i"},
			"Ce-Time": {"2026-11-23T14:02:07Z"}, "Content-Type": {"application/json"},
		}}
		for name, v := range h {
			d.Header.Set(name, v)
		}
		return d
	}
	mode := func(contentType, body string) *source.Delivery {
		return &source.Delivery{Method: "POST", Header: http.Header{"Content-Type": {contentType}}, Body: []byte(body)}
	}
	one := string(structured("queued", "i", "{}").Body)
	batch := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]" }
	base64 := strings.Replace(one, `"data":{}`, `"data_base64":"eyJxdWV1ZSI6IlEifQ=="`, 1)
	for _, tc := range []struct {
		name     string
		d        *source.Delivery
		events   int
		problems int
		want     error
	}{
		{"structured, in capitals", mode("Application/CloudEvents+JSON; charset=UTF-8", one), 1, 0, nil},
		{"structured, of another format", mode("application/cloudevents+xml", "<event/>"), 0, 0, source.ErrContentType},
		{"structured, no JSON", mode("application/cloudevents+json", "{"), 0, 0, source.ErrMalformed},
		{"a structured body as a batch", mode("application/cloudevents-batch+json", one), 0, 0, source.ErrMalformed},
		{"an empty batch", mode("application/cloudevents-batch+json", "[]"), 0, 0, nil},
		{"a batch with a bad part", mode("application/cloudevents-batch+json", "["+one+",7,"+one+"]"), 2, 1, nil},
		{"a batch at the limit", mode("application/cloudevents-batch+json", batch(maxBatch)), maxBatch, 0, nil},
		{"a batch beyond the limit", mode("application/cloudevents-batch+json", batch(maxBatch+1)), 0, 0, source.ErrMalformed},
		{"binary", binary(nil, `{"queue":"Q"}`), 1, 0, nil},
		{"binary, an empty body", binary(map[string]string{"Content-Type": ""}, ""), 1, 0, nil},
		{"binary, no JSON", binary(nil, "{"), 0, 0, source.ErrMalformed},
		{"binary, another content type", binary(map[string]string{"Content-Type": "text/plain"}, "Q"), 0, 0, source.ErrContentType},
		{"binary, without specversion", binary(map[string]string{"Ce-Specversion": ""}, "{}"), 0, 0, source.ErrMalformed},
		{"binary, invalid UTF-8", binary(map[string]string{"Ce-Subject": "%C0%A0"}, "{}"), 0, 0, source.ErrMalformed},
		{"binary, half an escape", binary(map[string]string{"Ce-Subject": "%4"}, "{}"), 0, 0, source.ErrMalformed},
		{"data in base64", mode("application/cloudevents+json", base64), 1, 0, nil},
		{"no base64", mode("application/cloudevents+json", strings.Replace(base64, "eyJx", "????", 1)), 0, 1, nil},
		{"another system's type", mode("application/cloudevents+json", strings.Replace(one, typePrefix, "com.example.", 1)), 0, 0, nil},
	} {
		out, err := decoder{}.Decode(tc.d)
		if !errors.Is(err, tc.want) || len(out.Events) != tc.events || len(out.Problems) != tc.problems {
			t.Errorf("%s: %d events, %d problems, %v; want %d, %d, %v", tc.name, len(out.Events), len(out.Problems), err, tc.events, tc.problems, tc.want)
		}
	}
	for header, want := range map[string]string{"Ren%C3%A9 O%22Hara": `René O"Hara`, `"quoted"`: "quoted", "100%25": "100%"} {
		out, err := decoder{}.Decode(binary(map[string]string{"Ce-Subject": header}, "{}"))
		if err != nil || len(out.Events) != 1 || out.Events[0].Interaction != want {
			t.Errorf("%s: %v %s, want %s", header, err, fmt.Sprint(out.Events), want)
		}
	}
}
