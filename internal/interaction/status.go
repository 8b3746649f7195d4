package interaction

// Status is the state of one work, by Salesforce's API names (AgentWork.Status),
// with Waiting for interactions that nobody was offered yet.
type Status uint8

// The rows of the Agent Work Status table, in the order in which it shows them.
// Waiting, Assigned and Opened are what is so now; the others are final.
const (
	Waiting Status = iota
	StatusAssigned
	Opened
	Closed
	StatusTransferred
	StatusDeclined
	DeclinedOnPushTimeout
	Unavailable
	StatusCanceled
	StatusAbandoned
	StatusCount // the number of statuses; not a status
)

var statusNames = []string{
	"Waiting", "Assigned", "Opened", "Closed", "Transferred", "Declined",
	"DeclinedOnPushTimeout", "Unavailable", "Canceled", "Abandoned",
}

// String returns the API name.
func (s Status) String() string { return name(statusNames, s) }

// Final reports whether a work of this status is over.
func (s Status) Final() bool { return s >= Closed && s < StatusCount }

// Statuses returns all statuses in table order.
func Statuses() []Status {
	ss := make([]Status, StatusCount)
	for i := range ss {
		ss[i] = Status(i)
	}
	return ss
}

// AbandonedReasons are the reasons of an abandoned interaction, in display order.
var AbandonedReasons = [4]string{"no_agent", "before_accept", "after_decline", "after_transfer"}
