package salesforce

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
)

// fields are an object's members by their names in small letters.
type fields map[string]value

// value is one member: its text, whether it was told to be empty, and what it was in JSON.
type value struct {
	text string
	null bool
	raw  jsontext.Value
}

// readFields reads a JSON object. ok is false if it is none, or has a name twice.
func readFields(v jsontext.Value) (f fields, ok bool) {
	if v.Kind() != '{' {
		return nil, false
	}
	var members map[string]jsontext.Value
	if json.Unmarshal(v, &members) != nil {
		return nil, false
	}
	f = make(fields, len(members))
	for name, raw := range members {
		var t source.Text
		if t.UnmarshalJSON(raw) != nil {
			return nil, false
		}
		name = strings.ToLower(name)
		if _, twice := f[name]; twice {
			return nil, false
		}
		f[name] = value{text: strings.TrimSpace(string(t)), null: raw.Kind() == 'n', raw: raw}
	}
	return f, true
}

// text is the first of the named members that says something.
func (f fields) text(names ...string) string {
	for _, n := range names {
		if t := f[n].text; t != "" {
			return t
		}
	}
	return ""
}

// word is a text as a value of a picklist: in small letters, without blanks and hyphens.
func (f fields) word(names ...string) string { return word(f.text(names...)) }

var unwritten = strings.NewReplacer(" ", "", "-", "", "_", "")

func word(s string) string { return strings.ToLower(unwritten.Replace(s)) }

// yes reports whether a checkbox is set.
func (f fields) yes(name string) bool { return f.word(name) == "true" || f.text(name) == "1" }

// nulled reports whether a member was told to be empty.
func (f fields) nulled(name string) bool { return f[name].null }

// time is the first of the named members that is a time, in microseconds since the Unix epoch;
// 0 if none is.
func (f fields) time(names ...string) int64 {
	for _, n := range names {
		if at := parseTime(f[n].text); at != 0 {
			return at
		}
	}
	return 0
}

// within is the object in the first of the named members that holds one, as JSON or as a string
// of JSON.
func (f fields) within(names ...string) (jsontext.Value, bool) {
	for _, n := range names {
		v := f[n].raw
		if v.Kind() == '"' {
			v = jsontext.Value(f[n].text)
			if !v.IsValid() {
				continue
			}
		}
		if v.Kind() == '{' {
			return v, true
		}
	}
	return nil, false
}

var timeForms = [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"}

// parseTime reads ISO 8601 in the forms that Salesforce writes, or milliseconds since the epoch.
// 0 is no time, and the year 1970, by which Amazon Connect says never.
func parseTime(s string) int64 {
	if s == "" {
		return 0
	}
	for _, form := range timeForms {
		if at, err := time.Parse(form, s); err == nil {
			if at.UTC().Year() <= 1970 {
				return 0
			}
			return at.UnixMicro()
		}
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 1e11 || n > 1e14 {
		return 0
	}
	return int64(n) * 1000
}
