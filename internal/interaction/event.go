package interaction

// Event is one neutral fact about one interaction (or, for AgentState, about
// one agent). It is a value: whoever holds one may keep it, nobody modifies it
// after it was handed over.
//
// Fields that a kind does not use are zero. Identifiers are the vendor's own,
// compared byte by byte and at most [MaxID] bytes long.
type Event struct {
	// Source is the configured name of the source that sent the event. Decoders
	// leave it empty; the pipeline sets it.
	Source string
	// Interaction is an id of the contact: the interaction's own or any alias
	// that a Linked event ties to it. Empty for AgentState.
	Interaction string
	Kind        Kind
	// At is the vendor's time, in microseconds since the Unix epoch.
	At int64
	// Sequence is the vendor's order among events of the same time; 0 if it has none.
	Sequence int64
	// Key identifies the fact within its source: two events with one key are
	// the same fact, delivered twice. Never empty.
	Key string
	// Version orders snapshots of one fact: among the events of one
	// interaction with the same work (or, without one, the same leg) and kind, the
	// highest version stands for all. 0 means that the event is no snapshot.
	Version int64
	// Retracted says that this version takes the fact back. Only with a Version.
	Retracted bool
	// Received is when the delivery came, in microseconds since the Unix
	// epoch. Decoders leave it 0; the pipeline sets it. It never takes part
	// in classification.
	Received int64
	// Position is the event's own place in the journal, 0 before it is stored. The
	// journal sets it; it never takes part in classification.
	Position int64

	// Leg is the vendor's id for this part of the contact, where it has one.
	Leg string

	// Channel and Direction may be given with every event; Role counts on
	// Started. Customer identifies the customer: raw from a decoder, and
	// hashed by the pipeline before it is stored.
	Channel   Channel
	Direction Direction
	Role      Role
	Customer  string

	// Queue is the vendor's id of the queue, QueueName its name where the
	// vendor gives one.
	Queue     string
	QueueName string

	// Work identifies one offer of the interaction to one agent.
	Work      string
	Agent     string
	AgentName string

	To   Target // Transferred
	ToID string // Transferred: the vendor's id of the agent or queue, if known; "" for external
	// Mode is of Transferred. A Queued with Cold says that whoever had the customer before passed him
	// on, where a vendor tells of a transfer by the coming to another queue.
	Mode Mode
	// Why is of Dequeued and Withdrawn. A Queued with UnknownWhy says that the customer was waiting
	// by then, and not since when: it re-opens nothing and begins no transfer. A Transferred with it
	// is what became of a work, told late: after an end it re-opens nothing.
	Why   Why
	Moved bool // LegEnded

	By     Party  // Disconnected; LegEnded and Released where the vendor tells
	Cause  Cause  // likewise
	Reason string // likewise: a word from the decoder's own list, at most MaxReason bytes

	Outcome  Outcome  // Reported
	Other    string   // Linked: the other id; with a Leg, one by which that leg is known too
	Presence Presence // AgentState
}

// Limits of an event's fields, in bytes. Decoders refuse what is longer.
const (
	MaxID     = 256
	MaxName   = 256
	MaxReason = 64
	MaxKey    = 600
)

// Compare orders the events of one interaction: by vendor time, sequence, kind
// rank and key. The order is total and does not depend on arrival.
func Compare(a, b *Event) int {
	switch {
	case a.At != b.At:
		return less(a.At < b.At)
	case a.Sequence != b.Sequence:
		return less(a.Sequence < b.Sequence)
	case a.Kind != b.Kind:
		return less(a.Kind < b.Kind)
	case a.Key != b.Key:
		return less(a.Key < b.Key)
	}
	return 0
}

func less(b bool) int {
	if b {
		return -1
	}
	return 1
}
