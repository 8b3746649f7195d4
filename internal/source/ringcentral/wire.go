package ringcentral

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
)

// delivery is a notification, or has it below pn_apns, as in old samples.
type delivery struct {
	notification
	Old source.One[notification] `json:"pn_apns"`
}

type notification struct {
	Event     source.Text         `json:"event"`
	Timestamp source.Text         `json:"timestamp"`
	Body      source.One[session] `json:"body"`
}

type session struct {
	Sequence           source.Text        `json:"sequence"`
	TelephonySessionID source.Text        `json:"telephonySessionId"`
	EventTime          source.Text        `json:"eventTime"`
	Origin             source.One[origin] `json:"origin"`
	Parties            parties            `json:"parties"`
}

type origin struct {
	Type source.Text `json:"type"`
}

type party struct {
	ID          source.Text        `json:"id"`
	ExtensionID source.Text        `json:"extensionId"`
	Direction   source.Text        `json:"direction"`
	To          source.One[end]    `json:"to"`
	From        source.One[end]    `json:"from"`
	Status      source.One[status] `json:"status"`
	QueueCall   source.Text        `json:"queueCall"`
}

type end struct {
	PhoneNumber source.Text `json:"phoneNumber"`
	Name        source.Text `json:"name"`
	ExtensionID source.Text `json:"extensionId"`
}

type status struct {
	Code   source.Text      `json:"code"`
	Reason source.Text      `json:"reason"`
	PeerID source.One[peer] `json:"peerId"`
}

type peer struct {
	TelephonySessionID source.Text `json:"telephonySessionId"`
}

// parties is an array of objects; what else stands in it is no party, and keeps its place.
type parties []source.One[party]

func (p *parties) UnmarshalJSON(b []byte) error {
	*p = nil
	if jsontext.Value(b).Kind() != '[' {
		return nil
	}
	return json.Unmarshal(b, (*[]source.One[party])(p))
}
