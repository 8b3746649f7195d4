package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

const zendeskSecret = "zendesk-signing-secret"

// zendesk's recordings last a quarter of an hour, so they begin half an hour before others.
var zendesk = vendor{
	folder: "zendesk", source: "vendor: zendesk, auth: {scheme: zendesk, secret: " + zendeskSecret + "}",
	prepare: func(_ string, d *delivery) error {
		signZendesk(d.header, d.body, zendeskSecret)
		return nil
	},
	shift: shiftZendesk,
}

// signZendesk signs a body as Zendesk would.
func signZendesk(h http.Header, body, secret string) {
	stamp := time.Now().UTC().Format(time.RFC3339)
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(stamp + body))
	h.Set("X-Zendesk-Webhook-Signature-Timestamp", stamp)
	h.Set("X-Zendesk-Webhook-Signature", base64.StdEncoding.EncodeToString(m.Sum(nil)))
}

var zendeskTime = regexp.MustCompile(`"20\d\d-\d\d-\d\dT[0-9:.]+Z"`)

// shiftZendesk moves the times of a body, which begin on 2026-09-21 at 14:13:20.
func shiftZendesk(body string, by time.Duration) (string, error) {
	by += time.Date(2026, 11, 23, 13, 30, 0, 0, time.UTC).Sub(time.Unix(1_790_000_000, 0))
	var failed error
	body = zendeskTime.ReplaceAllStringFunc(body, func(s string) string {
		at, err := time.Parse(`"`+time.RFC3339Nano+`"`, s)
		if err != nil {
			failed = err
		}
		return at.Add(by).Format(`"` + time.RFC3339Nano + `"`)
	})
	return body, failed
}

// TestZendeskPage follows the page of Zendesk; and looks on the board for what Zendesk does
// not tell.
func TestZendeskPage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/zendesk.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("ZENDESK_SIGNING_SECRET", "test-secret-of-the-page")
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 200") {
		t.Errorf("the documented request:\n%s", out)
	}
	if list := s.list("zendesk"); len(list) != 1 || list[0].State != "assigned" {
		t.Errorf("after the documented request there is %+v", list)
	}
	t.Setenv("ZENDESK_SIGNING_SECRET", "another-secret")
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 401") {
		t.Errorf("with another secret:\n%s", out)
	}
	h := http.Header{}
	signZendesk(h, "", "test-secret-of-the-page")
	if code := s.do("POST", "/hooks/zendesk", h, "", nil); code != 200 {
		t.Errorf("a delivery without a body got %d", code)
	}
	res, err := http.Get("http://" + s.address + "/boards/all")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	board, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(board), `title="Zendesk does not tell when a customer leaves`) {
		t.Error("the board does not say what Zendesk leaves out")
	}
}
