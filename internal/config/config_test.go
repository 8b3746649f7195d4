package config

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	_ "time/tzdata"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/source"
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

// TestAlertOfZero: an alert of 0 is one, and none is none.
func TestAlertOfZero(t *testing.T) {
	for alert, want := range map[string]bool{"warn: 0, alert: 0": true, "warn: 0": false} {
		c, err := Parse("w.yaml", []byte(strings.Replace(whole, "warn: 0.05, alert: 0.1, clear: 0.04", alert, 1)), env)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Boards[0].Thresholds["abandon_rate"].Alert; (got != nil) != want || want && *got != 0 {
			t.Errorf("{%s}: got %v", alert, got)
		}
	}
}

func TestWhole(t *testing.T) {
	c, err := Parse("w.yaml", []byte(whole), env)
	if err != nil {
		t.Fatal(err)
	}
	b := c.Boards[0]
	if len(c.ServiceLevelSeconds) != 1 || c.ServiceLevelSeconds["Billing"] != 30 || c.Sources[0].Policies.UnknownParty != "system" ||
		c.Sources[1].Policies.UnknownParty != "customer" || b.Zone.String() != "Europe/Paris" || b.DayStart.Minutes() != 390 ||
		b.Thresholds["abandon_rate"].Clear != 0.04 {
		t.Errorf("got %+v, board %+v", c, b)
	}
}

// TestErrors: each names file, line, field and remedy, and no value of a secret.
func TestErrors(t *testing.T) {
	for _, tc := range []struct{ old, new, want string }{
		{"listen: 127.0.0.1:8080", "lisen: 127.0.0.1:8080", `w.yaml:1: lisen: is an unknown key; did you mean listen? Known here are listen, public_url,`},
		{"listen: 127.0.0.1:8080", "listen: 8080", "w.yaml:1: listen: is missing or no address"},
		{"data_dir: ./data\n", "", "data_dir: is missing"},
		{"Europe/Paris", "Mars/Base", "w.yaml:4: time_zone: is no time zone"},
		{`"06:30"`, `"25:00"`, "w.yaml:5: day_start:"},
		{"access: {mode: required}", "access: {mode: maybe}", "w.yaml:6: access.mode:"},
		{"ended_by_system: separate", "ended_by_system: no", "w.yaml:7: policies.ended_by_system: is not one of"},
		{"days: 400", "days: 2", "w.yaml:8: retention.days: is not a whole number from 7"},
		{"raw_days: 14", "raw_days: 401", "w.yaml:8: retention.raw_days: is not a whole number from 0 to 400"},
		{"raw_days: 14", "raw_days: 1.5", "w.yaml:8: retention.raw_days: is not a whole number"},
		{"listen: 127.0.0.1:8080", "listen: 127.0.0.1:99999", "w.yaml:1: listen: is missing or no address"},
		{"listen: 127.0.0.1:8080", "listen: [127.0.0.1", "w.yaml:"},
		{"https://wallboard.example.com", "https://u:test-token@wallboard.example.com", "w.yaml:2: public_url: is not"},
		{"access: {mode: required}", "access: {mode: open, mode: open}", "w.yaml:6"},
		{"ended_by_system: separate", "lost_track_after: {voice: soon}", "w.yaml:7: policies.lost_track_after.voice: is no duration"},
		{"ended_by_system: separate", "lost_track_after: {mail: 4h}", "w.yaml:7: policies.lost_track_after.mail: is neither"},
		{"ended_by_system: separate", "short_abandon_seconds: -1", "w.yaml:7: policies.short_abandon_seconds: is not a whole"},
		{"name: lab", "name: Lab One", "w.yaml:15: sources[1].name: is missing, or not of small letters"},
		{"unknown_party: system", "unknown_party: nobody", "w.yaml:14: sources[0].policies.unknown_party: is not one of"},
		{`queues: {"WQ01": "Billing"}`, "activities: {Lunch: eating}", "w.yaml:13: sources[0].activities.Lunch: is not one of"},
		{`secret: "${TOKEN}"`, `secret: "${TOKEN}", secrets: [a]`, "w.yaml:12: sources[0].auth: has both"},
		{"auth: {scheme: none}", "auth: {scheme: basic, secret: test-token}", "w.yaml:17: sources[1].auth.username: is missing"},
		{"auth: {scheme: none}", "auth: {scheme: header, secret: test-token}", "w.yaml:17: sources[1].auth.header: is missing"},
		{"${SECONDS}", "0", "w.yaml:19: queues.Billing.service_level_seconds: is not a whole number from 1"},
		{"queues: [Billing, Orders]", "sources: [nobody]", "w.yaml:23: boards[0].sources[0]: is no source"},
		{"queues: [Billing, Orders]", "channels: [fax]", "w.yaml:23: boards[0].channels[0]: is neither"},
		{"warn: 0.05", "warn: 5", "w.yaml:26: boards[0].thresholds.abandon_rate.warn: is not between 0 and 1;"},
		{"alert: 0.1", "alert: 0.01", "w.yaml:26: boards[0].thresholds.abandon_rate.alert: is reached before warn"},
		{"minimum: 20", "minimum: .nan", "w.yaml:26: boards[0].thresholds.abandon_rate.minimum: is not a"},
		{"warn: 0.05, alert: 0.1, clear: 0.04, ", "", "w.yaml:26: boards[0].thresholds.abandon_rate: has neither"},
		{"abandon_rate: {warn: 0.05, alert: 0.1, clear: 0.04", "service_level: {alert: 0", "w.yaml:26: boards[0].thresholds.service_level.alert: is never reached"},
		{"abandon_rate: {warn: 0.05, alert: 0.1, clear: 0.04", "service_level: {warn: 0", "w.yaml:26: boards[0].thresholds.service_level.warn: is never reached"},
		{"clear: 0.04", "clear: 0.04, alert_clear: 0.2", "w.yaml:26: boards[0].thresholds.abandon_rate.alert_clear: is beyond alert"},
		{"clear: 0.04", "clear: 0.04, alert_clear: 0.03", "w.yaml:26: boards[0].thresholds.abandon_rate.alert_clear: is beyond clear"},
		{"alert: 0.1, clear: 0.04", "alert_clear: 0.04", "w.yaml:26: boards[0].thresholds.abandon_rate.alert_clear: is where an alert is left"},
		{"minimum: 20", "pending_seconds: 3601", "w.yaml:26: boards[0].thresholds.abandon_rate.pending_seconds: is not a whole number from 0 to 3600"},
		{`auth: {scheme: twilio, secret: "${TOKEN}"}`, `auth: "${TOKEN}"`, "w.yaml:12: "},
		{`{scheme: twilio, secret: "${TOKEN}"}`, `{scheme: "${TOKEN}", secret: "${TOKEN}"}`, "w.yaml:12: sources[0].auth.scheme: is not one of"},
		{"data_dir: ./data", "data_dir: ./data\n\"${TOKEN}\": x", `w.yaml:4: ${TOKEN}: is an unknown key; known here are listen,`},
		{"boards:", "---\nboards:", "w.yaml: holds several documents"},
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
		{"window: today", "tiles: [clock]", "w.yaml:24: boards[0].tiles[0]: is not one of"},
		{"window: today", "tiles: [queues, waiting, queues]", "w.yaml:24: boards[0].tiles[2]: is there already"},
		{"window: today", "tiles: [news]", "boards[0].news: is missing, and tiles has news"},
		{"window: today", "news: Hello", "boards[0].tiles: has no news"},
		{"window: today", "tiles: [news]\n    news: " + strings.Repeat("x", 301), "w.yaml:25: boards[0].news: is longer than 300"},
		{"window: today", "agent_names: all", "w.yaml:24: boards[0].agent_names: is not one of"},
		{"window: today", "tiles: [agent_list]", "boards[0].agent_names: is hidden, and tiles has agent_list"},
		{"window: today", "language: nl", "w.yaml:24: boards[0].language: is not one of"},
		{"clear: 0.04", "clear: 0.2", "boards[0].thresholds.abandon_rate.clear: is beyond warn"},
		{"${SECONDS}", "soon", "w.yaml:19: queues.Billing.service_level_seconds: is not a whole number from 1"},
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

// TestAllErrors: what is wrong is told at once, not one fault per start.
func TestAllErrors(t *testing.T) {
	text := strings.NewReplacer("Europe/Paris", "Mars/Base", "window: today", "window: week", "vendor: cloudevents", "vendor: nobody").Replace(whole)
	_, err := Parse("w.yaml", []byte(text), env)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"w.yaml:4: time_zone", `w.yaml:16: sources[1].vendor: is not one of ["a`, "w.yaml:24: boards[0].window"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

// TestDefaults: the three required settings are enough.
func TestDefaults(t *testing.T) {
	c, err := Parse("w.yaml", []byte("listen: 127.0.0.1:0\ndata_dir: d\nsources: [{name: lab, vendor: cloudevents, auth: {scheme: none}}]\n"), env)
	if err != nil {
		t.Fatal(err)
	}
	if c.TimeZone.String() != "UTC" || c.DayStart != 0 || c.Access.Mode != "required" || c.RetentionDays != 400 || c.RawDays != 14 ||
		len(c.ServiceLevelSeconds) != 0 || c.Sources[0].Policies != classify.DefaultPolicies() || c.Sources[0].Verifier == nil {
		t.Errorf("got %+v", c)
	}
	if _, err := Parse("w.yaml", nil, env); err == nil || !strings.Contains(err.Error(), "w.yaml:1: listen: is missing") {
		t.Errorf("an empty file: %v", err)
	}
}

// TestOldAndNewSecret: while a secret is changed, both are accepted.
func TestOldAndNewSecret(t *testing.T) {
	text := strings.Replace(whole, "auth: {scheme: none}", "auth: {scheme: header, header: X-Key, secrets: [new-secret, old-secret]}", 1)
	c, err := Parse("w.yaml", []byte(text), env)
	if err != nil {
		t.Fatal(err)
	}
	for secret, want := range map[string]bool{"new-secret": true, "old-secret": true, "other": false, "": false} {
		err := c.Sources[1].Verifier.Verify(&source.Delivery{Header: http.Header{"X-Key": {secret}}})
		if (err == nil) != want {
			t.Errorf("%q: got %v, want accepted %v", secret, err, want)
		}
	}
}

// FuzzParse: no file makes it panic, whatever an editor leaves behind.
func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("sources: [null]\nboards: [null]\nqueues: {\"a.b[0]'\": null}\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("sources: !00000\n0000")) // the YAML package panicked at it
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("w.yaml", data, env)
		if err == nil && (c == nil || len(c.Boards) == 0) {
			t.Error("neither settings nor an error")
		}
	})
}

// TestTiles: a board shows the tiles that it names in their order, or the usual ones.
func TestTiles(t *testing.T) {
	c, err := Parse("w.yaml", []byte(strings.Replace(whole, "window: today", `window: today
    tiles: [queues, agent_list, news, waiting]
    news: " Welcome, Ana "
    agent_names: initials
    language: ja`, 1)), env)
	if err != nil {
		t.Fatal(err)
	}
	b := c.Boards[0]
	if got, want := b.Shown(), []board.Tile{board.TileQueues, board.TileAgentList, board.TileNews, board.TileWaiting}; !slices.Equal(got, want) {
		t.Errorf("tiles %q, want %q", got, want)
	}
	if b.News != "Welcome, Ana" || b.Names != board.NamesInitials || b.Locale != "ja" {
		t.Errorf("got %q, %q, %q", b.News, b.Names, b.Locale)
	}
	if c, err = Parse("w.yaml", []byte(whole), env); err != nil {
		t.Fatal(err)
	}
	if b = c.Boards[0]; !slices.Equal(b.Shown(), board.DefaultTiles) || b.Names != board.NamesHidden {
		t.Errorf("a board that says nothing shows %q and names agents %q", b.Shown(), b.Names)
	}
}
