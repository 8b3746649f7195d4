package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// wallSettings have a board with all that the usual one has, and limits that are reached; one
// of many queues; one of agents; and one with little on it.
const wallSettings = `public_url: https://wallboard.example.org
access: {mode: open}
sources:
  - {name: lab, vendor: cloudevents, auth: {scheme: standard-webhooks, secret: "%s"}}
boards:
  - name: usual
    title: Customer support
    window: today
    time_zone: Europe/Paris
    thresholds:
      abandoned: {warn: 2, alert: 3, clear: 1}
      waiting: {warn: 1000}
      longest_wait_seconds: {warn: 30, alert: 86400, clear: 10}
      abandon_rate: {warn: 0.1, alert: 0.99, clear: 0.05}
      service_level: {warn: 0.95, alert: 0.001, clear: 0.99}
      average_speed_of_answer_seconds: {warn: 1, alert: 3600}
  - {name: queues, title: Forty queues, tiles: [abandoned, waiting, queues, sources]}
  - name: agents
    title: Agents
    tiles: [waiting, abandoned, agent_list, agents, trend, news, sources]
    agent_names: full
    news: Lunch is at noon today, and the lift to the third floor is out of order until tomorrow evening.
  - {name: few, title: Few numbers, tiles: [abandoned, waiting, service_level, abandon_rate, sources]}
`

// fill makes a day of it: forty queues, contacts of every outcome, and agents.
func fill(t *testing.T, s *server) {
	t.Helper()
	n := 0
	post := func(kind, id string, at time.Time, data string) {
		t.Helper()
		if n++; s.post(fmt.Sprint(n), kind, id, at, data) != 204 {
			t.Fatalf("%s was not taken", kind)
		}
	}
	now := time.Now()
	for i := range 80 {
		id, at := fmt.Sprint("I", i), now.Add(-time.Duration(80-i)*20*time.Second)
		post("started", id, at, `{"channel":"`+[]string{"voice", "messaging"}[i%2]+`"}`)
		post("queued", id, at.Add(time.Second), fmt.Sprintf(`{"queue":"Customers of region %02d"}`, i%40))
		switch i % 5 {
		case 0:
			post("disconnected", id, at.Add(40*time.Second), `{"by":"customer"}`)
		case 1, 2, 3:
			post("assigned", id, at.Add(2*time.Second), fmt.Sprintf(`{"work":"W%d","agent":{"id":"A%d"}}`, i, i%18))
			post("accepted", id, at.Add(9*time.Second), fmt.Sprintf(`{"work":"W%d"}`, i))
		}
	}
	for i := range 18 {
		name := []string{"Ada Lovelace", "Đorđe Ilić-Wiśniewski", "שרה לוי", "山田 太郎"}[i%4]
		state := []string{"available", "wrap_up", "away"}[i%3]
		post("agent_state", fmt.Sprint("A", i), now.Add(-time.Duration(i)*time.Minute), fmt.Sprintf(`{"agent":{"id":"A%d","name":"%s"},"state":"%s"}`, i, name, state))
	}
}

// TestWall: whatever a board shows, at every size of wall and in every language all of it is
// on the screen, and nothing is cut off; and what is up to the eye is kept as pictures where
// WALLBOARD_SCREENSHOTS names a folder.
func TestWall(t *testing.T) {
	s := startWith(t, fmt.Sprintf(wallSettings, secret))
	fill(t, s)
	ctx := browser(t, 1920, 1080)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	look := func(width, height int, scheme, path string) {
		t.Helper()
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), int64(height)), chromedp.Navigate("http://"+s.address+"/boards/"+path)); err != nil {
			t.Fatal(err)
		}
		wait(t, ctx, path+" live", `document.querySelector('[data-connection]').getAttribute('data-connection') === 'live' && document.fonts.status === 'loaded'`)
		found, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf("%s(%v)", outside, width >= 1280)))
		if err != nil || found != "" {
			t.Errorf("%s at %dx%d: is not wholly there: %s (%v)", path, width, height, found, err)
		}
		shoot(t, ctx, fmt.Sprintf("%s-%dx%d-%s.png", strings.NewReplacer("?", "-", "=", "-", "&", "-").Replace(path), width, height, scheme))
	}
	for _, size := range [][2]int{{1920, 1080}, {3840, 2160}, {1280, 720}, {1280, 1024}, {2560, 1080}, {820, 1180}, {390, 844}} {
		look(size[0], size[1], "dark", "usual")
		look(size[0], size[1], "light", "queues")
	}
	for _, path := range []string{"agents", "few", "usual?scale=75", "agents?names=initials&lang=ja"} {
		look(1920, 1080, "light", path)
	}
	for _, lang := range []string{"de", "fr", "es", "ja"} {
		look(1920, 1080, "light", "usual?lang="+lang)
		wait(t, ctx, "the language of "+lang, fmt.Sprintf(`document.documentElement.lang === '%s'`, lang))
	}
	// The check sees a title and a heading that are not whole.
	for _, name := range []string{"h1", ".queues h2"} {
		do(t, window{t, ctx}, fmt.Sprintf(`document.querySelector('%s').style.maxWidth = '3rem'`, name))
		wait(t, ctx, name+" seems to be whole", outside+`(true).indexOf('cut off: H') === 0`)
		do(t, window{t, ctx}, fmt.Sprintf(`document.querySelector('%s').style.maxWidth = ''`, name))
	}
	// A size that is too large is used as far as there is room; on a board of little on it, it is.
	scale := func(path string) int {
		t.Helper()
		look(1920, 1080, "dark", path)
		wait(t, ctx, "the script of the screen", `document.documentElement.getAttribute('data-resting') !== null`)
		n, err := chromedp.Run(ctx, chromedp.Evaluate[int](`parseInt(document.documentElement.getAttribute('data-scale'), 10)`))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if usual, few := scale("usual?scale=200"), scale("few?scale=105"); usual > 105 || few != 105 {
		t.Errorf("a full board has the size %d, and one with room the size %d", usual, few)
	}
	// The theme that is asked for counts, whatever the system prefers.
	ground := `getComputedStyle(document.body).backgroundColor`
	look(1280, 720, "light", "usual?theme=dark")
	dark, err := chromedp.Run(ctx, chromedp.Evaluate[string](ground))
	if err != nil {
		t.Fatal(err)
	}
	look(1280, 720, "dark", "usual?theme=light")
	if light, err := chromedp.Run(ctx, chromedp.Evaluate[string](ground)); err != nil || light == dark {
		t.Errorf("dark and light have the ground %s and %s (%v)", dark, light, err)
	}
	// A bar is as long as its number says, and stays so when the number moves.
	bar := `document.querySelector('[data-draw="bar.Abandoned"]').getAttribute('width') === document.querySelector('[data-cell="bar.Abandoned"]').textContent`
	wait(t, ctx, "the bar", bar+` && document.querySelector('[data-draw="bar.Abandoned"]').getBoundingClientRect().width > 1`)
	curve := `document.querySelector('[data-draw="trend.abandoned.path"]')`
	wait(t, ctx, "the curve", curve+`.getAttribute('d') === document.querySelector('[data-cell="trend.abandoned.path"]').textContent && `+curve+`.getBoundingClientRect().width > 1`)
}

// shoot keeps a picture of the page where WALLBOARD_SCREENSHOTS names a folder.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("WALLBOARD_SCREENSHOTS")
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), shot, 0o644); err != nil {
		t.Fatal(err)
	}
}
