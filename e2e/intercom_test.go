package e2e

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

const intercomSecret = "intercom-client-secret"

// intercom's recordings last a quarter of an hour, so they begin half an hour before others.
var intercom = vendor{
	folder: "intercom", source: "vendor: intercom, auth: {scheme: hub-signature, secret: " + intercomSecret + "}",
	prepare: signIntercom,
	shift:   func(body string, by time.Duration) (string, error) { return shiftUnix(body, by-30*time.Minute) },
}

// signIntercom signs a delivery as Intercom would.
func signIntercom(_ string, d *delivery) error {
	m := hmac.New(sha1.New, []byte(intercomSecret))
	m.Write([]byte(d.body))
	d.header.Set("X-Hub-Signature", "sha1="+hex.EncodeToString(m.Sum(nil)))
	return nil
}

// TestIntercomPage follows the page of Intercom: its settings, its sample, its command, and
// the request by which Intercom checks the URL.
func TestIntercomPage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/intercom.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("INTERCOM_CLIENT_SECRET", "test-secret-of-the-page")
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	if code := s.do("HEAD", "/hooks/intercom", nil, "", nil); code != 200 {
		t.Errorf("the check of the URL got %d", code)
	}
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 200") {
		t.Errorf("the documented request:\n%s", out)
	}
	t.Setenv("INTERCOM_CLIENT_SECRET", "another-secret")
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 401") {
		t.Errorf("with another secret:\n%s", out)
	}
	for method, want := range map[string]int{"GET": 405, "PUT": 405, "OPTIONS": 405, "PATCH": 401} {
		if code := s.do(method, "/hooks/intercom", http.Header{"Content-Type": {"application/json"}}, "{}", nil); code != want {
			t.Errorf("%s got %d, want %d", method, code, want)
		}
	}
	if list := s.list("intercom"); len(list) != 0 {
		t.Errorf("a ping is %+v", list)
	}
}
