package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const connect = `listen: 127.0.0.1:8080
data_dir: ./data
sources:
  - name: connect-eu
    vendor: amazon-connect
    auth: {scheme: header, header: X-Key, secret: test-key}
    queues:
      "arn:aws:connect:eu-west-2:210987654321:instance/i/queue/q1": Support
      q2: Billing
      "arn:aws:connect:eu-west-2:210987654321:instance/i/queue/agent/a1": Ana's own
`

// TestNamesByARN: queues may be named by what the vendor's console shows.
func TestNamesByARN(t *testing.T) {
	c, err := Parse("w.yaml", []byte(connect), env)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]string{"q1": "Support", "q2": "Billing", "agent/a1": "Ana's own"}, c.Sources[0].Queues); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, tc := range []struct{ old, new, want string }{
		{"q2:", "q1:", "w.yaml:8: sources[0].queues: names q1 twice"},
		{"scheme: header, header: X-Key, secret: test-key", "scheme: sns", "sources[0].auth.topics: is missing"},
		{"scheme: header, header: X-Key, secret: test-key", "scheme: sns, topics: [connect-events]", "sources[0].auth.topics[0]: is not the ARN of a topic"},
		{"scheme: header, header: X-Key, secret: test-key", "header: X-Key", "sources[0].auth.secret: is missing"},
		{"scheme: header, header: X-Key, secret: test-key", "secret: test-key", "sources[0].auth.header: is missing"},
		{"scheme: header, header: X-Key, secret: test-key", "scheme: twilio", `sources[0].auth.scheme: is not one of ["sns" "none" "header" "basic"]`},
	} {
		_, err := Parse("w.yaml", []byte(strings.Replace(connect, tc.old, tc.new, 1)), env)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q in it", tc.new, err, tc.want)
		}
	}
}
