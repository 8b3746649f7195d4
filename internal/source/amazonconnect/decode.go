package amazonconnect

import (
	"encoding/base64"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/eventbridge"
)

// decoder decodes all three ways in.
type decoder struct {
	agents map[string]string // configured names by agent id
}

// Acknowledge answers 200, which EventBridge and SNS both take for done.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusOK}
}

// Decode reads one delivery: an EventBridge event, an SNS message around one, or an array
// of Kinesis records.
func (x decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	parts, problem, err := eventbridge.Parts(d, "application/json", "text/plain") // SNS says text/plain of its JSON
	if problem != "" {
		out.Problems = []source.Problem{{Reason: problem}}
	}
	if err != nil {
		return out, err
	}
	for i, p := range parts {
		x.part(&out, i, p, false)
	}
	return out, nil
}

// part reads one value of the body; wrapped is that it was taken out of an SNS message or
// a Kinesis record, neither of which holds another.
func (x decoder) part(out *source.Decoded, i int, v jsontext.Value, wrapped bool) {
	problem := func(why string) { out.Problems = append(out.Problems, source.Problem{Index: i, Reason: why}) }
	var p part
	if v.Kind() != '{' {
		problem("is neither an EventBridge event, an SNS message nor a Kinesis record")
		return
	}
	if err := json.Unmarshal(v, &p, eventbridge.AnyCase); err != nil {
		problem("has a name twice, or is not valid UTF-8")
		return
	}
	switch {
	case p.DetailType != "":
		if p.DetailType.Upper() != "AMAZON CONNECT CONTACT EVENT" {
			out.Ignore("other detail-type")
			return
		}
		if !p.Detail.Is {
			problem("detail: is missing or no object")
			return
		}
		x.contact(out, p.Detail.Value, p.Time, problem)
	case p.TopicARN != "" && !wrapped:
		if p.Type.Upper() != "NOTIFICATION" {
			out.Ignore("SNS confirmation")
			return
		}
		inner := jsontext.Value(p.Message)
		if !inner.IsValid() {
			problem("Message: is not JSON; the topic carries something else than EventBridge events")
			return
		}
		x.part(out, i, inner, true)
	case p.Stream != "" && !wrapped:
		inner, ok := record(p.Data)
		if !ok {
			problem("data: is neither JSON nor base64 of JSON")
			return
		}
		x.part(out, i, inner, true)
	case p.AgentARN != "":
		var e agentEvent
		if err := json.Unmarshal(v, &e, eventbridge.AnyCase); err != nil {
			problem("the agent event has a name twice")
			return
		}
		x.agent(out, e, problem)
	case p.ContactID != "" && p.EventType != "":
		// EventBridge can be told to send the detail alone.
		var c contact
		if err := json.Unmarshal(v, &c, eventbridge.AnyCase); err != nil {
			problem("the contact event has a name twice")
			return
		}
		x.contact(out, c, 0, problem)
	default:
		problem("is neither an EventBridge event, an SNS message nor a Kinesis record")
	}
}

// record is what a Kinesis record holds: Pipes puts JSON there as it is, and base64
// where it took the data for something else.
func record(data jsontext.Value) (jsontext.Value, bool) {
	if data.Kind() != '"' {
		return data, data.Kind() == '{'
	}
	var s string
	if json.Unmarshal(data, &s) != nil {
		return nil, false
	}
	inner := jsontext.Value(s)
	if !inner.IsValid() {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, false
		}
		inner = b
	}
	return inner, inner.IsValid()
}
