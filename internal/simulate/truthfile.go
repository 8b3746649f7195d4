package simulate

import (
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// TruthWriter writes a truth whose interactions are too many for memory: the same JSON as
// [Truth.WriteJSON], with the interactions first.
type TruthWriter struct {
	encoder *jsontext.Encoder
	err     error // the first; after it the methods do nothing
}

// NewTruthWriter begins to write. The caller buffers w, and closes it after Close.
func NewTruthWriter(w io.Writer) *TruthWriter {
	t := &TruthWriter{encoder: jsontext.NewEncoder(w, jsontext.WithIndent("  "))}
	t.tokens(jsontext.BeginObject, jsontext.String("interactions"), jsontext.BeginArray)
	return t
}

func (t *TruthWriter) tokens(tokens ...jsontext.Token) {
	for _, k := range tokens {
		if t.err == nil {
			t.err = t.encoder.WriteToken(k)
		}
	}
}

// Add writes one interaction.
func (t *TruthWriter) Add(in Interaction) {
	if t.err == nil {
		t.err = json.MarshalEncode(t.encoder, in)
	}
}

// Close writes the interactions that a truth still lists, and everything else of it.
func (t *TruthWriter) Close(truth Truth) error {
	for _, in := range truth.Interactions {
		t.Add(in)
	}
	t.tokens(jsontext.EndArray)
	truth.Interactions = nil
	rest := make(map[string]jsontext.Value)
	if t.err == nil {
		var b []byte
		if b, t.err = json.Marshal(truth); t.err == nil {
			t.err = json.Unmarshal(b, &rest)
		}
	}
	delete(rest, "interactions")
	var names []string
	for name := range rest {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.tokens(jsontext.String(name))
		if t.err == nil {
			t.err = t.encoder.WriteValue(rest[name])
		}
	}
	t.tokens(jsontext.EndObject)
	if t.err != nil {
		return fmt.Errorf("write truth: %w", t.err)
	}
	return nil
}
