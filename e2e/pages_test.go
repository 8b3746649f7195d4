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

// violations are what axe-core finds on the page that is shown, one a line.
func violations(t *testing.T, ctx context.Context, source string) string {
	t.Helper()
	const look = `axe.run(document).then(function (r) {
		return r.passes.length + ' passed\n' + r.violations.map(function (v) {
			return v.id + ': ' + v.nodes.map(function (n) { return n.target.join(' ') + ' (' + n.any.concat(n.all, n.none).map(function (c) { return c.message; }).join(' ') + ')'; }).join('; ');
		}).join('\n');
	})`
	found := ask(t, ctx, source+";\n"+look)
	passed, found, _ := strings.Cut(found, "\n")
	if strings.HasPrefix(passed, "0 ") {
		t.Fatal("axe-core looked at nothing")
	}
	return found
}

// misdrawn tells of the bars of pictures whose size is not the one that the page gave them.
func misdrawn(t *testing.T, ctx context.Context) string {
	t.Helper()
	return ask(t, ctx, `[].filter.call(document.querySelectorAll('main svg rect[width][height]'), function (r) {
		var box = r.getBBox();
		return Math.abs(box.width - r.getAttribute('width')) > .1 || Math.abs(box.height - r.getAttribute('height')) > .1;
	}).map(function (r) { return r.outerHTML; }).join('\n')`)
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
