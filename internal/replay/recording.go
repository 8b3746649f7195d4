package replay

import (
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxFile bounds the size of a recording, in bytes.
const maxFile = 64 << 20

// recording is a file as it is written. Other members, which describe it, are for
// readers.
type recording struct {
	Vendor     string     `json:"vendor"`
	Deliveries []recorded `json:"deliveries"`
}

type recorded struct {
	Method   string            `json:"method"`
	Headers  map[string]string `json:"headers"`
	URL      string            `json:"url"`
	Body     jsontext.Value    `json:"body"`
	Encoding string            `json:"body_encoding"`
	Claims   jsontext.Value    `json:"claims"`
}

// read reads a recording. Its errors name the file and what is wrong, and hold nothing
// of a body.
func read(path string) (*recording, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("replay: %s is larger than %d bytes", path, maxFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	var r recording
	if err := json.Unmarshal(data, &r); err != nil {
		var at *jsontext.SyntacticError
		if errors.As(err, &at) {
			return nil, fmt.Errorf("replay: %s is not JSON, at byte %d", path, at.ByteOffset)
		}
		return nil, fmt.Errorf("replay: %s is no recording: vendor and headers are text, deliveries a list", path)
	}
	if len(r.Deliveries) == 0 {
		return nil, fmt.Errorf("replay: %s holds no deliveries", path)
	}
	return &r, nil
}

// bytes returns the body to post: text as it is, a value compactly, claims as a token.
func (d *recorded) bytes(secret string) ([]byte, error) {
	switch {
	case len(d.Claims) > 0:
		if d.Encoding != "" && d.Encoding != "jwt-hs256" {
			return nil, errors.New("claims can be encoded as jwt-hs256 only")
		}
		if secret == "" {
			return nil, errors.New("claims need a secret to be signed with")
		}
		claims := d.Claims.Clone()
		if err := claims.Compact(); err != nil {
			return nil, errors.New("claims are not JSON")
		}
		return token(claims, secret), nil
	case len(d.Body) == 0:
		return nil, nil
	case d.Body.Kind() == '"':
		var text string
		if err := json.Unmarshal(d.Body, &text); err != nil {
			return nil, errors.New("the body is no text")
		}
		return []byte(text), nil
	}
	body := d.Body.Clone()
	if err := body.Compact(); err != nil {
		return nil, errors.New("the body is not JSON")
	}
	return body, nil
}

// query returns the query of the url that was recorded, "" if there is none.
func (d *recorded) query() (string, error) {
	u, err := url.Parse(d.URL)
	if err != nil {
		return "", errors.New("the recorded url is none")
	}
	return u.RawQuery, nil
}
