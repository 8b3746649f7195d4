package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUnknown: mistyped keys, an unset variable and wrong values are told in one round, each with
// its line, and nothing that only follows from them.
func TestUnknown(t *testing.T) {
	text := strings.NewReplacer("listen: 127", "lisen: 127", "time_zone: Europe", "time-zone: Europe", "${TOKEN}", "${NO_TOKEN}", "sources:\n  - name: twilio-eu", "source:\n  - nmae: twilio-eu",
		"window: today", "window: week", "formula: against", "colour: red").Replace(whole)
	_, err := Parse("w.yaml", []byte(text), env)
	if err == nil {
		t.Fatal("no error")
	}
	top := "listen, public_url, data_dir, time_zone, day_start, access, tls, policies, retention, sources, queues, boards, forward"
	want := []string{
		"w.yaml:12: the environment variable NO_TOKEN is not set; set it, or write the value here",
		"w.yaml:1: lisen: is an unknown key; did you mean listen? Known here are " + top,
		"w.yaml:4: time-zone: is an unknown key; did you mean time_zone? Known here are " + top,
		"w.yaml:9: source: is an unknown key; did you mean sources? Known here are " + top,
		"w.yaml:10: sources[0].nmae: is an unknown key; did you mean name? Known here are name, vendor, auth, queues, agents, policies, activities, rate",
		"w.yaml:25: boards[0].service_level.colour: is an unknown key; known here are formula",
		"w.yaml:24: boards[0].window: is not one of last_30m, last_hour, today",
	}
	if d := cmp.Diff(want, strings.Split(err.Error(), "\n")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestUnknownIsNoOther: a mistyped key beside the right one, below an anchor or a merge, of another kind
// or without end is told, and changes nothing.
func TestUnknownIsNoOther(t *testing.T) {
	for old, tc := range map[string]struct{ new, want string }{
		"data_dir: ./data":           {"data_dir: ./data\ndatadir: /tmp", "w.yaml:4: datadir: is an unknown key; did you mean data_dir?"},
		"access: {mode: required}":   {"access: &a {mode: required, mod: open}", "w.yaml:6: access.mod: is an unknown key; did you mean mode?"},
		"retention: {days: 400":      {"retention: {<<: {day: 400}", "w.yaml:8: retention.day: is an unknown key; did you mean days?"},
		"day_start: \"06:30\"":       {"1: x", "w.yaml:5: 1: is an unknown key; known here are listen"},
		"queues: [Billing, Orders]":  {"queues: [Billing]\n    \"a\\nb\": x", `w.yaml:24: boards[0]."a\nb": is an unknown key; known here`},
		"thresholds: {abandon_rate:": {"thresholds: {abandon_rate: {warm: 1}, waiting:", "boards[0].thresholds.abandon_rate.warm: is an unknown key; did you mean warn?"},
		"time_zone: Europe/Paris":    {strings.Repeat("a", 2000) + ": x", "is an unknown key; known here are listen"},
	} {
		text := strings.Replace(whole, old, tc.new, 1)
		_, err := Parse("w.yaml", []byte(text), env)
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") && !strings.Contains(err.Error(), "abandon_rate.warm") {
			t.Errorf("%.60s: got %v, want %q alone", tc.new, err, tc.want)
		}
		if err != nil && len(err.Error()) > 2000 {
			t.Errorf("%.60s: the error has %d bytes", tc.new, len(err.Error()))
		}
	}
	var many strings.Builder
	for range maxUnknown + 1 {
		many.WriteString("  - {no: x}\n")
	}
	_, err := Parse("w.yaml", []byte("retention: {no: 1}\nboards:\n"+many.String()), env)
	if err == nil || strings.Count(err.Error(), "unknown key") != maxUnknown {
		t.Errorf("%d unknown keys are told", strings.Count(err.Error(), "unknown key"))
	}
}

// TestNearest: one slip for every four letters.
func TestNearest(t *testing.T) {
	names := []string{"name", "vendor", "auth", "secret", "service_level", "alert_clear", "tls"}
	for key, want := range map[string]string{
		"nam": "name", "nmae": "name", "Name": "name", "NAMES": "name", "mode": "", "vednor": "vendor", "vendors": "vendor", "serviceLevel": "service_level",
		"alert-clear": "alert_clear", "secert": "secret", "ssl": "", "port": "", "": "", "x": "", strings.Repeat("name", 100): "",
	} {
		if got := nearest(key, names); got != want {
			t.Errorf("%q: got %q, want %q", key, got, want)
		}
	}
}
