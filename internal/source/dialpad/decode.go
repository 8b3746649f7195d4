package dialpad

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
)

type decoder struct{}

// Acknowledge answers 200.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusOK}
}

// states are those that say something of the way of the customer.
var states = map[string]bool{
	"calling": true, "preanswer": true, "queued": true, "ringing": true, "connected": true,
	"missed": true, "hangup": true, "voicemail": true, "voicemail_uploaded": true,
}

// Decode reads one delivery. Its content type is not documented, so the body says what it is.
func (decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	if d.Method != http.MethodPost {
		return out, source.ErrMethod
	}
	claims, err := claims(bytes.TrimSpace(d.Body))
	if err != nil {
		return out, err
	}
	problem := func(why string) { out.Problems = append(out.Problems, source.Problem{Reason: why}) }
	var e event
	if err := json.Unmarshal(claims, &e); err != nil {
		problem("the event is no object, or has a name twice")
		return out, nil
	}
	state := e.State.Lower()
	at := cmp.Or(e.EventTimestamp.Micros(), e.DateEnded.Micros(), e.DateConnected.Micros(), e.DateStarted.Micros())
	switch {
	case state == "":
		out.Ignore("no call event")
	case !states[state]:
		out.Ignore("other state")
	case id(e.CallID) == "":
		problem("call_id: is missing")
	case at == 0:
		problem("event_timestamp: is missing or no time")
	default:
		read(&out, &e, state, at)
	}
	return out, nil
}

// claims are the body itself, or what the token in the body says.
func claims(body []byte) (jsontext.Value, error) {
	if len(body) > 0 && body[0] != '{' && body[0] != '[' {
		parts := bytes.Split(body, []byte("."))
		if len(parts) != 3 {
			return nil, fmt.Errorf("%w: the body is neither JSON nor a token", source.ErrMalformed)
		}
		var err error
		if body, err = base64.RawURLEncoding.AppendDecode(nil, parts[1]); err != nil {
			return nil, fmt.Errorf("%w: the token's claims are not base64url", source.ErrMalformed)
		}
	}
	v := jsontext.Value(body)
	if !v.IsValid() {
		return nil, fmt.Errorf("%w: the body is not JSON", source.ErrMalformed)
	}
	return v, nil
}

// id is an id, or "" where Dialpad writes that there is none.
func id(t source.Text) string {
	if t == "0" {
		return ""
	}
	return string(t)
}
