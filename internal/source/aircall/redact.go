package aircall

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
)

// Redacted is the body with every token taken out. What cannot be read through is not kept.
func (decoder) Redacted(d *source.Delivery) []byte {
	var kept []byte
	r := jsontext.NewDecoder(bytes.NewReader(d.Body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	from := 0
	for {
		t, err := r.ReadToken()
		if errors.Is(err, io.EOF) {
			return append(kept, d.Body[from:]...)
		}
		if err != nil {
			return nil
		}
		in, n := r.StackIndex(r.StackDepth())
		if in != jsontext.KindBeginObject || n%2 == 0 || t.Kind() != jsontext.KindString || t.String() != "token" {
			continue
		}
		v, err := r.ReadValue()
		if err != nil {
			return nil
		}
		end := int(r.InputOffset())
		kept = append(append(kept, d.Body[from:end-len(v)]...), `"redacted"`...)
		from = end
	}
}
