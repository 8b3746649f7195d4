package views

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The catalogues: one file for each of Locales, with the same keys.
//
//go:embed locales/*.toml
var catalogues embed.FS

// tongue is one language: its texts, and how it writes numbers and times. Texts are found by
// their key in the catalogues. The zero value is not of use; tongueOf gives one.
type tongue struct {
	locale string
	texts  map[string]string
	plural *i18n.Localizer
}

var tongues = load()

// load reads the catalogues once. That all have the same keys is tested, and so they need
// not fall back on each other.
func load() map[string]*tongue {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	all := make(map[string]*tongue)
	for _, locale := range Locales {
		file, err := bundle.LoadMessageFileFS(catalogues, "locales/"+locale+".toml")
		if err != nil {
			panic(err) // The binary embeds its own catalogues.
		}
		t := &tongue{locale: locale, texts: make(map[string]string), plural: i18n.NewLocalizer(bundle, locale)}
		for _, m := range file.Messages {
			t.texts[m.ID] = m.Other
		}
		all[locale] = t
	}
	return all
}

// tongueOf is the language of a locale, the default one if it is none of Locales.
func tongueOf(locale string) *tongue {
	if t, ok := tongues[locale]; ok {
		return t
	}
	return tongues[Locales[0]]
}

// say is the text of a key. Pairs are names of what stands in braces, and what to put there.
func (t *tongue) say(key string, pairs ...string) string {
	text := t.texts[key]
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// sayOf is say with the form of the text that goes with a count, which stands as {n}.
func (t *tongue) sayOf(key string, n int64) string {
	text, err := t.plural.Localize(&i18n.LocalizeConfig{MessageID: key, PluralCount: n})
	if err != nil {
		text = t.texts[key]
	}
	return strings.ReplaceAll(text, "{n}", t.count(n))
}

// count writes a count, from five digits on with what the language puts between thousands.
func (t *tongue) count(n int64) string {
	s := strconv.FormatInt(n, 10)
	if n < 10_000 {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + t.texts["number.group"] + s[i:]
	}
	return s
}

// percent writes a ratio as a percentage of so many digits; nil and what is no number are "–".
func (t *tongue) percent(ratio *float64, digits int) string {
	s := percentDigits(ratio, digits)
	if s == Unknown {
		return s
	}
	return t.say("number.percent", "n", strings.Replace(s, ".", t.texts["number.decimal"], 1))
}

// duration is FormatDuration in the language.
func (t *tongue) duration(d *time.Duration) string {
	if d == nil || *d < 10*time.Hour {
		return FormatDuration(d)
	}
	minutes := int64(*d / time.Minute)
	return t.say("duration.hours", "h", strconv.FormatInt(minutes/60, 10), "m", fmt.Sprintf("%02d", minutes%60))
}

// age writes how long ago something was, coarser as it grows: "3 s ago", "5 min ago",
// "2 h ago", "3 d ago"; nil is "–".
func (t *tongue) age(d *time.Duration) string {
	if d == nil {
		return Unknown
	}
	s := max(int64(*d/time.Second), 0)
	unit, n := "days", s/86400
	switch {
	case s < 60:
		unit, n = "seconds", s
	case s < 3600:
		unit, n = "minutes", s/60
	case s < 48*3600:
		unit, n = "hours", s/3600
	}
	return t.say("age."+unit, "n", strconv.FormatInt(n, 10))
}

// moment writes a time of day, and the day too where it was another one than at's.
func (t *tongue) moment(when, at time.Time) string {
	clock := when.Format("15:04")
	if when.YearDay() == at.YearDay() && when.Year() == at.Year() {
		return clock
	}
	months := strings.Fields(t.texts["alarm.months"])
	return t.say("alarm.date", "day", strconv.Itoa(when.Day()), "month", months[when.Month()-1], "t", clock)
}
