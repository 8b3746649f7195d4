package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommands: exit codes and what is said.
func TestCommands(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("listen: 127.0.0.1:0\ndata_dir: ./d\nsources: [{name: a, vendor: b}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	none := func(string) (string, bool) { return "", false }
	for _, tc := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"version"}, 0, "wallboard dev"},
		{[]string{"serve"}, 2, "wallboard.example.yaml"},
		{[]string{"config", "check", "--config", "wallboard.example.yaml"}, 0, "ok, 1 sources and 1 boards"},
		{[]string{"config", "check", "--config", bad}, 2, "bad.yaml:3: sources[0].vendor"},
		{[]string{"config"}, 2, "config check"},
		{[]string{"nonsense"}, 2, "nonsense"},
	} {
		var out bytes.Buffer
		if code := run(context.Background(), tc.args, none, &out, &out); code != tc.code || !strings.Contains(out.String(), tc.want) {
			t.Errorf("%q: exit %d, %s", tc.args, code, out.String())
		}
	}
}
