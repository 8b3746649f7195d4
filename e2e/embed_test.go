package e2e

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// TestEmbedded: over TLS, the page of a site that a board names shows the board, by its share
// link and a cookie that browsers without third parties' cookies take; another site does not.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	var link string
	site := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><title>Intranet</title><h1>Today</h1><iframe title="Board" width="1200" height="600" src="%s"></iframe>`, html.EscapeString(link))
	}
	intranet, stranger := httptest.NewTLSServer(http.HandlerFunc(site)), httptest.NewTLSServer(http.HandlerFunc(site))
	t.Cleanup(intranet.Close)
	t.Cleanup(stranger.Close)
	named := func(x *httptest.Server) string { return strings.Replace(x.URL, "127.0.0.1", "localhost", 1) } // another site than the wallboard's

	dir := t.TempDir()
	pair := intranet.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"chain.pem": {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, "key.pem": {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := startWith(t, fmt.Sprintf(`tls: {certificate: %q, key: %q}
access: {mode: required}
sources:
  - {name: lab, vendor: cloudevents, auth: {scheme: standard-webhooks, secret: %q}}
boards:
  - {name: support, title: Customer support, embed: [%q]}
  - {name: sales, title: Sales}
`, filepath.Join(dir, "chain.pem"), filepath.Join(dir, "key.pem"), secret, named(intranet)))

	open := func() window {
		return window{t, browser(t, 1280, 720, "ignore-certificate-errors", "test-third-party-cookie-phaseout")}
	}
	boss := open()
	boss.setUp(s)
	if got := boss.read(`document.cookie`); got != "" {
		t.Errorf("the page can see a cookie: %s", got)
	}
	boss.open("https://" + s.address + "/screens")
	if _, err := chromedp.Run(boss.ctx, chromedp.SendKeys(`#link-name`, "Intranet")); err != nil {
		t.Fatal(err)
	}
	boss.press(`#link-board-support`)
	boss.press(`form[action="/links"] button`)
	boss.wait("the share link is shown", `document.getElementById('link') !== null`)
	link = boss.read(`document.getElementById('link').value`)

	inside := open()
	inside.open(named(intranet))
	inside.frame().wait("the board within the page", at("/boards/support")+" && "+isLive)
	s.post("1", "queued", "I1", time.Now(), `{"queue":"Billing"}`)
	inside.frame().wait("with its numbers", waits("1"))

	other := open()
	other.open(named(stranger))
	other.frame().wait("nothing within a stranger's page", `document.querySelector('[data-cell]') === null && location.protocol === 'chrome-error:'`)

	boss.open("https://" + s.address + "/screens")
	boss.press(`[aria-label="Revoke: Intranet"]`)
	boss.press(`[open] [action$="/revoke"] button`)
	inside.frame().wait("dark", `document.querySelector('[data-cell]') === null`)
}

// frame is the page that is shown within the window's.
func (w window) frame() window {
	w.t.Helper()
	var id target.ID
	waitFor(w.t, "the frame", func() bool {
		all, err := chromedp.Targets(w.ctx)
		for _, x := range all {
			if x.Type == "iframe" {
				id = x.TargetID
			}
		}
		return err == nil && id != ""
	})
	ctx, cancel := chromedp.NewContext(w.ctx, chromedp.WithTargetID(id))
	w.t.Cleanup(cancel)
	return window{w.t, ctx}
}
