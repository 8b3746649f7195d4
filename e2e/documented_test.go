package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestDocumentedRequests runs the commands of the neutral format's page, as they are but
// for the address, against a server of the example settings.
func TestDocumentedRequests(t *testing.T) {
	example, err := os.ReadFile("../wallboard.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var settings []string
	for line := range strings.Lines(string(example)) {
		if !strings.HasPrefix(line, "listen:") && !strings.HasPrefix(line, "data_dir:") {
			settings = append(settings, line)
		}
	}
	s := startWith(t, strings.Join(settings, ""))
	page, err := os.ReadFile("../docs/vendors/cloudevents.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlock.FindAllStringSubmatch(string(page), -1)
	answers := []string{"HTTP/1.1 204", "HTTP/1.1 200"}
	if len(blocks) != len(answers) {
		t.Fatalf("the page has %d blocks of commands, want %d", len(blocks), len(answers))
	}
	for i, b := range blocks {
		script := strings.ReplaceAll(b[1], "127.0.0.1:8080", s.address)
		out, err := exec.Command("bash", "-euo", "pipefail", "-c", script).CombinedOutput()
		if err != nil || !strings.Contains(string(out), answers[i]) {
			t.Errorf("block %d: %v, want %s:\n%s", i+1, err, answers[i], out)
		}
		if i == 1 && !strings.Contains(string(out), "Webhook-Allowed-Origin: pbx.example.com") {
			t.Errorf("the handshake gives no consent:\n%s", out)
		}
	}
	if list := s.list("lab"); len(list) != 1 || list[0].State != "in_menu" {
		t.Errorf("after the documented request there is %+v", list)
	}
}

var (
	settingsBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")
	bodyBlock     = regexp.MustCompile("(?s)```json\n(.*?)```")
)

// TestConnectPage follows the page of Amazon Connect: its settings, its sample, its command.
func TestConnectPage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/amazon-connect.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("CONNECT_KEY", "test-key-of-the-page")
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 200") {
		t.Errorf("the documented request:\n%s", out)
	}
	const id = "7c1f5d0e-3a2b-4c6d-8e9f-000000000101"
	if list := s.list("connect-eu"); len(list) != 1 || list[0].ID != id || list[0].State != "in_menu" {
		t.Errorf("after the documented request there is %+v", list)
	}
	if !strings.Contains(page, "/interactions/connect-eu/"+id) || s.do("GET", "/interactions/connect-eu/"+id, nil, "", nil) != 200 {
		t.Error("the page that the documentation names is not there")
	}
	if code := s.do("POST", "/hooks/connect-eu", http.Header{"Content-Type": {"application/json"}, "X-Api-Key": {"wrong"}}, "{}", nil); code != 401 {
		t.Errorf("a wrong key got %d", code)
	}
}

// TestTwilioPage follows the page of Twilio likewise.
func TestTwilioPage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/twilio.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("TWILIO_AUTH_TOKEN", "test-token-of-the-page")
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 204") {
		t.Errorf("the documented request:\n%s", out)
	}
	t.Setenv("TWILIO_AUTH_TOKEN", "another-token")
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 401") {
		t.Errorf("with another token:\n%s", out)
	}
}

// documented runs the page's command beside its sample, event.json, and returns what it prints.
func documented(t *testing.T, s *server, page string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "event.json"), []byte(bodyBlock.FindStringSubmatch(page)[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("bash", "-euo", "pipefail", "-c", strings.ReplaceAll(shellBlock.FindStringSubmatch(page)[1], "127.0.0.1:8080", s.address))
	command.Dir = dir
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// TestSNSRefusals: a source by SNS takes nothing that is not signed, and asks nobody for what
// is not of its topic.
func TestSNSRefusals(t *testing.T) {
	page, err := os.ReadFile("../docs/vendors/amazon-connect.md")
	if err != nil {
		t.Fatal(err)
	}
	message, err := os.ReadFile("../internal/source/amazonconnect/testdata/sns/notification-v2.json")
	if err != nil {
		t.Fatal(err)
	}
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindAllStringSubmatch(string(page), -1)[1][1])
	for name, tc := range map[string]struct{ old, new, raw string }{
		"another topic":                   {"arn:aws:sns:eu-west-2:210987654321", "arn:aws:sns:eu-west-2:999999999999", ""},
		"a certificate elsewhere":         {"https://sns.eu-west-2.amazonaws.com/SimpleNotificationService", "https://127.0.0.1/SimpleNotificationService", ""},
		"a certificate of another region": {"https://sns.eu-west-2.amazonaws.com/SimpleNotificationService", "https://sns.us-east-1.amazonaws.com/SimpleNotificationService", ""},
		"no message":                      {string(message), "{}", ""},
		"raw delivery":                    {"", "", "true"},
	} {
		h := http.Header{"Content-Type": {"text/plain; charset=UTF-8"}, "X-Amz-Sns-Rawdelivery": {tc.raw}}
		body := string(message)
		if tc.old != "" {
			body = strings.ReplaceAll(body, tc.old, tc.new)
		}
		if code := s.do("POST", "/hooks/connect-sns", h, body, nil); code != 401 {
			t.Errorf("%s got %d, want 401", name, code)
		}
	}
	if list := s.list("connect-sns"); len(list) != 0 {
		t.Errorf("there is %+v", list)
	}
}
