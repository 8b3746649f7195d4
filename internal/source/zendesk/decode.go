package zendesk

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// decoder decodes both kinds of webhooks.
type decoder struct {
	agents   map[string]string               // configured names by agent's id
	statuses map[string]interaction.Presence // what an account's own statuses mean
}

// Acknowledge answers 200.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusOK}
}

const (
	eventPrefix = "zen:event-type:"
	schema      = "wallboard.zendesk.v1"
)

// Decode reads one delivery.
func (x decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	if d.Method == http.MethodPost && len(d.Body) == 0 {
		out.Ignore("no body") // a webhook may be set up to send none
		return out, nil
	}
	posted, err := source.PostedJSON(d)
	if err != nil {
		return out, err
	}
	problem := func(why string) { out.Problems = append(out.Problems, source.Problem{Reason: why}) }
	var o source.One[body]
	if err := json.Unmarshal(posted, &o); err != nil || !o.Is {
		problem("is no event: not an object, or a name comes twice")
		return out, nil
	}
	b := &o.Value
	kind, event := strings.CutPrefix(b.Type.Lower(), eventPrefix)
	group, name, _ := strings.Cut(kind, ".")
	switch {
	case event && group == "agent" && strings.HasPrefix(name, "work_item_"):
		x.workItem(&out, b, name, problem)
	case event && (kind == "agent.state_changed" || kind == "agent.unified_state_changed"):
		x.presence(&out, b, problem)
	case event:
		out.Ignore(ignoredGroup(group))
	case b.Schema.Lower() == schema:
		x.trigger(&out, b, d.Header.Get("X-Zendesk-Webhook-Signature-Timestamp"), problem)
	case b.Schema != "":
		problem("schema: is not " + schema)
	default:
		problem("type, schema: is neither an event of Zendesk's nor a body after the template; give the trigger's body a schema")
	}
	return out, nil
}

// ignoredGroup is the name under which events of a domain are counted.
func ignoredGroup(group string) string {
	switch group {
	case "agent", "article", "community_post", "organization", "user", "ticket", "messaging_ticket", "omnichannel_config":
		return group + " events"
	}
	return "other events"
}

// agent is the agent's id of an event.
func (b *body) agent() string {
	for _, t := range []source.Text{b.Event.change.AgentID, b.Detail.Value.AgentID} {
		if t != "" {
			return string(t)
		}
	}
	id, _ := strings.CutPrefix(string(b.Subject), "zen:agent:")
	return id
}

// at is when an event happened, in microseconds; 0 if nothing says it.
func (b *body) at() int64 {
	if at := b.Event.change.UpdatedAt.Micros(); at != 0 {
		return at
	}
	return b.Time.Micros()
}

// emit adds an event, whose key is the id of the delivery and the kind, or made of what it
// says where there is no id.
func (b *body) emit(out *source.Decoded, e interaction.Event) {
	if b.ID == "" {
		out.Add(e)
		return
	}
	e.Key = string(b.ID) + "/" + e.Kind.String()
	out.Events = append(out.Events, e)
}

// presence reads the state of an agent.
func (x decoder) presence(out *source.Decoded, b *body, problem func(string)) {
	state := b.Event.change.NewState
	p, ok := x.statuses[string(state)]
	if !ok {
		switch state.Lower() {
		case "online":
			p = interaction.Available
		case "away", "transfers_only", "invisible":
			p = interaction.Away
		case "offline":
			p = interaction.Offline
		}
	}
	switch {
	case b.agent() == "" || b.at() == 0:
		problem("detail.agent_id, event.updated_at, time: an agent and a time are needed")
	case p == 0:
		out.Ignore("agent state that is not known")
	default:
		b.emit(out, interaction.Event{Kind: interaction.AgentState, At: b.at(), Agent: b.agent(), AgentName: x.agents[b.agent()], Presence: p})
	}
}
