package intercom

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// decoder decodes notifications.
type decoder struct{}

// Handshake answers the request by which Intercom checks an endpoint's URL when it is
// saved. It proves nothing and stores nothing.
func (decoder) Handshake(d *source.Delivery) (source.Response, bool) {
	return source.Response{Status: http.StatusOK}, d.Method == http.MethodHead
}

// Acknowledge answers 200, as Intercom's documentation asks.
func (decoder) Acknowledge(*source.Delivery) source.Response {
	return source.Response{Status: http.StatusOK}
}

// Decode reads one notification.
func (decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	body, err := source.PostedJSON(d)
	if err != nil {
		return out, err
	}
	problem := func(why string) (source.Decoded, error) {
		out.Problems = append(out.Problems, source.Problem{Reason: why})
		return out, nil
	}
	var o source.One[notification]
	if err := json.Unmarshal(body, &o); err != nil || !o.Is {
		return problem("is no notification: not an object, or a name comes twice")
	}
	n := &o.Value
	topic, it := n.Topic.Lower(), &n.Data.Value.Item.Value
	group, _, _ := strings.Cut(topic, ".")
	switch {
	case topic == "":
		return problem("topic: is missing")
	case group == "admin":
		return admin(&out, n, it, topic)
	case group != "conversation":
		// Among them the phone's topics: a call that nobody took has none.
		return ignored(&out, group)
	}
	if id(it.ID) == "" {
		return problem("data.item.id: is missing")
	}
	c := conversation{item: it, part: it.last(), out: &out}
	if !c.begin(n, topic) {
		return problem("created_at: is missing or no time, in the part, the item and the notification")
	}
	if !c.tell(topic) {
		return ignored(&out, topic)
	}
	return out, nil
}

// topics are those that are understood and not needed; they are counted by name, and all
// others together.
var topics = map[string]bool{
	"ping": true, "call": true, "contact": true, "user": true, "company": true, "ticket": true, "event": true, "visitor": true,
	"conversation.read": true, "conversation.rating.added": true, "conversation.admin.noted": true, "conversation.admin.snoozed": true,
	"conversation.admin.unsnoozed": true, "conversation.admin.opened": true, "conversation.admin.replied": true,
	"conversation.admin.assigned": true, "conversation.admin.open.assigned": true, "conversation.contact.attached": true,
	"conversation.contact.detached": true, "conversation.priority.updated": true, "conversation_part.tag.created": true,
}

func ignored(out *source.Decoded, name string) (source.Decoded, error) {
	if !topics[name] {
		name = "other"
	}
	out.Ignore(name)
	return *out, nil
}

// admin reads the topics that tell of a teammate's presence.
func admin(out *source.Decoded, n *notification, it *item, topic string) (source.Decoded, error) {
	var presence interaction.Presence
	switch topic {
	case "admin.logged_out":
		presence = interaction.Offline
	case "admin.logged_in", "admin.away_mode_updated":
		presence = interaction.Available
		if it.AwayModeEnabled == "true" {
			presence = interaction.Away
		}
	default:
		return ignored(out, topic)
	}
	at := n.CreatedAt.Micros()
	if id(it.ID) == "" || at == 0 {
		out.Problems = []source.Problem{{Reason: "data.item.id, created_at: one is missing"}}
		return *out, nil
	}
	key := id(n.ID)
	if key == "" {
		key = topic + "/" + string(n.CreatedAt) + "/" + string(it.ID)
	}
	out.Events = []interaction.Event{{
		Kind: interaction.AgentState, At: at, Key: key, Agent: string(it.ID), AgentName: source.Clip(string(it.Name)), Presence: presence,
	}}
	return *out, nil
}
