package web

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/intake"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/cloudevents"
	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// heldFloor is a live state whose Apply can be held up, as by a slow machine.
type heldFloor struct {
	*wallboard.Wallboard
	entered, release chan struct{}
}

// Apply is that of a journal.Applier.
func (f *heldFloor) Apply(b journal.Batch) {
	f.entered <- struct{}{}
	<-f.release
	f.Wallboard.Apply(b.Source, b.Received, b.Events)
}

const testToken = "test-token-0123456789"

// house is a site over the whole way in, down to the disk.
type house struct {
	*httptest.Server
	floor   *heldFloor
	journal *journal.SQLite
	old     atomic.Bool // the decoder is an old one, which understands nothing
}

// oldDecoder is a decoder before and after an upgrade.
type oldDecoder struct {
	source.Decoder
	old *atomic.Bool
}

// Decode understands nothing while the decoder is old.
func (d *oldDecoder) Decode(x *source.Delivery) (source.Decoded, error) {
	if d.old.Load() {
		return source.Decoded{Problems: []source.Problem{{Reason: "type: is not known"}}}, nil
	}
	return d.Decoder.Decode(x)
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{floor: &heldFloor{
		wallboard.New(wallboard.Options{Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents"}}}),
		make(chan struct{}), make(chan struct{}),
	}}
	if h.journal, err = journal.OpenSQLite(db, h.floor, journal.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(h.journal.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := h.journal.Replay(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	settings := source.Settings{Name: "lab", Auth: source.Auth{Scheme: "header", Header: "X-Token", Secrets: []string{testToken}}}
	verifier, err := source.NewVerifier(cloudevents.Vendor, settings)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := cloudevents.Vendor.NewDecoder(settings)
	if err != nil {
		t.Fatal(err)
	}
	h.Server = serve(t, Options{
		Floor: h.floor, Past: history.NewKeeper(history.Open(t.Context(), db, nil, nil), h.floor.Wallboard), Boards: []*board.Definition{{Name: "all", Window: board.LastHour}}, Ready: h.journal.Ready,
		Intake: intake.New(intake.Options{
			Sources: map[string]intake.Source{"lab": {Verifier: verifier, Decoder: &oldDecoder{decoder, &h.old}}}, Journal: h.journal, Key: []byte("test-key"), InFlight: 1,
		}),
	})
	return h
}

// marker is in everything that a request says; no answer may have it.
const marker = "do-not-echo-7f3a"

func deliveryBody(id string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"test","type":"org.wallboard.interaction.queued","subject":%q,"time":%q,"data":{"queue":"Q"}}`,
		id, marker, time.Now().UTC().Format(time.RFC3339Nano))
}

// delivery is a good one, to be spoilt.
func (h *house) delivery(t *testing.T, id string) *http.Request {
	t.Helper()
	r, err := http.NewRequest("POST", h.URL+"/hooks/lab", strings.NewReader(deliveryBody(id)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {"application/cloudevents+json"}, "X-Token": {testToken}, "X-Marker": {marker}}
	return r
}

// wantProblem checks an answer against RFC 9457 and our promise not to echo.
func wantProblem(t *testing.T, name string, res *http.Response, status int, field string) {
	t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Type, Title, Detail, Field string
		Status                     int
	}
	if err := json.Unmarshal(body, &p, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Errorf("%s: %d, not a problem document: %q", name, res.StatusCode, body)
		return
	}
	if res.StatusCode != status || p.Status != status || res.Header.Get("Content-Type") != "application/problem+json" || p.Type == "" || p.Title == "" || p.Detail == "" {
		t.Errorf("%s: got %d, %s, want a problem of %d", name, res.StatusCode, body, status)
	}
	if p.Field != field {
		t.Errorf("%s: names the field %q, want %q", name, p.Field, field)
	}
	if strings.Contains(string(body), marker) {
		t.Errorf("%s: echoes: %s", name, body)
	}
	if retry := res.Header.Get("Retry-After"); (retry != "") != (status == 503) {
		t.Errorf("%s: Retry-After is %q", name, retry)
	}
	if allow := res.Header.Get("Allow"); (allow != "") != (status == 405) {
		t.Errorf("%s: Allow is %q", name, allow)
	}
}

// TestRefusals: every status that a hook or the API refuses with, over a real socket.
func TestRefusals(t *testing.T) {
	h := newHouse(t)
	hook := func(spoil func(r *http.Request)) func() *http.Request {
		return func() *http.Request {
			r := h.delivery(t, "1")
			spoil(r)
			return r
		}
	}
	body := func(s string) func() *http.Request {
		return hook(func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(strings.NewReader(s)), int64(len(s)) })
	}
	api := func(method, path string) func() *http.Request {
		return hook(func(r *http.Request) {
			r.Method, r.URL.Path, r.URL.RawQuery, r.Body, r.ContentLength = method, path, "", nil, 0
		})
	}
	query := func(q string) func() *http.Request {
		return hook(func(r *http.Request) {
			r.Method, r.URL.Path, r.URL.RawQuery, r.Body, r.ContentLength = "GET", "/api/v1/interactions", q, nil, 0
		})
	}
	for name, tc := range map[string]struct {
		request func() *http.Request
		status  int
		field   string
	}{
		"no secret":          {hook(func(r *http.Request) { r.Header.Del("X-Token") }), 401, "authentication"},
		"wrong secret":       {hook(func(r *http.Request) { r.Header.Set("X-Token", marker) }), 401, "authentication"},
		"unknown source":     {hook(func(r *http.Request) { r.URL.Path = "/hooks/" + marker }), 404, "source"},
		"no source":          {hook(func(r *http.Request) { r.URL.Path = "/hooks/" }), 404, "path"},
		"not JSON":           {body(`{"` + marker), 400, "body"},
		"name twice":         {body(`{"` + marker + `":1,"` + marker + `":2}`), 400, "body"},
		"GET a hook":         {hook(func(r *http.Request) { r.Method, r.Body, r.ContentLength = "GET", nil, 0 }), 405, "method"},
		"DELETE a hook":      {hook(func(r *http.Request) { r.Method = "DELETE" }), 405, "method"},
		"another method":     {hook(func(r *http.Request) { r.Method = "DO-NOT-ECHO-7F3A" }), 405, "method"},
		"too large":          {body(strings.Repeat("x", maxBody+1)), 413, "body"},
		"content type":       {hook(func(r *http.Request) { r.Header.Set("Content-Type", "text/"+marker) }), 415, "Content-Type"},
		"content encoding":   {hook(func(r *http.Request) { r.Header.Set("Content-Encoding", marker) }), 415, "Content-Encoding"},
		"foreign host":       {hook(func(r *http.Request) { r.Host = marker + ".example" }), 421, "Host"},
		"a path to clean":    {hook(func(r *http.Request) { r.URL.Path = "/hooks/lab//" + marker }), 404, "path"},
		"no such API":        {api("GET", "/api/"+marker), 404, "path"},
		"no such board":      {api("GET", "/api/v1/boards/"+marker), 404, "board"},
		"no interaction":     {api("GET", "/api/v1/interactions/lab/"+marker), 404, "id"},
		"POST a board":       {api("POST", "/api/v1/boards/all"), 405, "method"},
		"PUT interactions":   {api("PUT", "/api/v1/interactions"), 405, "method"},
		"DELETE interaction": {api("DELETE", "/api/v1/interactions/lab/1"), 405, "method"},
		"bad outcome":        {query("outcome=" + marker), 400, "outcome"},
		"bad channel":        {query("channel=" + marker), 400, "channel"},
		"bad from":           {query("from=" + marker), 400, "from"},
		"bad to":             {query("to=" + marker), 400, "to"},
		"bad limit":          {query("limit=" + marker), 400, "limit"},
		"limit 0":            {query("limit=0"), 400, "limit"},
		"bad cursor":         {query("cursor=" + marker), 400, "cursor"},
		"API foreign host":   {hook(func(r *http.Request) { r.Host, r.URL.Path = marker, "/api/v1/boards/all" }), 421, "Host"},
		"a foreign origin":   {hook(func(r *http.Request) { upgrade(r).Header.Set("Origin", "http://"+marker) }), 403, "Origin"},
		"no upgrade":         {api("GET", "/boards/all/live"), 426, "Upgrade"},
	} {
		res, err := http.DefaultTransport.RoundTrip(tc.request())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		wantProblem(t, name, res, tc.status, tc.field)
	}
}

func upgrade(r *http.Request) *http.Request {
	r.Method, r.URL.Path, r.Body, r.ContentLength = "GET", "/boards/all/live", nil, 0
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "websocket")
	r.Header.Set("Sec-WebSocket-Version", "13")
	r.Header.Set("Sec-WebSocket-Key", "dGVzdC10ZXN0LXRlc3QtdA==")
	return r
}

// TestTaken: good deliveries, again, not needed or not understood, are 204. While one is
// held up the next is told to come again, and so are all when nothing can be stored.
func TestTaken(t *testing.T) {
	h := newHouse(t)
	do := func(r *http.Request) *http.Response {
		t.Helper()
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	held := make(chan *http.Response)
	go func() {
		res, err := http.DefaultTransport.RoundTrip(h.delivery(t, "1"))
		if err != nil {
			t.Error(err)
		}
		held <- res
	}()
	<-h.floor.entered
	wantProblem(t, "overloaded", do(h.delivery(t, "2")), 503, "")
	close(h.floor.release)
	first := <-held
	first.Body.Close()
	go func() {
		for range h.floor.entered {
		}
	}()
	other := h.delivery(t, "3")
	other.Body, other.ContentLength = io.NopCloser(strings.NewReader(`{"specversion":"1.0"}`)), 21
	for name, res := range map[string]*http.Response{"first": first, "again": do(h.delivery(t, "1")), "not understood": do(other)} {
		res.Body.Close()
		if res.StatusCode != http.StatusNoContent {
			t.Errorf("%s: got %d, want 204", name, res.StatusCode)
		}
	}
	if err := h.journal.Close(); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, "unavailable", do(h.delivery(t, "4")), 503, "")
	ready, err := http.NewRequest("GET", h.URL+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, "not ready", do(ready), 503, "")
}

// TestSlowBody: who sends slowly may come again, and who breaks off is told so; neither
// holds a place for long.
func TestSlowBody(t *testing.T) {
	h := newHouse(t)
	serverOf(h.Server).bodyWithin = 50 * time.Millisecond
	ask := func(text string, end bool) *http.Response {
		t.Helper()
		c, err := net.Dial("tcp", strings.TrimPrefix(h.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		io.WriteString(c, "POST /hooks/lab HTTP/1.1\r\nHost: localhost\r\n"+text)
		if end {
			c.(*net.TCPConn).CloseWrite()
		}
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	wantProblem(t, "slow", ask("Content-Length: 100\r\n\r\n{", false), 503, "body")
	wantProblem(t, "broken off", ask("Content-Length: 100\r\n\r\n{", true), 400, "body")
	wantProblem(t, "no chunk", ask("Transfer-Encoding: chunked\r\n\r\n"+marker+"\r\n", false), 400, "body")
	s := serverOf(h.Server)
	for range cap(s.places) {
		s.places <- struct{}{}
	}
	wantProblem(t, "too many at once", ask("Content-Length: 1\r\n\r\n{", false), 503, "")
}

// later is a verifier that lacks something for the moment.
type later struct{}

func (later) Verify(*source.Delivery) error {
	return fmt.Errorf("%w: the certificate could not be fetched", source.ErrUnavailable)
}

// TestUnavailableIsTriedAgain: a check that cannot be made just now is 503, because to
// several vendors a 4xx is final.
func TestUnavailableIsTriedAgain(t *testing.T) {
	h := newHouse(t)
	site := serve(t, Options{Floor: h.floor, Ready: h.journal.Ready, Intake: intake.New(intake.Options{
		Sources: map[string]intake.Source{"lab": {Verifier: later{}}}, Journal: h.journal, Key: []byte("test-key"),
	})})
	res, err := http.Post(site.URL+"/hooks/lab", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, "no certificate", res, http.StatusServiceUnavailable, "")
}

// TestManyBoards: with several boards the way in is their list; with one it is that board.
func TestManyBoards(t *testing.T) {
	all := &board.Definition{Name: "all", Title: "Everything", Window: board.LastHour}
	one := serve(t, Options{Floor: wallboard.New(wallboard.Options{}), Boards: []*board.Definition{all}})
	two := serve(t, Options{Floor: wallboard.New(wallboard.Options{}), Boards: []*board.Definition{all, {Name: "night", Window: board.Today}}})
	for _, c := range []struct {
		url  string
		want []string
	}{
		{one.URL + "/", []string{`id="board"`}},
		{one.URL + "/boards", []string{`href="/boards/all"`, "Everything"}},
		{two.URL + "/", []string{`href="/boards/all"`, `href="/boards/night"`, "last hour"}},
	} {
		res, err := http.Get(c.url)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", c.url, res.StatusCode, err)
		}
		for _, want := range c.want {
			if !strings.Contains(string(page), want) {
				t.Errorf("%s does not show %s", c.url, want)
			}
		}
	}
}
