package e2e

import (
	"bufio"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// scrape reads the metrics by name and labels. Those of the Go runtime are left out.
func (s *server) scrape() map[string]float64 {
	s.t.Helper()
	res, err := http.Get("http://" + s.address + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 {
		s.t.Fatalf("/metrics answers %d", res.StatusCode)
	}
	all := make(map[string]float64)
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), "} ")
		if ok {
			name += "}"
		} else {
			name, value, _ = strings.Cut(lines.Text(), " ")
		}
		if !strings.HasPrefix(name, "wallboard_") {
			continue
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			s.t.Fatalf("%q: %v", lines.Text(), err)
		}
		all[name] = v
	}
	return all
}

// TestMetrics scrapes the program after known deliveries: the values are exact, and what a
// stranger sends adds no label and shows nowhere.
func TestMetrics(t *testing.T) {
	s := start(t)
	before := s.scrape()
	at := time.Now().Add(-time.Minute)
	for i, kind := range []string{"started", "queued", "queued"} {
		id := kind // the second queued is a duplicate
		if code := s.post(id, kind, "call +447700900111", at.Add(time.Duration(min(i, 1))*time.Second), `{"channel":"voice","queue":"Private-Queue","customer":"+447700900111"}`); code != 204 {
			t.Fatalf("%s got %d", kind, code)
		}
	}
	if code := s.post("x", "exploded", "i", at, `{}`); code != 204 {
		t.Fatalf("an unknown kind got %d", code)
	}
	if code := s.do("OPTIONS", "/hooks/lab", http.Header{"Webhook-Request-Origin": {"a.example"}}, "", nil); code != 200 {
		t.Fatalf("the handshake got %d", code)
	}
	for i := range 20 {
		stranger := strconv.Itoa(i)
		s.do("POST", "/hooks/stranger-"+stranger, nil, "x", nil)
		s.do("POST", "/hooks/lab/stranger-"+stranger, http.Header{"Webhook-Id": {"stranger-" + stranger}}, "x", nil)
		s.do("STRANGER", "/hooks/twilio?stranger="+stranger, nil, "x", nil)
	}
	after := s.scrape()
	for name, want := range map[string]float64{
		`wallboard_deliveries_total{result="acknowledged",source="lab"}`:    4,
		`wallboard_deliveries_total{result="handshake",source="lab"}`:       1,
		`wallboard_deliveries_total{result="unauthenticated",source="lab"}`: 20,
		`wallboard_deliveries_total{result="method",source="twilio"}`:       20,
		`wallboard_deliveries_total{result="acknowledged",source="twilio"}`: 0,
		`wallboard_events_total{result="stored",source="lab"}`:              2,
		`wallboard_events_total{result="duplicate",source="lab"}`:           1,
		`wallboard_quarantined_parts_total{source="lab"}`:                   1,
		`wallboard_ignored_parts_total{source="lab"}`:                       0,
		`wallboard_delivery_lag_seconds_count{source="lab"}`:                2,
		`wallboard_delivery_lag_seconds_bucket{source="lab",le="30"}`:       0,
		`wallboard_delivery_lag_seconds_bucket{source="lab",le="300"}`:      2,
		`wallboard_source_last_event_timestamp_seconds{source="lab"}`:       float64(at.Add(time.Second).UnixMicro()) / 1e6,
		`wallboard_source_last_event_timestamp_seconds{source="twilio"}`:    0,
		`wallboard_deliveries_in_flight`:                                    0,
		`wallboard_journal_ready`:                                           1,
		`wallboard_journal_pending_records`:                                 0,
		`wallboard_journal_commit_records_sum`:                              4,
		`wallboard_journal_failed_commits_total`:                            0,
		`wallboard_contacts`:                                                1,
		`wallboard_cells`:                                                   2, // one of before the queue was known
		`wallboard_boards`:                                                  1,
		`wallboard_sockets`:                                                 0,
		`wallboard_frames_sent_total`:                                       0,
	} {
		if got, ok := after[name]; !ok || got != want {
			t.Errorf("%s: got %v (there: %v), want %v", name, got, ok, want)
		}
	}
	if since := float64(time.Now().UnixMicro())/1e6 - after["wallboard_applied_timestamp_seconds"]; since < 0 || since > 30 {
		t.Errorf("deliveries are counted through %v s ago", since)
	}
	if len(before) != len(after) {
		t.Errorf("there were %d time series, and now %d", len(before), len(after))
	}
	res, err := http.Get("http://" + s.address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if word := regexp.MustCompile(`(?i)stranger|447700900111|private`).Find(text); word != nil {
		t.Errorf("the metrics have %q", word)
	}
}

// TestMetricsWhereSignInIsRequired: this machine may scrape, and what a proxy passes on may not.
func TestMetricsWhereSignInIsRequired(t *testing.T) {
	s := startWith(t, "access: {mode: required}\nsources: [{name: lab, vendor: cloudevents, auth: {scheme: none}}]\n")
	if code := s.do("GET", "/metrics", nil, "", nil); code != 200 {
		t.Errorf("from this machine: %d, want 200", code)
	}
	if code := s.do("GET", "/metrics", http.Header{"X-Forwarded-For": {"192.0.2.1"}}, "", nil); code != 401 {
		t.Errorf("through a proxy: %d, want 401", code)
	}
	if code := s.do("POST", "/metrics", nil, "", nil); code != 405 {
		t.Errorf("POST: %d, want 405", code)
	}
}

// TestMetricsOfScreens: frames and their bytes are those that a screen got.
func TestMetricsOfScreens(t *testing.T) {
	s := start(t)
	conn, _, err := websocket.DefaultDialer.Dial("ws://"+s.address+"/boards/all/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var sizes []float64
	for range 2 { // when the second is there, the first was counted
		_, frame, err := conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, float64(len(frame)))
	}
	m := s.scrape()
	want := sizes[0]
	if m["wallboard_frames_sent_total"] > 1 {
		want += sizes[1]
	}
	if n := m["wallboard_frames_sent_total"]; n != 1 && n != 2 || m["wallboard_frame_bytes_sent_total"] != want || m["wallboard_sockets"] != 1 {
		t.Errorf("%v frames of %v bytes to %v sockets, want those of %v", n, m["wallboard_frame_bytes_sent_total"], m["wallboard_sockets"], sizes)
	}
}
