package zoom

import "github.com/wallboard/wallboard/internal/source"

// urlValidation is the event by which Zoom checks a URL.
const urlValidation = "endpoint.url_validation"

// envelope is the body of every webhook.
type envelope struct {
	Event   source.Text         `json:"event"`
	EventTS source.Text         `json:"event_ts"`
	Payload source.One[payload] `json:"payload"`
}

// payload has what happened in its object. Some of Zoom's older samples have it in the
// payload itself.
type payload struct {
	Object source.One[object] `json:"object"`
	object
}

// object is a task, a reservation, an engagement or an agent. The names are those of
// Zoom's events; each event has some of them.
type object struct {
	EngagementID source.Text `json:"engagement_id"`
	Direction    source.Text `json:"engagement_direction"`
	TaskID       source.Text `json:"task_id"`
	Reservation  source.Text `json:"task_reservation_id"`
	// ReservationID is the same where a body calls it so; no sample does.
	ReservationID source.Text `json:"reservation_id"`

	Channel     source.Text `json:"channel"`
	ChannelName source.Text `json:"channel_name"` // of tasks

	CCQueueID source.Text `json:"cc_queue_id"`
	QueueID   source.Text `json:"queue_id"`
	QueueName source.Text `json:"queue_name"`

	AssignedUser source.Text `json:"assigned_user_id"` // of reservations
	User         source.Text `json:"user_id"`
	UserName     source.Text `json:"user_display_name"`
	DisplayName  source.Text `json:"display_name"` // of agents' own events

	Consumer       source.Text `json:"consumer_id"`
	ConsumerNumber source.Text `json:"consumer_number"`
	CallerNumber   source.Text `json:"caller_number"`

	DateTimeMS     source.Text `json:"date_time_ms"`
	LastModifiedMS source.Text `json:"last_modified_time_ms"`
	CreatedMS      source.Text `json:"created_time_ms"`

	TransferLevel       source.Text `json:"transfer_level"` // queue, user, flow, …
	TransferType        source.Text `json:"transfer_type"`  // warm, …
	TransferToUser      source.Text `json:"transfer_to_user_id"`
	TransferToUserName  source.Text `json:"transfer_to_user_display_name"`
	TransferToQueue     source.Text `json:"transfer_to_cc_queue_id"`
	TransferToQueueName source.Text `json:"transfer_to_queue_name"`
	TransferToFlow      source.Text `json:"transfer_to_flow_id"`
	TransferToInbox     source.Text `json:"transfer_to_inbox_id"`
	TransferToNumber    source.Text `json:"transfer_to_number"`

	TakeoverUser     source.Text `json:"takeover_user_id"`
	TakeoverUserName source.Text `json:"takeover_user_display_name"`

	StatusName    source.Text `json:"current_status_name"`
	SubStatusName source.Text `json:"current_sub_status_name"`
}

// first is the first text that says something.
func first(texts ...source.Text) string {
	for _, t := range texts {
		if t != "" {
			return string(t)
		}
	}
	return ""
}

// at is when the event happened, in microseconds; 0 if nothing says it.
func (e *envelope) at(o *object) int64 {
	for _, t := range []source.Text{e.EventTS, o.DateTimeMS, o.LastModifiedMS, o.CreatedMS} {
		if at := t.Micros(); at != 0 {
			return at
		}
	}
	return 0
}
