package amazonconnect

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// anyCase reads names whatever their case: AWS's own samples mix agentInfo and AgentInfo.
var anyCase = json.MatchCaseInsensitiveNames(true)

// part is one JSON value of a body before it is known what it is: an EventBridge event,
// an SNS message, a Kinesis record, an agent event, or a contact event's bare detail.
type part struct {
	// EventBridge.
	DetailType text           `json:"detail-type"`
	Origin     text           `json:"source"`
	Time       instant        `json:"time"`
	Detail     one[contact]   `json:"detail"`
	ContactID  text           `json:"contactId"`
	EventType  text           `json:"eventType"`
	Type       text           `json:"Type"`     // SNS
	TopicARN   text           `json:"TopicArn"` // SNS
	Message    text           `json:"Message"`  // SNS
	Stream     text           `json:"eventSource"`
	Data       jsontext.Value `json:"data"`
	AgentARN   text           `json:"AgentARN"`
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

// text is a string, or a number or boolean as it is written. Null and what else may stand
// there are nothing.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch jsontext.Value(b).Kind() {
	case '"':
		var s string
		err := json.Unmarshal(b, &s)
		*t = text(s)
		return err
	case '0', 't', 'f':
		*t = text(b)
	}
	return nil
}

// upper is the text as an enumeration's value.
func (t text) upper() string { return strings.ToUpper(string(t)) }

// id is the short id at the end of an ARN: what follows the resource's kind. What is no
// ARN stays as it is.
func (t text) id(kind string) string {
	if i := strings.LastIndex(string(t), "/"+kind+"/"); i >= 0 {
		return string(t[i+len(kind)+2:])
	}
	return string(t)
}

// instant is a time in microseconds since the Unix epoch. 0 is never: absent, null, no
// time, or one of the year 1970, by which Connect says that something has not happened.
type instant int64

func (i *instant) UnmarshalJSON(b []byte) error {
	*i = 0
	var s text
	if err := s.UnmarshalJSON(b); err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339Nano, string(s))
	if err != nil {
		n, err := strconv.ParseFloat(string(s), 64)
		if err != nil || n < 0 || n > 1e14 {
			return nil
		}
		if n < 1e11 { // seconds, else milliseconds
			n *= 1000
		}
		at = time.UnixMilli(int64(n))
	}
	if at.UTC().Year() > 1970 {
		*i = instant(at.UnixMicro())
	}
	return nil
}

// one is an object; of an array its first element; otherwise nothing.
type one[T any] struct {
	value T
	is    bool
}

func (o *one[T]) UnmarshalJSON(b []byte) error {
	*o = one[T]{}
	v := jsontext.Value(b)
	if v.Kind() == '[' {
		var vs []jsontext.Value
		if err := json.Unmarshal(v, &vs); err != nil {
			return err
		}
		if len(vs) == 0 {
			return nil
		}
		v = vs[0]
	}
	if v.Kind() != '{' {
		return nil
	}
	o.is = true
	return json.Unmarshal(v, &o.value, anyCase)
}

// many is an array; of an object itself alone; otherwise nothing. Elements that are no
// objects are left out.
type many[T any] []T

func (m *many[T]) UnmarshalJSON(b []byte) error {
	*m = nil
	vs := []jsontext.Value{b}
	if jsontext.Value(b).Kind() == '[' {
		if err := json.Unmarshal(b, &vs); err != nil {
			return err
		}
	}
	for _, v := range vs {
		if v.Kind() != '{' {
			continue
		}
		var t T
		if err := json.Unmarshal(v, &t, anyCase); err != nil {
			return err
		}
		*m = append(*m, t)
	}
	return nil
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

func (i instant) key() string { return strconv.FormatInt(int64(i), 10) }
