package e2e

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const marked = `/stale/.test(document.getElementById('board').className) && document.querySelector('[data-banner]').textContent !== ''`

func waits(n string) string {
	return `document.querySelector('[data-cell="status.Waiting"]').textContent === '` + n + `'`
}

// before puts a proxy before the server; what answer answers does not come through.
func before(t *testing.T, s *server, answer func(w http.ResponseWriter, r *http.Request) bool) string {
	t.Helper()
	target, err := url.Parse("http://" + s.address)
	if err != nil {
		t.Fatal(err)
	}
	through := httputil.NewSingleHostReverseProxy(target)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answer(w, r) {
			through.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() {
		proxy.CloseClientConnections()
		proxy.Close()
	})
	return proxy.URL
}

// TestBlockedSockets: behind a proxy that lets no websocket through the numbers move too,
// and are marked as soon when they stop.
func TestBlockedSockets(t *testing.T) {
	t.Parallel() // it mostly waits
	s := start(t)
	address := before(t, s, func(w http.ResponseWriter, r *http.Request) bool {
		blocked := strings.HasSuffix(r.URL.Path, "/live")
		if blocked {
			http.Error(w, "websockets are not allowed here", http.StatusForbidden)
		}
		return blocked
	})
	ctx := browser(t, 1280, 720)
	if err := chromedp.Do(ctx, chromedp.Navigate(address+"/boards/all")); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	s.post("1", "started", "I1", at, `{"channel":"voice"}`)
	s.post("2", "queued", "I1", at.Add(time.Second), `{"queue":"Billing"}`)
	wait(t, ctx, "a number that was asked for", waits("1")+` && document.querySelector('[data-connection]').getAttribute('data-connection') === 'polling'`)
	s.post("3", "started", "I2", at, `{"channel":"voice"}`)
	s.post("4", "queued", "I2", at.Add(time.Second), `{"queue":"Billing"}`)
	wait(t, ctx, "the next", waits("2")+` && document.getElementById('board').className === 'fresh'`)
	s.cmd.Process.Signal(syscall.SIGSTOP)
	waitWithin(t, ctx, "marked", marked, 25*time.Second)
	s.cmd.Process.Signal(syscall.SIGCONT)
	waitWithin(t, ctx, "right again", `document.getElementById('board').className === 'fresh'`, 40*time.Second)
}

// TestNoScript: without script the page renews itself; where that fails it says so, and
// takes its numbers away.
func TestNoScript(t *testing.T) {
	t.Parallel() // it mostly waits
	s := start(t)
	var lost atomic.Bool // nothing comes through, and nothing takes the page's place
	address := before(t, s, func(w http.ResponseWriter, _ *http.Request) bool {
		if lost.Load() {
			w.WriteHeader(http.StatusNoContent)
		}
		return lost.Load()
	})
	ctx := browser(t, 1280, 720)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address+"/boards/all")); err != nil {
		t.Fatal(err)
	}
	is := func(want string) func() bool {
		return func() bool {
			ctx, cancel := context.WithTimeout(ctx, 5*time.Second) // while a page comes, nobody answers
			defer cancel()
			r, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: want, ReturnByValue: new(true)})
			return err == nil && r.Result != nil && string(r.Result.Value) == "true"
		}
	}
	// The page's own timers do not run, so we ask from outside.
	until := func(what string, within time.Duration, ok func() bool) {
		t.Helper()
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(within); !ok(); <-tick.C {
			if time.Now().After(deadline) {
				t.Fatal(what)
			}
		}
	}
	until("the page does not say of when it is", 20*time.Second, is(`/As of\s+\d\d:\d\d:\d\d/.test(document.querySelector('[data-connection]').textContent)`))
	at := time.Now()
	s.post("1", "started", "I1", at, `{"channel":"voice"}`)
	s.post("2", "queued", "I1", at.Add(time.Second), `{"queue":"Billing"}`)
	until("the page did not renew itself", 20*time.Second, is(waits("1")))
	mark := func(visibility string) func() bool {
		return is(`getComputedStyle(document.getElementById('board'), '::before').visibility === '` + visibility + `'`)
	}
	until("the page is marked", time.Second, mark("hidden"))
	lost.Store(true)
	until("the page is not marked", 25*time.Second, mark("visible"))
	until("the number is still there", 75*time.Second, is(`getComputedStyle(document.querySelector('[data-cell="status.Abandoned"]')).visibility === 'hidden'`))
}
