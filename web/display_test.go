package web

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/views"
)

func TestDisplayOf(t *testing.T) {
	for query, want := range map[string]views.Display{
		"":                   {},
		"?layout=0123":       {},
		"?theme=auto":        {},
		"?theme=dark":        {Theme: "dark"},
		"?scale=125&lang=de": {Scale: 125, Locale: "de"},
		"?names=initials":    {Names: "initials"},
		"?theme=light&scale=50&lang=ja&names=hidden": {Theme: "light", Scale: 50, Locale: "ja", Names: "hidden"},
	} {
		got, err := displayOf(httptest.NewRequest("GET", "/boards/all"+query, nil))
		if err != nil {
			t.Errorf("%q: %v", query, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
}

func TestDisplayRefused(t *testing.T) {
	for query, field := range map[string]string{
		"?theme=blue": "theme", "?theme=": "theme", "?theme=dark&theme=light": "theme", "?lang=en-US": "lang", "?lang=DE": "lang",
		"?names=all": "names", "?scale=45": "scale", "?scale=205": "scale", "?scale=101": "scale", "?scale=1e2": "scale", "?scale=%2B100": "scale",
		"?scale=0100": "scale", "?scale=100&scale=100": "scale", "?%zz": "query", "?theme=dark;lang=de": "query",
	} {
		_, err := displayOf(httptest.NewRequest("GET", "/boards/all"+query, nil))
		var p *problem
		if !errors.As(err, &p) || p.status != 400 || p.field != field {
			t.Errorf("%q: got %v, want a refusal of %s", query, err, field)
		}
	}
}
