package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// startBoards runs a wallboard with three boards, whose second one has an alert when anybody
// waits.
func startBoards(t *testing.T) *server {
	t.Helper()
	return startWith(t, fmt.Sprintf(`access: {mode: open}
sources:
  - name: lab
    vendor: cloudevents
    auth: {scheme: standard-webhooks, secret: "%s"}
boards:
  - {name: one, title: First}
  - {name: two, title: Second, thresholds: {waiting: {alert: 1}}}
  - {name: three, title: Third, queues: [Other]}
`, secret))
}

func (w window) key(key string) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, chromedp.KeyEvent(key)); err != nil {
		w.t.Fatal(err)
	}
}

func shows(title string) string {
	return `document.querySelector('h1').textContent === '` + title + `' && document.title === '` + title + `' && ` + live + ` && ` + samePage
}

// TestRotation: boards take turns without the page being loaded anew; a pause holds, arrow
// keys go on and back, and a board that cannot be had is passed over.
func TestRotation(t *testing.T) {
	t.Parallel() // it mostly waits
	s := startBoards(t)
	c := open(t, "http://"+s.address+"/boards/one?rotate=two,three&every=15")
	do(t, c, stay)
	wait(t, c.ctx, "the second", shows("Second"))
	at := time.Now()
	s.post("1", "started", "I1", at, `{"channel":"voice"}`)
	s.post("2", "queued", "I1", at.Add(time.Second), `{"queue":"Billing"}`)
	wait(t, c.ctx, "its numbers move", waits("1"))
	c.key(" ")
	wait(t, c.ctx, "paused", `document.querySelector('[data-pause]').getAttribute('aria-pressed') === 'true'`)
	c.key("\u0303") // right
	wait(t, c.ctx, "the third, by key", shows("Third")+" && "+waits("0"))
	c.key("\u0303")
	wait(t, c.ctx, "the first, by key", shows("First")+" && "+waits("1")+` && document.querySelector('[data-turns]').textContent === '1 / 3'`)
	c.key("\u0302") // left
	wait(t, c.ctx, "the third again", shows("Third"))
	c.key("\u0301") // down
	wait(t, c.ctx, "something has the focus", `document.activeElement.tagName === 'A' || document.activeElement.tagName === 'BUTTON'`)
	do(t, c, `document.activeElement.blur()`)
	c.key(" ")
	wait(t, c.ctx, "it goes on", shows("First"))
}

// TestScreenLife: the pointer goes, the whole screen can be had, it stays awake, the picture
// moves a little, dark hours are dark unless there is an alert, an alert sounds when sound
// was asked for, and a screen reader can ask for the numbers.
func TestScreenLife(t *testing.T) {
	t.Parallel() // it mostly waits
	s := startBoards(t)
	c := open(t, "about:blank")
	// The machine has been on for two steps of the picture; tones and locks are counted.
	script := `(function () {
		var now = performance.now.bind(performance), later = 2 * 180000;
		performance.now = function () { return now() + later; };
		window.tones = window.locks = 0;
		var create = AudioContext.prototype.createOscillator;
		AudioContext.prototype.createOscillator = function () { window.tones++; return create.call(this); };
		var request = navigator.wakeLock.request;
		navigator.wakeLock.request = function (kind) { window.locks++; return request.call(navigator.wakeLock, kind); };
	})()`
	if _, err := chromedp.Call(c.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		t.Fatal(err)
	}
	c.open("http://" + s.address + "/boards/two?dim=00:00-23:59")
	wait(t, c.ctx, "live", live)
	wait(t, c.ctx, "dark", `getComputedStyle(document.getElementById('board')).opacity === '0.3'`)
	wait(t, c.ctx, "the picture moved", `/^translate\(2px, 2px\)$/.test(document.getElementById('board').style.transform)`)
	wait(t, c.ctx, "no pointer", `getComputedStyle(document.body).cursor === 'none'`)
	if err := chromedp.Do(c.ctx, chromedp.MouseEvent("mouseMoved", 200, 200), chromedp.MouseEvent("mouseMoved", 220, 200)); err != nil {
		t.Fatal(err)
	}
	wait(t, c.ctx, "the pointer is back", `getComputedStyle(document.body).cursor !== 'none'`)
	click := func(what string) {
		t.Helper()
		if err := chromedp.Do(c.ctx, chromedp.Click(what)); err != nil {
			t.Fatal(err)
		}
	}
	click("[data-full]")
	wait(t, c.ctx, "the whole screen", `document.fullscreenElement === document.documentElement`)
	wait(t, c.ctx, "awake", `locks > 0`)
	wait(t, c.ctx, "silence", `tones === 0`)
	click("[data-sound]")
	wait(t, c.ctx, "the sound of the choice", `tones === 2`)
	at := time.Now()
	s.post("1", "started", "I1", at, `{"channel":"voice"}`)
	<-time.After(11 * time.Second) // one sound in ten seconds
	s.post("2", "queued", "I1", at.Add(time.Second), `{"queue":"Billing"}`)
	wait(t, c.ctx, "the alert's sound", `tones === 4`)
	wait(t, c.ctx, "light for the alert", `getComputedStyle(document.getElementById('board')).opacity === '1'`)
	wait(t, c.ctx, "the alert's name", `/^Waiting now 1, since \d\d:\d\d, in Billing \(≥ 1\)$/.test(document.querySelector('[data-cell="alarm.1"]').textContent)`)
	click("[data-read]")
	wait(t, c.ctx, "what is told", `/Second\. Abandoned 0\. Waiting now 1\. Alert: Waiting now 1/.test(document.querySelector('[data-summary]').textContent)`)
	click("[data-full]")
	wait(t, c.ctx, "no longer the whole screen", `!document.fullscreenElement && innerWidth === 1280`)
	if found, err := chromedp.Run(c.ctx, chromedp.Evaluate[string](outside+`(true)`)); err != nil || found != "" {
		t.Errorf("with an alarm is not wholly there: %s (%v)", found, err)
	}
}

// TestToldNowAndThen: a screen reader is told of a busy board at most twice in a minute.
func TestToldNowAndThen(t *testing.T) {
	t.Parallel() // it mostly waits
	s := startBoards(t)
	c := open(t, "http://"+s.address+"/boards/one")
	wait(t, c.ctx, "live", live)
	do(t, c, `window.told = []; new MutationObserver(function () { told.push(performance.now()); }).observe(document.querySelector('[data-summary]'), {childList: true, characterData: true, subtree: true})`)
	for i := range 34 {
		id := fmt.Sprint("I", i)
		s.post(id, "queued", id, time.Now(), `{"queue":"Billing"}`)
		<-time.After(time.Second)
	}
	wait(t, c.ctx, "told", `told.length > 0 && told.length <= 2 && told.every(function (t, i) { return !i || t - told[i - 1] >= 29900; })`)
}
