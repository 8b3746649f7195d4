package views

import "github.com/go-json-experiment/json"

// sheet is a board with its cells at hand, while it is written.
type sheet struct {
	Board
	cells cellSet
	t     *tongue
}

func newSheet(b Board) sheet { return sheet{b, b.cellSet(), b.tongue()} }

func (s sheet) say(key string, pairs ...string) string { return s.t.say(key, pairs...) }

// splits reports whether the Agent Work Status table has a column per channel.
func (s sheet) splits() bool { return len(s.Channels) > 1 }

// words are the texts that the board's script writes, by key, as JSON. What stands in braces
// is for the script to fill in.
func (t *tongue) words() string {
	words := make(map[string]string)
	for _, key := range []string{
		"duration.hours", "age.seconds", "age.minutes", "age.hours", "age.days",
		"connection.connecting", "connection.live", "connection.polling", "connection.reconnecting", "connection.stale", "connection.gone",
	} {
		words[key] = t.texts[key]
	}
	text, err := json.Marshal(words, json.Deterministic(true))
	if err != nil {
		panic(err) // A map of texts can be written.
	}
	return string(text)
}
