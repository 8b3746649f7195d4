package views

import (
	"io/fs"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

var brace = regexp.MustCompile(`\{[a-z]+\}`)

// keys are a catalogue's texts by key, forms of a plural among them.
func keys(t *testing.T, locale string) map[string]string {
	t.Helper()
	body, err := fs.ReadFile(catalogues, "locales/"+locale+".toml")
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := toml.Unmarshal(body, &tree); err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	var walk func(prefix string, v any)
	walk = func(prefix string, v any) {
		switch v := v.(type) {
		case string:
			found[prefix] = v
		case map[string]any:
			for k, below := range v {
				walk(prefix+"."+k, below)
			}
		}
	}
	walk("", tree)
	return found
}

// TestCatalogues: every language has every text, with the same things to be filled in, and
// nothing that nobody asks for.
func TestCatalogues(t *testing.T) {
	plural := regexp.MustCompile(`\.(zero|one|two|few|many)$`)
	wanted := keys(t, Locales[0])
	if len(wanted) < 100 {
		t.Fatalf("the default language has %d texts", len(wanted))
	}
	entries, err := fs.ReadDir(catalogues, "locales")
	if err != nil || len(entries) != len(Locales) {
		t.Errorf("%d catalogues for %q (%v)", len(entries), Locales, err)
	}
	for _, locale := range Locales {
		got := keys(t, locale)
		for key, text := range wanted {
			switch mine, ok := got[key]; {
			case !ok && plural.MatchString(key): // not every language has that form
			case !ok || mine == "":
				t.Errorf("%s has no %s", locale, key)
			case !slices.Equal(braces(text), braces(mine)):
				t.Errorf("%s: %s has %q to be filled in, not %q", locale, key, braces(mine), braces(text))
			}
		}
		for key := range got {
			if _, ok := wanted[key]; !ok && !plural.MatchString(key) {
				t.Errorf("%s has %s, which nothing asks for", locale, key)
			}
		}
	}
}

// braces are the names that a text has filled in, each once, sorted.
func braces(text string) []string {
	found := brace.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestTongues(t *testing.T) {
	long, short := 12*time.Hour+8*time.Minute, 65*time.Second
	at := time.Date(2026, 3, 2, 9, 5, 0, 0, time.UTC)
	for locale, want := range map[string][]string{
		"en": {"12,345,678", "9999", "5.5 %", "12 h 08", "1:05", "1 min ago", "1 count differs from a recount", "12,000 counts differ from a recount", "1 Mar 09:05"},
		"de": {"12.345.678", "9999", "5,5 %", "12 h 08", "1:05", "vor 1 min", "1 Zahl weicht von einer Nachzählung ab", "12.000 Zahlen weichen von einer Nachzählung ab", "1. März 09:05"},
		"fr": {"12\u202f345\u202f678", "9999", "5,5 %", "12 h 08", "1:05", "il y a 1 min", "1 nombre diffère d’un recomptage", "12\u202f000 nombres diffèrent d’un recomptage", "1 mars 09:05"},
		"es": {"12.345.678", "9999", "5,5 %", "12 h 08", "1:05", "hace 1 min", "1 recuento difiere al contar de nuevo", "12.000 recuentos difieren al contar de nuevo", "1 mar. 09:05"},
		"ja": {"12,345,678", "9999", "5.5%", "12時間08分", "1:05", "1分前", "1件が再集計と一致しません", "12,000件が再集計と一致しません", "3月1日 09:05"},
	} {
		l := tongueOf(locale)
		got := []string{
			l.count(12345678), l.count(9999), l.percent(new(.0547), 1), l.duration(&long), l.duration(&short), l.age(&short),
			l.sayOf("audit.differing", 1), l.sayOf("audit.differing", 12000), l.moment(at.AddDate(0, 0, -1), at),
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s writes %q, want %q", locale, got, want)
		}
		if l.percent(nil, 1) != Unknown || l.age(nil) != Unknown || l.duration(nil) != Unknown || l.moment(at, at) != "09:05" {
			t.Errorf("%s writes %q, %q and %q for what is not known", locale, l.percent(nil, 1), l.age(nil), l.duration(nil))
		}
	}
	if tongueOf("xx").locale != "en" {
		t.Error("an unknown language is not English")
	}
}
