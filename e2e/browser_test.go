package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser opens a page in a real Chromium of a window's size.
func browser(t *testing.T, width, height int, flags ...string) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(width, height),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true))
	for _, flag := range flags {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// open opens an address in a browser of a small wall's size.
func open(t *testing.T, address string) window {
	t.Helper()
	c := newWindow(t)
	c.open(address)
	return c
}

// says asks the page once. A page that is just being loaded says nothing.
func (w window) says(expression string) bool {
	ctx, cancel := context.WithTimeout(w.ctx, 5*time.Second)
	defer cancel()
	is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
	return err == nil && is
}

// patience is how long tests wait for what should come: a busy machine takes its time, and
// numbers take a minute to grow old.
const patience = 2 * time.Minute

// wait polls until the expression is true, over as many pages as the window shows meanwhile.
// What throws is not true yet: half of a page is there before the rest.
func wait(t *testing.T, ctx context.Context, what, expression string) {
	t.Helper()
	waitWithin(t, ctx, what, expression, patience)
}

// waitWithin is wait for what is promised within a time, as that old numbers are marked and go.
func waitWithin(t *testing.T, ctx context.Context, what, expression string, within time.Duration) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	patient := `(function () { try { return !!(` + expression + `); } catch (e) { return false; } })()`
	for {
		_, err := chromedp.Run(limited, chromedp.Poll[bool](patient, chromedp.WithPollingTimeout(within)))
		if err == nil {
			return
		}
		if limited.Err() == nil && pageWent(err) {
			continue
		}
		last, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		_, now := chromedp.Run(last, chromedp.Evaluate[any](expression+"; null"))
		t.Fatalf("%s: %v; asked once more: %v", what, err, now)
	}
}

// ask evaluates an expression, or the promise that it is, in the page that is shown.
func ask(t *testing.T, ctx context.Context, expression string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		answer, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
		if err == nil {
			return answer
		}
		if ctx.Err() != nil || !pageWent(err) {
			t.Fatalf("%.200s: %v", expression, err)
		}
	}
}

// pageWent reports whether what was asked of a page has no answer because the page made way
// for another one: some load themselves anew.
func pageWent(err error) bool { return err != nil && strings.Contains(err.Error(), "-32000") }

// TestBoardInChromium sees the Abandoned cell go up, and down after a late voicemail; the
// numbers marked and then gone while the server stands still; and all right again after
// it goes on, and after a restart.
func TestBoardInChromium(t *testing.T) {
	t.Parallel() // it mostly waits
	s := start(t)
	ctx := browser(t, 1920, 1080)
	if err := chromedp.Do(ctx, chromedp.Navigate("http://"+s.address+"/boards/all")); err != nil {
		t.Fatalf("Chromium is needed for this test; make setup installs it: %v", err)
	}
	text := func(cell, want string) string {
		return fmt.Sprintf(`document.querySelector('[data-cell="%s"]').textContent === %q`, cell, want)
	}
	live := `document.querySelector('[data-connection]').getAttribute('data-connection') === 'live'`
	wait(t, ctx, "the socket", live)
	at := time.Now().Add(-time.Minute)
	s.post("1", "started", "I1", at, `{"channel":"voice"}`)
	s.post("2", "queued", "I1", at.Add(time.Second), `{"queue":"Billing"}`)
	wait(t, ctx, "waiting", text("status.Waiting", "1"))
	wait(t, ctx, "the wait ticks", `/^0:59|^1:0/.test(document.querySelector('[data-cell="wait.longest"]').textContent)`)
	s.post("3", "disconnected", "I1", at.Add(9*time.Second), `{"by":"customer"}`)
	wait(t, ctx, "abandoned", text("status.Abandoned", "1"))
	s.post("4", "voicemail_chosen", "I1", at.Add(20*time.Second), `{}`)
	wait(t, ctx, "taken back", text("status.Abandoned", "0"))

	s.cmd.Process.Signal(syscall.SIGSTOP)
	waitWithin(t, ctx, "marked", `/stale/.test(document.getElementById('board').className) && document.querySelector('[data-banner]').textContent !== ''`, 20*time.Second)
	waitWithin(t, ctx, "gone", text("status.Abandoned", "–"), 75*time.Second)
	s.cmd.Process.Signal(syscall.SIGCONT)
	fine := `document.getElementById('board').className === 'fresh' && ` + text("status.Abandoned", "0")
	waitWithin(t, ctx, "right again", fine, 40*time.Second)

	s.cmd.Process.Kill()
	s.cmd.Wait()
	wait(t, ctx, "the link tells", `document.querySelector('[data-connection]').getAttribute('data-connection') === 'reconnecting'`)
	s.launch()
	waitWithin(t, ctx, "after a restart", live+" && "+fine, 60*time.Second)
}

// outside is a function that names the first text that is not wholly inside the window
// (upright too, if asked for) and its tile, or is cut off, or lies under another; else it is
// "". What may be cut off are the names of rows, and the end of an alarm, which says where and
// by which limit.
const outside = `(function (upright) {
	var found = document.querySelectorAll('.cell, .digits, h1, h2, dt, dd, .how, .limit, .window, .alarms p, .mark, th, .sources li'), i;
	function shown(e) { return e.getBoundingClientRect().width > 0 && getComputedStyle(e).visibility === 'visible' && getComputedStyle(e).clip === 'auto'; }
	function words(e) { // as wide as the words are, and as high as their lines
		var r = document.createRange(), line = (e.className === 'cell' && e.closest('.digits') || e).getBoundingClientRect();
		r.selectNodeContents(e);
		r = r.getBoundingClientRect();
		return {left: r.left, right: r.right, top: line.top, bottom: line.bottom};
	}
	for (i = 0; i < found.length; i++) {
		var e = found[i], r = e.getBoundingClientRect(), tile = e.closest('.tile');
		var in_ = tile ? tile.getBoundingClientRect() : {left: 0, top: -Infinity, right: innerWidth, bottom: Infinity};
		if (!shown(e)) { continue; }
		var high = e.parentNode.closest('.digits') || /mark/.test(e.className); // than its letters, or on an edge
		if (r.left < -1 || r.right > innerWidth + 1 || r.left < in_.left - 1 || r.right > in_.right + 1 ||
			!high && (upright && (r.top < -1 || r.bottom > innerHeight + 1) || r.top < in_.top - 1 || r.bottom > in_.bottom + 1)) {
			return e.tagName + ' ' + e.textContent;
		}
		if (!e.querySelector('bdi') && !e.closest('.alarms') && getComputedStyle(e).overflowX !== 'visible' && words(e).right > e.getBoundingClientRect().right + 1) {
			return 'cut off: ' + e.tagName + ' ' + e.textContent;
		}
	}
	var apart = ['.title h1, .notes, .banner, .connection', '.hero.abandoned h2, .hero.abandoned .span, .hero.abandoned .digits .cell, .hero.abandoned .sign, .hero.abandoned .mark, .reasons dt, .reasons dd',
		'.hero.waiting h2, .hero.waiting .digits .cell, .hero.waiting .sign', '.metric h2, .metric .number .cell, .metric .how, .metric .sign, .metric .mark', '.alarms p',
		'.queues h2, .queues .span, .queues thead th', '.status h2, .status .span, .status thead th + th', '.agents dt', '.customers dt, .customers h2, .balance', '.news p, .sources li, .sources h2', '.more, .rows tr:last-child td'];
	for (var k = 0; k < apart.length; k++) {
		var many = [];
		found = document.querySelectorAll(apart[k]);
		for (i = 0; i < found.length; i++) { if (shown(found[i]) && found[i].textContent) { many.push(found[i]); } }
		for (i = 0; i < many.length; i++) {
			for (var j = 0; j < i; j++) {
				var a = words(many[i]), b = words(many[j]);
				if (many[i].contains(many[j]) || many[j].contains(many[i])) { continue; }
				if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.3 * Math.min(a.bottom - a.top, b.bottom - b.top)) {
					return 'over each other: ' + many[i].textContent + ' / ' + many[j].textContent;
				}
			}
		}
	}
	return '';
})`

// digits is how tall the largest digits are that are drawn, in pixels, once their font is there.
const digits = `(function () {
	var style = getComputedStyle(document.querySelector('.hero.abandoned .digits .cell'));
	var pen = document.createElement('canvas').getContext('2d');
	pen.font = style.fontWeight + ' ' + style.fontSize + ' Inter';
	return document.fonts.check(pen.font) ? pen.measureText('7').actualBoundingBoxAscent : 0;
})()`

// TestSizes: at each size of screen the board fits its width, and pictures are kept where
// WALLBOARD_SCREENSHOTS names a folder.
func TestSizes(t *testing.T) {
	s := start(t)
	at := time.Now().Add(-10 * time.Minute)
	n := 0
	for i := range 40 {
		id, from := fmt.Sprint("I", i), at.Add(time.Duration(i)*8*time.Second)
		play := []struct{ kind, data string }{{"started", `{"channel":"voice"}`}, {"queued", `{"queue":"Billing"}`}, {"assigned", fmt.Sprintf(`{"work":"W%d","agent":"A%d"}`, i, i%7)}}
		switch {
		case i%5 == 1:
			play = append(play, struct{ kind, data string }{"disconnected", `{"by":"customer"}`})
		case i%7 == 2:
			play = play[:2]
		case i < 36:
			play = append(play, struct{ kind, data string }{"accepted", fmt.Sprintf(`{"work":"W%d"}`, i)}, struct{ kind, data string }{"released", fmt.Sprintf(`{"work":"W%d"}`, i)})
		default:
			play = append(play, struct{ kind, data string }{"accepted", fmt.Sprintf(`{"work":"W%d"}`, i)})
		}
		for j, e := range play {
			n++
			if code := s.post(fmt.Sprint(n), e.kind, id, from.Add(time.Duration(j)*11*time.Second), e.data); code != 204 {
				t.Fatalf("%s got %d", e.kind, code)
			}
		}
	}
	for _, size := range [][2]int{{1920, 1080}, {3840, 2160}, {1280, 720}, {390, 844}} {
		ctx := browser(t, size[0], size[1])
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(size[0]), int64(size[1])), chromedp.Navigate("http://"+s.address+"/boards/all")); err != nil {
			t.Fatal(err)
		}
		wait(t, ctx, "live", `document.querySelector('[data-connection]').getAttribute('data-connection') === 'live'`)
		found, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf("%s(%v)", outside, size[0] >= 1280)))
		if err != nil || found != "" {
			t.Errorf("%v: is not wholly there: %s (%v)", size, found, err)
		}
		if size[0] >= 1280 {
			wait(t, ctx, fmt.Sprint(size, " hero digits"), digits+` >= window.innerHeight * 0.12`)
		}
		if dir := os.Getenv("WALLBOARD_SCREENSHOTS"); dir != "" {
			shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("board-%dx%d.png", size[0], size[1])), shot, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		// The check can fail: a board made for a larger screen does not fit.
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](`document.documentElement.style.fontSize = '40px'; null`)); err != nil {
			t.Fatal(err)
		}
		if size[0] <= 1920 {
			wait(t, ctx, fmt.Sprint(size, " seems to fit whatever its size"), outside+`(true) !== ''`)
		}
	}
}
