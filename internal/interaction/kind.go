package interaction

import "fmt"

// Kind says what an event tells. The numeric order of the kinds is the kind
// rank, which orders events of the same time and sequence; it never changes
// for stored data, because the text form is what is stored.
type Kind uint8

// The kinds in rank order.
const (
	KindUnknown Kind = iota
	Started
	Queued
	Transferred
	Assigned
	Accepted
	Declined
	TimedOut
	TransferFailed
	TransferCompleted
	Rerouted
	BotEngaged
	VoicemailChosen
	CallbackRequested
	Dequeued
	Withdrawn
	Released
	LegEnded
	WorkClosed
	Disconnected
	Reported
	Linked
	AgentState
)

var kindNames = []string{
	"", "started", "queued", "transferred", "assigned", "accepted", "declined", "timed_out",
	"transfer_failed", "transfer_completed", "rerouted", "bot_engaged", "voicemail_chosen",
	"callback_requested", "dequeued", "withdrawn", "released", "leg_ended", "work_closed",
	"disconnected", "reported", "linked", "agent_state",
}

// String returns the kind's name, or "" for KindUnknown.
func (k Kind) String() string { return name(kindNames, k) }

// ParseKind is the inverse of String. It fails on unknown names and on "".
func ParseKind(s string) (Kind, error) { return parse[Kind]("kind", kindNames, s, false) }

// Kinds returns all kinds in rank order.
func Kinds() []Kind {
	ks := make([]Kind, 0, len(kindNames)-1)
	for k := Started; k <= AgentState; k++ {
		ks = append(ks, k)
	}
	return ks
}

func name[T ~uint8](names []string, v T) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("invalid(%d)", v)
}

// parse finds s among names. The empty string is the zero value where that is
// allowed.
func parse[T ~uint8](what string, names []string, s string, emptyOK bool) (T, error) {
	if s == "" && emptyOK {
		return 0, nil
	}
	for i, n := range names {
		if n == s && n != "" {
			return T(i), nil
		}
	}
	return 0, fmt.Errorf("%s is not one of %q", what, names[1:])
}
