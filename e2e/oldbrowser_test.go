package e2e

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// oldBrowsers are the Chromiums of televisions of 2021, by what they call themselves. Those
// of 2018 to 2020 cannot be had as programs; what the board uses of theirs is checked by
// parsers (TestStyleKeepsToOldBrowsers, TestScriptIsES5).
var oldBrowsers = map[string]string{"chromium-76": "/76.0.", "chromium-79": "/79.0."}

// oldBrowser opens an address in one of them. It fails where the browser is not there or
// does not start: a television nobody tested is not known to work.
func oldBrowser(t *testing.T, name, address string) window {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("node_modules", name, "chromium"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is needed for this test; make setup installs it: %v", name, err)
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.NoFirstRun, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		// It was made for machines without a display, a GPU and helpers' processes.
		chromedp.Flag("single-process", true), chromedp.Flag("no-zygote", true), chromedp.Flag("disable-software-rasterizer", true),
		chromedp.WindowSize(1920, 1080))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	c := window{t, ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("%s does not start; ldd %s tells what it lacks: %v", name, path, err)
	}
	// What goes wrong in the page is kept, from its first script on.
	script := `window.wrongs = []; window.addEventListener('error', function (e) { wrongs.push(e.message); });`
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		t.Fatal(err)
	}
	c.open(address)
	return c
}

// TestOldBrowsers: the board lives in the browsers of old televisions: it fits, its numbers
// move by the socket, alarms show, old numbers are marked, and boards take turns.
func TestOldBrowsers(t *testing.T) {
	for name, agent := range oldBrowsers {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it mostly waits
			s := startBoards(t)
			c := oldBrowser(t, name, "http://"+s.address+"/boards/two?rotate=one&every=3600")
			wait(t, c.ctx, "the browser", `navigator.userAgent.indexOf('`+agent+`') > 0`)
			wait(t, c.ctx, "live", live)
			do(t, c, stay)
			if found, err := chromedp.Run(c.ctx, chromedp.Evaluate[string](outside+"(true)")); err != nil || found != "" {
				t.Errorf("is not wholly there: %s (%v)", found, err)
			}
			wait(t, c.ctx, "hero digits", `parseFloat(getComputedStyle(document.querySelector('.hero .digits')).fontSize) * 0.7 >= innerHeight * 0.12`)
			at := time.Now()
			s.post("1", "started", "I1", at, `{"channel":"voice"}`)
			s.post("2", "queued", "I1", at.Add(time.Second), `{"queue":"Billing"}`)
			wait(t, c.ctx, "waiting", waits("1")+` && document.querySelector('[data-cell="alarm.1"]').getAttribute('data-state') === 'alert'`)
			if dir := os.Getenv("WALLBOARD_SCREENSHOTS"); dir != "" {
				shot, err := chromedp.Run(c.ctx, chromedp.CaptureScreenshot())
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "board-"+name+".png"), shot, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			s.cmd.Process.Signal(syscall.SIGSTOP)
			waitWithin(t, c.ctx, "marked", marked, 20*time.Second)
			s.cmd.Process.Signal(syscall.SIGCONT)
			waitWithin(t, c.ctx, "right again", live, 40*time.Second)
			c.key("\u0303") // right
			wait(t, c.ctx, "another board", shows("First")+" && "+waits("1"))
			wrongs, err := chromedp.Run(c.ctx, chromedp.Evaluate[string](`wrongs.join('; ')`))
			if err != nil || wrongs != "" {
				t.Errorf("errors in the page: %s (%v)", wrongs, err)
			}
		})
	}
}

// TestStyleKeepsToOldBrowsers checks the boards' style sheet against what Chromium 53 has,
// by a parser and the published table of browsers' abilities.
func TestStyleKeepsToOldBrowsers(t *testing.T) {
	newer := func(style string) string {
		t.Helper()
		node := exec.Command("node", "oldstyle.js")
		node.Stdin = strings.NewReader(style)
		var wrong bytes.Buffer
		node.Stderr = &wrong
		out, err := node.Output()
		if err != nil {
			t.Fatalf("%v (make setup installs what it needs): %s", err, wrong.String())
		}
		return string(out)
	}
	style, err := os.ReadFile("../static/board.css")
	if err != nil {
		t.Fatal(err)
	}
	if found := newer(string(style)); found != "" {
		t.Errorf("board.css:\n%s", found)
	}
	for _, style := range []string{
		".a { inset: 0 }", ".a { display: grid }", ".a { gap: 1rem }", ".a { width: min(1px, 2vw) }", ".a:is(.b) { color: red }", ".a { color: #11223344 }",
		".a { color: rgb(1 2 3) }", "@container (min-width: 1px) { .a { color: red } }", ".a { .b { color: red } }", ".a { height: 100dvh }", "@layer a;",
		".a:focus-visible, .b { color: red }", "@media (width > 1px) { .a { color: red } }", ".a { aspect-ratio: 1 }", ".a { width: clamp(1px, 2px, 3px) }",
	} {
		if newer(style) == "" {
			t.Errorf("the check does not see what is new in %q", style)
		}
	}
	if found := newer(".a { width: 2px; width: clamp(1px, 2vw, 3px) }"); found != "" {
		t.Errorf("a value with an older one before it: %s", found)
	}
}
