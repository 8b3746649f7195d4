package cloudevents

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/source"
)

func TestHandshake(t *testing.T) {
	b, err := os.ReadFile("testdata/cloudevents-handshake.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Request struct {
			Method  string            `json:"method"`
			Headers map[string]string `json:"headers"`
		} `json:"request"`
		Allowed struct {
			Status  int               `json:"status"`
			Headers map[string]string `json:"headers"`
		} `json:"response_when_allowed"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	d := &source.Delivery{Method: f.Request.Method, Header: http.Header{}}
	for name, v := range f.Request.Headers {
		d.Header.Set(name, v)
	}
	r, ok := decoder{}.Handshake(d)
	if !ok || r.Status != f.Allowed.Status || len(r.Body) != 0 {
		t.Fatalf("got %+v, %v", r, ok)
	}
	for name, want := range f.Allowed.Headers {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestNoHandshake: what is none is left to the usual refusal, and what is said back is
// never what a stranger chose freely.
func TestNoHandshake(t *testing.T) {
	for _, tc := range []struct {
		name, method, origin, rate string
		want                       bool
		wantRate                   string
	}{
		{"no rate", "OPTIONS", "a.example", "", true, ""},
		{"a rate that is none", "OPTIONS", "a.example", "many", true, "*"},
		{"no origin", "OPTIONS", "", "10", false, ""},
		{"an origin that is no name", "OPTIONS", "a.example\r\nX: y", "10", false, ""},
		{"a long origin", "OPTIONS", strings.Repeat("a", 254), "10", false, ""},
		{"a delivery", "POST", "a.example", "10", false, ""},
	} {
		d := &source.Delivery{Method: tc.method, Header: http.Header{"Webhook-Request-Origin": {tc.origin}, "Webhook-Request-Rate": {tc.rate}}}
		r, ok := decoder{}.Handshake(d)
		if ok != tc.want || r.Header.Get("WebHook-Allowed-Rate") != tc.wantRate {
			t.Errorf("%s: got %+v, %v", tc.name, r, ok)
		}
	}
}
