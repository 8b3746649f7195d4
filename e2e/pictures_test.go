package e2e

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// pictures is a folder: there TestEveryState keeps a picture of each state in each language,
// theme and size, for somebody to look at.
var pictures = flag.String("pictures", "", "keep pictures of every state in this folder")

// stateSettings have a source, and a board, of nothing, of a quiet day, of a busy one, and of
// forty queues.
const stateSettings = `access: {mode: open}
sources:
  - {name: silent, vendor: cloudevents, auth: {scheme: standard-webhooks, secret: "%[1]s"}}
  - {name: calm, vendor: cloudevents, auth: {scheme: standard-webhooks, secret: "%[1]s"}}
  - {name: busy, vendor: cloudevents, auth: {scheme: standard-webhooks, secret: "%[1]s"}}
  - {name: large, vendor: cloudevents, auth: {scheme: standard-webhooks, secret: "%[1]s"}}
boards:
  - {name: empty, title: Demo contact centre, sources: [silent], window: today, time_zone: Europe/Paris}
  - name: normal
    title: Demo contact centre
    sources: [calm]
    window: today
    time_zone: Europe/Paris
    thresholds: {abandoned: {warn: 1000}, waiting: {warn: 1000}, longest_wait_seconds: {warn: 80000, alert: 86400}, abandon_rate: {warn: 0.98, alert: 0.99}, service_level: {warn: 0.01, alert: 0.001}}
  - {name: busy, title: Demo contact centre, sources: [busy], window: today, time_zone: Europe/Paris}
  - name: alert
    title: Demo contact centre
    sources: [busy, calm, silent]
    window: today
    time_zone: Europe/Paris
    thresholds:
      abandoned: {warn: 2, alert: 3, clear: 1}
      waiting: {warn: 5, clear: 2}
      longest_wait_seconds: {warn: 30, alert: 60, clear: 10}
      abandon_rate: {warn: 0.05, alert: 0.1, clear: 0.04, minimum: 20}
      service_level: {warn: 0.95, alert: 0.001, clear: 0.99}
      average_speed_of_answer_seconds: {warn: 5, alert: 3600}
  - {name: queues, title: Demo contact centre, sources: [large], tiles: [abandoned, waiting, queues, sources], window: today, time_zone: Europe/Paris}
  - {name: many, title: Demo contact centre, sources: [large], window: today, time_zone: Europe/Paris}
  - {name: single, title: Demo contact centre, sources: [calm], queues: [Billing], window: today, time_zone: Europe/Paris}
  - {name: lone, title: Demo contact centre, sources: [calm], queues: [Billing], tiles: [abandoned, waiting, queues, sources], window: today, time_zone: Europe/Paris}
  - {name: few, title: Demo contact centre, sources: [calm], tiles: [abandoned, waiting, service_level, abandon_rate, sources], window: today, time_zone: Europe/Paris}
  - name: people
    title: Demo contact centre
    sources: [busy]
    window: today
    time_zone: Europe/Paris
    tiles: [waiting, abandoned, agent_list, agents, trend, news, sources]
    agent_names: full
    news: Lunch is at noon today, and the lift to the third floor is out of order until tomorrow evening.
`

// day plays contacts over the last ten hours, and agents, to a source. The same seed makes the
// same day.
func (s *server) day(source string, contacts, agents int, queues []string) {
	s.t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var batch []string
	n := 0
	send := func() {
		s.t.Helper()
		if code := s.deliver(source, fmt.Sprint(source, n), "application/cloudevents-batch+json", "["+strings.Join(batch, ",")+"]"); code != 204 {
			s.t.Fatalf("a batch got %d", code)
		}
		batch = batch[:0]
	}
	now := time.Now()
	post := func(kind, id string, at time.Time, data string) {
		s.t.Helper()
		n++
		if batch = append(batch, neutral(fmt.Sprint(n), kind, id, at, data)); len(batch) == 100 {
			send()
		}
	}
	names := []string{"Ada Lovelace", "Đorđe Ilić-Wiśniewski", "שרה לוי", "山田 太郎", "Charles Babbage", "Grace Hopper"}
	for i := range agents {
		state := []string{"available", "available", "wrap_up", "away", "offline"}[i%5]
		post("agent_state", fmt.Sprint("A", i), now.Add(-time.Duration(1+i*i)*11*time.Second), fmt.Sprintf(`{"agent":{"id":"A%d","name":"%s"},"state":"%s"}`, i, names[i%len(names)], state))
	}
	for i := range contacts {
		id := fmt.Sprint("I", i)
		// More towards the middle of the time.
		ago := time.Duration((r.Float64() + r.Float64()) / 2 * float64(10*time.Hour))
		at := now.Add(-ago).Add(-2 * time.Minute)
		queue := queues[i%len(queues)]
		channel := "voice"
		if i%4 == 1 {
			channel = "messaging"
		}
		wait := time.Duration(3+r.ExpFloat64()*14) * time.Second
		post("started", id, at, fmt.Sprintf(`{"channel":%q}`, channel))
		if i%37 == 5 {
			post("disconnected", id, at.Add(9*time.Second), `{"by":"customer"}`)
			continue
		}
		post("queued", id, at.Add(time.Second), fmt.Sprintf(`{"queue":%q}`, queue))
		work := fmt.Sprintf(`{"work":"W%d","agent":{"id":"A%d"}}`, i, i%agents)
		switch {
		case i%29 == 7:
			post("voicemail_chosen", id, at.Add(wait), `{}`)
			post("disconnected", id, at.Add(wait+20*time.Second), `{"by":"customer"}`)
		case i%11 == 3:
			if i%2 == 0 {
				post("assigned", id, at.Add(wait), work)
			}
			if i%3 == 0 {
				post("declined", id, at.Add(wait+4*time.Second), fmt.Sprintf(`{"work":"W%d"}`, i))
			}
			post("disconnected", id, at.Add(wait+30*time.Second), `{"by":"customer"}`)
			if i%33 == 3 { // told late: a correction
				post("voicemail_chosen", id, at.Add(wait+31*time.Second), `{}`)
			}
		default:
			post("assigned", id, at.Add(wait), work)
			post("accepted", id, at.Add(wait+5*time.Second), work)
			post("disconnected", id, at.Add(wait+time.Duration(60+r.IntN(400))*time.Second), `{"by":"customer"}`)
		}
	}
	// And now: some talk, some wait.
	for i := range min(contacts/20+2, 26) {
		id, at := fmt.Sprint("N", i), now.Add(-time.Duration(5+i*7)*time.Second)
		post("started", id, at, `{"channel":"voice"}`)
		post("queued", id, at.Add(time.Second), fmt.Sprintf(`{"queue":%q}`, queues[i%len(queues)]))
		if work := fmt.Sprintf(`{"work":"X%d","agent":{"id":"A%d"}}`, i, i%agents); i%3 > 0 {
			post("assigned", id, at.Add(2*time.Second), work)
			if i%3 > 1 {
				post("accepted", id, at.Add(3*time.Second), work)
			}
		}
	}
	send()
}

// sameAge holds a page in the state in which it is.
const sameAge = `for (var i = 0; i < 1e5; i++) { clearInterval(i); clearTimeout(i); }; null`

// TestEveryState: a board without numbers, with few and with many, beyond its limits, with one
// queue and with forty, with old numbers and with none any more: in every language nothing is
// cut off and nothing lies over anything.
func TestEveryState(t *testing.T) {
	t.Parallel() // it waits for numbers to grow old
	s := startWith(t, fmt.Sprintf(stateSettings, secret))
	few := []string{"Billing", "Orders", "Returns and refunds", "Technical support"}
	s.day("calm", 60, 9, few)
	s.day("busy", 2600, 31, append(few, "Key accounts", "Nouveaux clients", "Störungen Außendienst", "Español", "日本語サポート", "Complaints", "Night desk"))
	var forty []string
	for i := range 40 {
		forty = append(forty, fmt.Sprintf("Customers of region %02d", i+1))
	}
	s.day("large", 900, 18, forty)
	ctx := browser(t, 1920, 1080)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	sizes, themes := [][3]int{{1920, 1080, 1}}, []string{"dark"}
	if *pictures != "" {
		sizes, themes = [][3]int{{1920, 1080, 1}, {3840, 2160, 1}, {1920, 1080, 2}, {1280, 720, 1}, {820, 1180, 1}, {390, 844, 2}}, []string{"dark", "light"}
	}
	tab := func(board, lang string) context.Context {
		t.Helper()
		ctx, cancel := chromedp.NewContext(ctx)
		t.Cleanup(cancel)
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(1920, 1080), chromedp.Navigate("http://"+s.address+"/boards/"+board+"?lang="+lang)); err != nil {
			t.Fatal(err)
		}
		wait(t, ctx, board+" live", live+` && document.fonts.status === 'loaded'`)
		return ctx
	}
	look := func(ctx context.Context, state, lang string) {
		t.Helper()
		for _, size := range sizes {
			wall := size[0] >= 1280
			for _, theme := range themes {
				do(t, window{t, ctx}, fmt.Sprintf(`document.documentElement.setAttribute('data-theme', '%s')`, theme))
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(size[0]), int64(size[1]), chromedp.EmulateScale(float64(size[2])))); err != nil {
					t.Fatal(err)
				}
				name := fmt.Sprintf("%s-%s-%dx%d@%d-%s", state, lang, size[0], size[1], size[2], theme)
				found, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf("%s(%v)", outside, wall)))
				if err != nil || found != "" {
					t.Errorf("%s: is not wholly there: %s (%v)", name, found, err)
				}
				if *pictures == "" {
					continue
				}
				do(t, window{t, ctx}, fmt.Sprintf(`document.querySelector('[data-controls]').hidden = %v`, wall)) // as when nobody stirs
				shoot := chromedp.CaptureScreenshot()
				if !wall {
					shoot = chromedp.FullScreenshot(100)
				}
				picture, err := chromedp.Run(ctx, shoot)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(*pictures, name+".png"), picture, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	// widest puts the longest numbers that may come into a page, which gets none any more.
	widest := `window.dispatchEvent(new Event('pagehide')); ` + sameAge + `;
		Object.keys(longest).forEach(function (id) {
			document.querySelectorAll('[data-cell="' + id + '"]').forEach(function (e) {
				e.textContent = longest[id];
				var sized = e.closest('.sized');
				if (sized) { sized.setAttribute('data-sized', longest[id].length); }
			});
		})`
	langs := []string{"en", "de", "fr", "es", "ja"}
	for _, lang := range langs {
		for _, board := range []string{"empty", "normal", "busy", "alert", "queues", "many", "single", "lone", "few", "people"} {
			ctx := tab(board, lang)
			look(ctx, board, lang)
			if board == "alert" || board == "few" {
				hours := map[string]string{"ja": "12時間08分"}[lang]
				if hours == "" {
					hours = "12 h 08"
				}
				for name, numbers := range map[string][3]string{"large": {"1520", "1:02:03", "520"}, "huge": {"12,345", hours, "1520"}} {
					do(t, window{t, ctx}, fmt.Sprintf(`window.longest = {'status.Abandoned': %q, 'wait.longest': %q, 'status.Waiting': %q,
						'rate.abandon': '100.0 %%', 'rate.service_level': '100.0 %%', 'time.speed_of_answer': '1:02:03', 'time.to_abandon': '1:02:03', 'time.handle': '1:02:03', 'wait.window': %q,
						'status.Closed': '22,270', 'status.voice.Closed': '11,702', 'status.messaging.Closed': '10,568', 'customers.started': '22,691', 'customers.answered': '20,568', 'customers.abandoned': '1520'}`,
						numbers[0], numbers[1], numbers[2], numbers[1]))
					do(t, window{t, ctx}, widest)
					look(ctx, board+name, lang)
				}
			}
			chromedp.Cancel(ctx)
		}
	}
	var old, older []context.Context
	for _, lang := range langs {
		old = append(old, tab("alert", lang))
		older = append(older, tab("alert", lang))
	}
	s.cmd.Process.Signal(syscall.SIGSTOP)
	for i := range langs {
		waitWithin(t, old[i], "marked", marked, 30*time.Second)
		do(t, window{t, old[i]}, sameAge)
	}
	for i, lang := range langs {
		look(old[i], "stale", lang)
	}
	for i, lang := range langs {
		waitWithin(t, older[i], "gone", `document.getElementById('board').className === 'stale gone'`, 80*time.Second)
		do(t, window{t, older[i]}, sameAge)
		look(older[i], "gone", lang)
	}
}
