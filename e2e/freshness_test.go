package e2e

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const (
	fresh = `document.getElementById('board').className === 'fresh'`
	live  = fresh + ` && document.querySelector('[data-connection]').getAttribute('data-connection') === 'live'`
	// samePage is true until the page was loaded anew, after stay.
	stay     = `window.samePage = true`
	samePage = `window.samePage === true`
)

// link is a TCP link to the server that can be cut as a pulled cable cuts it: nothing comes
// through any more, and nobody is told. What was under way stays lost.
type link struct {
	address string
	mu      sync.Mutex
	down    bool
	held    []net.Conn
}

func (l *link) set(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
}

func (l *link) isDown() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}

// hold keeps a connection open and dead until the test ends.
func (l *link) hold(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = append(l.held, c)
}

func newLink(t *testing.T, to string) *link {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &link{address: listener.Addr().String()}
	t.Cleanup(func() {
		listener.Close()
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, c := range l.held {
			c.Close()
		}
	})
	pass := func(from, to net.Conn) {
		b := make([]byte, 32<<10)
		for {
			n, err := from.Read(b)
			if l.isDown() {
				return // both stay open
			}
			if n > 0 {
				if _, err := to.Write(b[:n]); err != nil {
					return
				}
			}
			if err != nil {
				to.Close()
				return
			}
		}
	}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			l.hold(c)
			if l.isDown() {
				continue
			}
			s, err := net.Dial("tcp", to)
			if err != nil {
				c.Close()
				continue
			}
			l.hold(s)
			go pass(c, s)
			go pass(s, c)
		}
	}()
	return l
}

// do runs a script in the page.
func do(t *testing.T, c window, script string) {
	t.Helper()
	if _, err := chromedp.Run(c.ctx, chromedp.Evaluate[any](script+"; null")); err != nil {
		t.Fatal(err)
	}
}

// TestHalfOpenLink: a link over which nothing comes any more, though the socket is open,
// is noticed; when it is there again, so are the numbers, and nothing was loaded anew.
func TestHalfOpenLink(t *testing.T) {
	t.Parallel() // it mostly waits
	s := start(t)
	l := newLink(t, s.address)
	c := open(t, "http://"+l.address+"/boards/all")
	wait(t, c.ctx, "live", live)
	do(t, c, stay)
	l.set(true)
	waitWithin(t, c.ctx, "marked", marked, 20*time.Second)
	at := time.Now()
	s.post("1", "started", "I1", at, `{"channel":"voice"}`)
	s.post("2", "queued", "I1", at.Add(time.Second), `{"queue":"Billing"}`)
	waitWithin(t, c.ctx, "a number that nobody knows", `document.querySelector('[data-cell="status.Waiting"]').textContent === '–'`, 75*time.Second)
	l.set(false)
	waitWithin(t, c.ctx, "right again", fresh+" && "+waits("1")+" && "+samePage, 15*time.Second)
	waitWithin(t, c.ctx, "by a socket again", live, 40*time.Second)
}

// TestWrongClocks: a television that believes it is 2029 shows and marks like any other; when
// its clock jumps, as after a sleep, it trusts nothing until the next frame.
func TestWrongClocks(t *testing.T) {
	t.Parallel() // it mostly waits
	s := start(t)
	c := open(t, "about:blank")
	script := `(function () { var D = Date, off = 3 * 365 * 86400000; window.jump = function (ms) { off += ms; };
		Date.now = function () { return D.prototype.getTime.call(new D()) + off; }; })()`
	if _, err := chromedp.Call(c.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		t.Fatal(err)
	}
	c.open("http://" + s.address + "/boards/all")
	wait(t, c.ctx, "live", live)
	// Every state of the board from now on.
	do(t, c, stay+`; window.states = []; new MutationObserver(function () { states.push(document.getElementById('board').className); }).observe(document.getElementById('board'), {attributes: true})`)
	do(t, c, `jump(600000)`)
	waitWithin(t, c.ctx, "marked at once, then right again", `/stale gone/.test(states[0]) && `+live+" && "+samePage, 20*time.Second)
	do(t, c, `states.length = 0; jump(-86400000)`)
	waitWithin(t, c.ctx, "a clock that was set back", `/stale/.test(states[0]) && `+live, 20*time.Second)
	s.cmd.Process.Signal(syscall.SIGSTOP)
	waitWithin(t, c.ctx, "marked", marked, 20*time.Second)
	s.cmd.Process.Signal(syscall.SIGCONT)
	waitWithin(t, c.ctx, "right again", live, 40*time.Second)
}

// TestFrozenPage: what a page showed when it was frozen is not taken for the present when
// it goes on.
func TestFrozenPage(t *testing.T) {
	t.Parallel() // it mostly waits
	s := start(t)
	c := open(t, "http://"+s.address+"/boards/all")
	wait(t, c.ctx, "live", live)
	do(t, c, stay)
	lifecycle := func(state page.SetWebLifecycleStateState) {
		if _, err := chromedp.Call(c.ctx, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: state}); err != nil {
			t.Fatal(err)
		}
	}
	lifecycle(page.SetWebLifecycleStateStateFrozen)
	s.cmd.Process.Signal(syscall.SIGSTOP)
	<-time.After(12 * time.Second) // numbers grow old by the clock alone
	lifecycle(page.SetWebLifecycleStateStateActive)
	waitFor(t, "not marked", func() bool { return c.says(marked) })
	s.cmd.Process.Signal(syscall.SIGCONT)
	waitFor(t, "not right again", func() bool { return c.says(live + " && " + samePage) })
}

// TestNewVersion: a screen loads itself anew, once, when the server has another version, and
// not for as long as the page cannot be had; a page that stays old is not loaded for ever.
func TestNewVersion(t *testing.T) {
	t.Parallel() // it mostly waits
	s := start(t)
	target, err := url.Parse("http://" + s.address)
	if err != nil {
		t.Fatal(err)
	}
	var pageVersion, frameVersion atomic.Value // what the server's version is called in each; "" as it is
	pageVersion.Store("")
	frameVersion.Store("")
	var broken atomic.Bool
	var pages, frames atomic.Int64
	through := httputil.NewSingleHostReverseProxy(target)
	through.ModifyResponse = func(r *http.Response) error {
		called, as := &pageVersion, `data-version="`
		switch {
		case strings.HasSuffix(r.Request.URL.Path, "/frame"):
			called, as = &frameVersion, `"version":"`
			frames.Add(1)
		case r.Request.URL.Path != "/boards/all":
			return nil
		}
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		if v := called.Load().(string); v != "" {
			i := bytes.Index(b, []byte(as)) + len(as)
			j := bytes.IndexByte(b[i:], '"')
			b = bytes.Join([][]byte{b[:i], []byte(v), b[i+j:]}, nil)
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		r.ContentLength = int64(len(b))
		r.Header.Del("Content-Length")
		return nil
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/live"): // so that all frames can be changed
			http.Error(w, "no", http.StatusForbidden)
		case r.URL.Path == "/boards/all" && broken.Load():
			pages.Add(1)
			http.Error(w, "no", http.StatusBadGateway)
		default:
			if r.URL.Path == "/boards/all" {
				pages.Add(1)
			}
			through.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(proxy.Close)
	c := open(t, proxy.URL+"/boards/all")
	wait(t, c.ctx, "polling", fresh+` && document.querySelector('[data-connection]').getAttribute('data-connection') === 'polling'`)
	do(t, c, stay)

	frameVersion.Store("next")
	broken.Store(true)
	asked := pages.Load()
	waitFor(t, "it did not ask for the new page", func() bool { return pages.Load() > asked })
	wait(t, c.ctx, "the old page stays while there is no new one", samePage+" && "+fresh)
	pageVersion.Store("next")
	broken.Store(false)
	waitFor(t, "the new page does not come", func() bool {
		return c.says(`document.getElementById('board').getAttribute('data-version') === 'next' && ` + fresh)
	})

	do(t, c, stay)
	frameVersion.Store("third") // and the page is not of it
	pageVersion.Store("third")
	seen := frames.Load()
	waitFor(t, "no frames came", func() bool { return frames.Load() > seen+2 })
	wait(t, c.ctx, "two versions in ten minutes would be a loop", samePage)
}

// waitFor waits for what happens outside of the page.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}
