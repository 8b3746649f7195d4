package e2e

import (
	"os"
	"os/exec"
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
