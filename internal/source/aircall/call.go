package aircall

import (
	"cmp"
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// calls are the events of calls that say something of the way of the customer.
var calls = map[string]bool{
	"created": true, "ringing_on_agent": true, "agent_declined": true, "answered": true,
	"transferred": true, "external_transferred": true, "unsuccessful_transfer": true,
	"hungup": true, "ended": true, "ivr_option_selected": true, "voicemail_left": true,
}

// Versions of the one fact that a call waits for an agent, which no event states. The later
// ones know better.
const (
	waits     = 1 + iota // as every call to a number without a menu
	inMenu               // it never left the menu, or an AI voice agent took it
	escalated            // the AI voice agent passed it on
)

// call adds what is known of one call.
type call struct {
	*data
	base interaction.Event
	at   int64 // the event's time, µs
	out  *source.Decoded
}

func (c *call) emit(k interaction.Kind, at int64, more func(*interaction.Event)) {
	e := c.base
	e.Kind, e.At = k, at
	if more != nil {
		more(&e)
	}
	c.out.Add(e)
}

func readCall(out *source.Decoded, what string, at int64, d *data, problem func(string)) {
	if d.ID == "" {
		problem("data.id: is missing")
		return
	}
	c := &call{data: d, at: at, out: out}
	c.base = interaction.Event{Interaction: string(d.ID), Channel: interaction.Voice, Direction: interaction.Inbound}
	if d.Direction.Lower() == "outbound" {
		c.outbound(what)
		return
	}
	switch what {
	case "created":
		c.started()
		if !c.Number.Value.IsIVR.True() {
			c.queued(cmp.Or(c.StartedAt.Micros(), at), waits)
		}
	case "ivr_option_selected":
		c.queued(at, waits)
	case "ringing_on_agent":
		c.offer(interaction.Assigned, problem)
	case "answered":
		c.offer(interaction.Accepted, problem)
	case "agent_declined":
		c.offer(interaction.Declined, problem)
	case "transferred":
		c.transferred()
	case "external_transferred":
		c.emit(interaction.Transferred, at, func(e *interaction.Event) {
			c.by(e)
			e.To, e.Mode = interaction.ToExternal, interaction.Cold
		})
	case "unsuccessful_transfer":
		c.emit(interaction.TransferFailed, at, nil)
	case "hungup", "ended":
		c.ended(what)
	}
	c.choices(what == "voicemail_left")
}

// outbound is a call that an agent made. It is listed, and not counted: "answered" is the
// customer there.
func (c *call) outbound(what string) {
	c.base.Direction = interaction.Outbound
	switch what {
	case "created":
		c.started()
	case "hungup", "ended":
		c.started()
		c.disconnected(what, interaction.ByUnknown, "")
	}
}

// started tells that the call began, as every snapshot shows it.
func (c *call) started() {
	c.emit(interaction.Started, cmp.Or(c.StartedAt.Micros(), c.at), func(e *interaction.Event) {
		e.Role = interaction.Customer
		if e.Direction == interaction.Outbound {
			e.Role = interaction.OutboundRole
		}
		if n := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(c.RawDigits.Lower()); n != "anonymous" {
			e.Customer = n
		}
	})
}

// queued tells that the customer waits on the number's line, or takes that back.
func (c *call) queued(at, version int64) {
	c.emit(interaction.Queued, at, func(e *interaction.Event) {
		e.Queue, e.QueueName = string(c.Number.Value.ID), source.Clip(string(c.Number.Value.Name))
		e.Version, e.Retracted = version, version == inMenu
	})
}

// work is the offer of this call to an agent.
func (c *call) work(agent source.Text) string { return string(c.ID + "/" + agent) }

func (c *call) offer(k interaction.Kind, problem func(string)) {
	u := c.User.Value
	switch {
	case u.ID == "" && k == interaction.Accepted:
		c.out.Ignore("answered by no user") // as by an AI voice agent
		return
	case u.ID == "":
		problem("data.user.id: is missing; the event names no agent")
		return
	}
	c.emit(k, c.at, func(e *interaction.Event) {
		e.Work, e.Agent, e.AgentName = c.work(u.ID), string(u.ID), source.Clip(string(u.Name))
		if k == interaction.Assigned {
			e.Queue, e.QueueName = string(c.Number.Value.ID), source.Clip(string(c.Number.Value.Name))
		}
	})
}

// from and to are the users of a transfer, under either spelling. The event's own user may be
// one or the other.
func (c *call) from() source.Text {
	by := cmp.Or(c.TransferredBy.Value.ID, c.TransferedBy.Value.ID)
	if u := c.User.Value.ID; by == "" && u != c.to() {
		return u
	}
	return by
}

func (c *call) to() source.Text {
	return cmp.Or(c.TransferredTo.Value.ID, c.TransferedTo.Value.ID)
}

// by names the agent who passes the customer on.
func (c *call) by(e *interaction.Event) {
	if id := c.from(); id != "" {
		e.Work, e.Agent = c.work(id), string(id)
	}
}

// transferred tells that the agent let the customer go. Of a transfer to a team the target
// is its first user only, who may be the agent's own self, and others may ring.
func (c *call) transferred() {
	to := c.to()
	if to == c.from() {
		to = ""
	}
	c.emit(interaction.Transferred, c.at, func(e *interaction.Event) {
		c.by(e)
		e.To, e.ToID, e.Mode = interaction.ToAgent, string(to), interaction.Cold
	})
	if to != "" {
		c.answeredBefore(to, c.at, true)
	}
}

// answeredBefore tells, out of the end's snapshot, that the call was answered, for the case
// that the answer itself got lost. The snapshot does not tell which of the agents answered
// when, so that a transfer to this one takes it back.
func (c *call) answeredBefore(agent source.Text, at int64, retracted bool) {
	c.emit(interaction.Accepted, at, func(e *interaction.Event) {
		e.Work, e.Agent, e.Version = c.work(agent), string(agent), 1
		if retracted {
			e.Version, e.Retracted = 2, true
		}
	})
}

// ended tells of the hang-up: hungup at once, ended half a minute later with all that is
// known, as of the end. What the snapshot tells of the call's beginning is told too, if it
// also tells how it went on, so that a call whose beginning was not seen is never taken
// for one where nobody came.
func (c *call) ended(what string) {
	reason, start, answered := c.MissedCallReason.Lower(), c.StartedAt.Micros(), c.AnsweredAt.Micros()
	ivr := c.Number.Value.IsIVR.True()
	switch {
	case reason != "":
		c.started()
		switch {
		case reason == "abandoned_in_ivr":
			c.queued(c.at, inMenu)
		case !ivr || reason != "short_abandoned":
			c.queued(cmp.Or(start, c.at), waits)
		}
	case answered != 0 && c.User.Value.ID != "" && c.to() == "":
		c.started()
		c.queued(cmp.Or(start, c.at), waits)
		c.answeredBefore(c.User.Value.ID, answered, false)
	}
	by, word := interaction.ByUnknown, ""
	switch reason {
	case "abandoned_in_ivr", "abandoned_in_classic", "short_abandoned":
		by = interaction.ByCustomer
	case "out_of_opening_hours":
		by, word = interaction.BySystem, reason
	}
	c.disconnected(what, by, word)
}

// disconnected is the end: hungup tells it when it happens, and whatever rings at the very
// same time came before it.
func (c *call) disconnected(what string, by interaction.Party, word string) {
	at := c.at
	if what == "ended" {
		at = cmp.Or(c.EndedAt.Micros(), at)
	}
	c.emit(interaction.Disconnected, at, func(e *interaction.Event) {
		e.By, e.Reason = by, word
		if c.AnsweredAt.Micros() != 0 && technical(c.HangupCause) {
			e.By, e.Cause = interaction.BySystem, interaction.Technical
		}
	})
}

// technical reads the cause of a hang-up, whose words are not documented. It is asked for
// answered calls only, where it changes the reason and not the outcome.
func technical(cause source.Text) bool {
	low := cause.Lower()
	for _, word := range []string{"network", "technical", "fail", "error", "out_of_order", "media_timeout", "unreachable", "dropped"} {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

// choices tells what the customer chose, wherever a snapshot shows it. It may come half a
// minute after the end.
func (c *call) choices(voicemail bool) {
	if voicemail || c.Voicemail != "" || c.VoicemailShortURL != "" {
		c.emit(interaction.VoicemailChosen, cmp.Or(c.EndedAt.Micros(), c.at), nil)
	}
	if id := c.AutomaticCallbackCallID; id != "" && id != "0" && id.Lower() != "false" {
		c.emit(interaction.CallbackRequested, cmp.Or(c.EndedAt.Micros(), c.at), nil)
	}
}

// voiceAgent tells that an AI voice agent answered, or passed the customer on to people.
func voiceAgent(out *source.Decoded, what string, at int64, d *data, problem func(string)) {
	d.ID = cmp.Or(d.CallID, d.ID)
	if d.ID == "" {
		problem("data.call_id: is missing")
		return
	}
	d.Number.Value.ID = d.NumberID
	c := &call{data: d, at: at, out: out}
	c.base = interaction.Event{Interaction: string(d.ID), Channel: interaction.Voice}
	if what == "escalated" {
		c.queued(at, escalated)
		return
	}
	c.queued(at, inMenu)
	c.emit(interaction.BotEngaged, at, nil)
}
