package aircall

import "github.com/wallboard/wallboard/internal/source"

// envelope is what every delivery is. Callbacks of message numbers have event_name instead.
type envelope struct {
	Event     source.Text      `json:"event"`
	EventName source.Text      `json:"event_name"`
	Timestamp source.Text      `json:"timestamp"`
	Data      source.One[data] `json:"data"`
}

// data is a call, a user, or the session of an AI voice agent.
type data struct {
	ID        source.Text `json:"id"`
	CallID    source.Text `json:"call_id"`   // of an AI voice agent
	NumberID  source.Text `json:"number_id"` // likewise
	Direction source.Text `json:"direction"`

	MissedCallReason source.Text `json:"missed_call_reason"`
	HangupCause      source.Text `json:"hangup_cause"`
	StartedAt        source.Text `json:"started_at"`
	AnsweredAt       source.Text `json:"answered_at"`
	EndedAt          source.Text `json:"ended_at"`

	RawDigits source.Text        `json:"raw_digits"`
	Number    source.One[number] `json:"number"`
	User      source.One[agent]  `json:"user"`

	TransferredBy source.One[agent] `json:"transferred_by"`
	TransferredTo source.One[agent] `json:"transferred_to"`
	TransferedBy  source.One[agent] `json:"transfered_by"` // as one of the SDKs spells it
	TransferedTo  source.One[agent] `json:"transfered_to"`

	Voicemail               source.Text `json:"voicemail"`
	VoicemailShortURL       source.Text `json:"voicemail_short_url"`
	AutomaticCallbackCallID source.Text `json:"automatic_callback_call_id"`

	// Of a user event.
	Name               source.Text `json:"name"`
	Available          source.Text `json:"available"`
	AvailabilityStatus source.Text `json:"availability_status"`
	Substatus          source.Text `json:"substatus"`
}

type number struct {
	ID    source.Text `json:"id"`
	Name  source.Text `json:"name"`
	IsIVR source.Text `json:"is_ivr"`
}

type agent struct {
	ID   source.Text `json:"id"`
	Name source.Text `json:"name"`
}
