package source

import (
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// PostedJSON is the body of a delivery whose vendor posts JSON, whatever the content type says.
// The error is ErrMethod, or wraps ErrMalformed.
func PostedJSON(d *Delivery) (jsontext.Value, error) {
	if d.Method != http.MethodPost {
		return nil, ErrMethod
	}
	body := jsontext.Value(d.Body)
	if !body.IsValid() {
		return nil, fmt.Errorf("%w: the body is not JSON", ErrMalformed)
	}
	return body, nil
}

// PostedParts are the elements of such a body that is an array, of at most so many; else the
// body alone.
func PostedParts(d *Delivery, most int) ([]jsontext.Value, error) {
	body, err := PostedJSON(d)
	if err != nil {
		return nil, err
	}
	if body.Kind() != '[' {
		return []jsontext.Value{body}, nil
	}
	var parts []jsontext.Value
	if err := json.Unmarshal(body, &parts); err != nil {
		return nil, fmt.Errorf("%w: the body is not a JSON array", ErrMalformed)
	}
	if len(parts) > most {
		return nil, fmt.Errorf("%w: the array has more than %d events", ErrMalformed, most)
	}
	return parts, nil
}
