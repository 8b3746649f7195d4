package config

import (
	"strings"
	"testing"
)

// TestForward: what is wrong in the section is told by name and remedy, and no secret with it.
func TestForward(t *testing.T) {
	const good = `data_dir: ./data
forward:
  - name: pbx
    vendor: asterisk
    address: 127.0.0.1:5038
    username: wallboard
    secret: test-ami-secret
    hook: https://wallboard.example.com/hooks/pbx
    hook_secret: dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdA==
`
	c, err := Parse("f", []byte(good), nil)
	if err != nil || len(c.Forward) != 1 || !c.ForwardsOnly() {
		t.Fatalf("%v %+v", err, c)
	}
	for _, tc := range []struct{ old, new, want string }{
		{"name: pbx", "name: The PBX", "f:3: forward[0].name: is missing, or not of small letters"},
		{"vendor: asterisk", "vendor: twilio", "f:4: forward[0].vendor: is neither asterisk nor freeswitch"},
		{"vendor: asterisk", "vendor: freeswitch", "forward[0].username: is not for FreeSWITCH"},
		{"127.0.0.1:5038", "127.0.0.1", "f:5: forward[0].address: is missing or no address"},
		{"    username: wallboard\n", "", "forward[0].username: is missing"},
		{"    secret: test-ami-secret\n", "", "forward[0].secret: is missing"},
		{"    secret: test-ami-secret\n", "    secret: \"\"\n", "forward[0].secret: is missing"},
		{"https://wallboard.example.com/hooks/pbx", "https://wallboard.example.com/", "f:8: forward[0].hook: is missing or no URL of a source's hook"},
		{"https://wallboard.example.com", "http://wallboard.example.com", "forward[0].hook: is http to another machine"},
		{"https://wallboard.example.com", "https://user:test-ami-secret@wallboard.example.com", "forward[0].hook: is missing or no URL"},
		{"dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdA==", "test-ami-secret!", "f:9: forward[0].hook_secret: is not base64"},
		{"    hook_secret", "    hooksecret", "forward[0].hooksecret: is an unknown key; did you mean hook_secret?"},
		{"data_dir: ./data\n", "", "data_dir: is missing"},
		{"data_dir: ./data\n", "data_dir: ./data\nlisten: 127.0.0.1:8080\n", "sources: is missing"},
	} {
		_, err := Parse("f", []byte(strings.Replace(good, tc.old, tc.new, 1)), nil)
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "test-ami-secret") {
			t.Errorf("%q: %v, want %s", tc.new, err, tc.want)
		}
	}
	twice := good + strings.Split(good, "forward:\n")[1]
	if _, err := Parse("f", []byte(twice), nil); err == nil || !strings.Contains(err.Error(), "forward[1].name: is another's name already") {
		t.Errorf("the same name twice: %v", err)
	}
	if _, err := Parse("f", []byte(strings.Replace(good, "https://wallboard.example.com", "http://127.0.0.1:8080", 1)), nil); err != nil {
		t.Errorf("http on this machine: %v", err)
	}
}
