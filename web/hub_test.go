package web

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// queueOne makes one more customer wait.
func queueOne(floor *wallboard.Wallboard, i int) {
	now := time.Now().UnixMicro()
	floor.Apply("lab", now, []interaction.Event{{Interaction: fmt.Sprint("I", i), Kind: interaction.Queued, At: now, Key: fmt.Sprint(i)}})
}

// count is how many sockets there are.
func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.total
}

// TestDeafScreen: a screen that takes nothing in is closed, and the others get every
// change meanwhile. Its frames are large, so that what lies between the two fills up soon.
func TestDeafScreen(t *testing.T) {
	web, floor := site(t, 400)
	small := &websocket.Dialer{NetDial: func(network, address string) (net.Conn, error) {
		c, err := net.Dial(network, address)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		}
		return c, err
	}}
	deaf, _, err := small.Dial(address(web), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	screens := make([]*screen, 10)
	for i := range screens {
		screens[i] = newScreen(t, web)
		screens[i].next()
	}
	// The deaf one asks for pongs too, which are no way round the writers.
	for range heardBurst {
		if err := deaf.WriteControl(websocket.PingMessage, []byte("p"), time.Now().Add(20*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	h := serverOf(web).hub
	steps := 0
	for ; h.count() > len(screens); steps++ {
		if steps == 200 { // at 100 ms each well before its pong is missed
			t.Fatalf("after %d frames the deaf screen is still there", steps)
		}
		queueOne(floor, steps)
		for _, s := range screens {
			for s.cells["status.Waiting"].Text != fmt.Sprint(steps+1) {
				s.next()
			}
		}
	}
	if steps == 0 {
		t.Error("the deaf screen was closed before there was anything to read")
	}
}

// TestGoroutines: a screen costs one goroutine, which reads; writing costs none.
func TestGoroutines(t *testing.T) {
	web, _ := site(t, 0)
	first := newScreen(t, web)
	first.next()
	before := runtime.NumGoroutine()
	const n = 200
	screens := make([]*screen, n)
	for i := range screens {
		screens[i] = newScreen(t, web)
	}
	for _, s := range screens {
		s.next() // so its handler is through
	}
	// The last handlers may still be on their way out.
	if got := runtime.NumGoroutine() - before; got > n+10 {
		t.Errorf("%d screens cost %d goroutines, want one each", n, got)
	}
}

// TestSocketLimits: beyond the limits a screen is told why by a close code, and a place that
// becomes free is taken again.
func TestSocketLimits(t *testing.T) {
	for name, limits := range map[string]socketLimits{"in total": {total: 2, address: 10}, "at one address": {total: 10, address: 2}} {
		t.Run(name, func(t *testing.T) {
			web, _ := site(t, 0)
			h := serverOf(web).hub
			h.limits = limits
			a, b := newScreen(t, web), newScreen(t, web)
			a.next()
			b.next()
			_, _, err := dial(t, web).ReadMessage()
			if !websocket.IsCloseError(err, websocket.CloseTryAgainLater) {
				t.Errorf("the third screen got %v, want a close of 1013", err)
			}
			a.conn.Close()
			for h.count() > 1 {
				runtime.Gosched()
			}
			newScreen(t, web).next()
			b.conn.Close()
			for h.count() > 1 {
				runtime.Gosched()
			}
		})
	}
}

// TestTalkativeScreen: who keeps talking is closed with 1008, in whatever kind of frame, who sends
// too much at once with 1009. A few words do no harm.
func TestTalkativeScreen(t *testing.T) {
	web, floor := site(t, 0)
	words := newScreen(t, web)
	say := func(s *screen, kind, n, size int) (code int) {
		for range n {
			s.conn.WriteMessage(kind, []byte(strings.Repeat("x", size))) // it may be closed by then
		}
		s.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		for {
			if _, _, err := s.conn.ReadMessage(); err != nil {
				if e, ok := err.(*websocket.CloseError); ok {
					return e.Code
				}
				return 0
			}
		}
	}
	for name, kind := range map[string]int{"messages": websocket.TextMessage, "pings": websocket.PingMessage, "pongs": websocket.PongMessage} {
		if got := say(newScreen(t, web), kind, 10*heardBurst, 10); got != websocket.ClosePolicyViolation {
			t.Errorf("%s: closed with %d, want 1008", name, got)
		}
	}
	if got := say(newScreen(t, web), websocket.TextMessage, 1, readLimit+1); got != websocket.CloseMessageTooBig {
		t.Errorf("a long message: closed with %d, want 1009", got)
	}
	for _, kind := range []int{websocket.TextMessage, websocket.PingMessage, websocket.PongMessage} {
		for range heardBurst / 3 {
			if err := words.conn.WriteMessage(kind, []byte("hello")); err != nil {
				t.Fatal(err)
			}
		}
	}
	queueOne(floor, 0)
	for words.cells["status.Waiting"].Text != "1" {
		words.next()
	}
}

// TestOrigin: another site's page may not connect; a page of this host and a program may.
func TestOrigin(t *testing.T) {
	web, _ := site(t, 0)
	host := strings.TrimPrefix(web.URL, "http://")
	for origin, want := range map[string]int{
		"": 101, "http://" + host: 101, "https://" + host: 101,
		"http://foreign.example": 403, "null": 403, "http://" + host + ".foreign.example": 403, "file://" + host: 403, "http://localhost": 403,
	} {
		h := http.Header{}
		if origin != "" {
			h.Set("Origin", origin)
		}
		c, res, _ := websocket.DefaultDialer.Dial(address(web), h)
		if res == nil || res.StatusCode != want {
			t.Errorf("origin %q: %+v, want %d", origin, res, want)
		}
		if c != nil {
			c.Close()
		}
	}
}

// TestAddresses: one customer's IPv6 network is one address, however many it has.
func TestAddresses(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:80": "192.0.2.7", "[::ffff:192.0.2.7]:80": "192.0.2.7", "[2001:db8:1:2:3::4]:80": "2001:db8:1:2::/64", "pipe": "pipe",
	} {
		if got := addressOf(remote); got != want {
			t.Errorf("addressOf(%q) = %q, want %q", remote, got, want)
		}
	}
}

func address(web *httptest.Server) string {
	return "ws" + strings.TrimPrefix(web.URL, "http") + "/boards/all/live"
}
