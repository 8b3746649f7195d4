package genesys

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/eventbridge"
)

// decoder decodes both ways in.
type decoder struct {
	agents map[string]string // configured names by user id
}

// Acknowledge answers 200, which EventBridge and data actions both take for done.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusOK}
}

// Decode reads one delivery: an EventBridge event, its detail alone, or the flat form of a
// data action; or an array of these.
func (x decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	parts, problem, err := eventbridge.Parts(d, "application/json")
	if problem != "" {
		out.Problems = []source.Problem{{Reason: problem}}
	}
	if err != nil {
		return out, err
	}
	for i, p := range parts {
		x.part(&out, i, p)
	}
	return out, nil
}

// part reads one value of the body.
func (x decoder) part(out *source.Decoded, i int, v jsontext.Value) {
	problem := func(why string) { out.Problems = append(out.Problems, source.Problem{Index: i, Reason: why}) }
	var p part
	if v.Kind() != '{' {
		problem("is neither an EventBridge event nor a data action's body")
		return
	}
	if err := json.Unmarshal(v, &p, eventbridge.AnyCase); err != nil {
		problem("has a name twice, or is not valid UTF-8")
		return
	}
	f := fact{decoder: x, out: out}
	switch d := p.Detail.Value; {
	case p.DetailType != "" && !p.Detail.Is:
		problem("detail: is missing or no object")
		return
	case p.DetailType != "":
		f.topic, f.body, f.sent = parseTopic(p.DetailType), d.Body.Value, cmp.Or(d.Timestamp, p.Time)
		f.topic.id = cmp.Or(f.topic.id, parseTopic(d.TopicName).id)
	case p.TopicName != "":
		// EventBridge can be told to send the detail alone.
		f.topic, f.body, f.sent = parseTopic(p.TopicName), p.detail.Body.Value, p.Timestamp
	case p.Topic != "":
		f.topic, f.body = parseTopic(p.Topic), p.body
	default:
		problem("is neither an EventBridge event nor a data action's body, which names its topic")
		return
	}
	if why := f.tell(); why != "" {
		problem(why)
	}
}

// fact is one event on its way to what it says.
type fact struct {
	decoder
	topic topic
	body  body
	// sent stands in where the body tells no time of its own.
	sent instant
	out  *source.Decoded
	// base is what all events of a conversation's fact have.
	base interaction.Event
}

// add adds an event, under the agent's configured name. The name is no part of the key: it
// may change, and the fact does not.
func (f *fact) add(e interaction.Event) {
	f.out.Add(e)
	f.out.Events[len(f.out.Events)-1].AgentName = f.agents[e.Agent]
}

// tell adds what the fact says, or returns what is wrong with it.
func (f *fact) tell() string {
	switch f.topic.name {
	case "v2.users.activity":
		return f.activity()
	case "v2.detail.events.agent.state":
		return f.session()
	}
	kind, ok := strings.CutPrefix(f.topic.name, "v2.detail.events.conversation.")
	if !ok {
		f.out.Ignore("other topic")
		return ""
	}
	return f.conversation(kind)
}
