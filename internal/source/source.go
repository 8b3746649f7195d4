package source

import (
	"errors"
	"net/http"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Delivery is one HTTP request from a vendor, read once and in full.
type Delivery struct {
	// Received is when the request came.
	Received time.Time
	Method   string
	// Path is what follows /hooks/{source} in the request's path: "" or
	// "/events".
	Path string
	// RawQuery is the request's query string as sent, without "?".
	RawQuery string
	Header   http.Header
	// Body is the raw body; nobody modifies it.
	Body []byte
}

// Decoded is what a delivery said.
type Decoded struct {
	// Events in the order in which the delivery names them.
	Events []interaction.Event
	// Problems are the parts that are authentic but do not decode. They are kept
	// in quarantine; the other parts count.
	Problems []Problem
	// Ignored counts parts that were understood and are not needed, by the
	// vendor's type name.
	Ignored map[string]int
}

// Problem is a part of a delivery that does not decode.
type Problem struct {
	// Index is the part's place in the delivery, from 0.
	Index int
	// Reason says what is wrong and names the field. It never echoes input.
	Reason string
}

// Response is the answer that a vendor wants.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// The errors of Verify and Decode, each of which chooses a status code. Others
// wrap them with a text that names the field and never echoes input.
var (
	// ErrUnauthenticated means that the authentication is bad or missing: 401.
	ErrUnauthenticated = errors.New("unauthenticated")
	// ErrMalformed means that the body is not even what it says it is: 400.
	ErrMalformed = errors.New("malformed")
	// ErrContentType means that the vendor documents another content type: 415.
	ErrContentType = errors.New("unsupported content type")
	// ErrMethod means that the vendor sends no such request: 405.
	ErrMethod = errors.New("method not allowed")
	// ErrUnavailable means that what the check needs could not be had just now, as a
	// vendor's certificate: 503, because a 4xx would be final.
	ErrUnavailable = errors.New("unavailable for the moment")
)

// Verifier checks that a delivery is authentic, over its raw bytes and in
// constant time. It returns nil or an error that wraps ErrUnauthenticated
// or ErrUnavailable.
type Verifier interface {
	Verify(d *Delivery) error
}

// Decoder turns an authentic delivery into events.
type Decoder interface {
	// Decode returns what the delivery says. An error wraps ErrMalformed,
	// ErrContentType or ErrMethod; what is well-formed but not understood
	// is a Problem instead.
	Decode(d *Delivery) (Decoded, error)
	// Acknowledge is the 2xx answer that the vendor wants once the delivery
	// is durable.
	Acknowledge(d *Delivery) Response
}

// Handshaker is a Decoder whose vendor asks before it sends, or a Verifier where the
// answer needs the secret, which no decoder has. Handshakes store nothing. ok is false if d is no handshake.
type Handshaker interface {
	Handshake(d *Delivery) (r Response, ok bool)
}

// Redactor is a Decoder whose vendor puts a credential into the body.
type Redactor interface {
	// Redacted returns the body as it may be kept: without the credential, and such that
	// Decode says the same of it. It does not modify d.
	Redacted(d *Delivery) []byte
}

// Settings are what a source's verifier and decoder are made from, out of the
// configuration file.
type Settings struct {
	Name string
	// PublicURL is the URL under which the vendor calls this server, without a
	// trailing slash; the hook is PublicURL + "/hooks/" + Name. "" if unset.
	PublicURL string
	Auth      Auth
	// Agents names agents by the vendor's ids, where the vendor does not name them.
	Agents map[string]string
	// Activities names what a vendor's agent activities mean, where the vendor's
	// names are the customer's own (Twilio).
	Activities map[string]interaction.Presence
}

// Auth is the auth section of a source.
type Auth struct {
	Scheme   string
	Header   string
	Username string
	// Secrets are accepted alternatives, the current one first.
	Secrets []string
	Topics  []string
}

// Vendor is what a vendor's package exports.
type Vendor struct {
	// Name is the value of `vendor:` in the configuration.
	Name string
	// Schemes are the vendor's own values of `auth.scheme`, the default first. The
	// shared ones (none, header, basic) go with every vendor, and may be the default.
	Schemes []string
	// Keyless are those of Schemes that need no secret.
	Keyless []string
	// NewVerifier makes the verifier for one of Schemes. Its error names the
	// setting (as in "auth.secret") and the remedy.
	NewVerifier func(s Settings) (Verifier, error)
	// NewDecoder makes the decoder.
	NewDecoder func(s Settings) (Decoder, error)
	// Limit is what a reader of the board has to know of what the vendor does not tell, in
	// a sentence; "" if there is nothing.
	Limit string
	// ID is the id under which events name a queue or an agent, made from what the
	// vendor's console shows of it. nil means that both are the same.
	ID func(string) string
}
