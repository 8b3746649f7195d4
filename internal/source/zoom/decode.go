package zoom

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// decoder decodes the events of Contact Center.
type decoder struct {
	agents   map[string]string               // configured names by user id
	statuses map[string]interaction.Presence // what an account's own statuses mean
}

// Acknowledge answers 200, which Zoom wants within three seconds.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusOK}
}

// Decode reads one event.
func (x decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	body, err := source.PostedJSON(d)
	if err != nil {
		return out, err
	}
	problem := func(why string) (source.Decoded, error) {
		out.Problems = append(out.Problems, source.Problem{Reason: why})
		return out, nil
	}
	var e source.One[envelope]
	if err := json.Unmarshal(body, &e); err != nil || !e.Is {
		return problem("is no event: not an object, or a name comes twice")
	}
	o := &e.Value.Payload.Value.object
	if e.Value.Payload.Value.Object.Is {
		o = &e.Value.Payload.Value.Object.Value
	}
	product, kind, _ := strings.Cut(e.Value.Event.Lower(), ".")
	switch {
	case product == "":
		return problem("event: is missing")
	case product != "contact_center":
		out.Ignore("other product") // also the check of the URL, where another scheme is set
		return out, nil
	}
	if tell, ok := tells[kind]; ok {
		a := adapter{decoder: x, object: o, out: &out}
		if !a.begin(e.Value.at(o), kind) {
			return problem("payload.object: has neither engagement_id nor task_id, or of an agent's own event no user_id; or no time")
		}
		if o.Channel.Lower() == "work_item" || o.ChannelName.Lower() == "work_item" {
			out.Ignore("work item") // the back office's, no customer's
			return out, nil
		}
		tell(&a)
	}
	if len(out.Events) == 0 {
		out.Ignore(known(kind))
	}
	return out, nil
}

// known is an event's name for counting: its own, if something is read of its like, else
// one for all others.
func known(kind string) string {
	if _, ok := tells[kind]; ok {
		return kind
	}
	for _, group := range []string{"task", "engagement", "user", "queue", "recording", "inbox", "voicemail", "team", "flow"} {
		if strings.HasPrefix(kind, group+"_") {
			return "other " + group + " events"
		}
	}
	return "other"
}
