package config

import (
	"fmt"
	"strings"
	"testing"
)

// documented is the settings file of the documentation, with a vendor that is there.
const documented = `listen: 127.0.0.1:8080
public_url: https://wallboard.example.com
data_dir: ./data
time_zone: Europe/Paris
day_start: "00:00"
access: {mode: required}
policies: {ended_by_system: separate}
retention: {days: 400, raw_days: 14}
sources:
  - name: twilio-eu
    vendor: twilio
    auth: {scheme: twilio, secret: "${TOKEN}"}
    queues: {"WQ01": "Billing"}
  - name: lab
    vendor: cloudevents
    auth: {scheme: none}
queues:
  Billing: {service_level_seconds: 20}
boards:
  - name: support
    title: Customer support
    queues: [Billing, Orders]
    window: today
    time_zone: Europe/Paris
    service_level: {formula: against}
    thresholds: {abandon_rate: {warn: 0.05, alert: 0.1, clear: 0.04, minimum: 20}}
`

// TestDocumentedValues: each value that is documented is accepted, and another is refused
// with file, line and field.
func TestDocumentedValues(t *testing.T) {
	if _, err := Parse("w.yaml", []byte(documented), env); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		old, form string // form has the value as %s
		values    []string
		at        string
	}{
		{"ended_by_system: separate", "left_in_menu: %s", []string{"separate", "abandoned"}, "w.yaml:7: policies.left_in_menu: "},
		{"ended_by_system: separate", "ended_by_system: %s", []string{"separate", "abandoned"}, "w.yaml:7: policies.ended_by_system: "},
		{"ended_by_system: separate", "unknown_party: %s", []string{"customer", "system"}, "w.yaml:7: policies.unknown_party: "},
		{"ended_by_system: separate", "warm_transfer: %s", []string{"first_agent_holds", "waiting"}, "w.yaml:7: policies.warm_transfer: "},
		{"ended_by_system: separate", "rerouted_after_accept: %s", []string{"answered", "waiting"}, "w.yaml:7: policies.rerouted_after_accept: "},
		{"ended_by_system: separate", "inactivity_close: %s", []string{"customer", "system"}, "w.yaml:7: policies.inactivity_close: "},
		{"ended_by_system: separate", "lost_track_after: {voice: %s}", []string{"4h", "90m"}, "w.yaml:7: policies.lost_track_after.voice: "},
		{"ended_by_system: separate", "lost_track_after: {messaging: %s}", []string{"72h"}, "w.yaml:7: policies.lost_track_after.messaging: "},
		{"ended_by_system: separate", "short_abandon_seconds: %s", []string{"0", "5"}, "w.yaml:7"},
		{"mode: required", "mode: %s", []string{"required", "open"}, "w.yaml:6: access.mode: "},
		{"time_zone: Europe/Paris\nday", "time_zone: %s\nday", []string{"UTC", "America/New_York"}, "w.yaml:4: time_zone: "},
		{`day_start: "00:00"`, `day_start: "%s"`, []string{"23:59", "06:00"}, "w.yaml:5: day_start: "},
		{"window: today", "window: %s", []string{"today", "last_30m", "last_hour"}, "w.yaml:23: boards[0].window: "},
		{"formula: against", "formula: %s", []string{"against", "ignore", "positive", "answered_only"}, "w.yaml:25: boards[0].service_level.formula: "},
		{"queues: [Billing, Orders]", "channels: [%s]", []string{"voice", "messaging"}, "w.yaml:22: boards[0].channels[0]: "},
		{"queues: [Billing, Orders]", "sources: [%s]", []string{"twilio-eu", "lab"}, "w.yaml:22: boards[0].sources[0]: "},
		{`queues: {"WQ01": "Billing"}`, "activities: {Lunch: %s}", []string{"available", "busy", "wrap_up", "away", "offline"}, "w.yaml:13: sources[0].activities.Lunch: "},
		{`queues: {"WQ01": "Billing"}`, "rate: {per_second: %s}", []string{"0.1", "50", "100000"}, "w.yaml:13"},
		{`queues: {"WQ01": "Billing"}`, "rate: {per_second: 5, burst: %s}", []string{"1", "1000000"}, "w.yaml:13"},
		{"scheme: none", "scheme: %s", []string{"none"}, "w.yaml:16: sources[1].auth.scheme: "},
	} {
		parse := func(value string) error {
			text := strings.Replace(documented, tc.old, fmt.Sprintf(tc.form, value), 1)
			if text == documented && !strings.Contains(tc.old, value) {
				t.Fatalf("%q is not in the file", tc.old)
			}
			_, err := Parse("w.yaml", []byte(text), env)
			return err
		}
		for _, v := range tc.values {
			if err := parse(v); err != nil {
				t.Errorf("%s: %v", fmt.Sprintf(tc.form, v), err)
			}
		}
		for _, v := range []string{"impossible", "-7", "[]"} {
			if err := parse(v); err == nil || v == "impossible" && !strings.Contains(err.Error(), tc.at) {
				t.Errorf("%s: got %v, want %q", fmt.Sprintf(tc.form, v), err, tc.at)
			}
		}
	}
}

// TestLimits: lists and maps are accepted at their limit, and refused beyond it.
func TestLimits(t *testing.T) {
	many := func(n int, form, between string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteString(between)
			}
			fmt.Fprintf(&b, form, i)
		}
		return b.String()
	}
	lab := "{name: lab, vendor: cloudevents, auth: {scheme: none}%s}"
	file := func(sources, rest string) string {
		return "listen: 127.0.0.1:0\ndata_dir: d\nsources: [" + sources + "]\n" + rest
	}
	one := fmt.Sprintf(lab, "")
	for _, tc := range []struct {
		name string
		most int
		text func(n int) string
		want string
	}{
		{"sources", maxSources, func(n int) string {
			return file(many(n, "{name: s%d, vendor: cloudevents, auth: {scheme: none}}", ", "), "")
		}, "w.yaml:3: sources: has"},
		{"boards", maxBoards, func(n int) string { return file(one, "boards: ["+many(n, "{name: b%d}", ", ")+"]\n") }, "w.yaml:4: boards: has"},
		{"queues", maxNames, func(n int) string { return file(one, "queues: {"+many(n, "q%d: {}", ", ")+"}\n") }, "w.yaml:4: queues: has"},
		{"source's queues", maxNames, func(n int) string {
			return file(fmt.Sprintf(lab, ", queues: {"+many(n, "q%d: n", ", ")+"}"), "")
		}, "w.yaml:3: sources[0].queues: has"},
		{"secrets", maxSecrets, func(n int) string {
			return file("{name: lab, vendor: cloudevents, auth: {scheme: header, header: X-Key, secrets: ["+many(n, "test-secret-%d", ", ")+"]}}", "")
		}, "w.yaml:3: sources[0].auth.secrets: has"},
		{"board's queues", maxFilter, func(n int) string {
			return file(one, "boards: [{name: b, queues: ["+many(n, "q%d", ", ")+"]}]\n")
		}, "w.yaml:4: boards[0].queues: has"},
		{"title", maxText, func(n int) string {
			return file(one, "boards: [{name: b, title: "+strings.Repeat("t", n)+"}]\n")
		}, "w.yaml:4: boards[0].title: has a text"},
		{"file", maxFile, func(n int) string { text := file(one, "#"); return text + strings.Repeat("x", n-len(text)) }, "w.yaml: is larger"},
	} {
		if _, err := Parse("w.yaml", []byte(tc.text(tc.most)), env); err != nil {
			t.Errorf("%s at the limit: %v", tc.name, err)
		}
		if _, err := Parse("w.yaml", []byte(tc.text(tc.most+1)), env); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s beyond the limit: %v, want %q", tc.name, err, tc.want)
		}
	}
}
