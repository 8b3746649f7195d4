package ringcentral

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// decoder decodes deliveries. agents are the configured names of extensions.
type decoder struct {
	agents map[string]string
}

// Decode reads one delivery.
func (x decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	body, err := source.PostedJSON(d)
	if err != nil {
		return out, err
	}
	problem := func(i int, why string) {
		out.Problems = append(out.Problems, source.Problem{Index: i, Reason: why})
	}
	var w delivery
	if err := json.Unmarshal(body, &w); err != nil {
		problem(0, "the body is no object")
		return out, nil
	}
	n := w.notification
	if w.Old.Is {
		n = w.Old.Value
	}
	s := n.Body.Value
	at := cmp.Or(s.EventTime.Micros(), n.Timestamp.Micros())
	switch {
	case n.Event == "":
		problem(0, "event: is missing")
	case !strings.Contains(string(n.Event), "/telephony/sessions"):
		out.Ignore("other event") // as the reminder that the subscription expires
	case s.TelephonySessionID == "":
		problem(0, "body.telephonySessionId: is missing")
	case at == 0:
		problem(0, "body.eventTime: is missing or no time")
	default:
		sequence, _ := strconv.ParseInt(string(s.Sequence), 10, 64)
		for i := range s.Parties {
			switch p := &s.Parties[i]; {
			case !p.Is:
				out.Ignore("no party")
			case p.Value.ID == "" || p.Value.Status.Value.Code == "":
				problem(i, "body.parties: a party has no id or no status.code")
			default:
				x.read(&out, &s, &p.Value, at, max(0, sequence))
			}
		}
	}
	return out, nil
}

// newest is above every sequence.
const newest = 1 << 40

// leg adds what one party's status says.
type leg struct {
	*party
	base   interaction.Event
	reason string
	out    *source.Decoded
}

func (x decoder) read(out *source.Decoded, s *session, p *party, at, sequence int64) {
	l := &leg{party: p, out: out, reason: strings.TrimSpace(string(p.Status.Value.Reason))}
	l.base = interaction.Event{
		Interaction: string(s.TelephonySessionID), At: at, Sequence: sequence, Channel: interaction.Voice, Direction: interaction.Inbound,
	}
	if sequence > 0 {
		// Snapshots repeat a status: as it was told first it stands.
		l.base.Version = max(1, newest-sequence)
	}
	role := l.role(s.Origin.Value.Type.Lower())
	if role == interaction.OutboundRole {
		l.base.Direction = interaction.Outbound
	}
	code := p.Status.Value.Code.Lower()
	over := code == "disconnected" || code == "gone"
	if code == "setup" || code == "proceeding" || role != interaction.Customer {
		l.started(role)
	}
	switch {
	case p.Direction.Lower() == "outbound":
		if over {
			l.ended(code == "gone" || moves[l.reason])
		}
	case x.isQueue(p):
		l.queue(code, over)
	case p.ExtensionID == "": // as the company's own number: nobody's phone
		if over {
			l.ended(code == "gone" || moves[l.reason])
		}
	default:
		x.agent(l, code, over)
	}
	if id := p.Status.Value.PeerID.Value.TelephonySessionID; code == "gone" && id != "" && string(id) != l.base.Interaction {
		l.emit(interaction.Linked, func(e *interaction.Event) { e.Other, e.Version = string(id), 0 })
	}
}

// isQueue tells a queue's own party: it is called, and so is its extension. An extension that
// the settings name as an agent is none.
func (x decoder) isQueue(p *party) bool {
	_, agent := x.agents[string(p.ExtensionID)]
	return p.QueueCall.True() && p.ExtensionID != "" && p.ExtensionID == p.To.Value.ExtensionID && !agent
}

// role is what a session is for, by one of its parties.
func (l *leg) role(origin string) interaction.Role {
	switch origin {
	case "", "call":
	case "ringout", "ringme":
		return interaction.OutboundRole
	default:
		return interaction.Internal
	}
	outbound := l.Direction.Lower() == "outbound"
	switch {
	case outbound && l.To.Value.ExtensionID != "", !outbound && l.From.Value.ExtensionID != "":
		return interaction.Internal
	case outbound:
		return interaction.OutboundRole
	}
	return interaction.Customer
}

func (l *leg) emit(k interaction.Kind, more func(*interaction.Event)) {
	e := l.base
	e.Kind = k
	if more != nil {
		more(&e)
	}
	l.out.Add(e)
}

// started tells that the session began. Of several the first stands.
func (l *leg) started(role interaction.Role) {
	l.emit(interaction.Started, func(e *interaction.Event) {
		e.Role, e.Customer = role, string(l.From.Value.PhoneNumber)
		if role == interaction.OutboundRole {
			e.Customer = string(l.To.Value.PhoneNumber)
		}
	})
}
