package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestEditor: a board is made in the browser, with a preview that follows; a screen that
// shows it gets what is changed without being loaded anew, and it is there after a restart.
func TestEditor(t *testing.T) {
	t.Parallel() // it mostly waits
	s := guarded(t)
	w := admin(s)
	preview := func(title string) string {
		return `(function () { var h = document.getElementsByName('preview')[0].contentDocument.querySelector('h1'); return h && h.textContent === '` + title + `'; })()`
	}
	w.open("http://" + s.address + "/editor/new")
	w.fill("name", "night")
	w.fill("title", "Night shift")
	w.wait("the preview", preview("Night shift"))
	w.fill("threshold.waiting.alert", "1x")
	w.wait("the preview of what is wrong", preview("No preview yet"))
	w.press(".acts button")
	w.wait("what is wrong", `!!document.querySelector(".note") && /thresholds\.waiting\.alert/.test(document.querySelector('.note').textContent) && document.querySelector('[name="threshold.waiting.alert"]').getAttribute('aria-invalid') === 'true'`)
	if found := violations(t, w.ctx, axe(t)); found != "" {
		t.Errorf("the form with what is wrong:\n%s", found)
	}
	do(t, w, `document.getElementsByName('threshold.waiting.alert')[0].value = ''`)
	w.fill("threshold.waiting.alert", "1")
	w.press(".acts button")
	w.wait("saved", at("/editor"))

	do(t, w, `location.href = '/boards/night'`)
	w.wait("the board", `!!document.getElementById('board') && `+live+` && document.title === 'Night shift'`)
	do(t, w, stay)
	s.post("1", "queued", "I1", time.Now(), `{"queue":"Billing"}`)
	w.wait("its limit", waits("1")+` && document.querySelector('[data-cell="alarm.1"]').getAttribute('data-state') === 'alert'`)

	// The same person changes it elsewhere.
	do(t, w, `(function () {
		return fetch('/editor/boards/night').then(function (r) { return r.text(); }).then(function (text) {
			var form = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-editor]');
			var data = new URLSearchParams(new FormData(form));
			data.set('title', 'Late shift');
			return fetch('/editor/boards/night', {method: 'POST', body: data});
		});
	})()`)
	w.wait("the new layout", `document.querySelector('h1').textContent === 'Late shift' && `+live+` && `+samePage)

	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.launch()
	w.wait("after a restart", `document.querySelector('h1').textContent === 'Late shift' && `+live+` && `+samePage)
	if err := chromedp.Do(w.ctx, chromedp.Navigate("http://"+s.address+"/editor")); err != nil {
		t.Fatal(err)
	}
	w.press(`[aria-label="Remove: night"]`)
	w.press(`[action="/editor/boards/night/remove"] button`)
	w.wait("removed", at("/editor")+` && !/night/.test(document.body.textContent)`)
}
