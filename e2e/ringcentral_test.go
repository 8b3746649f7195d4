package e2e

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

var ringcentral = vendor{
	folder: "ringcentral", source: "vendor: ringcentral, auth: {scheme: ringcentral, secret: rc-static-validation-token}",
	prepare: func(string, *delivery) error { return nil },
	shift:   shiftSessions,
}

var sessionTime = regexp.MustCompile(`"2026-09-21T[0-9:.]+Z"`)

// shiftSessions moves every time of a body; the recordings begin at 14:13:20, which is taken
// for the time from which the shift counts.
func shiftSessions(body string, by time.Duration) (string, error) {
	by += time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC).Sub(time.Date(2026, 9, 21, 14, 13, 20, 0, time.UTC))
	var failed error
	body = sessionTime.ReplaceAllStringFunc(body, func(s string) string {
		at, err := time.Parse(`"`+time.RFC3339Nano+`"`, s)
		failed = errors.Join(failed, err)
		return at.Add(by).Format(`"2006-01-02T15:04:05.000Z"`)
	})
	return body, failed
}

// TestRingCentralHandshake: the answer is the token, at once, and short: RingCentral refuses
// one of more than 1,024 bytes, headers included. So are the answers to deliveries.
func TestRingCentralHandshake(t *testing.T) {
	s := startWith(t, "public_url: https://wallboard-of-a-customer-with-a-long-name.contact-centre.example.com\naccess: {mode: open}\nsources:\n  - {name: rc, "+ringcentral.source+"}\n")
	ask := func(header, body string) string {
		t.Helper()
		c, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "POST /hooks/rc HTTP/1.1\r\nHost: wallboard-of-a-customer-with-a-long-name.contact-centre.example.com\r\nConnection: close\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s", header, len(body), body)
		answer, err := io.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		return string(answer)
	}
	token := "c5e1b0d2-5f3a-4d0c-9a41-2f0f1f6b7a11"
	longest := strings.Repeat("x", 256)
	b, err := os.ReadFile("../internal/source/ringcentral/testdata/session.proceeding.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		header, body string
		want         []string
	}{
		"handshake":              {"Validation-Token: " + token + "\r\n", "", []string{"HTTP/1.1 200", "\r\nValidation-Token: " + token + "\r\n", "\r\nContent-Type: application/json\r\n", "\r\n\r\n"}},
		"longest token":          {"Validation-Token: " + longest + "\r\n", "", []string{"HTTP/1.1 200", "\r\nValidation-Token: " + longest + "\r\n"}},
		"delivery":               {"Validation-Token: rc-static-validation-token\r\n", string(b), []string{"HTTP/1.1 200", "\r\nContent-Type: application/json\r\n"}},
		"delivery, newer header": {"Verification-Token: rc-static-validation-token\r\n", string(b), []string{"HTTP/1.1 200"}},
		"unauthentic delivery":   {"Validation-Token: " + token + "\r\n", string(b), []string{"HTTP/1.1 401"}},
		"too long a token":       {"Validation-Token: " + longest + "x\r\n", "", []string{"HTTP/1.1 401"}},
		"no token":               {"", "", []string{"HTTP/1.1 401"}},
	} {
		got := ask(tc.header, tc.body)
		for _, want := range tc.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in the answer:\n%s", name, want, got)
			}
		}
		if strings.HasPrefix(got, "HTTP/1.1 200") && len(got) > 1024 {
			t.Errorf("%s: the answer has %d bytes:\n%s", name, len(got), got)
		}
	}
	if list := s.list("rc"); len(list) != 1 || list[0].State != "assigned" {
		t.Errorf("after one delivery, twice, there is %+v", list)
	}
}

// TestRingCentralPage follows the page of RingCentral.
func TestRingCentralPage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/ringcentral.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("RINGCENTRAL_TOKEN", "test-token-of-the-page")
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 200") {
		t.Errorf("the documented request:\n%s", out)
	}
	const id = "s-a0d17e3226acz18b67af8d17z38176bd0009"
	if list := s.list("ringcentral"); len(list) != 1 || list[0].ID != id || list[0].State != "assigned" || !strings.Contains(page, "/interactions/ringcentral/"+id) {
		t.Errorf("after the documented request there is %+v", list)
	}
	if code := s.do("POST", "/hooks/ringcentral", http.Header{"Validation-Token": {"another"}}, "{\"uuid\":\"1\"}", nil); code != 401 {
		t.Errorf("another token got %d", code)
	}
}
