package simulate

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

const secret = "a-secret-of-the-test"

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// hook is a server that keeps what was posted to it.
type hook struct {
	*httptest.Server
	answer func(n int) int // status of the nth post, from 1

	mu      sync.Mutex
	posts   int
	bodies  []string
	forms   []url.Values
	refused int
}

// newHook starts a server. It checks signatures over publicURL, and answers 401 to bad
// ones.
func newHook(t *testing.T, publicURL string, answer func(n int) int) *hook {
	t.Helper()
	h := &hook{answer: answer}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read a body: %v", err)
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Errorf("a body is no form: %v", err)
		}
		signed := publicURL
		if signed == "" {
			signed = h.URL + r.URL.RequestURI()
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.posts++
		status := http.StatusNoContent
		if h.answer != nil {
			status = h.answer(h.posts)
		}
		if r.Header.Get("X-Twilio-Signature") != signature(signed, form) {
			status = http.StatusUnauthorized
			h.refused++
		}
		if status/100 == 2 {
			h.bodies = append(h.bodies, string(body))
			h.forms = append(h.forms, form)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(h.Close)
	return h
}

// signature is Twilio's rule, written down a second time.
func signature(hook string, form url.Values) string {
	names := make([]string, 0, len(form))
	for n := range form {
		names = append(names, n)
	}
	sort.Strings(names)
	var text strings.Builder
	text.WriteString(hook)
	for _, n := range names {
		text.WriteString(n)
		text.WriteString(form.Get(n))
	}
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(text.String()))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func play(t *testing.T, h *hook, o Options, d time.Duration) *Centre {
	t.Helper()
	o.URL, o.Secret = h.URL+"/hooks/twilio", secret
	c := New(o)
	if err := c.PlayPast(t.Context(), noon, noon.Add(d)); err != nil {
		t.Fatalf("PlayPast: %v", err)
	}
	return c
}

func TestDeliveriesAreSignedAndCounted(t *testing.T) {
	h := newHook(t, "", nil)
	c := play(t, h, Options{Seed: 1}, 20*time.Minute)
	if err := c.Drain(t.Context()); err != nil {
		t.Fatalf("Drain: %v", err)
	}
	got := c.Truth()
	if h.refused != 0 {
		t.Errorf("%d signatures are wrong", h.refused)
	}
	if got.Deliveries.Acknowledged != len(h.bodies) || len(h.bodies) < 200 {
		t.Errorf("acknowledged %d, the server has %d, want the same and 200 at least", got.Deliveries.Acknowledged, len(h.bodies))
	}
	if !got.Settled || got.Deliveries.HeldBack != 0 || got.Unsettled != 0 {
		t.Errorf("after Drain: settled %t, held back %d, unsettled %d", got.Settled, got.Deliveries.HeldBack, got.Unsettled)
	}
	sids := make(map[string]string)
	again := 0
	for i, f := range h.forms {
		if before, ok := sids[f.Get("Sid")]; ok {
			again++
			if before != h.bodies[i] {
				t.Error("a duplicate differs from its original")
			}
		}
		sids[f.Get("Sid")] = h.bodies[i]
	}
	if again != got.Deliveries.Duplicates || again == 0 {
		t.Errorf("duplicates: the server saw %d, truth says %d; want the same and some", again, got.Deliveries.Duplicates)
	}
}

func TestSignatureCoversPublicURL(t *testing.T) {
	const public = "https://wallboard.example.com/hooks/twilio?site=north"
	h := newHook(t, public, nil)
	play(t, h, Options{Seed: 1, PublicURL: public, MaxDeliveries: 30}, time.Hour)
	if h.refused != 0 || len(h.bodies) != 30 {
		t.Errorf("refused %d, taken %d, want 0 and 30", h.refused, len(h.bodies))
	}
}

func TestSeedReproducesDeliveries(t *testing.T) {
	run := func(seed uint64) []string {
		h := newHook(t, "https://wallboard.example.com", nil)
		c := play(t, h, Options{Seed: seed, PublicURL: "https://wallboard.example.com", Concurrency: 1}, 30*time.Minute)
		if err := c.Drain(t.Context()); err != nil {
			t.Fatalf("Drain: %v", err)
		}
		return h.bodies
	}
	first := run(7)
	if diff := cmp.Diff(first, run(7)); diff != "" {
		t.Errorf("the same seed differs (-first +second):\n%s", diff)
	}
	if cmp.Equal(first, run(8)) {
		t.Error("another seed makes the same deliveries")
	}
}

func TestRetriesSendTheSameBody(t *testing.T) {
	h := newHook(t, "", func(n int) int {
		if n <= 2 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	})
	c := play(t, h, Options{Seed: 3, Concurrency: 1, MaxDeliveries: 20}, time.Hour)
	got := c.Truth().Deliveries
	if got.Retries != 2 || got.Acknowledged != 20 || h.posts != 22 {
		t.Errorf("retries %d, acknowledged %d, posts %d, want 2, 20 and 22", got.Retries, got.Acknowledged, h.posts)
	}
}

func TestRefusalEndsPlayAndKeepsTheDelivery(t *testing.T) {
	refuse := true
	h := newHook(t, "", func(n int) int {
		if refuse && n > 10 {
			return http.StatusBadRequest
		}
		return http.StatusNoContent
	})
	c := New(Options{Seed: 3, URL: h.URL + "/hooks/twilio", Secret: secret, Concurrency: 1})
	err := c.PlayPast(t.Context(), noon, noon.Add(time.Hour))
	if err == nil || !strings.Contains(err.Error(), "400") {
		t.Fatalf("PlayPast: %v, want an error that names 400", err)
	}
	if got := c.Truth(); got.Settled || got.Deliveries.Acknowledged != 10 {
		t.Errorf("settled %t with %d acknowledged, want false with 10", got.Settled, got.Deliveries.Acknowledged)
	}
	h.mu.Lock()
	refuse = false
	h.mu.Unlock()
	if err := c.Drain(t.Context()); err != nil {
		t.Fatalf("Drain: %v", err)
	}
	if got := c.Truth(); !got.Settled {
		t.Error("not settled after Drain")
	}
}

func TestHeldBackDeliveriesAreNotTruthYet(t *testing.T) {
	h := newHook(t, "", nil)
	r := DefaultRates()
	r.Late = 0.5
	c := play(t, h, Options{Seed: 5, Rates: r}, 30*time.Minute)
	before := c.Truth()
	if before.Settled || before.Unsettled == 0 || before.Deliveries.HeldBack == 0 {
		t.Fatalf("settled %t, unsettled %d, held back %d; want something held back", before.Settled, before.Unsettled, before.Deliveries.HeldBack)
	}
	if err := c.Drain(t.Context()); err != nil {
		t.Fatalf("Drain: %v", err)
	}
	after := c.Truth()
	if !after.Settled || after.Started < before.Started {
		t.Errorf("settled %t, started %d after %d", after.Settled, after.Started, before.Started)
	}
	check(t, before)
	check(t, after)
}

func TestRunGoesOnFromThePast(t *testing.T) {
	h := newHook(t, "", nil)
	o := Options{Seed: 2, URL: h.URL + "/hooks/twilio", Secret: secret, Speed: 1000, MaxDeliveries: 400}
	c := New(o)
	if err := c.PlayPast(t.Context(), noon, noon.Add(5*time.Minute)); err != nil {
		t.Fatalf("PlayPast: %v", err)
	}
	past := c.Truth()
	if err := c.Run(t.Context()); err != nil {
		t.Fatalf("Run: %v", err)
	}
	got := c.Truth()
	if got.Deliveries.Acknowledged != 400 || past.Deliveries.Acknowledged >= 400 {
		t.Errorf("acknowledged %d after %d, want 400 after fewer", got.Deliveries.Acknowledged, past.Deliveries.Acknowledged)
	}
	if !got.AsOf.After(noon.Add(5 * time.Minute)) {
		t.Errorf("virtual time is %v, want it after the past", got.AsOf)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	taken := make(chan struct{}, 10_000)
	h := newHook(t, "", func(int) int { taken <- struct{}{}; return http.StatusNoContent })
	c := New(Options{Seed: 2, Start: noon, URL: h.URL + "/", Secret: secret, Speed: 100})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	<-taken
	if err := c.Drain(t.Context()); !errors.Is(err, ErrPlaying) {
		t.Errorf("Drain during Run: %v, want ErrPlaying", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v, want nil", err)
	}
	if err := c.Drain(t.Context()); err != nil {
		t.Errorf("Drain: %v", err)
	}
	if !c.Truth().Settled {
		t.Error("not settled after Drain")
	}
}

func TestRunEndsWithItsDuration(t *testing.T) {
	h := newHook(t, "", nil)
	c := New(Options{Seed: 2, Start: noon, URL: h.URL + "/", Secret: secret, Duration: 50 * time.Millisecond})
	if err := c.Run(t.Context()); err != nil {
		t.Errorf("Run: %v, want nil", err)
	}
}

func TestRemoteHooksAreRefused(t *testing.T) {
	for _, u := range []string{"http://192.0.2.1/hooks/x", "https://wallboard.example.com/hooks/x", "http://localhost.example.com/"} {
		if err := New(Options{URL: u}).Drain(t.Context()); !errors.Is(err, ErrRemote) {
			t.Errorf("%s: %v, want ErrRemote", u, err)
		}
		if err := New(Options{URL: u, AllowRemote: true}).Drain(t.Context()); err != nil {
			t.Errorf("%s with AllowRemote: %v", u, err)
		}
	}
	for _, u := range []string{"http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost:1/"} {
		if err := New(Options{URL: u}).Drain(t.Context()); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func TestErrorsKeepTheURLToThemselves(t *testing.T) {
	h := newHook(t, "", nil)
	h.Close()
	c := New(Options{URL: h.URL + "/hooks/x?token=hush", Attempts: 1})
	err := c.PlayPast(t.Context(), noon, noon.Add(time.Minute))
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("error %v, want one without the URL", err)
	}
}

func TestTruthIsWrittenAsJSON(t *testing.T) {
	h := newHook(t, "", nil)
	c := play(t, h, Options{Seed: 4}, 20*time.Minute)
	want := c.Truth()
	var b bytes.Buffer
	if err := want.WriteJSON(&b); err != nil {
		t.Fatalf("WriteJSON: %v", err)
	}
	var got Truth
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("read it back: %v", err)
	}
	if got.Started != want.Started || len(got.Interactions) != len(want.Interactions) || !cmp.Equal(got.Status, want.Status) {
		t.Errorf("read back %d started, %v, want %d, %v", got.Started, got.Status, want.Started, want.Status)
	}
}
