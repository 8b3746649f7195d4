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
	Leg      Leg
}

// Leg is the part of a contact up to its next transfer, for vendors that have an id for it.
type Leg struct {
	Number   int // from 1, within the contact
	Previous int // the leg whose agent passed the customer on; 0 in the first leg
	Queue    Queue
	ToAgent  bool // it goes to one agent, and not to Queue
	// Began is set once the fact that began it was told, Queued when it entered Queue.
	Began, Queued time.Time
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
	Leg     Leg
	// When it came so far; each is set after the fact that says so.
	Offered, Accepted, Released time.Time
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
	// Adjust takes out what the format has no way to tell.
	Adjust(r *Rates)
	// Shown returns the kind as which the format shows a fact; false if not at all. Truth
	// is made of what is shown.
	Shown(f *Fact) (Kind, bool)
	// Releases says that an agent who passes the customer on lets go, in this format, when
	// the agent's own part ends, and not when the transfer is told.
	Releases() bool
	// ContactID and WorkID are the vendor's ids, under which a wallboard knows an
	// interaction and a work. The work's agent and leg are set.
	ContactID(id uint64) string
	WorkID(contact uint64, w *Work) string
	// ExpiredReason is the vendor's word for a contact that the system ended.
	ExpiredReason() string
}

// Message is the body of one delivery.
type Message struct {
	ContentType string
	Body        []byte
}
