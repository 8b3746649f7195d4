package zoom

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/sourcetest"
)

var configured = decoder{agents: map[string]string{"u-eve": "Eve Moss"}, statuses: map[string]interaction.Presence{"Paperwork": interaction.WrapUp}}

func TestGolden(t *testing.T) { sourcetest.Golden(t, configured) }

// vectors are the signature and the check of the URL of testdata.
type vectors struct {
	Token      string `json:"secret_token"`
	Stamp      string `json:"x-zm-request-timestamp"`
	Body       string `json:"raw_body"`
	Signature  string `json:"x-zm-signature"`
	Validation struct {
		Request  jsontext.Value `json:"request"`
		Response jsontext.Value `json:"required_response"`
	} `json:"url_validation"`
}

func read(t *testing.T) vectors {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors/signature.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil || v.Token == "" || len(v.Validation.Request) == 0 {
		t.Fatalf("the vectors: %v", err)
	}
	return v
}

func TestSignature(t *testing.T) {
	x := read(t)
	v := verifier{secrets: []string{"new-test-token", x.Token}}
	digest := strings.TrimPrefix(x.Signature, "v0=")
	for name, tc := range map[string]struct {
		body, stamp, signature string
		ok                     bool
	}{
		"the vector":         {x.Body, x.Stamp, x.Signature, true},
		"in capitals":        {x.Body, x.Stamp, "V0=" + strings.ToUpper(digest), true},
		"another body":       {x.Body + " ", x.Stamp, x.Signature, false},
		"another time":       {x.Body, "1790000001", x.Signature, false},
		"no time":            {x.Body, "", x.Signature, false},
		"another digest":     {x.Body, x.Stamp, "v0=" + strings.Repeat("0", 64), false},
		"cut short":          {x.Body, x.Stamp, x.Signature[:len(x.Signature)-2], false},
		"no version":         {x.Body, x.Stamp, digest, false},
		"another version":    {x.Body, x.Stamp, "v1=" + digest, false},
		"not hexadecimal":    {x.Body, x.Stamp, "v0=" + strings.Repeat("z", 64), false},
		"nothing":            {x.Body, x.Stamp, "", false},
		"the version alone":  {x.Body, x.Stamp, "v0=", false},
		"time moved to body": {":" + x.Body, x.Stamp[:9], x.Signature, false},
	} {
		d := &source.Delivery{Body: []byte(tc.body), Header: http.Header{}}
		d.Header.Set("x-zm-signature", tc.signature)
		d.Header.Set("x-zm-request-timestamp", tc.stamp)
		err := v.Verify(d)
		if (err == nil) != tc.ok || err != nil && !errors.Is(err, source.ErrUnauthenticated) {
			t.Errorf("%s: %v, want accepted %v", name, err, tc.ok)
		}
	}
}

// TestHandshake: the check of the URL gets the published answer; what is none, or asks for a
// hash by which a delivery could be signed, gets none.
func TestHandshake(t *testing.T) {
	x := read(t)
	v := verifier{secrets: []string{x.Token, "old-test-token"}}
	d := &source.Delivery{Method: http.MethodPost, Header: http.Header{}, Body: x.Validation.Request}
	r, ok := v.Handshake(d)
	var got, want map[string]string
	if err := errors.Join(json.Unmarshal(r.Body, &got), json.Unmarshal(x.Validation.Response, &want)); err != nil || !ok || r.Status != http.StatusOK {
		t.Fatalf("%v %+v %v", ok, r, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.Header.Set("X-Zm-Signature", "v0="+strings.Repeat("0", 64))
	if _, ok := v.Handshake(d); ok {
		t.Error("a wrong signature is answered")
	}
	for _, body := range []string{
		`{"event":"contact_center.task_created","payload":{"plainToken":"abc"}}`, `{"event":"endpoint.url_validation"}`,
		`{"event":"endpoint.url_validation","payload":{"plainToken":"v0:1790000000:{}"}}`, `{"event":"endpoint.url_validation","payload":{"plainToken":"a b"}}`,
		`{"event":"endpoint.url_validation","payload":{"plainToken":""}}`, `[]`, ``,
	} {
		if _, ok := v.Handshake(&source.Delivery{Method: http.MethodPost, Header: http.Header{}, Body: []byte(body)}); ok {
			t.Errorf("%s is answered", body)
		}
	}
	if _, ok := v.Handshake(&source.Delivery{Method: http.MethodGet, Header: http.Header{}, Body: x.Validation.Request}); ok {
		t.Error("GET is answered")
	}
}

func TestRefusals(t *testing.T) {
	for _, tc := range []struct {
		method, body string
		want         error
	}{
		{http.MethodPatch, "{}", source.ErrMethod}, {http.MethodPost, "", source.ErrMalformed}, {http.MethodPost, "event=x", source.ErrMalformed},
	} {
		if _, err := (decoder{}).Decode(&source.Delivery{Method: tc.method, Body: []byte(tc.body)}); !errors.Is(err, tc.want) {
			t.Errorf("%s %q: %v, want %v", tc.method, tc.body, err, tc.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		for _, d := range sourcetest.Deliveries(f, name) {
			f.Add(string(d.Body), "v0=00")
		}
	}
	f.Fuzz(func(t *testing.T, body, signature string) {
		d := &source.Delivery{Method: http.MethodPost, Body: []byte(body), Header: http.Header{"X-Zm-Signature": {signature}}}
		out, err := configured.Decode(d)
		if err == nil && len(out.Events)+len(out.Problems)+len(out.Ignored) == 0 {
			t.Error("nothing is said of it, not even that it is not needed")
		}
		v := verifier{secrets: []string{"s"}}
		if err := v.Verify(d); err == nil {
			t.Error("a signature was found by chance")
		}
		if r, ok := v.Handshake(d); ok && !jsontext.Value(r.Body).IsValid() {
			t.Errorf("the answer is no JSON: %s", r.Body)
		}
	})
}
