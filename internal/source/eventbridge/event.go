package eventbridge

import (
	"fmt"
	"mime"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
)

// maxParts is how many values a body may hold: the greatest batch of a pipe.
const maxParts = 10_000

// Envelope is what EventBridge puts around an event. It is embedded where a body's
// values are read.
type Envelope[T any] struct {
	DetailType source.Text `json:"detail-type"`
	// Time is in whole seconds. It stands in where the detail tells no time.
	Time   Instant `json:"time"`
	Detail One[T]  `json:"detail"`
}

// Parts are the JSON values of a delivery: the elements of an array, which Pipes posts,
// else the body alone. contentTypes are those that the vendor documents. An error is one
// that Decode may return; a problem is for the whole body, and there are no parts then.
func Parts(d *source.Delivery, contentTypes ...string) (parts []jsontext.Value, problem string, err error) {
	if d.Method != http.MethodPost {
		return nil, "", source.ErrMethod
	}
	if t, _, _ := mime.ParseMediaType(d.Header.Get("Content-Type")); !slices.Contains(contentTypes, t) {
		return nil, "", fmt.Errorf("%w: want one of %q", source.ErrContentType, contentTypes)
	}
	body := jsontext.Value(d.Body)
	if !body.IsValid() {
		return nil, "", fmt.Errorf("%w: the body is not JSON", source.ErrMalformed)
	}
	parts = []jsontext.Value{body}
	if body.Kind() == '[' {
		parts = nil
		if err := json.Unmarshal(body, &parts); err != nil {
			return nil, "", fmt.Errorf("%w: the body is not a JSON array", source.ErrMalformed)
		}
	}
	if len(parts) > maxParts {
		return nil, "the array has more records than a pipe sends", nil
	}
	return parts, "", nil
}
