package config

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wallboard/wallboard/internal/board"
)

// lab are settings with a source and a zone of their own.
func lab(t interface{ Fatal(...any) }) *Config {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return &Config{TimeZone: paris, DayStart: 4 * time.Hour, Sources: []Source{{Name: "lab"}}}
}

// TestBoardTextAndBack: whatever is in a board, its text reads as that board again.
func TestBoardTextAndBack(t *testing.T) {
	cfg := lab(t)
	rapid.Check(t, func(t *rapid.T) {
		// Texts that YAML takes for something else, and what people write.
		word := rapid.OneOf(rapid.StringMatching(`[a-zA-Z0-9 :#'"&*!|>%@{}\[\],?.\\äß漢-]{1,20}`),
			rapid.SampledFrom([]string{"yes", "null", "~", "1", "0.5", "06:30", "- a", "a: b", "#x", "2026-11-23", "=", "<<", "a\nb"}))
		some := func(label string) []string { return rapid.SliceOfN(word, 0, 3).Draw(t, label) }
		d := board.Draft{
			Name: rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,9}`).Draw(t, "name"), Title: strings.TrimSpace(word.Draw(t, "title")), Queues: some("queues"),
			Window:   rapid.SampledFrom([]string{"", "today", "last_30m"}).Draw(t, "window"),
			TimeZone: rapid.SampledFrom([]string{"", "Asia/Tokyo", "UTC"}).Draw(t, "zone"), DayStart: rapid.SampledFrom([]string{"", "00:00", "06:30"}).Draw(t, "start"),
			Formula: rapid.SampledFrom([]string{"", "positive"}).Draw(t, "formula"), AgentNames: rapid.SampledFrom([]string{"", "initials"}).Draw(t, "names"),
			Language: rapid.SampledFrom([]string{"", "de"}).Draw(t, "language"), Sources: rapid.SampledFrom([][]string{nil, {"lab"}}).Draw(t, "sources"),
		}
		if rapid.Bool().Draw(t, "thresholds") {
			d.Thresholds = map[string]board.DraftThreshold{
				"waiting":      {Warn: "5", Alert: "10", Clear: "4", AlertClear: "8", Minimum: "3", PendingSeconds: "30"},
				"abandon_rate": {Alert: "0.1"},
			}
		}
		if rapid.Bool().Draw(t, "tiles") {
			d.Tiles, d.News = []string{"news", "waiting"}, word.Filter(func(s string) bool { return strings.TrimSpace(s) != "" }).Draw(t, "news")
		}
		text, err := FormatBoards(d)
		if err != nil {
			t.Fatal(err)
		}
		first, err := ParseBoards(cfg, text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !slices.Equal(first[0].Queues, d.Queues) || d.Title != "" && first[0].Title != d.Title {
			t.Fatalf("%q %q became %q %q:\n%s", d.Title, d.Queues, first[0].Title, first[0].Queues, text)
		}
		text, err = FormatBoards(first[0].Draft(cfg.TimeZone, cfg.DayStart))
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseBoards(cfg, text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		same := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
		if diff := cmp.Diff(first, again, same); diff != "" {
			t.Fatalf("(-first +again):\n%s\n%s", diff, text)
		}
	})
}

// TestBoardTextRefused: what is wrong is named by its field; no text reaches the environment.
func TestBoardTextRefused(t *testing.T) {
	t.Setenv("SECRET", "not to be seen")
	for text, want := range map[string]string{
		"":                                          "boards is missing",
		"boards: []":                                "boards is missing",
		"boards: [{name: a, widow: x}]":             "boards[0].widow is an unknown key; did you mean window?",
		"boards: [{name: a, window: x}]":            "boards[0].window is not one of",
		"boards: [{name: a, sources: [none]}]":      "boards[0].sources[0] is no source",
		"boards: [{name: a}, {name: a}]":            "boards[1].name is another board's",
		"boards: [{name: a, title: \"${SECRET}\"}]": "The text has a ${NAME}",
		"sources: [{name: a}]":                      "sources is an unknown key; known here are boards",
		"boards: [":                                 "not YAML",
		"boards: [{name: a, thresholds: {waiting: {}}}]":        "boards[0].thresholds.waiting has neither",
		"boards: [{name: a, thresholds: {waiting: {warn: x}}}]": "boards[0].thresholds.waiting.warn is not between",
	} {
		_, err := ParseBoards(lab(t), []byte(text))
		var faults board.Faults
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "not to be seen") {
			t.Errorf("%q tells of the environment", text)
		}
	}
}
