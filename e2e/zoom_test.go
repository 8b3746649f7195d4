package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

const zoomToken = "zoom-secret-token"

var zoom = vendor{
	folder: "zoom", source: "vendor: zoom, auth: {scheme: zoom, secret: " + zoomToken + "}",
	prepare: func(_ string, d *delivery) error {
		signZoom(d.header, d.body, zoomToken)
		return nil
	},
	shift: shiftZoom,
}

// signZoom signs a body as Zoom would.
func signZoom(h http.Header, body, token string) {
	stamp := fmt.Sprint(time.Now().Unix())
	m := hmac.New(sha256.New, []byte(token))
	fmt.Fprintf(m, "v0:%s:%s", stamp, body)
	h.Set("X-Zm-Request-Timestamp", stamp)
	h.Set("X-Zm-Signature", "v0="+hex.EncodeToString(m.Sum(nil)))
}

var zoomTime = regexp.MustCompile(`"20\d\d-\d\d-\d\dT[0-9:.]+Z"`)

// shiftZoom moves the milliseconds of a body. The times in text tell the same, and are not
// needed.
func shiftZoom(body string, by time.Duration) (string, error) {
	return shiftUnix(zoomTime.ReplaceAllString(body, `"1970-01-01T00:00:00Z"`), by)
}

// TestZoomPage follows the page of Zoom: its settings, its sample, its command; and asks what
// Zoom asks, and what an attacker would.
func TestZoomPage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/zoom.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("ZOOM_SECRET_TOKEN", "test-token-of-the-page")
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 200") {
		t.Errorf("the documented request:\n%s", out)
	}
	if list := s.list("zoom"); len(list) != 1 || list[0].State != "waiting" {
		t.Errorf("after the documented request there is %+v", list)
	}
	type answer struct {
		PlainToken     string `json:"plainToken"`
		EncryptedToken string `json:"encryptedToken"`
	}
	ask := func(plain, signedBy string) (int, answer) {
		body := fmt.Sprintf(`{"event":"endpoint.url_validation","payload":{"plainToken":%q},"event_ts":1790000000000}`, plain)
		h := http.Header{"Content-Type": {"application/json"}}
		if signedBy != "" {
			signZoom(h, body, signedBy)
		}
		var a answer
		code := s.do("POST", "/hooks/zoom", h, body, &a)
		return code, a
	}
	m := hmac.New(sha256.New, []byte("test-token-of-the-page"))
	m.Write([]byte("qgg8vlvZRS6UYooatFL8Aw"))
	want := answer{"qgg8vlvZRS6UYooatFL8Aw", hex.EncodeToString(m.Sum(nil))}
	for _, signedBy := range []string{"", "test-token-of-the-page"} {
		if code, a := ask(want.PlainToken, signedBy); code != 200 || a != want {
			t.Errorf("the check of the URL, signed by %q: %d %+v, want %+v", signedBy, code, a, want)
		}
	}
	// Whoever could have this hashed could sign a delivery of his own.
	for _, tc := range []struct{ plain, signedBy string }{
		{`v0:1790000000:{"event":"contact_center.task_created"}`, ""}, {want.PlainToken, "another-token"}, {"", ""}, {strings.Repeat("a", 200), ""},
	} {
		if code, a := ask(tc.plain, tc.signedBy); code != 401 || a.EncryptedToken != "" {
			t.Errorf("%q signed by %q got %d", tc.plain, tc.signedBy, code)
		}
	}
}
