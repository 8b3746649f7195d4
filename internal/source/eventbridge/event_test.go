package eventbridge

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/source"
)

func delivery(body string) *source.Delivery {
	return &source.Delivery{Method: "POST", Body: []byte(body), Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
}

func TestParts(t *testing.T) {
	for name, tc := range map[string]struct {
		d       *source.Delivery
		n       int
		problem bool
		err     error
	}{
		"an event":     {d: delivery(`{"a":1}`), n: 1},
		"an array":     {d: delivery(`[{"a":1},2]`), n: 2},
		"an empty one": {d: delivery(`[]`)},
		"at the limit": {d: delivery("[" + strings.Repeat("1,", maxParts-1) + "1]"), n: maxParts},
		"beyond":       {d: delivery("[" + strings.Repeat("1,", maxParts) + "1]"), problem: true},
		"no JSON":      {d: delivery("{"), err: source.ErrMalformed},
		"a name twice": {d: delivery(`{"a":1,"a":2}`), err: source.ErrMalformed},
		"a form":       {d: &source.Delivery{Method: "POST", Body: []byte("{}"), Header: http.Header{"Content-Type": {"text/html"}}}, err: source.ErrContentType},
		"not a POST":   {d: &source.Delivery{Method: "PUT", Body: []byte("{}")}, err: source.ErrMethod},
	} {
		parts, problem, err := Parts(tc.d, "application/json")
		if len(parts) != tc.n || (problem != "") != tc.problem || !errors.Is(err, tc.err) {
			t.Errorf("%s: %d parts, problem %q, %v", name, len(parts), problem, err)
		}
	}
}

// TestForms: what says the same in another form reads the same, and what makes no sense is absent.
func TestForms(t *testing.T) {
	type inner struct{ A source.Text }
	type all struct {
		Text    source.Text
		Instant Instant
		One     One[inner]
		Many    Many[inner]
	}
	const at = Instant(1_795_166_087_331_000)
	for body, want := range map[string]all{
		`{"text":"a","instant":1795166087331,"one":{"a":"b"},"many":[{"a":"b"}]}`:          {"a", at, One[inner]{inner{"b"}, true}, Many[inner]{{"b"}}},
		`{"TEXT":7,"Instant":"1795166087331","one":[{"A":7}],"many":{"a":true}}`:           {"7", at, One[inner]{inner{"7"}, true}, Many[inner]{{"true"}}},
		`{"instant":"2026-11-20T09:14:47.331Z","many":[1,null,{"a":"b"}]}`:                 {"", at, One[inner]{}, Many[inner]{{"b"}}},
		`{"instant":1.795166087331e12}`:                                                    {"", at, One[inner]{}, nil},
		`{"instant":1795166087}`:                                                           {"", at - 331_000, One[inner]{}, nil},
		`{"instant":"1970-01-01T00:00:00.001Z"}`:                                           {},
		`{"text":null,"instant":null,"one":null,"many":null}`:                              {},
		`{"text":{},"instant":"soon","one":[],"many":"x"}`:                                 {},
		`{"text":[1],"instant":-5,"one":7,"many":7,"unknown":{"deep":[1]},"instant2":"x"}`: {},
		`{"text":false,"instant":1e99}`:                                                    {Text: "false"},
	} {
		var got all
		if err := json.Unmarshal([]byte(body), &got, AnyCase); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", body, d)
		}
	}
}
