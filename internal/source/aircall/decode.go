package aircall

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// decoder decodes deliveries. substatuses are the configured meanings of users' own.
type decoder struct {
	substatuses map[string]interaction.Presence
}

// Acknowledge answers 200: Aircall counts all else as a failure, and switches a webhook
// off after too many.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusOK}
}

// Decode reads one delivery.
func (x decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	body, err := source.PostedJSON(d)
	if err != nil {
		return out, err
	}
	problem := func(why string) { out.Problems = append(out.Problems, source.Problem{Reason: why}) }
	var w envelope
	if err := json.Unmarshal(body, &w); err != nil {
		problem("the body is no object")
		return out, nil
	}
	group, what, _ := strings.Cut(w.Event.Lower(), ".")
	known := calls[what]
	switch group {
	case "call":
	case "user":
		known = users[what] != 0
	case "ai_voice_agent":
		known = what == "started" || what == "escalated"
	case "":
		if w.EventName == "" {
			problem("event: is missing")
			return out, nil
		}
		group, known = "message callback", false
	default:
		group, known = "other", false
	}
	if !known {
		out.Ignore(group)
		return out, nil
	}
	at := w.Timestamp.Micros()
	switch {
	case at == 0:
		problem("timestamp: is missing or no time")
	case !w.Data.Is:
		problem("data: is missing or no object")
	case group == "user":
		x.user(&out, what, at, &w.Data.Value, problem)
	case group == "ai_voice_agent":
		voiceAgent(&out, what, at, &w.Data.Value, problem)
	default:
		readCall(&out, what, at, &w.Data.Value, problem)
	}
	return out, nil
}
