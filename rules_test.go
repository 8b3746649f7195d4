package main

import (
	"bytes"
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/wallboard/wallboard"

// mayImport says which of our packages each may import; a trailing /... takes in
// what is below.
var mayImport = map[string][]string{
	"internal/interaction": {},
	"internal/classify":    {"internal/interaction"},
	"internal/board":       {},
	"internal/wallboard":   {"internal/classify", "internal/board", "internal/interaction"},
	"internal/source":      {"internal/interaction"},
	"internal/sqlite":      {},
	// It lies below SQLite in tests that cut the power, and links only where the driver is.
	"internal/sqlite/powercut": {},
	"internal/journal":         {"internal/interaction", "internal/sqlite", "internal/measure"},
	"internal/history":         {"internal/wallboard", "internal/board", "internal/journal", "internal/sqlite", "internal/interaction"},
	"internal/access":          {"internal/sqlite"},
	"internal/intake":          {"internal/source", "internal/journal", "internal/interaction", "internal/measure"},
	"internal/shelf":           {"internal/board", "internal/config", "internal/sqlite"},
	"internal/measure":         {},
	"internal/metrics":         {"internal/intake", "internal/journal", "internal/measure", "internal/wallboard", "web"},
	"internal/simulate":        {"internal/interaction"},
	"internal/replay":          {"internal/simulate"},
	"internal/forward":         {},
	"internal/config":          {"internal/board", "internal/classify", "internal/interaction", "internal/source", "internal/source/vendors"},
	"views":                    {},
	"static":                   {},
	"web": {
		"internal/intake", "internal/journal", "internal/source", "internal/wallboard", "internal/board",
		"internal/interaction", "internal/history", "internal/classify", "internal/access", "views", "static",
	},
	"e2e": {},
}

// home says where a third-party package may be imported: in a folder or a file.
var home = map[string][]string{
	"github.com/gorilla/websocket": {"web", "main_test.go", "e2e"},
	"github.com/mattn/go-sqlite3":  {"internal/sqlite"},
	"github.com/pressly/goose/v3":  {"internal/sqlite"},
	"github.com/a-h/templ":         {"views", "web"},
	"github.com/goccy/go-yaml":     {"internal/config"},
	"github.com/alecthomas/kong":   {"."},
	"github.com/chromedp/chromedp": {"e2e"},
	"github.com/chromedp/cdproto":  {"e2e"},
	"encoding/json":                {}, // go-json-experiment/json refuses what this one lets pass
	"database/sql":                 {"internal/sqlite", "internal/journal", "internal/history", "internal/access", "internal/shelf"},
	"C":                            {"internal/sqlite/powercut"},
	"github.com/golang-jwt/jwt/v5": {"internal/source/dialpad", "internal/source/salesforce", "e2e"},
	"github.com/standard-webhooks/standard-webhooks/libraries/go": {"internal/source", "internal/forward"},

	"github.com/santhosh-tekuri/jsonschema/v6": {"internal/source/cloudevents"}, // its test
	"github.com/prometheus/client_golang":      {"internal/metrics"},
	"github.com/alexedwards/argon2id":          {"internal/access"},
	"github.com/coreos/go-oidc/v3":             {"internal/access"},
	"golang.org/x/oauth2":                      {"internal/access"},
	"rsc.io/qr":                                {"web"},
	"golang.org/x/time":                        {"internal/intake", "web"},
	"github.com/nicksnyder/go-i18n/v2":         {"views"},
	"github.com/BurntSushi/toml":               {"views"},
	"golang.org/x/text":                        {"views"},
}

// goFiles are the repository's Go files by package folder, generated ones included.
func goFiles(t *testing.T) map[string][]string {
	t.Helper()
	files := make(map[string][]string)
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "tools" || d.Name() == "node_modules" || path != "." && strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go"):
			files[filepath.ToSlash(filepath.Dir(path))] = append(files[filepath.ToSlash(filepath.Dir(path))], path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestImports holds the direction of imports, and the homes of other people's packages.
func TestImports(t *testing.T) {
	for dir, files := range goFiles(t) {
		for _, f := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			test := strings.HasSuffix(f, "_test.go")
			for _, i := range parsed.Imports {
				path := strings.Trim(i.Path.Value, `"`)
				if ours, ok := strings.CutPrefix(path, module+"/"); ok {
					allowed, known := mayImport[dir]
					if strings.HasPrefix(dir, "internal/source/") {
						allowed, known = []string{"internal/source", "internal/source/eventbridge", "internal/interaction"}, dir != "internal/source/vendors"
					}
					if !known && dir != "." && dir != "internal/source/vendors" {
						t.Errorf("%s: say in mayImport what %s may import", f, dir)
					}
					if known && !test && !slices.Contains(allowed, ours) {
						t.Errorf("%s imports %s", f, ours)
					}
					continue
				}
				for name, homes := range home {
					if (path == name || strings.HasPrefix(path, name+"/")) && !slices.Contains(homes, dir) && !slices.Contains(homes, f) {
						t.Errorf("%s imports %s, which is at home in %q only", f, path, homes)
					}
				}
				if dir == "internal/interaction" && !test && strings.Contains(path, ".") {
					t.Errorf("%s imports %s; the vocabulary has the standard library only", f, path)
				}
			}
		}
	}
}

// TestPackageDocs: every package says what it is.
func TestPackageDocs(t *testing.T) {
	for dir, files := range goFiles(t) {
		documented := false
		for _, f := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ParseComments|parser.PackageClauseOnly)
			if err != nil {
				t.Fatal(err)
			}
			documented = documented || parsed.Doc != nil && len(parsed.Doc.Text()) > 60
		}
		if !documented {
			t.Errorf("%s has no package doc", dir)
		}
	}
}

// TestGenerated: the generated files are those that the templates make.
func TestGenerated(t *testing.T) {
	dir := t.TempDir()
	names, err := filepath.Glob("views/*.templ")
	if err != nil || len(names) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, "views"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("go", "tool", "templ", "generate", "-path", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range names {
		made := strings.TrimSuffix(name, ".templ") + "_templ.go"
		want, err := os.ReadFile(filepath.Join(dir, made))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(stripNames(want), stripNames(got)) {
			t.Errorf("%s is not fresh: go tool templ generate", made)
		}
	}
}

// stripNames takes the lines out that name the template's path, which depends on where
// the generator ran.
func stripNames(b []byte) []byte {
	var out [][]byte
	for l := range bytes.Lines(b) {
		if i := bytes.Index(l, []byte("FileName: `")); i >= 0 {
			j := bytes.IndexByte(l[i+11:], '`')
			l = append(append([]byte(nil), l[:i]...), l[i+11+j+1:]...)
		}
		out = append(out, l)
	}
	return bytes.Join(out, nil)
}

// maxLines is where a file surely has a seam. Generated files may be longer.
const maxLines = 600

var (
	condition = regexp.MustCompile(`(?i)\bTODO\b.*\b(when|once|as soon as|after|until)\b`)
	todo      = regexp.MustCompile(`\bTODO\b`)
	// elsewhere are words of the machines and places where the code was written; the
	// project speaks of itself alone.
	elsewhere = regexp.MustCompile(`(^|[^\w.])/(root|home|Users|work)/\w|C:\\Users|\b(FIXME|XXX)\b`)
)

// TestText: no file is too long, a TODO carries its condition, and nothing speaks of the
// place where it was written.
func TestText(t *testing.T) {
	out, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatalf("the list of files: %v", err)
	}
	for name := range strings.Lines(string(out)) {
		name = strings.TrimSpace(name)
		switch filepath.Ext(name) {
		case ".go", ".templ", ".js", ".css", ".sql", ".md", ".yaml", "":
		default:
			continue
		}
		b, err := os.ReadFile(name)
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted, and not committed yet
			continue
		case err != nil:
			t.Fatal(err)
		case name == "rules_test.go" || strings.HasSuffix(name, "_templ.go") || strings.Contains(name, "testdata/"):
			continue
		}
		if n := bytes.Count(b, []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines; look for its seam", name, n)
		}
		n := 0
		for l := range bytes.Lines(b) {
			n++
			if todo.Match(l) && !condition.Match(l) {
				t.Errorf("%s:%d: a TODO says when it is to be done", name, n)
			}
			if word := elsewhere.Find(l); word != nil {
				t.Errorf("%s:%d: has %q", name, n, word)
			}
		}
	}
}
