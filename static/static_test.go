package static

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

func get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestHandler(t *testing.T) {
	for name, contentType := range map[string]string{
		"board.css": "text/css; charset=utf-8", "board.js": "text/javascript; charset=utf-8", "screen.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
		"inter-400.woff2": "font/woff2",
	} {
		url := URL(name)
		if !regexp.MustCompile(`^/static/[a-z0-9-]+\.[0-9a-f]{16}\.[a-z0-9]+$`).MatchString(url) {
			t.Errorf("URL(%q) = %q has no hash", name, url)
		}
		w := get(url)
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want = fontURL.ReplaceAllFunc(want, func(m []byte) []byte { return []byte("url(" + URL(string(m[4:len(m)-1])) + ")") })
		if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), want) {
			t.Errorf("GET %s = %d, %d bytes, want the file's %d", url, w.Code, w.Body.Len(), len(want))
		}
		if got := w.Header().Get("Content-Type"); got != contentType {
			t.Errorf("Content-Type of %s = %q, want %q", url, got, contentType)
		}
		if got, want := w.Header().Get("Cache-Control"), "public, max-age=31536000, immutable"; got != want {
			t.Errorf("Cache-Control of %s = %q, want %q", url, got, want)
		}
	}
}

// TestFonts: the style sheet names every font that there is by its URL, so that a new font
// is a new style sheet; and together they are small.
func TestFonts(t *testing.T) {
	sheet, size := string(byName["board.css"].body), 0
	for name, f := range byName {
		if strings.HasSuffix(name, ".woff2") {
			size += len(f.body)
			if !strings.Contains(sheet, "url("+f.url+")") {
				t.Errorf("the style sheet does not name %s", f.url)
			}
		}
	}
	if size == 0 || size > 80<<10 {
		t.Errorf("the fonts have %d bytes", size)
	}
}

// TestUnknownIsNotKept: a browser that asks an old server for a new file must ask again.
func TestUnknownIsNotKept(t *testing.T) {
	for _, path := range []string{"/static/board.css", "/static/", "/static/board.0000000000000000.css", "/static/static.go", "/static/../static.go"} {
		w := get(path)
		if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s = %d with Cache-Control %q, want 404 and no-store", path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
}

// TestVersion: pages and frames name the release by it, so every file has to be in it.
func TestVersion(t *testing.T) {
	if !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(Version()) {
		t.Errorf("the version is %q", Version())
	}
}

func TestURLPanicsOnUnknown(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("URL of an unknown file does not panic")
		}
	}()
	URL("nothing.css")
}

var (
	comment = regexp.MustCompile(`(?m)//.*$|/\*(?s:.*?)\*/`)
	quoted  = regexp.MustCompile(`'[^'\n]*'`)
	// newer are words and signs that browsers of 2016 do not parse or do not have.
	newer = regexp.MustCompile("\\b(let|const|class|async|await|of|import|export)\\b|=>|`|\\?\\.|\\?\\?|\\.\\.\\.|\\*\\*|\\b(Promise|fetch|Map|Set|Symbol|Object\\.assign|Array\\.from)\\b|\\.(includes|closest|append|forEach|remove|padStart)\\(|,\\s*[)\\]}]")
	// newerStyle is what the style sheet's oldest browser lacks.
	newerStyle = regexp.MustCompile(`clamp\(|\bmin\(|\bmax\(|\binset:|[^-]aspect-ratio:|:has\(|:is\(|:where\(|(^|[\s;{])(row-|column-)?gap:|display: grid|@layer|@container|url\(`)
)

// findNewer returns the first thing in a script that is newer than ES5, or "".
func findNewer(script string) string {
	return newer.FindString(comment.ReplaceAllString(quoted.ReplaceAllString(script, "''"), ""))
}

func TestScriptIsES5(t *testing.T) {
	for _, name := range []string{"board.js", "screen.js"} {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := findNewer(string(body)); got != "" {
			t.Errorf("%s has %q", name, got)
		}
	}
	for _, script := range []string{"let a = 1;", "f(() => 1);", "var a = `b`;", "a?.b", "f(a, );", "for (var a of b) {}", "fetch('/')"} {
		if findNewer(script) == "" {
			t.Errorf("the check does not see what is new in %q", script)
		}
	}
}

func TestStyleSheetKeepsToOldBrowsers(t *testing.T) {
	body, err := os.ReadFile("board.css")
	if err != nil {
		t.Fatal(err)
	}
	text := fontURL.ReplaceAllString(comment.ReplaceAllString(string(body), ""), "")
	if got := newerStyle.FindString(text); got != "" {
		t.Errorf("board.css has %q", got)
	}
}
