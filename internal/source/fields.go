package source

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Fields are the texts of a flat JSON object by their names in small letters, for formats whose
// values are all text and whose names come in any case. Numbers and booleans are as they were
// written; null, objects and arrays are left out.
type Fields map[string]string

// ReadFields reads an object. Of a name that comes in several cases the first in the order of
// bytes counts that says something. It is false for what is no object or has a name twice.
func ReadFields(v jsontext.Value) (Fields, bool) {
	var raw map[string]jsontext.Value
	if v.Kind() != '{' || json.Unmarshal(v, &raw) != nil {
		return nil, false
	}
	f := make(Fields, len(raw))
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if small := strings.ToLower(name); f[small] == "" {
			if s := fieldText(raw[name]); s != "" {
				f[small] = s
			}
		}
	}
	return f, true
}

func fieldText(v jsontext.Value) string {
	switch v.Kind() {
	case '"':
		var s string
		if json.Unmarshal(v, &s) != nil {
			return ""
		}
		return s
	case '0', 't', 'f':
		return string(v)
	}
	return ""
}

// First is the first of the names that has a value.
func (f Fields) First(names ...string) string {
	for _, n := range names {
		if f[n] != "" {
			return f[n]
		}
	}
	return ""
}

// Digest tells one set of fields from another, whatever the order and the case of their names.
func (f Fields) Digest() string {
	h := sha256.New()
	for _, n := range slices.Sorted(maps.Keys(f)) {
		h.Write([]byte(n + "\x00" + f[n] + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
