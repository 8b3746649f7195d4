package cloudevents

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

const typePrefix = "org.wallboard.interaction."

// wire is a CloudEvent as it is sent.
type wire struct {
	SpecVersion string         `json:"specversion"`
	ID          string         `json:"id"`
	Source      string         `json:"source"`
	Type        string         `json:"type"`
	Subject     string         `json:"subject"`
	Time        string         `json:"time"`
	Sequence    jsontext.Value `json:"sequence"` // digits, as a string or a number
	Data        jsontext.Value `json:"data"`
	DataBase64  []byte         `json:"data_base64"` // in place of data

	sequence string // of binary mode
}

// arguments are the data of an event: those of all kinds by name.
type arguments struct {
	Channel   string `json:"channel"`
	Direction string `json:"direction"`
	Role      string `json:"role"`
	Customer  string `json:"customer"`
	Queue     named  `json:"queue"`
	Work      string `json:"work"`
	Agent     named  `json:"agent"`
	To        string `json:"to"`
	ToID      string `json:"to_id"`
	Mode      string `json:"mode"`
	Why       string `json:"why"`
	Leg       string `json:"leg"`
	Moved     bool   `json:"moved"`
	By        string `json:"by"`
	Cause     string `json:"cause"`
	Reason    string `json:"reason"`
	Outcome   string `json:"outcome"`
	Other     string `json:"other"`
	State     string `json:"state"`
	Version   int64  `json:"version"`
	Retracted bool   `json:"retracted"`
}

// named is an id, or an object of id and name.
type named struct{ ID, Name string }

// UnmarshalJSONFrom reads both forms.
func (n *named) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	switch d.PeekKind() {
	case '"':
		return json.UnmarshalDecode(d, &n.ID)
	case 'n':
		return d.SkipValue()
	}
	var o struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	err := json.UnmarshalDecode(d, &o)
	*n = named(o)
	return err
}

func asSemantic(err error, s **json.SemanticError) bool { return errors.As(err, s) }

// add decodes the event into out, as the i-th part.
func (w *wire) add(out *source.Decoded, i int) {
	if w.Type != "" && !strings.HasPrefix(w.Type, typePrefix) {
		out.Ignore("other")
		return
	}
	e, err := w.event()
	if err != nil {
		out.Problems = append(out.Problems, source.Problem{Index: i, Reason: err.Error()})
		return
	}
	out.Events = append(out.Events, e)
}

func (w *wire) event() (interaction.Event, error) {
	var e interaction.Event
	if w.Type == "" {
		return e, errors.New("type: is missing")
	}
	kind, err := interaction.ParseKind(strings.TrimPrefix(w.Type, typePrefix))
	if err != nil {
		return e, fmt.Errorf("type: %w after %s", err, typePrefix)
	}
	at, err := time.Parse(time.RFC3339Nano, w.Time)
	switch {
	case w.SpecVersion != "1.0":
		return e, errors.New("specversion: is not 1.0")
	case w.ID == "":
		return e, errors.New("id: is missing")
	case w.Source == "":
		return e, errors.New("source: is missing")
	case err != nil:
		return e, errors.New("time: is missing or not RFC 3339, as 2026-11-23T14:02:07.123Z")
	}
	var a arguments
	if len(w.DataBase64) > 0 {
		if len(w.Data) > 0 {
			return e, errors.New("data_base64: stands beside data; an event has one of them")
		}
		w.Data = w.DataBase64
	}
	if len(w.Data) > 0 {
		if err := json.Unmarshal(w.Data, &a); err != nil {
			return e, errors.New("data: " + field(err))
		}
	}
	e = interaction.Event{
		Interaction: w.Subject, Kind: kind, At: at.UnixMicro(), Key: w.Source + "#" + w.ID, Version: a.Version, Retracted: a.Retracted,
		Leg: a.Leg, Customer: a.Customer, Queue: a.Queue.ID, QueueName: a.Queue.Name, Work: a.Work, Agent: a.Agent.ID,
		AgentName: a.Agent.Name, ToID: a.ToID, Moved: a.Moved, Other: a.Other,
	}
	if e.Sequence, err = w.order(); err != nil {
		return e, err
	}
	if a.Version < 0 || a.Retracted && a.Version == 0 {
		return e, errors.New("version: is negative, or missing beside retracted")
	}
	if err := a.enums(&e); err != nil {
		return e, err
	}
	only(&e)
	return e, complete(&e, &a)
}

// only takes out the arguments that the kind does not have. Vendors' decoders use some of them for
// what their vendor tells besides; here they say nothing.
func only(e *interaction.Event) {
	if e.Kind != interaction.Transferred {
		e.To, e.ToID, e.Mode = 0, "", 0
	}
	if e.Kind != interaction.Dequeued && e.Kind != interaction.Withdrawn {
		e.Why = 0
	}
	if e.Kind != interaction.Disconnected {
		e.By, e.Cause, e.Reason = 0, 0, ""
	}
	if e.Kind == interaction.Linked {
		e.Leg = ""
	}
}

// order is the sequence extension: 0 if there is none.
func (w *wire) order() (int64, error) {
	s := w.sequence
	if len(w.Sequence) > 0 && w.Sequence.Kind() != 'n' {
		s = strings.Trim(string(w.Sequence), `"`)
	}
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, errors.New("sequence: is not a number of digits only, below 2^63")
	}
	return n, nil
}

func (a *arguments) enums(e *interaction.Event) (err error) {
	for _, p := range []struct {
		name  string
		parse func() error
	}{
		{"channel", func() (err error) { e.Channel, err = interaction.ParseChannel(a.Channel); return }},
		{"direction", func() (err error) { e.Direction, err = interaction.ParseDirection(a.Direction); return }},
		{"role", func() (err error) { e.Role, err = interaction.ParseRole(a.Role); return }},
		{"to", func() (err error) { e.To, err = interaction.ParseTarget(a.To); return }},
		{"mode", func() (err error) { e.Mode, err = interaction.ParseMode(a.Mode); return }},
		{"why", func() (err error) { e.Why, err = interaction.ParseWhy(a.Why); return }},
		{"by", func() (err error) { e.By, err = interaction.ParseParty(a.By); return }},
		{"cause", func() (err error) { e.Cause, err = interaction.ParseCause(a.Cause); return }},
		{"outcome", func() (err error) { e.Outcome, err = interaction.ParseOutcome(a.Outcome); return }},
		{"state", func() (err error) { e.Presence, err = interaction.ParsePresence(a.State); return }},
	} {
		if err := p.parse(); err != nil {
			return fmt.Errorf("data.%w", err)
		}
	}
	return nil
}

// word is what a reason may be: a word or two of the system's, nothing of a customer's.
var (
	word   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 _.-]{0,63}$`)
	digits = regexp.MustCompile(`[0-9]{5}`)
)

// complete checks what a kind needs, and sets its defaults.
func complete(e *interaction.Event, a *arguments) error {
	if e.Kind == interaction.AgentState {
		if e.Agent == "" {
			e.Agent = e.Interaction
		}
		e.Interaction = ""
		if e.Agent == "" || e.Presence == 0 {
			return errors.New("subject or data.state: is missing; agent_state needs the agent and the state")
		}
		return nil
	}
	if e.Interaction == "" {
		return errors.New("subject: is missing; it is the interaction's id")
	}
	switch e.Kind {
	case interaction.Transferred:
		if e.To == 0 {
			// Whoever takes the customer is to come, and says so.
			e.To = interaction.ToAgent
		}
	case interaction.Started:
		if e.Role == 0 {
			e.Role = interaction.Customer
		}
		if e.Direction == 0 && e.Role == interaction.Customer {
			e.Direction = interaction.Inbound
		}
	case interaction.Assigned, interaction.Declined, interaction.TimedOut, interaction.Withdrawn, interaction.Released, interaction.WorkClosed:
		if e.Work == "" && e.Agent == "" {
			return errors.New("data.work: is missing; it names the offer")
		}
	case interaction.LegEnded:
		if e.Leg == "" {
			return errors.New("data.leg: is missing; it names the leg that ended")
		}
	case interaction.Reported:
		if e.Outcome == 0 || e.Outcome == interaction.Open {
			return errors.New("data.outcome: is missing; it is what the vendor states")
		}
	case interaction.Linked:
		if e.Other == "" {
			return errors.New("data.other: is missing; it is the other id")
		}
	case interaction.Disconnected:
		switch {
		case a.Reason == "":
		case word.MatchString(a.Reason) && !digits.MatchString(a.Reason):
			e.Reason = a.Reason
		default:
			e.Reason = "other"
		}
	}
	return nil
}
