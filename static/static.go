// Package static holds what pages load: style sheets, scripts, fonts and the
// icon, embedded in the binary. Their URLs carry a hash of their content, so
// that browsers may keep them for ever and a new release is never mixed with an
// old one.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Prefix is the path below which Handler answers.
const Prefix = "/static/"

//go:embed *.css *.js *.svg *.woff2
var files embed.FS

type file struct {
	name, url string
	body      []byte
}

var byName, byURL = load()

func load() (byName, byURL map[string]*file) {
	byName, byURL = make(map[string]*file), make(map[string]*file)
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		panic(err) // The binary embeds its own folder.
	}
	// Style sheets come last, because they name fonts by their URLs.
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return sheetLast(a) - sheetLast(b) })
	for _, e := range entries {
		body, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		ext := path.Ext(e.Name())
		if ext == ".css" {
			body = fontURL.ReplaceAllFunc(body, func(m []byte) []byte {
				return []byte("url(" + byName[string(m[len("url("):len(m)-1])].url + ")")
			})
		}
		sum := sha256.Sum256(body)
		f := &file{name: e.Name(), body: body}
		f.url = Prefix + strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:8]) + ext
		byName[f.name], byURL[f.url] = f, f
	}
	return byName, byURL
}

// fontURL is how a style sheet names a font, which must be there.
var fontURL = regexp.MustCompile(`url\([a-z0-9-]+\.woff2\)`)

func sheetLast(e fs.DirEntry) int {
	if path.Ext(e.Name()) == ".css" {
		return 1
	}
	return 0
}

// URL returns the path under which Handler serves the named file. It panics
// when there is no such file, because only this repository's code names them.
func URL(name string) string {
	f, ok := byName[name]
	if !ok {
		panic(fmt.Sprintf("static: no file %q", name))
	}
	return f.url
}

// Version names all files' contents together: a page of another version is of another release.
func Version() string { return version }

var version = func() string {
	h := sha256.New()
	for _, url := range slices.Sorted(maps.Keys(byURL)) {
		h.Write([]byte(url + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}()

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",

	".woff2": "font/woff2",
}

// Handler serves the files under their full paths, and nothing else. What it
// serves may be kept for ever; what it does not find must not be kept.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := byURL[r.URL.Path]
		if !ok {
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		h := w.Header()
		h.Set("Content-Type", contentTypes[path.Ext(f.name)])
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.body))
	})
}
