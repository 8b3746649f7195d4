package genesys

import (
	"strconv"
	"time"

	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/eventbridge"
)

// The forms in which values come.
type (
	text    = source.Text
	instant = eventbridge.Instant
)

// part is one JSON value of a body: an EventBridge event, its detail alone, or the flat
// form of a data action, which is a body with its topic beside it.
type part struct {
	eventbridge.Envelope[detail]
	detail
	body

	Topic text `json:"topic"`
}

// detail is what Genesys puts into an EventBridge event.
type detail struct {
	TopicName text                  `json:"topicName"`
	Body      eventbridge.One[body] `json:"eventBody"`
	Timestamp instant               `json:"timestamp"`
}

// body has the fields of all topics that are read, as far as they are needed. Customers'
// numbers and names are not.
type body struct {
	EventTime      instant `json:"eventTime"`
	ConversationID text    `json:"conversationId"`
	ParticipantID  text    `json:"participantId"`
	SessionID      text    `json:"sessionId"`
	MediaType      text    `json:"mediaType"`
	Direction      text    `json:"direction"`
	DisconnectType text    `json:"disconnectType"`
	QueueID        text    `json:"queueId"`
	UserID         text    `json:"userId"`

	AcdOutcome     text `json:"acdOutcome"`
	AnsweredUserID text `json:"answeredUserId"`

	InteractingDuration span `json:"interactingDurationMs"`
	HeldDuration        span `json:"heldDurationMs"`
	AlertingDuration    span `json:"alertingDurationMs"`
	VoicemailDuration   span `json:"voicemailDurationMs"`
	ConnectedDuration   span `json:"connectedDurationMs"`

	FlowType     text `json:"flowType"`
	TransferType text `json:"transferType"`

	// An agent's session.
	CurrentState         text    `json:"currentState"`
	CurrentStateStart    instant `json:"currentStateStart"`
	OriginatingDirection text    `json:"originatingDirection"`

	// A user's activity. The flat form gives the words themselves.
	ID             text          `json:"id"`
	RoutingStatus  routingStatus `json:"routingStatus"`
	Presence       presence      `json:"presence"`
	SystemPresence text          `json:"systemPresence"`
}

// routingStatus is an object, or its status alone.
type routingStatus struct {
	Status    text
	StartTime instant
}

func (s *routingStatus) UnmarshalJSON(b []byte) error {
	*s = routingStatus{}
	if err := s.Status.UnmarshalJSON(b); err != nil || s.Status != "" {
		return err
	}
	var o eventbridge.One[struct {
		Status    text    `json:"status"`
		StartTime instant `json:"startTime"`
	}]
	err := o.UnmarshalJSON(b)
	*s = routingStatus(o.Value)
	return err
}

// presence is an object, or the system's word for it alone.
type presence struct {
	System   text
	Modified instant
}

func (p *presence) UnmarshalJSON(b []byte) error {
	*p = presence{}
	if err := p.System.UnmarshalJSON(b); err != nil || p.System != "" {
		return err
	}
	var o eventbridge.One[struct {
		Definition eventbridge.One[struct {
			SystemPresence text `json:"systemPresence"`
		}] `json:"presenceDefinition"`
		ModifiedDate instant `json:"modifiedDate"`
	}]
	err := o.UnmarshalJSON(b)
	p.System, p.Modified = o.Value.Definition.Value.SystemPresence, o.Value.ModifiedDate
	return err
}

// maxSpan bounds a duration: what is longer is no time that somebody talked.
const maxSpan = 30 * 24 * time.Hour

// span is a duration in microseconds, sent in milliseconds. 0 is none: absent, negative,
// or no number.
type span int64

func (s *span) UnmarshalJSON(b []byte) error {
	*s = 0
	var t text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	if n, err := strconv.ParseFloat(string(t), 64); err == nil && n > 0 && n <= float64(maxSpan.Milliseconds()) {
		*s = span(n * 1000)
	}
	return nil
}

// before is the instant so long before another, or never.
func (s span) before(at instant) instant { return max(0, at-instant(s)) }

// tells reports whether a session is so long that its length tells of its start. Sessions that
// a customer's leaving ends do so some milliseconds later; what began before the customer
// left may not seem to have begun after.
func (s span) tells() bool { return s >= span(time.Second/time.Microsecond) }
