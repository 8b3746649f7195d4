package e2e

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// window is a browser of one person or screen.
type window struct {
	t   *testing.T
	ctx context.Context
}

func newWindow(t *testing.T) window {
	t.Helper()
	return window{t, browser(t, 1280, 720)}
}

func (w window) open(url string) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, chromedp.Navigate(url)); err != nil {
		w.t.Fatalf("%s (make setup installs Chromium): %v", url, err)
	}
}

// fill types into the field of a name, and waits for it to be there.
func (w window) fill(name, text string) {
	w.t.Helper()
	w.wait("the field "+name, fmt.Sprintf(`document.getElementsByName(%q).length > 0`, name))
	if _, err := chromedp.Run(w.ctx, chromedp.SendKeys(fmt.Sprintf(`[name=%q]:not([type="hidden"])`, name), text)); err != nil {
		w.t.Fatalf("%s: %v", name, err)
	}
}

// press clicks what is found.
func (w window) press(selector string) {
	w.t.Helper()
	if _, err := chromedp.Run(w.ctx, chromedp.Click(selector)); err != nil {
		w.t.Fatalf("%s: %v", selector, err)
	}
}

func (w window) wait(what, expression string) {
	w.t.Helper()
	wait(w.t, w.ctx, what, expression)
}

func (w window) read(expression string) string {
	w.t.Helper()
	return ask(w.t, w.ctx, expression)
}

// at is true once the window shows the path.
func at(path string) string { return fmt.Sprintf(`location.pathname === %q`, path) }

const (
	isLive   = `document.querySelector('[data-connection="live"]') !== null`
	password = "four plain test words"
)

// guarded runs a wallboard that asks who comes.
func guarded(t *testing.T) *server {
	t.Helper()
	return startWith(t, fmt.Sprintf(`access: {mode: required}
sources:
  - {name: lab, vendor: cloudevents, auth: {scheme: standard-webhooks, secret: %q}}
boards:
  - {name: support, title: Customer support}
  - {name: sales, title: Sales}
`, secret))
}

// admin sets up the first admin, as the printed link leads.
func admin(s *server) window {
	s.t.Helper()
	w := newWindow(s.t)
	w.setUp(s)
	return w
}

func (w window) setUp(s *server) {
	w.t.Helper()
	w.open(s.setUp)
	w.fill("name", "Ana")
	if got := w.read(`location.href`); strings.Contains(got, "#") {
		w.t.Errorf("the token stays in the address: %s", got)
	}
	w.fill("password", password)
	w.fill("again", password)
	w.press(".form button")
	w.wait("the first admin is in", at("/"))
}

// TestInvitation: the first admin comes by the printed link, invites a viewer, who sees boards
// and nothing else, and is out at once when removed.
func TestInvitation(t *testing.T) {
	t.Parallel()
	s := guarded(t)
	boss := admin(s)
	boss.open("http://" + s.address + "/people")
	boss.fill("name", "Ben")
	boss.press(".form button")
	boss.wait("the link is shown", `document.getElementById('link') !== null`)
	ben := newWindow(t)
	ben.open(boss.read(`document.getElementById('link').value`))
	ben.fill("password", password)
	ben.fill("again", password)
	ben.press(".form button")
	ben.wait("the viewer is in", at("/"))
	ben.open("http://" + s.address + "/boards/support")
	ben.wait("the viewer's board", isLive)
	other := newWindow(t)
	other.open("http://" + s.address + "/boards/support")
	other.wait("nobody is sent to sign in", at("/sign-in"))
	other.fill("name", "ben")
	other.fill("password", password)
	other.press(".form button")
	other.wait("and goes on to the board", at("/boards/support"))
	other.open("http://" + s.address + "/people")
	other.wait("the viewer does not reach people", `document.querySelector('h1').textContent === 'Not for this role'`)

	boss.open("http://" + s.address + "/people")
	boss.press(`[aria-label="Remove: Ben"]`)
	boss.press(`[open] [action$="/remove"] button`)
	boss.wait("one is left", `document.querySelectorAll('tbody tr').length === 1`)
	ben.wait("the removed viewer is out", at("/sign-in"))
}

// TestTelevision: a television shows a code, a supervisor types it, and the board is there; it
// says who it is, shows another board, and goes dark when it is revoked.
func TestTelevision(t *testing.T) {
	t.Parallel()
	s := guarded(t)
	boss := admin(s)
	tv := newWindow(t)
	tv.open("http://" + s.address + "/tv")
	code := tv.read(`document.querySelector('.code').textContent`)
	boss.open("http://" + s.address + "/screens")
	boss.fill("code", code)
	if _, err := chromedp.Run(boss.ctx, chromedp.SendKeys(`#pair [name="name"]`, "Lobby")); err != nil {
		t.Fatal(err)
	}
	boss.press(`#new-board-support`)
	boss.press(`#pair button`)
	tv.wait("the board comes by itself", at("/boards/support"))
	tv.wait("and is live", isLive)
	s.post("1", "queued", "I1", time.Now(), `{"queue":"Billing"}`)
	tv.wait("with its numbers", `document.querySelector('[data-cell="status.Waiting"]').textContent === '1'`)

	boss.open("http://" + s.address + "/screens")
	boss.press(`[aria-label="Identify: Lobby"]`)
	tv.wait("it says who it is", `document.querySelector('.identify') !== null && document.querySelector('.identify').textContent === 'Lobby'`)
	boss.press(`summary`)
	boss.press(`details .box:nth-of-type(1) input`)
	boss.press(`details .box:nth-of-type(2) input`)
	boss.press(`details .form > p button`)
	tv.wait("another board", at("/boards/sales"))
	tv.wait("which is live", isLive)
	boss.wait("the list tells", `document.querySelector('summary').textContent === 'sales'`)
	boss.press(`[aria-label="Revoke: Lobby"]`)
	boss.press(`[open] [action$="/revoke"] button`)
	tv.wait("dark, and a code again", `document.querySelector('.code') !== null && document.querySelector('[data-cell]') === null`)
	if tv.read(`document.querySelector('.code').textContent`) == code {
		t.Error("the code is the former one")
	}
	// A share link does the same for who has no supervisor.
	boss.open("http://" + s.address + "/screens")
	if _, err := chromedp.Run(boss.ctx, chromedp.SendKeys(`#link-name`, "Partner")); err != nil {
		t.Fatal(err)
	}
	boss.press(`#link-board-sales`)
	boss.press(`form[action="/links"] button`)
	boss.wait("the share link is shown", `document.getElementById('link') !== null`)
	guest := newWindow(t)
	guest.open(boss.read(`document.getElementById('link').value`))
	guest.wait("the shared board", at("/boards/sales"))
	guest.wait("is live", isLive)
	if got := guest.read(`document.referrer + location.href + document.cookie`); strings.Contains(got, "#") || strings.Contains(got, "wallboard-") {
		t.Errorf("the page can see the token: %s", got)
	}
	boss.open("http://" + s.address + "/screens")
	boss.press(`[aria-label="Rotate: Partner"]`)
	guest.wait("the guest is out", `document.querySelector('[data-cell]') === null`)
}

// TestOpenIDConnect: people sign in at a real provider, found by discovery, by the code flow
// with PKCE; their groups there give the role here, and who has none is told so.
func TestOpenIDConnect(t *testing.T) {
	t.Parallel()
	s := guarded(t)
	provider := exec.Command("node", "testdata/oidc/provider.mjs", "http://"+s.address+"/sign-in/oidc/callback")
	provider.Stderr = os.Stderr
	out, err := provider.StdoutPipe()
	if err == nil {
		err = provider.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { provider.Process.Kill(); provider.Wait() })
	issuer, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the provider printed no issuer; make setup installs it: %v", err)
	}
	settings, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(settings), "\n") // after listen
	s.write(strings.Replace(rest, "{mode: required}", fmt.Sprintf(`
  mode: required
  oidc:
    issuer: %s
    client_id: wallboard-test
    client_secret: test-secret-test-secret-test-secret
    name: Example
    scopes: [groups]
    roles: {wb-supervisor: supervisor, wb-viewer: viewer}
public_url: http://%s`, strings.TrimSpace(issuer), s.address), 1))
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.launch()

	signIn := func(account string) window {
		w := newWindow(t)
		w.open("http://" + s.address + "/interactions")
		w.press(`a.button`)
		w.fill("login", account)
		w.fill("password", "any password will do")
		w.press(`[type="submit"]`)
		w.wait("consent is asked", `document.querySelector('input[value="consent"]') !== null`)
		w.press(`[type="submit"]`)
		return w
	}
	ana := signIn("supervisor-ana")
	ana.wait("the supervisor goes on to the page", at("/interactions"))
	if got := ana.read(`document.querySelector('nav').textContent`); !strings.Contains(got, "supervisor-ana") || !strings.Contains(got, "Screens") || strings.Contains(got, "People") {
		t.Errorf("the navigation: %s", got)
	}
	ben := signIn("viewer-ben")
	ben.wait("the viewer does not reach lists", `document.querySelector('h1').textContent === 'Not for this role'`)
	eve := signIn("stranger-eve")
	eve.wait("who has no role is told so", `/No group of your account has a role/.test(document.body.textContent)`)
	// What comes back without this browser's own sign-in is refused.
	eve.open("http://" + s.address + "/sign-in/oidc/callback?code=x&state=y")
	eve.wait("a planted answer", `document.querySelector('h1').textContent === 'Another sign-in'`)
}

// TestAccessPagesAccessible has axe-core look at the pages of people and screens.
func TestAccessPagesAccessible(t *testing.T) {
	t.Parallel()
	s := guarded(t)
	w := admin(s)
	source := axe(t)
	stranger := newWindow(t)
	for _, scheme := range []string{"light", "dark"} {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
		for _, x := range []struct {
			w     window
			paths []string
		}{
			{w, []string{"/boards", "/people", "/screens", "/trail", "/account"}},
			{stranger, []string{"/sign-in", "/welcome", "/share", "/tv"}},
		} {
			if _, err := chromedp.Call(x.w.ctx, emulation.SetEmulatedMedia, media); err != nil {
				t.Fatal(err)
			}
			for _, path := range x.paths {
				x.w.open("http://" + s.address + path)
				if found := violations(t, x.w.ctx, source); found != "" {
					t.Errorf("%s, %s:\n%s", path, scheme, found)
				}
			}
		}
	}
}
