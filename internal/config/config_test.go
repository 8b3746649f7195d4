package config

import (
	"strings"
	"testing"
	_ "time/tzdata"
)

const whole = `listen: 127.0.0.1:8080
public_url: https://wallboard.example.com
data_dir: ./data
time_zone: Europe/Paris
day_start: "06:30"
access: {mode: required}
policies: {ended_by_system: separate}
retention: {days: 400, raw_days: 14}
sources:
  - name: twilio-eu
    vendor: twilio
    auth: {scheme: twilio, secret: "${TOKEN}"}
    queues: {"WQ01": "Billing"}
    policies: {unknown_party: system}
  - name: lab
    vendor: cloudevents
    auth: {scheme: none}
queues:
  Billing: {service_level_seconds: "${SECONDS}"}
boards:
  - name: support
    title: Customer support
    queues: [Billing, Orders]
    window: today
    service_level: {formula: against}
    thresholds: {abandon_rate: {warn: 0.05, alert: 0.1, clear: 0.04, minimum: 20}}
`

func env(name string) (string, bool) {
	v, ok := map[string]string{"TOKEN": "test-token", "SECONDS": "30"}[name]
	return v, ok
}

func TestWhole(t *testing.T) {
	c, err := Parse("w.yaml", []byte(whole), env)
	if err != nil {
		t.Fatal(err)
	}
	b := c.Boards[0]
	if c.ServiceLevel("Billing") != 30 || c.ServiceLevel("Orders") != 20 || c.Sources[0].Policies.UnknownParty != "system" ||
		c.Sources[1].Policies.UnknownParty != "customer" || b.Zone.String() != "Europe/Paris" || b.DayStart.Minutes() != 390 ||
		b.Thresholds["abandon_rate"].Clear != 0.04 {
		t.Errorf("got %+v, board %+v", c, b)
	}
}

// TestErrors: each names file, line, field and remedy, and no value of a secret.
func TestErrors(t *testing.T) {
	for _, tc := range []struct{ old, new, want string }{
		{"listen: 127.0.0.1:8080", "lisen: 127.0.0.1:8080", `w.yaml:1: unknown field "lisen"`},
		{"listen: 127.0.0.1:8080", "listen: 8080", "w.yaml:1: listen: is missing or no address"},
		{"data_dir: ./data\n", "", "data_dir: is missing"},
		{"Europe/Paris", "Mars/Base", "w.yaml:4: time_zone: is no time zone"},
		{`"06:30"`, `"25:00"`, "w.yaml:5: day_start:"},
		{"access: {mode: required}", "access: {mode: maybe}", "w.yaml:6: access.mode:"},
		{"ended_by_system: separate", "ended_by_system: no", "w.yaml:7: policies.ended_by_system: is not one of"},
		{"days: 400", "days: 2", "w.yaml:8: retention:"},
		{"name: lab", "name: twilio-eu", "w.yaml:15: sources[1].name: is another source's"},
		{"vendor: twilio\n", "vendor: twillio\n", "w.yaml:11: sources[0].vendor: is not one of"},
		{"${TOKEN}", "${NO_TOKEN}", "w.yaml:12: the environment variable NO_TOKEN is not set"},
		{`secret: "${TOKEN}"`, `secret: ""`, "w.yaml:12: sources[0].auth.secret: is missing"},
		{"public_url: https://wallboard.example.com\n", "", "public_url: is missing; Twilio signs"},
		{"scheme: twilio", "scheme: twilo", "sources[0].auth.scheme: is not one of"},
		{"listen: 127.0.0.1:8080", "listen: 0.0.0.0:8080", "sources[1].auth.scheme: is none, and listen is not"},
		{"window: today", "window: week", "boards[0].window: is not one of"},
		{"formula: against", "formula: best", "boards[0].service_level.formula: is not one of"},
		{"abandon_rate: {warn", "abandon_rat: {warn", "boards[0].thresholds.abandon_rat: is not one of"},
		{"clear: 0.04", "clear: 0.2", "boards[0].thresholds.abandon_rate.clear: is beyond warn"},
		{"${SECONDS}", "soon", "is not a number"},
	} {
		text := strings.Replace(whole, tc.old, tc.new, 1)
		if text == whole {
			t.Fatalf("%q is not in the file", tc.old)
		}
		_, err := Parse("w.yaml", []byte(text), env)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.new, err, tc.want)
			continue
		}
		if strings.Contains(err.Error(), "test-token") {
			t.Errorf("%s: the error tells a secret: %v", tc.new, err)
		}
	}
}

func TestAllBoard(t *testing.T) {
	text, _, _ := strings.Cut(whole, "boards:")
	c, err := Parse("w.yaml", []byte(text), env)
	if err != nil || len(c.Boards) != 1 || c.Boards[0].Name != "all" {
		t.Errorf("got %v %v", c, err)
	}
}
