package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/access"
)

// TestA01: another site's page opens no socket with this browser's cookie, nor does what says
// no origin at all; a program with a token of its own does.
func TestA01(t *testing.T) {
	h := newGuarded(t)
	ben := h.person("Ben", access.Viewer)
	host := strings.TrimPrefix(h.web.URL, "http://")
	for origin, want := range map[string]int{
		h.web.URL: 101, "": 403, "null": 403, "http://foreign.example": 403, h.web.URL + ".foreign.example": 403, "http://localhost": 403, "file://" + host: 403,
	} {
		if _, status := ben.live("support", origin); status != want {
			t.Errorf("origin %q: %d, want %d", origin, status, want)
		}
	}
	_, link := h.guest("support")
	header := http.Header{"Authorization": {"Bearer " + link}}
	if _, res, err := websocket.DefaultDialer.Dial("ws://"+host+"/boards/support/live", header); err != nil {
		t.Errorf("a program with a token: %v, %+v", err, res)
	}
	if _, res, _ := websocket.DefaultDialer.Dial("ws://"+host+"/boards/sales/live", header); res.StatusCode != 404 {
		t.Errorf("a program with a token, at another board: %d", res.StatusCode)
	}
	if _, status := h.browser().live("support", h.web.URL); status != 401 {
		t.Errorf("nobody: %d", status)
	}
}

// TestA01TLS: where the browser speaks TLS, a page that came without it is another site.
func TestA01TLS(t *testing.T) {
	h := newGuarded(t, func(o *Options) {
		o.Proxies = Networks{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	})
	_, link := h.guest("support")
	host := strings.TrimPrefix(h.web.URL, "http://")
	for origin, want := range map[string]int{"https://" + host: 101, "http://" + host: 403} {
		header := http.Header{"Authorization": {"Bearer " + link}, "Origin": {origin}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-For": {"192.0.2.1"}}
		if _, res, err := websocket.DefaultDialer.Dial("ws://"+host+"/boards/support/live", header); res == nil || res.StatusCode != want {
			t.Errorf("origin %q: %+v, %v; want %d", origin, res, err, want)
		}
	}
}

// TestA02: a foreign name that was made to lead here gets nothing, whether it stands in Host
// or in the request's line.
func TestA02(t *testing.T) {
	h := newGuarded(t)
	b := h.browser()
	for _, path := range []string{"/", "/sign-in", "/boards/support", "/boards/support/live", "/api/v1/boards/support", "/tv", "/healthz"} {
		status, body, _ := b.do(b.request("GET", path, "", "Host", "evil.example", "Origin", "http://evil.example"))
		if status != 421 || strings.Contains(body, "evil") {
			t.Errorf("%s: %d %.60q", path, status, body)
		}
	}
	r := b.request("GET", "/sign-in", "", "Host", strings.TrimPrefix(h.web.URL, "http://"))
	proxy, _ := url.Parse(h.web.URL)
	through := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}} // writes the absolute form
	r.URL.Host = "evil.example"
	r.Host = ""
	res, err := through.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 421 {
		t.Errorf("absolute form: %d", res.StatusCode)
	}
}

// TestA17: sockets are limited by address, by who holds the token, and in total; the hooks
// go on meanwhile.
func TestA17(t *testing.T) {
	h := newGuarded(t)
	hub := serverOf(h.web).hub
	hub.limits = socketLimits{total: 4, address: 3, holder: 2}
	ben, eve := h.person("Ben", access.Viewer), h.person("Eve", access.Viewer)
	for range 2 {
		ben.live("support", h.web.URL)
	}
	conn, _ := ben.live("support", h.web.URL)
	if code := closed(t, conn); code != websocket.CloseTryAgainLater {
		t.Errorf("one too many of one account: %d", code)
	}
	eve.live("support", h.web.URL)
	conn, _ = eve.live("support", h.web.URL)
	if code := closed(t, conn); code != websocket.CloseTryAgainLater {
		t.Errorf("one too many of one address: %d", code)
	}
	if eve.get("/healthz") != 200 {
		t.Error("the server answers nothing else")
	}
}

// TestA18: a share link reads its boards and nothing else, by any method, and its token is in
// no address that a server, a proxy or the next site gets to see.
func TestA18(t *testing.T) {
	h := newGuarded(t)
	guest, link := h.guest("support")
	for path, want := range map[string]int{
		"/boards/support": 200, "/api/v1/boards/support": 200, "/boards/support/frame": 200, "/boards": 200,
		"/boards/sales": 404, "/api/v1/boards/sales": 404, "/boards/nowhere": 404, "/interactions": 404, "/api/v1/interactions": 404,
		"/people": 404, "/screens": 404, "/trail": 404, "/account": 404, "/metrics": 404,
	} {
		r := guest.request("GET", path, "", "X-Forwarded-For", "192.0.2.1") // not this machine itself
		if status, _, _ := guest.do(r); status != want {
			t.Errorf("GET %s: %d, want %d", path, status, want)
		}
	}
	_, page, header := guest.do(guest.request("GET", "/boards", ""))
	if strings.Contains(page, "sales") || strings.Contains(page, link) {
		t.Errorf("the list tells of other boards, or the token: %s", page)
	}
	if got := header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("Referrer-Policy %q", got)
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		for _, path := range []string{"/boards/support", "/api/v1/boards/support"} {
			if status, _, _ := guest.do(guest.request(method, path, "", "Content-Type", "application/x-www-form-urlencoded")); status != 405 {
				t.Errorf("%s %s: %d", method, path, status)
			}
		}
	}
	for _, path := range []string{"/links", "/screens", "/people"} {
		if status, _ := guest.post(path, url.Values{"name": {"x"}, "board": {"sales"}}); status != 404 {
			t.Errorf("POST %s: %d", path, status)
		}
	}
	// A guess, the query, and an end all look alike.
	stranger := h.browser()
	if status, _ := stranger.post("/share", url.Values{"token": {strings.Repeat("A", 26)}}); status != 404 {
		t.Errorf("a guess: %d", status)
	}
	if status := stranger.get("/boards/support?token=" + link); status != 303 {
		t.Errorf("a token in the address: %d", status)
	}
	conn, _ := guest.live("support", h.web.URL)
	links, err := h.door.Links(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.door.RevokeLink(t.Context(), h.ana, links[0].ID); err != nil {
		t.Fatal(err)
	}
	if code := closed(t, conn); code != closeEnded {
		t.Errorf("the socket of a revoked link: %d", code)
	}
	if status := guest.get("/api/v1/boards/support"); status != 401 {
		t.Errorf("after it was revoked: %d", status)
	}
	if status, _ := stranger.post("/share", url.Values{"token": {link}}); status != 404 {
		t.Errorf("the revoked link: %d", status)
	}
}

// TestA19: what a browser holds is good at its own boards only, and sockets end with it.
func TestA19(t *testing.T) {
	h := newGuarded(t)
	guest, _ := h.guest("sales")
	if _, status := guest.live("support", h.web.URL); status != 404 {
		t.Errorf("at another board: %d", status)
	}
	ben := h.person("Ben", access.Viewer)
	stays, _ := ben.live("support", h.web.URL)
	ends, _ := guest.live("sales", h.web.URL)
	old := ben.cookies()
	if status, to := ben.post("/sign-out", nil); status != 303 || to != "/sign-in" {
		t.Errorf("sign-out: %d, to %q", status, to)
	}
	if code := closed(t, stays); code != closeEnded {
		t.Errorf("after sign-out: %d", code)
	}
	r := h.browser().request("GET", "/api/v1/boards/support", "", "Cookie", old)
	if status, _, _ := h.browser().do(r); status != 401 {
		t.Errorf("the former cookie: %d", status)
	}
	// A token that expires ends its sockets at the next look.
	eve := h.person("Eve", access.Viewer)
	expires, _ := eve.live("support", h.web.URL)
	expires.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, _, err := expires.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	serverOf(h.web).hub.ping(time.Now().Add(access.SessionLife + time.Hour))
	if code := closed(t, expires); code != closeEnded {
		t.Errorf("expired: %d", code)
	}
	// The other's goes on.
	ends.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, _, err := ends.ReadMessage(); err != nil {
		t.Errorf("another visitor's socket: %v", err)
	}
}

// TestA20: a session is new at each sign-in, whatever the browser brought; its cookie cannot
// be read by scripts, is not sent by other sites, and over TLS is bound to this host.
func TestA20(t *testing.T) {
	h := newGuarded(t, func(o *Options) { o.Public = &url.URL{Scheme: "https", Host: "wallboard.example.com"} })
	h.person("Ben", access.Viewer)
	b := h.browser()
	form := url.Values{"name": {"Ben"}, "password": {housePassword}}.Encode()
	for host, want := range map[string]string{"wallboard.example.com": hostPrefix + personCookie, "localhost": personCookie} {
		r := b.request("POST", "/sign-in", form, "Content-Type", "application/x-www-form-urlencoded", "Host", host, "Cookie", want+"=PLANTED")
		status, _, header := b.do(r)
		c, err := http.ParseSetCookie(header.Get("Set-Cookie"))
		if err != nil || status != 303 {
			t.Fatalf("%s: %d, %v", host, status, err)
		}
		if c.Name != want || c.Value == "PLANTED" || len(c.Value) < 26 || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != (host != "localhost") {
			t.Errorf("%s: the cookie is %s", host, c)
		}
	}
	// Signing in again ends the session that the browser had, and its sockets.
	eve := h.person("Eve", access.Viewer)
	conn, _ := eve.live("support", h.web.URL)
	old := eve.cookies()
	eve.post("/sign-in", url.Values{"name": {"Ben"}, "password": {housePassword}})
	if code := closed(t, conn); code != closeEnded || eve.cookies() == old {
		t.Errorf("the former session's socket: %d", code)
	}
}

// TestA21: forms are taken from this site's pages only and as forms only, and reading
// changes nothing.
func TestA21(t *testing.T) {
	h := newGuarded(t)
	admin := h.person("Cleo", access.Admin)
	form := url.Values{"name": {"Eve"}, "role": {"admin"}}.Encode()
	const formType = "application/x-www-form-urlencoded"
	for _, x := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"another site", []string{"Content-Type", formType, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		{"another site, an old browser", []string{"Content-Type", formType, "Origin", "https://evil.example"}, 403},
		{"a sandbox", []string{"Content-Type", formType, "Origin", "null"}, 403},
		{"a subdomain's page", []string{"Content-Type", formType, "Origin", "http://x.localhost", "Sec-Fetch-Site", "same-site"}, 403},
		{"text", []string{"Content-Type", "text/plain", "Origin", h.web.URL}, 415},
		{"JSON", []string{"Content-Type", "application/json", "Origin", h.web.URL}, 415},
		{"nothing", []string{"Origin", h.web.URL}, 415},
		{"a form", []string{"Content-Type", formType, "Origin", h.web.URL, "Sec-Fetch-Site", "same-origin"}, 200},
	} {
		if status, _, _ := admin.do(admin.request("POST", "/people", form, x.headers...)); status != x.want {
			t.Errorf("%s: %d, want %d", x.name, status, x.want)
		}
	}
	before, err := h.door.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/sign-out", "/people/" + before[0].ID + "/remove", "/links"} {
		if status := admin.get(path); status != 405 {
			t.Errorf("GET %s: %d", path, status)
		}
	}
	admin.do(admin.request("GET", "/people?_method=DELETE&name=Mallory&role=admin", "", "X-HTTP-Method-Override", "POST"))
	after, err := h.door.People(t.Context())
	if err != nil || len(after) != len(before) {
		t.Errorf("reading changed something: %d people, then %d (%v)", len(before), len(after), err)
	}
}

// TestA22: no page is shown within another site's, but a board that its settings let, where
// nobody has signed in.
func TestA22(t *testing.T) {
	h := newGuarded(t, func(o *Options) { o.Boards[0].Embed = []string{"https://intranet.example.com"} })
	guest, _ := h.guest("support")
	other, _ := h.guest("sales")
	ben := h.person("Ben", access.Admin)
	for _, x := range []struct {
		b    *browser
		path string
		want string
	}{
		{guest, "/boards/support", "https://intranet.example.com"},
		{other, "/boards/sales", "'none'"},
		{ben, "/boards/support", "'none'"},
		{ben, "/people", "'none'"},
		{ben, "/screens", "'none'"},
		{h.browser(), "/sign-in", "'none'"},
		{h.browser(), "/share", "https://intranet.example.com"},
	} {
		_, _, header := x.b.do(x.b.request("GET", x.path, ""))
		policy := header.Get("Content-Security-Policy")
		if _, got, _ := strings.Cut(policy, "frame-ancestors "); got != x.want {
			t.Errorf("%s: frame-ancestors %q, want %q", x.path, got, x.want)
		}
		if !strings.Contains(policy, "script-src 'nonce-") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %s", x.path, policy)
		}
	}
	// Inside another site's page the guest's cookie is that page's alone.
	_, link := h.guest("support")
	h2 := newGuarded(t, func(o *Options) { o.Public = &url.URL{Scheme: "https", Host: "wallboard.example.com"} })
	link2, err := h2.door.AddLink(t.Context(), h2.ana, "Partner", []string{"support"})
	if err != nil {
		t.Fatal(err)
	}
	b := h2.browser()
	_, _, header := b.do(b.request("POST", "/share", url.Values{"token": {link2}}.Encode(), "Content-Type", "application/x-www-form-urlencoded",
		"Host", "wallboard.example.com", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "iframe"))
	c, err := http.ParseSetCookie(header.Get("Set-Cookie"))
	if err != nil || !c.Partitioned || !c.Secure || c.SameSite != http.SameSiteNoneMode || c.Value == link2 || c.Value == link {
		t.Errorf("the embedded guest's cookie: %v, %v", c, err)
	}
}

// TestA33: a wrong name and a wrong password get the same answer, but for the name that was typed, guesses are slowed down, and
// a long password costs nothing.
func TestA33(t *testing.T) {
	h := newGuarded(t)
	h.person("Ben", access.Viewer)
	b := h.browser()
	answer := func(name, password string) (int, string) {
		status, body, _ := b.do(b.request("POST", "/sign-in", url.Values{"name": {name}, "password": {password}}.Encode(),
			"Content-Type", "application/x-www-form-urlencoded", "Origin", h.web.URL))
		return status, body
	}
	status, known := answer("Ben", "wrong")
	if _, unknown := answer("nobody", "wrong"); status != 401 || withoutNonce(known) != strings.ReplaceAll(withoutNonce(unknown), `value="nobody"`, `value="Ben"`) {
		t.Errorf("%d, and the two answers differ:\n%s\n%s", status, known, unknown)
	}
	if status, body := answer("Ben", strings.Repeat("x", 2000)); status != 401 || strings.Contains(body, "xxx") {
		t.Errorf("a long password: %d", status)
	}
	for range 20 {
		status, _ = answer("Ben", "wrong")
	}
	if status != 429 {
		t.Errorf("after 20 guesses: %d", status)
	}
	if status, _ := answer("Ben", housePassword); status != 429 {
		t.Errorf("the right password meanwhile: %d", status)
	}
}

func withoutNonce(page string) string {
	before, after, ok := strings.Cut(page, `nonce="`)
	if !ok {
		return page
	}
	_, after, _ = strings.Cut(after, `"`)
	return before + withoutNonce(after)
}

// TestA34: after sign-in the way goes on to this site only, and links carry the configured
// name whatever the request said.
func TestA34(t *testing.T) {
	for s, want := range map[string]string{
		"/boards/support?theme=dark": "/boards/support?theme=dark", "": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/",
		"javascript:alert(1)": "/", "/\t/evil.example": "/", "boards": "/", "/a\r\nSet-Cookie: x=y": "/", "/%zz": "/", "///evil.example": "/", "\\\\evil.example": "/",
	} {
		if got := next(s); got != want {
			t.Errorf("next(%q) = %q, want %q", s, got, want)
		}
	}
	h := newGuarded(t, func(o *Options) { o.Public = &url.URL{Scheme: "https", Host: "wallboard.example.com"} })
	h.person("Ben", access.Viewer)
	b := h.browser()
	if status, to := b.post("/sign-in", url.Values{"name": {"Ben"}, "password": {housePassword}, "next": {"//evil.example"}}); status != 303 || to != "/" {
		t.Errorf("next=//evil.example: %d, to %q", status, to)
	}
	_, page, _ := b.do(b.request("GET", "/tv", "", "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example"))
	if !strings.Contains(page, "https://wallboard.example.com/screens") || strings.Contains(page, "evil") {
		t.Errorf("the television's address: %s", page)
	}
}

// TestA40: who is not known learns neither a number nor what there is.
func TestA40(t *testing.T) {
	h := newGuarded(t)
	b := h.browser()
	for _, path := range []string{
		"/api/v1/boards/support", "/api/v1/boards/nowhere", "/api/v1/interactions", "/api/v1/interactions/lab/1", "/boards/support/frame", "/boards/nowhere/frame",
	} {
		status, body, _ := b.do(b.request("GET", path, ""))
		if status != 401 || strings.Contains(body, "support") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	for _, path := range []string{"/boards/support", "/boards/nowhere", "/interactions", "/interactions/lab/1", "/reports/abandoned", "/people", "/screens", "/trail"} {
		if status, body, _ := b.do(b.request("GET", path, "")); status != 303 && status != 404 || strings.Contains(body, "data-cell") {
			t.Errorf("%s: %d", path, status)
		}
	}
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if _, body, _ := b.do(b.request("GET", path, "")); body != want {
			t.Errorf("%s says %q", path, body)
		}
	}
	for _, header := range [][]string{{"X-Forwarded-For", "192.0.2.1"}, {"Host", "wallboard.example.com"}} { // not all proxies say that they are
		if status, _, _ := b.do(b.request("GET", "/metrics", "", header...)); status != 401 {
			t.Errorf("/metrics through a proxy, %s: %d", header[0], status)
		}
	}
	if status := b.get("/metrics"); status != 404 {
		t.Errorf("/metrics on this machine: %d, want the handler's", status)
	}
	for _, board := range []string{"live", "frame"} { // no less a page than others
		if status := b.get("/boards/" + board); status != 303 {
			t.Errorf("a board of the name %s: %d, want the way to sign in", board, status)
		}
	}
}
