package amazonconnect

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/eventbridge"
)

// part is one JSON value of a body before it is known what it is: an EventBridge event,
// an SNS message, a Kinesis record, an agent event, or a contact event's bare detail.
type part struct {
	eventbridge.Envelope[contact]

	ContactID text           `json:"contactId"`
	EventType text           `json:"eventType"`
	Type      text           `json:"Type"`     // SNS
	TopicARN  text           `json:"TopicArn"` // SNS
	Message   text           `json:"Message"`  // SNS
	Stream    text           `json:"eventSource"`
	Data      jsontext.Value `json:"data"`
	AgentARN  text           `json:"AgentARN"`
}

// contact is the detail of a contact event: what Connect knows of one contact by then.
type contact struct {
	EventType                  text           `json:"eventType"`
	ContactID                  text           `json:"contactId"`
	InitialContactID           text           `json:"initialContactId"`
	PreviousContactID          text           `json:"previousContactId"`
	Channel                    text           `json:"channel"`
	InitiationMethod           text           `json:"initiationMethod"`
	InitiationTimestamp        instant        `json:"initiationTimestamp"`
	ConnectedToSystemTimestamp instant        `json:"connectedToSystemTimestamp"`
	DisconnectTimestamp        instant        `json:"disconnectTimestamp"`
	DisconnectReason           text           `json:"disconnectReason"`
	QueueInfo                  one[queueInfo] `json:"queueInfo"`
	AgentInfo                  one[agentInfo] `json:"agentInfo"`
	Tags                       tags           `json:"tags"`
}

type queueInfo struct {
	QueueARN         text    `json:"queueArn"`
	QueueType        text    `json:"queueType"`
	EnqueueTimestamp instant `json:"enqueueTimestamp"`
}

type agentInfo struct {
	AgentARN                       text    `json:"agentArn"`
	ConnectedToAgentTimestamp      instant `json:"connectedToAgentTimestamp"`
	AfterContactWorkStartTimestamp instant `json:"afterContactWorkStartTimestamp"`
	AfterContactWorkEndTimestamp   instant `json:"afterContactWorkEndTimestamp"`
}

// agentEvent is one event of the agent event stream.
type agentEvent struct {
	AgentARN       text          `json:"AgentARN"`
	EventID        text          `json:"EventId"`
	EventTimestamp instant       `json:"EventTimestamp"`
	EventType      text          `json:"EventType"`
	Current        one[snapshot] `json:"CurrentAgentSnapshot"`
	Previous       one[snapshot] `json:"PreviousAgentSnapshot"`
}

type snapshot struct {
	AgentStatus one[struct {
		Type text `json:"Type"`
	}] `json:"AgentStatus"`
	Configuration one[struct {
		Username       text `json:"Username"`
		RoutingProfile one[struct {
			Concurrency many[struct {
				AvailableSlots text `json:"AvailableSlots"`
			}] `json:"Concurrency"`
		}] `json:"RoutingProfile"`
	}] `json:"Configuration"`
	Contacts many[agentContact] `json:"Contacts"`
}

type agentContact struct {
	ContactID                 text    `json:"ContactId"`
	InitialContactID          text    `json:"InitialContactId"`
	Channel                   text    `json:"Channel"`
	InitiationMethod          text    `json:"InitiationMethod"`
	State                     text    `json:"State"`
	StateStartTimestamp       instant `json:"StateStartTimestamp"`
	ConnectedToAgentTimestamp instant `json:"ConnectedToAgentTimestamp"`
	QueueTimestamp            instant `json:"QueueTimestamp"`
	Queue                     one[struct {
		ARN text `json:"ARN"`
	}] `json:"Queue"`
}

// The forms in which values come.
type (
	text        = source.Text
	instant     = eventbridge.Instant
	one[T any]  = eventbridge.One[T]
	many[T any] = eventbridge.Many[T]
)

// shortID is the id at the end of an ARN: what follows the resource's kind. What is no
// ARN stays as it is.
func shortID(t text, kind string) string {
	if i := strings.LastIndex(string(t), "/"+kind+"/"); i >= 0 {
		return string(t[i+len(kind)+2:])
	}
	return string(t)
}

// outcomeTag is the contact tag by which a flow tells what the customer chose. It is the
// wallboard's own convention: Connect has no event for voicemail.
const outcomeTag = "wallboard-outcome"

// tags are the one contact tag that is read; the others are the customer's affair.
type tags struct{ outcome string }

func (t *tags) UnmarshalJSON(b []byte) error {
	t.outcome = ""
	if jsontext.Value(b).Kind() != '{' {
		return nil
	}
	var m map[string]text
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if strings.EqualFold(name, outcomeTag) && t.outcome == "" {
			t.outcome = strings.ToLower(strings.TrimSpace(string(m[name])))
		}
	}
	return nil
}
