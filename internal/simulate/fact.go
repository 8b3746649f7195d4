package simulate

import (
	"net/http"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Kind says what a fact tells.
type Kind uint8

// The kinds of facts.
const (
	Arrived           Kind = iota + 1 // a contact came, on its way to Contact.Queue
	Queued                            // it entered Contact.Queue
	Offered                           // Work was offered to its agent
	Accepted                          // its agent accepted
	Declined                          // its agent declined
	TimedOut                          // its agent did not answer
	OfferCanceled                     // the offer was taken back, because the customer left
	AnsweredElsewhere                 // the offer was taken back, because another agent accepted
	Released                          // the agent's conversation is over; wrap-up begins
	Wrapping                          // the contact as a whole is in wrap-up
	Done                              // the agent's wrap-up is over
	Completed                         // the contact is over after an agent had it
	HungUp                            // the customer hung up while waiting
	VoicemailChosen                   // the customer chose to leave a voicemail, and is gone
	CallbackChosen                    // the customer chose to be called back, and is gone
	Expired                           // the system ended a contact that waited for too long
	TransferBegan                     // Work's agent passes the customer on
	TransferDone                      // another agent has the customer
	TransferFailed                    // the target did not answer
	ActivityChanged                   // an agent is available, or away
)

// Stage is how far a contact got.
type Stage uint8

// The stages.
const (
	Waiting Stage = iota
	Ringing
	Talking
	InWrapUp
	Gone // it ended before an agent had it
	Over // it ended after an agent had it
)

// Fact is one thing that happened. It is a value that nobody modifies again.
type Fact struct {
	// Number is the fact's own, from 1.
	Number uint64
	Kind   Kind
	// At is in whole milliseconds; the facts of one contact differ in it.
	At time.Time
	// Contact is whom it happened to, as it is from now on; zero for ActivityChanged.
	Contact Contact
	// Work is the offer that it is about, if it is about one.
	Work Work
	// Transfer is for the facts about transfers.
	Transfer Transfer
	// Activity is for ActivityChanged.
	Activity Activity
}

// Contact is one customer contact.
type Contact struct {
	ID uint64 // from 1; 0 is none
	// Origin is the contact that this one follows up, else ID.
	Origin   uint64
	Role     interaction.Role // customer, callback or voicemail
	Channel  interaction.Channel
	Queue    Queue
	Customer string // a telephone number
	Began    time.Time
	Entered  time.Time // into Queue
	Stage    Stage
	Version  int // counts the changes of Stage
}

// Queue is where contacts wait.
type Queue struct {
	ID      int // from 1
	Name    string
	Channel interaction.Channel
	share   float64
}

// Work is one offer of a contact to one agent.
type Work struct {
	ID      uint64 // from 1; 0 is none
	Agent   Agent
	Timeout time.Duration
}

// Agent is a person who answers.
type Agent struct {
	ID       int // from 1
	Name     string
	Activity string
}

// Transfer is the passing on of a customer.
type Transfer struct {
	ID   uint64
	Warm bool
	From Work
	// ToAgent or ToQueue is the target; the other is zero.
	ToAgent Agent
	ToQueue Queue
}

// Activity is a change of what an agent does.
type Activity struct {
	Agent    Agent // as it is now
	Previous string
	For      time.Duration // how long the previous one lasted
}

// The activities of agents.
const (
	Available = "Available"
	OnBreak   = "Break"
	Away      = "Away"
	Offline   = "Offline"
)

// Vendor speaks a vendor's format. Its methods are pure: the same arguments make the
// same bytes.
type Vendor interface {
	// Name is the vendor's name in a wallboard's configuration.
	Name() string
	// Encode returns what the vendor would send of a fact: no, one or several
	// deliveries.
	Encode(f *Fact) []Message
	// Sign returns the headers that authenticate a message which the vendor posts to
	// url, by a secret that is not empty.
	Sign(m Message, url, secret string) http.Header
	// ContactID and WorkID are the vendor's ids, under which a wallboard knows an
	// interaction and a work.
	ContactID(id uint64) string
	WorkID(id uint64) string
	// ExpiredReason is the vendor's word for a contact that the system ended.
	ExpiredReason() string
}

// Message is the body of one delivery.
type Message struct {
	ContentType string
	Body        []byte
}
