package genesys

import "strings"

// topic is what an event is about: the topic's name without the id in its middle, and the
// id if it was there. EventBridge's detail-type has a literal {id} in its place.
type topic struct{ name, id string }

// stems are what the names of the topics that are read begin with, before the id.
var stems = []string{"v2.detail.events.conversation.", "v2.detail.events.agent.", "v2.users."}

// parseTopic reads a topic's name. One that is not read keeps it whole.
func parseTopic(s text) topic {
	name := strings.ToLower(strings.TrimSpace(string(s)))
	for _, stem := range stems {
		rest, ok := strings.CutPrefix(name, stem)
		if !ok {
			continue
		}
		id, rest, ok := strings.Cut(rest, ".")
		if !ok {
			break
		}
		if id == "{id}" {
			id = ""
		}
		return topic{name: stem + rest, id: id}
	}
	return topic{name: name}
}
