package interaction

// Channel says how the customer reached the contact centre.
type Channel uint8

// The values of [Channel].
const (
	Voice Channel = iota + 1
	Messaging
)

var channelNames = []string{
	"", "voice", "messaging",
}

// String returns the value's name, or "" for the zero value.
func (v Channel) String() string { return name(channelNames, v) }

// ParseChannel is the inverse of String; "" is the zero value. It fails on unknown names.
func ParseChannel(s string) (Channel, error) { return parse[Channel]("channel", channelNames, s, true) }

// Direction says who began the contact.
type Direction uint8

// The values of [Direction].
const (
	Inbound Direction = iota + 1
	Outbound
)

var directionNames = []string{
	"", "inbound", "outbound",
}

// String returns the value's name, or "" for the zero value.
func (v Direction) String() string { return name(directionNames, v) }

// ParseDirection is the inverse of String; "" is the zero value. It fails on unknown names.
func ParseDirection(s string) (Direction, error) {
	return parse[Direction]("direction", directionNames, s, true)
}

// Role says what the contact is for. Everything but a customer's own contact is
// out of scope of the Abandoned rule.
type Role uint8

// The values of [Role].
const (
	Customer Role = iota + 1
	OutboundRole
	Internal
	Callback
	Voicemail
	Consult
	Monitor
	Survey
)

var roleNames = []string{
	"", "customer", "outbound", "internal", "callback", "voicemail", "consult", "monitor", "survey",
}

// String returns the value's name, or "" for the zero value.
func (v Role) String() string { return name(roleNames, v) }

// ParseRole is the inverse of String; "" is the zero value. It fails on unknown names.
func ParseRole(s string) (Role, error) { return parse[Role]("role", roleNames, s, true) }

// Target says to whom the customer is transferred.
type Target uint8

// The values of [Target].
const (
	ToAgent Target = iota + 1
	ToQueue
	ToExternal
)

var targetNames = []string{
	"", "agent", "queue", "external",
}

// String returns the value's name, or "" for the zero value.
func (v Target) String() string { return name(targetNames, v) }

// ParseTarget is the inverse of String; "" is the zero value. It fails on unknown names.
func ParseTarget(s string) (Target, error) { return parse[Target]("to", targetNames, s, true) }

// Mode says how a transfer is made. The zero value counts as unknown.
type Mode uint8

// The values of [Mode].
const (
	Cold Mode = iota + 1
	Warm
	ConsultTransfer
	UnknownMode
)

var modeNames = []string{
	"", "cold", "warm", "consult", "unknown",
}

// String returns the value's name, or "" for the zero value.
func (v Mode) String() string { return name(modeNames, v) }

// ParseMode is the inverse of String; "" is the zero value. It fails on unknown names.
func ParseMode(s string) (Mode, error) { return parse[Mode]("mode", modeNames, s, true) }

// Why says why a customer was dequeued or an offer withdrawn.
type Why uint8

// The values of [Why].
const (
	QueueTimeout Why = iota + 1
	QueueFull
	QueueEmpty
	ExitKey
	Overflow
	AgentUnavailable
	AnsweredElsewhere
	Canceled
	UnknownWhy
)

var whyNames = []string{
	"", "timeout", "full", "empty", "exit_key", "overflow", "agent_unavailable", "answered_elsewhere", "canceled", "unknown",
}

// String returns the value's name, or "" for the zero value.
func (v Why) String() string { return name(whyNames, v) }

// ParseWhy is the inverse of String; "" is the zero value. It fails on unknown names.
func ParseWhy(s string) (Why, error) { return parse[Why]("why", whyNames, s, true) }

// Party says who ended the customer's connection. The zero value counts as unknown.
type Party uint8

// The values of [Party].
const (
	ByCustomer Party = iota + 1
	ByAgent
	BySystem
	ByUnknown
)

var partyNames = []string{
	"", "customer", "agent", "system", "unknown",
}

// String returns the value's name, or "" for the zero value.
func (v Party) String() string { return name(partyNames, v) }

// ParseParty is the inverse of String; "" is the zero value. It fails on unknown names.
func ParseParty(s string) (Party, error) { return parse[Party]("by", partyNames, s, true) }

// Cause says how the connection ended. The zero value counts as normal.
type Cause uint8

// The values of [Cause].
const (
	Normal Cause = iota + 1
	Technical
	Inactivity
)

var causeNames = []string{
	"", "normal", "technical", "inactivity",
}

// String returns the value's name, or "" for the zero value.
func (v Cause) String() string { return name(causeNames, v) }

// ParseCause is the inverse of String; "" is the zero value. It fails on unknown names.
func ParseCause(s string) (Cause, error) { return parse[Cause]("cause", causeNames, s, true) }

// Presence is the state of an agent.
type Presence uint8

// The values of [Presence].
const (
	Available Presence = iota + 1
	Busy
	WrapUp
	Away
	Offline
)

var presenceNames = []string{
	"", "available", "busy", "wrap_up", "away", "offline",
}

// String returns the value's name, or "" for the zero value.
func (v Presence) String() string { return name(presenceNames, v) }

// ParsePresence is the inverse of String; "" is the zero value. It fails on unknown names.
func ParsePresence(s string) (Presence, error) {
	return parse[Presence]("state", presenceNames, s, true)
}

// Outcome says what became of an interaction.
type Outcome uint8

// The values of [Outcome].
const (
	Open Outcome = iota + 1
	Answered
	Abandoned
	SelfServed
	EndedBySystem
	LeftInMenu
	LostTrack
	OutOfScope
)

var outcomeNames = []string{
	"", "open", "answered", "abandoned", "self_served", "ended_by_system", "left_in_menu", "lost_track", "out_of_scope",
}

// String returns the value's name, or "" for the zero value.
func (v Outcome) String() string { return name(outcomeNames, v) }

// ParseOutcome is the inverse of String; "" is the zero value. It fails on unknown names.
func ParseOutcome(s string) (Outcome, error) { return parse[Outcome]("outcome", outcomeNames, s, true) }
