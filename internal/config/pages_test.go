package config

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// block is a fenced block of a page; its first group is the indent, the second the language.
var block = regexp.MustCompile("(?ms)^( *)```(yaml|json)\n(.*?)^ *```")

// pages are the vendors' pages, by name, with their blocks of a language, free of indent.
func pages(t *testing.T, language string) map[string][]string {
	t.Helper()
	names, err := filepath.Glob("../../docs/vendors/*.md")
	if err != nil || len(names) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	all := make(map[string][]string)
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		name = filepath.Base(name)
		for _, m := range block.FindAllStringSubmatch(string(b), -1) {
			if m[2] == language {
				all[name] = append(all[name], regexp.MustCompile("(?m)^"+m[1]).ReplaceAllString(m[3], ""))
			}
		}
		if language == "yaml" && len(all[name]) == 0 {
			t.Errorf("%s shows no settings", name)
		}
	}
	return all
}

// TestPagesSettings: what a vendor's page says to write is accepted, given the environment
// and the keys that every settings file has.
func TestPagesSettings(t *testing.T) {
	const rest = "listen: 127.0.0.1:8080\ndata_dir: ./data\n"
	secret := func(string) (string, bool) { return "dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdA==", true }
	for name, blocks := range pages(t, "yaml") {
		for i, b := range blocks {
			if !strings.Contains(b, "listen:") {
				b = rest + b
			}
			c, err := Parse(name, []byte(b), secret)
			if err != nil {
				t.Errorf("%s, block %d: %v", name, i+1, err)
				continue
			}
			if want := strings.TrimSuffix(name, ".md"); c.Sources[0].Vendor != want {
				t.Errorf("%s, block %d, sets up %s", name, i+1, c.Sources[0].Vendor)
			}
		}
	}
}

// TestPagesBodies: every sample body is one that the decoder's own tests read.
func TestPagesBodies(t *testing.T) {
	known := make(map[string]bool)
	for _, pattern := range []string{"*.json", "*/*.json"} {
		names, err := filepath.Glob("../source/*/testdata/" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			known[compact(b)] = true
		}
	}
	found := 0
	for name, blocks := range pages(t, "json") {
		for i, b := range blocks {
			found++
			if !known[compact([]byte(b))] {
				t.Errorf("%s, body %d: is no file of testdata", name, i+1)
			}
		}
	}
	if found == 0 {
		t.Error("no page shows a body")
	}
}

func compact(b []byte) string {
	v := jsontext.Value(bytes.Clone(b))
	if v.Compact() != nil {
		return ""
	}
	return string(v)
}
