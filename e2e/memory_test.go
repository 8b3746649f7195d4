package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/go-json-experiment/json"
	"github.com/gorilla/websocket"
)

// liveFrame is a frame that can be changed and sent on.
type liveFrame struct {
	Epoch  string                    `json:"epoch"`
	Seq    int64                     `json:"seq"`
	AsOf   time.Time                 `json:"as_of"`
	AgeMS  int64                     `json:"age_ms"`
	Full   bool                      `json:"full"`
	Layout string                    `json:"layout"`
	Cells  map[string]map[string]any `json:"cells"`
	HTML   string                    `json:"html,omitempty"`
}

// The life of a board that is compared: frames of its beginning, and many more of them.
const (
	youngFrames = 4_000
	oldFrames   = 20_000 // a leak of a dozen bytes a frame shows
	heapMayGrow = 200 << 10
)

// TestFlatMemory: however many frames a screen gets, with sockets that break and layouts
// that change, it needs no more memory. The page and its script are the real ones, and the
// frames are the real server's, changed and sent on as fast as they are taken.
func TestFlatMemory(t *testing.T) {
	s := start(t)
	var first liveFrame
	if code := s.do("GET", "/boards/all/frame?layout=none", nil, "", &first); code != 200 || first.HTML == "" {
		t.Fatalf("no frame: %d", code)
	}
	target, err := url.Parse("http://" + s.address)
	if err != nil {
		t.Fatal(err)
	}
	var sent, goal atomic.Int64
	through := httputil.NewSingleHostReverseProxy(target)
	up := websocket.Upgrader{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/live") {
			through.ServeHTTP(w, r)
			return
		}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		f := first
		f.Full = true
		for seq := int64(1); ; seq++ {
			n := sent.Load()
			if n >= goal.Load() {
				select {
				case <-r.Context().Done():
					return
				case <-time.After(50 * time.Millisecond):
				}
			}
			if n < goal.Load() {
				sent.Add(1)
			}
			f.Epoch, f.Seq, f.AsOf = fmt.Sprint("epoch of ", r.RemoteAddr), seq, time.Now()
			f.Cells = maps.Clone(first.Cells)
			f.Cells["status.Waiting"] = map[string]any{"text": fmt.Sprint(n % 1000), "state": []string{"", "warn", "alert"}[n%3]}
			f.Cells["wait.longest"] = map[string]any{"text": "1:00", "since_ms": 60000 + n}
			f.HTML = ""
			if seq == 1 || n%50 == 0 { // another structure
				f.Layout, f.HTML = fmt.Sprint("layout ", n), first.HTML
			}
			b, err := json.Marshal(f)
			if err != nil || c.WriteMessage(websocket.TextMessage, b) != nil {
				return
			}
			if seq == 1000 && n < goal.Load() {
				return // the link breaks
			}
		}
	}))
	t.Cleanup(func() {
		proxy.CloseClientConnections()
		proxy.Close()
	})
	c := open(t, proxy.URL+"/boards/all")
	do(t, c, stay)
	usage := func(frames int64) (heap float64, nodes int) {
		t.Helper()
		goal.Store(frames)
		for deadline := time.Now().Add(2 * time.Minute); sent.Load() < frames; <-time.After(100 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d frames of %d were taken", sent.Load(), frames)
			}
		}
		wait(t, c.ctx, "the last frame", waits(fmt.Sprint((frames)%1000))+" && "+samePage)
		for range 3 {
			if _, err := chromedp.Call(c.ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
				t.Fatal(err)
			}
		}
		u, err := chromedp.Call(c.ctx, runtime.GetHeapUsage, cdp.Empty{})
		if err != nil {
			t.Fatal(err)
		}
		nodes, err = chromedp.Run(c.ctx, chromedp.Evaluate[int](`document.getElementsByTagName('*').length`))
		if err != nil {
			t.Fatal(err)
		}
		return u.UsedSize, nodes
	}
	young, youngNodes := usage(youngFrames)
	old, oldNodes := usage(oldFrames)
	t.Logf("%d frames: %.0f kB; %d frames: %.0f kB", youngFrames, young/1024, oldFrames, old/1024)
	if grown := old - young; grown > heapMayGrow {
		t.Errorf("%d frames made the heap grow by %.0f kB", oldFrames-youngFrames, grown/1024)
	}
	if oldNodes != youngNodes {
		t.Errorf("the page has %d elements, and had %d", oldNodes, youngNodes)
	}
}
