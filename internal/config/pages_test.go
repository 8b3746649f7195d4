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
			forwards := strings.Contains(b, "forward:")
			if !strings.Contains(b, "listen:") && !forwards {
				b = rest + b
			}
			c, err := Parse(name, []byte(b), secret)
			if err != nil {
				t.Errorf("%s, block %d: %v", name, i+1, err)
				continue
			}
			want := strings.TrimSuffix(name, ".md")
			if forwards {
				if len(c.Forward) != 1 || c.Forward[0].Vendor != want || !c.ForwardsOnly() {
					t.Errorf("%s, block %d, forwards %+v", name, i+1, c.Forward)
				}
				continue
			}
			if c.Sources[0].Vendor != want {
				t.Errorf("%s, block %d, sets up %s", name, i+1, c.Sources[0].Vendor)
			}
		}
	}
}

// TestAccessPage: what the page of who may look says to write is accepted.
func TestAccessPage(t *testing.T) {
	b, err := os.ReadFile("../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range block.FindAllStringSubmatch(string(b), -1) {
		if m[2] != "yaml" {
			continue
		}
		found++
		if _, err := Parse("access.md", []byte(m[3]), func(string) (string, bool) { return "dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdA==", true }); err != nil {
			t.Errorf("block %d: %v", found, err)
		}
	}
	if found < 3 {
		t.Errorf("%d blocks of settings", found)
	}
}

// TestAccessRefused: what is wrong in these sections is told by its field.
func TestAccessRefused(t *testing.T) {
	const rest = "listen: 127.0.0.1:8080\ndata_dir: ./data\nsources: [{name: lab, vendor: cloudevents, auth: {scheme: none}}]\n"
	const oidc = "issuer: https://login.example.com, client_id: w, client_secret: s, roles: {staff: viewer}"
	for settings, want := range map[string]string{
		"access: {hosts: ['a:80']}":              "access.hosts[0]:",
		"access: {hosts: ['*.example.com']}":     "access.hosts[0]:",
		"access: {trusted_proxies: [proxy]}":     "access.trusted_proxies[0]:",
		"access: {trusted_proxies: [0.0.0.0/0]}": "access.trusted_proxies[0]:",
		"access: {oidc: {" + oidc + "}}":         "public_url",
		"public_url: https://w.example.com\naccess: {oidc: {" + strings.Replace(oidc, "https", "http", 1) + "}}":          "access.oidc.issuer:",
		"public_url: https://w.example.com\naccess: {oidc: {" + strings.Replace(oidc, "viewer", "owner", 1) + "}}":        "access.oidc.roles:",
		"public_url: https://w.example.com\naccess: {oidc: {" + strings.Replace(oidc, ", client_secret: s", "", 1) + "}}": "access.oidc.client_secret:",
		"tls: {certificate: a.pem}":                                  "tls:",
		"boards: [{name: a, embed: ['https://a.example.com/path']}]": "boards[0].embed[0]:",
		"boards: [{name: a, embed: ['*']}]":                          "boards[0].embed[0]:",
		"boards: [{name: a, embed: [\"https://a.example.com; x\"]}]": "boards[0].embed[0]:",
	} {
		if _, err := Parse("w.yaml", []byte(rest+settings), os.LookupEnv); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", settings, err, want)
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
