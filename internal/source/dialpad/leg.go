package dialpad

import (
	"cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// leg adds what one event's snapshot says of its leg.
type leg struct {
	*event
	id    string
	state string
	at    int64 // the event's time, µs
	base  interaction.Event
	out   *source.Decoded

	rang, connected, ended int64 // µs, 0 if not
}

func (l *leg) emit(k interaction.Kind, at int64, more func(*interaction.Event)) {
	e := l.base
	e.Kind, e.At = k, at
	if more != nil {
		more(&e)
	}
	l.out.Add(e)
}

func read(out *source.Decoded, e *event, state string, at int64) {
	l := &leg{event: e, id: id(e.CallID), state: state, at: at, out: out}
	l.connected, l.rang = e.DateConnected.Micros(), e.DateRang.Micros()
	switch state {
	case "hangup", "missed":
		l.ended = cmp.Or(e.DateEnded.Micros(), at)
	case "connected":
		l.connected = cmp.Or(l.connected, at)
	case "ringing":
		l.rang = cmp.Or(l.rang, at)
	}
	l.base = interaction.Event{
		Interaction: cmp.Or(id(e.EntryPointCallID), l.id), Channel: interaction.Voice, Direction: interaction.Inbound,
	}
	for _, other := range [...]string{l.id, id(e.OperatorCallID), id(e.MasterCallID)} {
		if other != "" && other != l.base.Interaction {
			l.emit(interaction.Linked, cmp.Or(e.DateStarted.Micros(), at), func(x *interaction.Event) { x.Other = other })
		}
	}
	switch role := l.role(); {
	case role != interaction.Customer:
		l.aside(role)
	case l.agent():
		l.started("")
		l.work()
	default:
		l.entry()
	}
}

// part reports whether the leg belongs to another's call.
func (l *leg) part() bool { return id(l.EntryPointCallID) != "" || id(l.MasterCallID) != "" }

// role is what the leg is for. An agent's leg of a customer's call is the customer's, also
// when a colleague passed it on.
func (l *leg) role() interaction.Role {
	switch {
	case l.Direction.Lower() == "outbound":
		return interaction.OutboundRole
	case l.IsInternal.True() && !l.part() && !l.IsTransferred.True():
		return interaction.Internal
	}
	return interaction.Customer
}

// aside is a leg that an agent began. Tied to a customer's call it changes nothing there.
func (l *leg) aside(role interaction.Role) {
	if role == interaction.OutboundRole {
		l.base.Direction = interaction.Outbound
	}
	l.emit(interaction.Started, cmp.Or(l.DateStarted.Micros(), l.at), func(e *interaction.Event) { e.Role = role })
	if l.state == "hangup" {
		l.legEnded(l.part(), l.ended)
	}
}

// agent reports whether the leg rings a person, or a room's phone.
func (l *leg) agent() bool {
	switch l.Target.Value.Type.Lower() {
	case "user", "room":
		return true
	case "":
		return id(l.EntryPointCallID) != ""
	}
	return false
}

// started tells that the contact began. Of two legs that say so of the same moment the one by
// which the customer came in counts: an agent's leg does not tell whose contact it is.
func (l *leg) started(leg string) {
	at := cmp.Or(l.DateStarted.Micros(), l.at)
	if l.part() && l.agent() {
		at++
	}
	l.emit(interaction.Started, at, func(e *interaction.Event) {
		e.Role, e.Leg, e.Customer = interaction.Customer, leg, string(l.ExternalNumber)
	})
}

func (l *leg) legEnded(moved bool, at int64) {
	l.emit(interaction.LegEnded, at, func(e *interaction.Event) { e.Leg, e.Moved = l.id, moved })
}

// work tells of an agent's leg. What its snapshot shows of the past is told too, so that an
// event that got lost is made up for by the next one.
func (l *leg) work() {
	offer := func(k interaction.Kind, at int64, why interaction.Why) {
		l.emit(k, at, func(e *interaction.Event) {
			e.Work, e.Leg, e.Agent, e.AgentName, e.Why = l.id, l.id, string(l.Target.Value.ID), source.Clip(string(l.Target.Value.Name)), why
		})
	}
	if l.rang != 0 {
		l.passedOn()
		offer(interaction.Assigned, l.rang, 0)
	}
	if l.connected != 0 {
		offer(interaction.Accepted, l.connected, 0)
	}
	l.choices()
	switch {
	case l.state == "missed":
		// Declined, not answered, or given up by the customer: Dialpad does not tell.
		offer(interaction.TimedOut, l.ended, interaction.UnknownWhy)
	case l.state == "hangup" && l.connected != 0:
		offer(interaction.Released, l.ended, 0)
	case l.state == "hangup":
		offer(interaction.Withdrawn, l.ended, interaction.Canceled)
	default:
		return
	}
	l.legEnded(l.connected == 0 && l.IsTransferred.True() && !l.from(), l.ended)
}

// from reports whether the event says from whom the call was passed on, which the leg that
// it was passed to does.
func (l *leg) from() bool {
	return l.TransferredFrom.Value.ID != "" || l.TransferredFrom.Value.Type != ""
}

// passedOn tells that this leg rings because an agent passes the customer on. Whether that
// agent stays until it is answered is not said: as long as the leg there is not over, that
// agent holds.
func (l *leg) passedOn() {
	f := l.TransferredFrom.Value
	byAgent := f.Type == "" || f.Type.Lower() == "user" || f.Type.Lower() == "room"
	if !byAgent || !l.from() && (!l.IsTransferred.True() || l.state != "ringing") {
		return
	}
	l.emit(interaction.Transferred, l.rang, func(e *interaction.Event) {
		e.Agent, e.To, e.ToID, e.Mode = string(f.ID), interaction.ToAgent, string(l.Target.Value.ID), interaction.UnknownMode
	})
}

// entry tells of the leg by which the customer came in. Its end is the customer's, unless
// it was transferred: from a leg that nobody answered there the call went on, and after one
// that was connected the last of the legs decides. Of a leg that was connected it does not say who talked, so
// that its end alone is no beginning.
func (l *leg) entry() {
	if l.state != "hangup" || l.connected == 0 {
		l.started(l.id)
		l.queued()
	}
	if operator := id(l.OperatorCallID); l.state == "connected" && operator != "" {
		l.emit(interaction.Accepted, l.at, func(e *interaction.Event) { e.Work = operator })
	}
	l.choices()
	switch l.state {
	case "missed":
		l.legEnded(false, l.ended)
	case "hangup":
		l.legEnded(l.IsTransferred.True() && l.connected == 0, l.ended)
		if !l.IsTransferred.True() {
			l.emit(interaction.Disconnected, l.ended, nil)
		}
	}
}

// queued tells that the customer waits for an agent: in a queue, or while an office rings.
// A call router does not wait, it asks.
func (l *leg) queued() {
	at := l.DateQueued.Micros()
	switch t := l.Target.Value.Type.Lower(); {
	case at != 0:
	case l.state == "queued":
		at = l.at
	case t != "callrouter" && t != "call_router":
		at = cmp.Or(l.rang, l.DateFirstRang.Micros())
	}
	if at == 0 {
		return
	}
	l.emit(interaction.Queued, at, func(e *interaction.Event) {
		e.Leg, e.Queue, e.QueueName = l.id, string(l.Target.Value.ID), source.Clip(string(l.Target.Value.Name))
	})
}

// choices tells what the customer chose, wherever a snapshot shows it: a voicemail may show
// as a link at the end only.
func (l *leg) choices() {
	at := cmp.Or(l.DateEnded.Micros(), l.at)
	if l.state == "voicemail" || l.state == "voicemail_uploaded" || l.VoicemailLink != "" || l.VoicemailRecordingID != "" {
		l.emit(interaction.VoicemailChosen, at, nil)
	}
	if l.CallbackRequested {
		l.emit(interaction.CallbackRequested, at, nil)
	}
}
