package dialpad

import "github.com/wallboard/wallboard/internal/source"

// event is a call event: one leg as it is by then. Times are milliseconds, or null.
type event struct {
	CallID           source.Text `json:"call_id"`
	EntryPointCallID source.Text `json:"entry_point_call_id"`
	OperatorCallID   source.Text `json:"operator_call_id"`
	MasterCallID     source.Text `json:"master_call_id"`

	State          source.Text `json:"state"`
	Direction      source.Text `json:"direction"`
	ExternalNumber source.Text `json:"external_number"`
	IsInternal     source.Text `json:"is_internal"`

	Target          source.One[target] `json:"target"`
	IsTransferred   source.Text        `json:"is_transferred"`
	TransferredFrom source.One[target] `json:"transferred_from"`

	EventTimestamp source.Text `json:"event_timestamp"`
	DateStarted    source.Text `json:"date_started"`
	DateFirstRang  source.Text `json:"date_first_rang"`
	DateQueued     source.Text `json:"date_queued"`
	DateRang       source.Text `json:"date_rang"`
	DateConnected  source.Text `json:"date_connected"`
	DateEnded      source.Text `json:"date_ended"`

	VoicemailLink        source.Text `json:"voicemail_link"`
	VoicemailRecordingID source.Text `json:"voicemail_recording_id"`
	CallbackRequested    flag        `json:"callback_requested"`
}

type target struct {
	ID   source.Text `json:"id"`
	Type source.Text `json:"type"`
	Name source.Text `json:"name"`
}

// flag is set by any value that is not null, false, 0, empty or an empty object or array:
// the type of callback_requested is not documented.
type flag bool

func (f *flag) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "null", "false", `"false"`, "0", `"0"`, `""`, "{}", "[]":
		*f = false
	default:
		*f = true
	}
	return nil
}
