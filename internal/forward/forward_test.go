package forward

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/wallboard/wallboard/internal/simulate"
)

const hookSecret = "dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdA=="

// wallboard is a hook that checks signatures, and keeps what it acknowledges.
type wallboard struct {
	*httptest.Server
	mu      sync.Mutex
	status  int
	refused int // deliveries
	got     []cloudEvent
	ids     map[string]int
	more    chan struct{} // of capacity 1
}

func newWallboard(t *testing.T) *wallboard {
	t.Helper()
	verify, err := webhooks.NewWebhook(hookSecret)
	if err != nil {
		t.Fatal(err)
	}
	w := &wallboard{status: 204, ids: make(map[string]int), more: make(chan struct{}, 1)}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var events []cloudEvent
		if err != nil || json.Unmarshal(body, &events) != nil || verify.Verify(body, r.Header) != nil {
			out.WriteHeader(401)
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.status == 204 {
			for _, e := range events {
				if w.ids[e.ID]++; w.ids[e.ID] == 1 {
					w.got = append(w.got, e)
				}
			}
		} else {
			w.refused++
		}
		out.WriteHeader(w.status)
		select {
		case w.more <- struct{}{}:
		default:
		}
	}))
	t.Cleanup(w.Close)
	return w
}

func (w *wallboard) answer(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status = status
}

// names are the events it has: the name and what tells one from another.
func (w *wallboard) names() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for _, e := range w.got {
		var words []string
		for _, name := range []string{"Event", "CC-Action", "Fact", "Uniqueid", "CC-Member-Session-UUID", "Unique-ID", "CC-Agent", "State"} {
			if v := e.Data[name]; v != "" && (len(words) == 0 || words[len(words)-1] != v) {
				words = append(words, v)
			}
		}
		names = append(names, strings.Join(words, " "))
	}
	return names
}

// until waits until what it has is so.
func (w *wallboard) until(t *testing.T, so func(names []string) bool) {
	t.Helper()
	patience := time.After(time.Minute)
	for !so(w.names()) {
		select {
		case <-w.more:
		case <-patience:
			t.Fatalf("the wallboard has %q", w.names())
		}
	}
}

func (w *wallboard) has(t *testing.T, n int) {
	t.Helper()
	w.until(t, func(names []string) bool { return len(names) >= n })
}

// refuses waits until it has refused so many more deliveries.
func (w *wallboard) refuses(t *testing.T, n int) {
	t.Helper()
	count := func() int {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.refused
	}
	n += count()
	w.until(t, func([]string) bool { return count() >= n })
}

// pbx is an Asterisk with the ways to speak of its calls.
type pbx struct{ *simulate.Manager }

func newPBX(t *testing.T) pbx {
	t.Helper()
	m, err := simulate.NewManager("127.0.0.1:0", "wallboard", "test-ami-secret")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return pbx{m}
}

func (p pbx) tell(name, unique string, more ...string) {
	e := map[string]string{
		"Event": name, "Timestamp": fmt.Sprintf("%d.%06d", time.Now().Unix(), time.Now().Nanosecond()/1000),
		"Uniqueid": unique, "Linkedid": unique, "Channel": "PJSIP/trunk-" + unique,
	}
	for i := 0; i+1 < len(more); i += 2 {
		e[more[i]] = more[i+1]
	}
	p.Tell(e)
}

// joins and leaves are a caller's.
func (p pbx) joins(unique string) { p.tell("QueueCallerJoin", unique, "Queue", "support") }

func (p pbx) leaves(unique string) {
	p.tell("QueueCallerAbandon", unique, "Queue", "support")
	p.tell("Hangup", unique, "Cause", "16")
}

func (p pbx) connects(unique, agent string) {
	p.tell("AgentCalled", unique, "Queue", "support", "DestUniqueid", unique+"a", "DestChannel", agent+"-00000011", "Interface", agent, "MemberName", "Ada")
	p.tell("QueueCallerLeave", unique, "Queue", "support")
	p.tell("AgentConnect", unique, "Queue", "support", "DestUniqueid", unique+"a", "DestChannel", agent+"-00000011", "Interface", agent, "MemberName", "Ada")
}

// listens waits until a forwarder is logged in.
func (p pbx) listens(t *testing.T) { t.Helper(); p.heard(t, p.Logins()) }

func (pbx) heard(t *testing.T, logins <-chan struct{}) {
	t.Helper()
	select {
	case <-logins:
	case <-time.After(time.Minute):
		t.Fatal("nobody listens")
	}
}

// runner runs a forwarder until it is stopped.
type runner struct {
	cancel context.CancelFunc
	ended  chan error
}

func run(t *testing.T, o Options) *runner {
	t.Helper()
	o.Name, o.HookSecret, o.Logger = "pbx", hookSecret, slog.New(slog.DiscardHandler)
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &runner{cancel: cancel, ended: make(chan error, 1)}
	go func() { r.ended <- f.Run(ctx) }()
	t.Cleanup(cancel)
	return r
}

func (r *runner) stop(t *testing.T) {
	t.Helper()
	r.cancel()
	if err := <-r.ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func options(p pbx, w *wallboard, dir string) Options {
	return Options{Vendor: "asterisk", Address: p.Address(), Username: "wallboard", Secret: "test-ami-secret", Hook: w.URL + "/hooks/pbx", DataDir: dir}
}

// TestNothingLost: events come in order and once, while the wallboard is away, refuses, or takes
// and does not say so; while the connection is cut; and over a restart.
func TestNothingLost(t *testing.T) {
	p, w, dir := newPBX(t), newWallboard(t), t.TempDir()
	r := run(t, options(p, w, dir))
	p.listens(t)
	var want []string
	call := func(n int) {
		unique := fmt.Sprintf("1790000000.%d", n)
		p.joins(unique)
		p.leaves(unique)
		want = append(want, "QueueCallerJoin "+unique, "QueueCallerAbandon "+unique, "Hangup "+unique)
	}
	n := 0
	several := func() {
		for range 30 {
			n++
			call(n)
		}
	}
	received := func() int {
		count := 0
		for _, name := range w.names() {
			if !strings.HasPrefix(name, "WallboardGap") {
				count++
			}
		}
		return count
	}
	arrived := func() { t.Helper(); w.until(t, func([]string) bool { return received() >= len(want) }) }
	several()
	arrived()
	for _, status := range []int{503, 400, 500} { // after a 401 it waits for long
		w.answer(status)
		several()
		w.refuses(t, 2)
		w.answer(204)
		arrived()
	}
	p.Chunk(3) // every line comes in parts
	several()
	arrived()
	p.Chunk(0)
	for range 3 {
		p.Cut()
		p.listens(t)
		several()
		arrived()
	}
	w.answer(503)
	several()
	w.refuses(t, 1)
	p.stored(t, dir, len(want))
	r.stop(t)
	w.answer(204)
	r = run(t, options(p, w, dir))
	arrived()
	r.stop(t)
	var got []string
	for _, name := range w.names() {
		if name != "WallboardGap" {
			got = append(got, name)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-told +got):\n%.2000s", d)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := 1; i < len(w.got); i++ {
		if w.got[i-1].Sequence >= w.got[i].Sequence {
			t.Errorf("sequence %s comes before %s", w.got[i-1].Sequence, w.got[i].Sequence)
		}
	}
}

// TestFullOutbox: a wallboard that is away for too long stops the listening, and not the telephone
// system's telling: what waits in the socket comes when there is room again.
func TestFullOutbox(t *testing.T) {
	p, w, dir := newPBX(t), newWallboard(t), t.TempDir()
	o := options(p, w, dir)
	o.OutboxBytes = 20_000
	w.answer(503)
	r := run(t, o)
	p.listens(t)
	var want []string
	for n := range 200 {
		unique := fmt.Sprintf("1790000000.%d", n)
		p.joins(unique)
		want = append(want, "QueueCallerJoin "+unique)
		if n == 20 {
			p.stored(t, dir, 10) // it has begun; the rest is too much
		}
	}
	w.answer(204)
	w.has(t, len(want))
	r.stop(t)
	if d := cmp.Diff(want, w.names()); d != "" {
		t.Errorf("(-told +got):\n%.2000s", d)
	}
}

// stored waits until the outbox in dir has so many events.
func (p pbx) stored(t *testing.T, dir string, n int) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(time.Minute); sequenceOf(dir) < n; <-look.C {
		if time.Now().After(deadline) {
			t.Fatalf("the outbox has %d events, want %d", sequenceOf(dir), n)
		}
	}
}

// TestStock: after an absence it tells what it finds, and what is gone.
func TestStock(t *testing.T) {
	p, w, dir := newPBX(t), newWallboard(t), t.TempDir()
	p.tell("QueueMemberStatus", "", "Queue", "support", "Interface", "PJSIP/201", "MemberName", "Ada", "Status", "1", "Paused", "0")
	r := run(t, options(p, w, dir))
	p.listens(t)
	p.joins("1.1") // waits, and is gone later
	p.joins("1.2") // talks, and is gone later
	p.connects("1.2", "PJSIP/201")
	p.joins("1.3") // waits all the time
	w.has(t, 7)
	r.stop(t)
	p.leaves("1.1")
	p.tell("Hangup", "1.2", "Cause", "16")
	p.tell("Hangup", "1.2a", "Cause", "16")
	p.joins("1.4") // came meanwhile, and waits
	p.joins("1.5") // came meanwhile, and talks
	p.connects("1.5", "PJSIP/201")
	r = run(t, options(p, w, dir))
	w.until(t, func(names []string) bool {
		return strings.Contains(strings.Join(names, ","), "WallboardLost 1.1") && strings.Contains(strings.Join(names, ","), "WallboardLost 1.2")
	})
	p.leaves("1.3")
	w.until(t, func(names []string) bool { return names[len(names)-1] == "Hangup 1.3" })
	r.stop(t)
	got := make(map[string]int)
	for _, name := range w.names()[7:] {
		got[name]++
	}
	want := map[string]int{
		"WallboardGap": 1, "QueueMember": 1, "QueueEntry 1.4": 1, "AgentConnect 1.5": 1, "WallboardLost 1.1 waiting": 1, "WallboardLost 1.2 talking": 1,
		"QueueCallerAbandon 1.3": 1, "Hangup 1.3": 1,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.got {
		if e.Data["Event"] == "AgentConnect" && e.Data["WallboardSnapshot"] == "yes" && (e.Data["Interface"] != "PJSIP/201" || e.Data["MemberName"] != "Ada") {
			t.Errorf("the agent is %q", e.Data)
		}
	}
}

// TestCutInAnEvent: a caller's hanging up of which some bytes came, at a place all over it, is
// marked as lost; all of them are the hanging up.
func TestCutInAnEvent(t *testing.T) {
	p, w := newPBX(t), newWallboard(t)
	r := run(t, options(p, w, t.TempDir()))
	p.listens(t)
	hangup := func(unique string) map[string]string {
		return map[string]string{"Event": "Hangup", "Timestamp": "1790000000.000001", "Uniqueid": unique, "Linkedid": unique, "Cause": "16"}
	}
	const length = len("Event: Hangup\r\nCause: 16\r\nLinkedid: 1.100\r\nTimestamp: 1790000000.000001\r\nUniqueid: 1.100\r\n\r\n")
	n := 0
	for cut := 0; cut <= length; cut += 8 {
		n++
		unique := fmt.Sprintf("1.%d", 100+n)
		p.joins(unique)
		w.until(t, func(names []string) bool { return slices.Contains(names, "QueueCallerJoin "+unique) })
		whole := cut+8 > length
		if whole {
			cut = length
		}
		p.TellPart(hangup(unique), cut)
		p.listens(t)
		ended := "WallboardLost " + unique + " waiting"
		if whole {
			ended = "Hangup " + unique
		}
		w.until(t, func(names []string) bool { return slices.Contains(names, ended) })
	}
	r.stop(t)
	for _, unique := range []string{"1.101", fmt.Sprintf("1.%d", 100+n)} {
		ends := 0
		for _, name := range w.names() {
			if strings.Contains(name, unique) && !strings.HasPrefix(name, "QueueCallerJoin") {
				ends++
			}
		}
		if ends != 1 {
			t.Errorf("%s ended %d times", unique, ends)
		}
	}
}

// TestPrivateCalls: of calls that came to no queue nothing is told.
func TestPrivateCalls(t *testing.T) {
	p, w := newPBX(t), newWallboard(t)
	r := run(t, options(p, w, t.TempDir()))
	p.listens(t)
	p.tell("Newchannel", "2.1")
	p.tell("DialEnd", "2.1", "DialStatus", "ANSWER", "DestUniqueid", "2.2")
	p.tell("Newexten", "2.1", "Application", "VoiceMail")
	p.tell("UserEvent", "2.1", "UserEvent", "Theirs")
	p.tell("BlindTransfer", "2.1", "Result", "Success", "TransfereeLinkedid", "2.1")
	p.tell("Hangup", "2.1", "Cause", "16")
	p.joins("3.1")
	p.tell("DialEnd", "3.1", "DialStatus", "BUSY", "DestUniqueid", "3.2")
	p.tell("DialEnd", "3.1", "DialStatus", "ANSWER", "DestUniqueid", "3.3")
	p.tell("Newexten", "3.1", "Application", "Playback")
	p.tell("Newexten", "3.1", "Application", "Hangup")
	p.leaves("3.1")
	w.until(t, func(names []string) bool { return len(names) > 0 && names[len(names)-1] == "Hangup 3.1" })
	r.stop(t)
	if got, want := fmt.Sprint(w.names()), "[QueueCallerJoin 3.1 DialEnd 3.1 Newexten 3.1 QueueCallerAbandon 3.1 Hangup 3.1]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestWhoHungUp: a caller who left a queue unserved hung up himself if his phone asked for it. Else
// the dialplan would say that the queue let him go; where it says nothing at all, nobody knows.
func TestWhoHungUp(t *testing.T) {
	p, w := newPBX(t), newWallboard(t)
	r := run(t, options(p, w, t.TempDir()))
	p.listens(t)
	for _, tc := range []struct {
		unique string
		before func(unique string)
	}{
		{"1.1", func(string) {}},
		{"1.2", func(unique string) { p.tell("HangupRequest", unique) }},
		{"1.3", func(string) { p.tell("HangupRequest", "of another") }},
		{"1.4", func(string) { p.tell("Newexten", "of another", "Application", "Dial") }},
		{"1.5", func(string) {}}, // there is a dialplan by now
	} {
		p.joins(tc.unique)
		tc.before(tc.unique)
		p.leaves(tc.unique)
	}
	w.has(t, 15)
	r.stop(t)
	w.mu.Lock()
	defer w.mu.Unlock()
	var got []string
	for _, e := range w.got {
		if e.Data[unsure] != "" {
			got = append(got, e.Data["Event"]+" "+e.Data["Uniqueid"])
		}
	}
	if want := []string{"Hangup 1.1", "Hangup 1.3"}; !slices.Equal(got, want) {
		t.Errorf("nobody knows who ended %q, want %q", got, want)
	}
}

func TestRefusedLogin(t *testing.T) {
	p, w := newPBX(t), newWallboard(t)
	o := options(p, w, t.TempDir())
	o.Name, o.HookSecret, o.Logger, o.Secret = "pbx", hookSecret, slog.New(slog.DiscardHandler), "wrong"
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.connect(t.Context()); !errors.Is(err, errRefused) {
		t.Errorf("got %v", err)
	}
}

// TestCutAtEveryByte: of a stream that ends anywhere the whole messages are read, and nothing else.
func TestCutAtEveryByte(t *testing.T) {
	stream := "Event: A\r\nX: 1\r\n\r\n\r\nEvent: B\nY: a: b\n\nResponse: Success\r\nno colon\r\nEvent:\r\nX:no space\r\n\r\n"
	want := []message{{"Event": "A", "X": "1"}, {"Event": "B", "Y": "a: b"}, {"Response": "Success", "Event": "", "X": "no space"}}
	ends := []int{strings.Index(stream, "\r\n\r\n") + 4, strings.Index(stream, "\n\nResponse") + 2, len(stream)}
	for cut := range len(stream) + 1 {
		r := bufio.NewReaderSize(strings.NewReader(stream[:cut]), maxHeader)
		var got []message
		for {
			m, err := readMessage(r)
			if err != nil {
				break
			}
			got = append(got, m)
		}
		whole := 0
		for _, end := range ends {
			if cut >= end {
				whole++
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want[:whole]) {
			t.Errorf("cut at %d: %v", cut, got)
		}
	}
}

// TestLongMessages: a line or a message beyond its limit leaves out what is beyond, and the next
// message is whole.
func TestLongMessages(t *testing.T) {
	var b strings.Builder
	b.WriteString("Event: A\r\nLong: " + strings.Repeat("x", maxHeader) + "\r\nShort: 1\r\n\r\n")
	b.WriteString("Event: B\r\n")
	for i := range 100 {
		fmt.Fprintf(&b, "H%d: %s\r\n", i, strings.Repeat("x", maxHeader/2))
	}
	b.WriteString("\r\nEvent: C\r\n\r\n")
	r := bufio.NewReaderSize(strings.NewReader(b.String()), maxHeader)
	one, _ := readMessage(r)
	two, _ := readMessage(r)
	three, err := readMessage(r)
	if err != nil || one["Short"] != "1" || one["Long"] != "" || three["Event"] != "C" {
		t.Errorf("%v: %v, %v", err, one["Short"], three)
	}
	if n := len(two); n != 1+maxMessage/(maxHeader/2) && n != maxMessage/(maxHeader/2) {
		t.Errorf("%d headers", n)
	}
}
