package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe is the source of axe-core, which make setup installs.
func axe(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("axe-core is needed for this test; make setup installs it: %v", err)
	}
	return string(b)
}

// violations are what axe-core finds on the page that is shown, one a line. It throws on a page
// that makes way for another one, as those do that renew themselves; then the next one is asked.
func violations(t *testing.T, ctx context.Context, source string) string {
	t.Helper()
	const look = `new Promise(function (done) { done(axe.run(document)); }).then(function (r) {
		return r.passes.length + ' passed\n' + r.violations.map(function (v) {
			return v.id + ': ' + v.nodes.map(function (n) { return n.target.join(' ') + ' (' + n.any.concat(n.all, n.none).map(function (c) { return c.message; }).join(' ') + ')'; }).join('; ');
		}).join('\n');
	}).catch(function (e) { return 'thrown\n' + e; })`
	for range 5 {
		wait(t, ctx, "the page", `document.readyState === 'complete'`)
		outcome, found, _ := strings.Cut(ask(t, ctx, source+";\n"+look), "\n")
		switch {
		case outcome == "thrown":
			t.Logf("axe-core: %s", found)
		case strings.HasPrefix(outcome, "0 "):
			t.Fatal("axe-core looked at nothing")
		default:
			return found
		}
	}
	t.Fatal("axe-core cannot look at the page")
	return ""
}

// misdrawn tells of the bars of pictures whose size is not the one that the page gave them.
func misdrawn(t *testing.T, ctx context.Context) string {
	t.Helper()
	return ask(t, ctx, `[].filter.call(document.querySelectorAll('main svg rect[width][height]'), function (r) {
		var box = r.getBBox();
		return Math.abs(box.width - r.getAttribute('width')) > .1 || Math.abs(box.height - r.getAttribute('height')) > .1;
	}).map(function (r) { return r.outerHTML; }).join('\n')`)
}

// tooWide tells of what is wider than the window: the page, and lists that are cards on a phone.
const tooWide = `(function () {
	var d = document.documentElement, found = d.scrollWidth > d.clientWidth + 1 ? ['the page has ' + d.scrollWidth] : [];
	[].forEach.call(document.querySelectorAll('.list.stack'), function (e) {
		var scroll = e.closest('.scroll');
		if (innerWidth < 600 && scroll.scrollWidth > scroll.clientWidth + 1) { found.push('a list has ' + scroll.scrollWidth + ': ' + e.textContent.slice(0, 80)); }
	});
	[].forEach.call(document.querySelectorAll('.list time span'), function (e) {
		if (e.getClientRects().length > 1) { found.push('a time is broken: ' + e.textContent); }
	});
	return found.join('\n');
})()`

// TestPagesFit: on a phone and on a desk no page is wider than its window, whatever names are there, times
// are not broken, and letters have the size that the reader's browser gives them, which zooming needs.
func TestPagesFit(t *testing.T) {
	t.Parallel()
	s := start(t)
	at := time.Now().Add(-2 * time.Minute)
	long := strings.Repeat("Versicherungsangelegenheiten und ", 2) + strings.Repeat("x", 40)
	id := strings.Repeat("0123456789abcdef", 4)
	for i, e := range []struct{ kind, data string }{
		{"started", `{"channel":"voice"}`},
		{"queued", fmt.Sprintf(`{"queue":%q}`, long)},
		{"assigned", fmt.Sprintf(`{"work":%q,"agent":%q}`, id, id)},
		{"declined", fmt.Sprintf(`{"work":%q}`, id)},
		{"disconnected", `{"by":"customer"}`},
		{"voicemail_chosen", `{}`},
	} {
		if code := s.post(fmt.Sprint(i), e.kind, id, at.Add(time.Duration(i)*time.Second), e.data); code != 204 {
			t.Fatalf("%s got %d", e.kind, code)
		}
	}
	s.post("u", "nonsense", id, at, `{}`) // goes into quarantine
	ctx := browser(t, 390, 844)
	for _, size := range [][2]int64{{390, 844}, {1440, 900}} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(size[0], size[1])); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{
			"/boards", "/interactions", "/interactions?status=Declined", "/interactions/lab/" + id, "/reports/abandoned?compare=previous", "/reports/corrections", "/sources",
			"/sources/deliveries/1", "/screens", "/people", "/trail", "/editor", "/editor/new", "/editor/import", "/boards/all/was", "/nothing-here",
		} {
			if err := chromedp.Do(ctx, chromedp.Navigate("http://"+s.address+path)); err != nil {
				t.Fatal(err)
			}
			if found := ask(t, ctx, tooWide); found != "" {
				t.Errorf("%v, %s: %s", size, path, found)
			}
			if strings.HasSuffix(path, "/was") {
				if found := ask(t, ctx, outside+"(false)"); found != "" {
					t.Errorf("%v, %s is not wholly there: %s", size, path, found)
				}
			} else if got := ask(t, ctx, `getComputedStyle(document.documentElement).fontSize`); got != "16px" {
				t.Errorf("%v, %s: letters have %s", size, path, got)
			}
		}
	}
	// The check can fail.
	if err := chromedp.Do(ctx, chromedp.Navigate("http://"+s.address+"/interactions")); err != nil {
		t.Fatal(err)
	}
	ask(t, ctx, `document.querySelector('h1').style.width = '2000px'; ''`)
	if found := ask(t, ctx, tooWide); found == "" {
		t.Error("a heading that is too wide was not found")
	}
}

// TestAccessible has axe-core look at every page, in light and dark, also with warnings and
// with old numbers on the board. It sees that pictures are drawn as the page says.
func TestAccessible(t *testing.T) {
	s := start(t)
	at := time.Now().Add(-time.Minute)
	for i := range 6 {
		id := fmt.Sprint("I", i)
		s.post(id+"s", "started", id, at, `{"channel":"voice"}`)
		s.post(id+"q", "queued", id, at.Add(time.Second), `{"queue":"Billing"}`)
		s.post(id+"a", "assigned", id, at.Add(2*time.Second), `{"work":"W`+id+`","agent":"A1"}`)
		if i%2 == 0 {
			s.post(id+"d", "disconnected", id, at.Add(9*time.Second), `{"by":"customer"}`)
		}
	}
	source := axe(t)
	ctx := browser(t, 1280, 720)
	mark := func(js string) chromedp.Action[any] { return chromedp.Evaluate[any](js + "; null") }
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []string{"light", "dark"} {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
			t.Fatal(err)
		}
		for _, page := range []struct{ name, path, then string }{
			{"board", "/boards/all", ""},
			{"board with states", "/boards/all", `
				['status.Waiting', 'rate.abandon', 'reason.no_agent'].forEach(function (id) { document.querySelectorAll('[data-cell="' + id + '"]').forEach(function (e) { e.setAttribute('data-state', 'warn'); }); });
				['status.Abandoned', 'wait.longest'].forEach(function (id) { document.querySelectorAll('[data-cell="' + id + '"]').forEach(function (e) { e.setAttribute('data-state', 'alert'); }); });`},
			{"interactions", "/interactions", ""},
			{"interactions of a board", "/interactions?board=all&outcome=abandoned", ""},
			{"no interactions", "/interactions?queue=none", ""},
			{"interaction", "/interactions/lab/I0", ""},
			{"report", "/reports/abandoned?compare=previous", ""},
			{"corrections", "/reports/corrections", ""},
			{"sources", "/sources", ""},
			{"delivery", "/sources/deliveries/1", ""},
			{"board as it was", "/boards/all/was", ""},
			{"not found", "/boards/none", ""},
			{"bad parameter", "/interactions?limit=x", ""},
		} {
			if err := chromedp.Do(ctx, chromedp.Navigate("http://"+s.address+page.path)); err != nil {
				t.Fatal(err)
			}
			if page.then != "" {
				if _, err := chromedp.Run(ctx, mark(page.then)); err != nil {
					t.Fatal(err)
				}
			}
			if found := violations(t, ctx, source); found != "" {
				t.Errorf("%s, %s:\n%s", page.name, scheme, found)
			}
			if found := misdrawn(t, ctx); found != "" {
				t.Errorf("%s, %s: other sizes than\n%s", page.name, scheme, found)
			}
		}
	}
	// The check can fail.
	if _, err := chromedp.Run(ctx, mark(`document.querySelector('h1').style.cssText = 'color: #777; background: #888'`)); err != nil {
		t.Fatal(err)
	}
	if found := violations(t, ctx, source); !strings.Contains(found, "color-contrast") {
		t.Errorf("a heading that cannot be read was not found: %q", found)
	}
}

// TestScriptIsES5 parses the scripts by the grammar of 2009, which is what the
// browsers of old televisions know.
func TestScriptIsES5(t *testing.T) {
	parse := func(script []byte) (string, error) {
		node := exec.Command("node", "-e", `require('acorn').parse(require('fs').readFileSync(0, 'utf8'), {ecmaVersion: 5})`)
		node.Stdin = bytes.NewReader(script)
		out, err := node.CombinedOutput()
		return string(out), err
	}
	scripts, err := filepath.Glob("../static/*.js")
	if err != nil || len(scripts) < 2 {
		t.Fatalf("the scripts are %q: %v", scripts, err)
	}
	for _, name := range scripts {
		script, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := parse(script); err != nil {
			t.Errorf("%s: %v (make setup installs acorn): %s", name, err, out)
		}
	}
	for _, newer := range []string{"let a = 1;", "f(() => 1);", "f(a, );", "var a = {b};", "a = `b`;"} {
		if _, err := parse([]byte(newer)); err == nil {
			t.Errorf("the check does not see what is new in %q", newer)
		}
	}
}
