package source

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
)

func TestText(t *testing.T) {
	for in, want := range map[string]struct {
		text   Text
		micros int64
	}{
		`"a"`: {"a", 0}, `5171000000000001`: {"5171000000000001", 5171000000000001}, `true`: {"true", 0}, `null`: {}, `{"a":1}`: {}, `[1]`: {},
		`1790000000`: {"1790000000", 1_790_000_000_000_000}, `"1790000000.5"`: {"1790000000.5", 1_790_000_000_500_000},
		`1790000000123`: {"1790000000123", 1_790_000_000_123_000}, `1790000000123456`: {"1790000000123456", 1_790_000_000_123_456},
		`"2026-09-21T14:13:20.100Z"`: {"2026-09-21T14:13:20.100Z", 1_790_000_000_100_000}, `-1`: {"-1", 0}, `0`: {"0", 0}, `1e30`: {"1e30", 0}, `"NaN"`: {"NaN", 0},
	} {
		var got Text
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want.text || got.Micros() != want.micros {
			t.Errorf("%s: %q, %d µs, %v; want %q, %d µs", in, got, got.Micros(), err, want.text, want.micros)
		}
	}
}

func TestOne(t *testing.T) {
	for in, want := range map[string]bool{`{"id":7}`: true, `{}`: true, `null`: false, `[]`: false, `"x"`: false, `3`: false} {
		var got One[struct {
			ID Text `json:"id"`
		}]
		if err := json.Unmarshal([]byte(in), &got); err != nil || got.Is != want || (in == `{"id":7}`) != (got.Value.ID == "7") {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
}

func TestClip(t *testing.T) {
	long := strings.Repeat("é", interaction.MaxName)
	if got := Clip("x" + long); len(got) != interaction.MaxName-1 || !utf8.ValidString(got) {
		t.Errorf("%d bytes, valid %v", len(got), utf8.ValidString(got))
	}
	if got := Clip("short"); got != "short" {
		t.Errorf("got %q", got)
	}
}

// TestAdd: facts that say the same have one key, others have others; who the customer is takes
// no part, for a key is stored as it is.
func TestAdd(t *testing.T) {
	base := interaction.Event{Interaction: "I", Kind: interaction.Queued, At: 1, Queue: "Q"}
	key := func(change func(*interaction.Event)) string {
		e := base
		change(&e)
		var d Decoded
		d.Add(e)
		return d.Events[0].Key
	}
	same := key(func(*interaction.Event) {})
	if got := key(func(e *interaction.Event) { e.Customer = "+14155550134" }); got != same {
		t.Errorf("the customer is in the key: %s, %s", got, same)
	}
	seen := map[string]bool{same: true}
	for i, change := range []func(*interaction.Event){
		func(e *interaction.Event) { e.At = 2 }, func(e *interaction.Event) { e.Queue = "R" }, func(e *interaction.Event) { e.Leg = "Q"; e.Queue = "" },
		func(e *interaction.Event) { e.Version = 1 }, func(e *interaction.Event) { e.Version, e.Retracted = 1, true }, func(e *interaction.Event) { e.Kind = interaction.Assigned },
		func(e *interaction.Event) { e.Moved = true }, func(e *interaction.Event) { e.Interaction = "J" }, func(e *interaction.Event) { e.Reason = "x" },
		func(e *interaction.Event) { e.Cause = interaction.Technical }, func(e *interaction.Event) { e.By = interaction.BySystem }, func(e *interaction.Event) { e.Other = "x" },
	} {
		k := key(change)
		if seen[k] {
			t.Errorf("change %d has a key of another", i)
		}
		seen[k] = true
	}
}
