// Package static has the embedded stylesheet and script, under URLs that carry
// a hash of the content and may be cached for ever.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
)

//go:embed board.css board.js
var files embed.FS

// prefix is where Handler is mounted.
const prefix = "/static/"

var byURL, byName = index()

func index() (map[string][]byte, map[string]string) {
	urls, names := make(map[string][]byte), make(map[string]string)
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the embedded folder is part of the program
	}
	for _, e := range entries {
		b, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(b)
		ext := path.Ext(e.Name())
		u := prefix + strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		urls[u], names[e.Name()] = b, u
	}
	return urls, names
}

// URL is where a file is served; it panics for a name that is not embedded.
func URL(name string) string {
	u, ok := byName[name]
	if !ok {
		panic("static: no file " + name)
	}
	return u
}

// Handler serves the files under /static/.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, ok := byURL[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}[path.Ext(r.URL.Path)])
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Write(b)
	})
}
