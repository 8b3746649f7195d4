package e2e

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestEveryLink walks all pages to which links lead an admin, and has axe-core look at one of
// each kind, in light and dark. So a new page is looked at without being named here.
func TestEveryLink(t *testing.T) {
	t.Parallel()
	s := guarded(t)
	at := time.Now().Add(-time.Minute)
	for i, steps := range []string{"queued disconnected", "queued", "queued voicemail_chosen disconnected"} {
		for j, kind := range strings.Fields(steps) {
			id := fmt.Sprint("I", i)
			data := map[string]string{"queued": `{"queue":"Billing"}`, "disconnected": `{"by":"customer"}`}[kind]
			if data == "" {
				data = "{}"
			}
			s.post(fmt.Sprint(id, j), kind, id, at.Add(time.Duration(j)*time.Second), data)
		}
	}
	w := admin(s)
	source := axe(t)
	seen := make(map[string]bool)
	queue := []string{"/boards", "/interactions", "/nothing-here", "/interactions?limit=x"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		kind := kindOf(t, path)
		if seen[kind] || file.MatchString(path) {
			continue
		}
		seen[kind] = true
		w.open("http://" + s.address + path)
		for _, scheme := range []string{"light", "dark"} {
			media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
			if _, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, media); err != nil {
				t.Fatal(err)
			}
			if found := violations(t, w.ctx, source); found != "" {
				t.Errorf("%s, %s:\n%s", path, scheme, found)
			}
		}
		if slices.Contains([]string{"/nothing-here", "/interactions?limit=x"}, path) {
			continue
		}
		if status := w.read(`String(performance.getEntriesByType('navigation')[0].responseStatus)`); status != "200" {
			t.Errorf("a link leads to %s, which answers %s", path, status)
		}
		links := w.read(`Array.from(document.querySelectorAll('a[href]:not([download])')).filter(function (a) { return a.origin === location.origin; }).map(function (a) { return a.pathname + a.search; }).join('\n')`)
		queue = append(queue, strings.Fields(links)...)
	}
	t.Logf("%d kinds of pages", len(seen))
	if len(seen) < 8 || len(seen) > 80 {
		t.Errorf("%d kinds of pages; the walk goes astray", len(seen))
	}
}

var (
	name = regexp.MustCompile(`(/boards|/interactions/[^/]+|/screens|/people)/[^/]+`)
	file = regexp.MustCompile(`\.(csv|yaml|json)(\?|$)`) // to be kept, not looked at
)

// kindOf is what pages of one kind share: the path without names, and the names of its
// parameters.
func kindOf(t *testing.T, path string) string {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	var parameters []string
	for p := range u.Query() {
		if p != "from" && p != "to" && p != "cursor" {
			parameters = append(parameters, p)
		}
	}
	slices.Sort(parameters)
	return name.ReplaceAllString(u.Path, "$1/NAME") + "?" + strings.Join(parameters, "&")
}
