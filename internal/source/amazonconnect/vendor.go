package amazonconnect

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is Amazon Connect. EventBridge sends a shared secret in a header, and signs
// nothing; SNS signs.
var Vendor = source.Vendor{
	Name:        "amazon-connect",
	Schemes:     []string{"header", "sns"},
	Keyless:     []string{"sns"},
	NewVerifier: func(s source.Settings) (source.Verifier, error) { return newSNS(s.Auth.Topics, client()) },
	NewDecoder:  func(s source.Settings) (source.Decoder, error) { return decoder{agents: s.Agents}, nil },
	ID:          id,
}

// id is the short id under which events name a queue or an agent, whose ARN the console
// shows.
func id(pasted string) string {
	if q := shortID(text(pasted), "queue"); q != pasted {
		return q
	}
	return shortID(text(pasted), "agent")
}

// topicForm is an SNS topic's ARN; its first group is the partition, its second the region.
var topicForm = regexp.MustCompile(`^arn:(aws(?:-[a-z-]+)?):sns:([a-z0-9-]{3,32}):[0-9]{12}:[A-Za-z0-9_.-]{1,256}$`)

// newSNS makes the verifier for the topics that may send. There must be one: everybody can
// have a topic of their own that signs.
func newSNS(topics []string, web fetcher) (*sns, error) {
	if len(topics) == 0 {
		return nil, errors.New("auth.topics: is missing; list the ARNs of the SNS topics that may send here")
	}
	v := &sns{hosts: make(map[string]string, len(topics)), web: web, certificates: newCertificates(web)}
	for i, t := range topics {
		m := topicForm.FindStringSubmatch(t)
		if m == nil {
			return nil, fmt.Errorf("auth.topics[%d]: is not the ARN of a topic, as arn:aws:sns:eu-west-2:210987654321:connect-contact-events", i)
		}
		v.hosts[t] = "sns." + m[2] + ".amazonaws.com"
		if m[1] == "aws-cn" {
			v.hosts[t] += ".cn"
		}
	}
	return v, nil
}
