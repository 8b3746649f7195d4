package genesys

import (
	"cmp"

	"github.com/wallboard/wallboard/internal/interaction"
)

// works puts a user's work into an event. It is the conversation's and the user's, because
// acd.end names no session of the user's; one who is offered the same again has another row.
func (f *fact) works(e *interaction.Event, user string) {
	e.Work, e.Agent = f.base.Interaction+"/"+user, user
}

// offer tells of the work whose session the fact is of. Where the user is not named, the
// session stands in.
func (f *fact) offer(k interaction.Kind, at instant, more ...func(*interaction.Event)) {
	f.emit(k, at, func(e *interaction.Event) {
		if u := string(f.body.UserID); u != "" {
			f.works(e, u)
		} else {
			e.Work = f.base.Interaction + "/" + f.leg()
		}
		for _, m := range more {
			m(e)
		}
	})
}

// called tells of a contact in which a user calls somebody that it is no customer's: whoever
// comes first may say so.
func (f *fact) called(at instant) {
	switch {
	case f.callback():
		f.callbackBegins(at)
	case f.base.Direction == interaction.Outbound:
		f.begins(at, interaction.OutboundRole)
	}
}

// rings tells that a user is offered the contact.
func (f *fact) rings(at instant) {
	f.called(at)
	f.offer(interaction.Assigned, at, func(e *interaction.Event) { e.Queue, e.Leg = string(f.body.QueueID), f.leg() })
}

func (f *fact) userStart(at instant) { f.rings(at) }

// userEnd tells that a user's session ended. With talk in it, it was accepted, and talk ended
// by a transfer passes the customer on: to whom is told by others, and where nobody tells,
// nobody of the centre has the customer. Without, the offer ended, and for how long it rang
// tells when it was made.
func (f *fact) userEnd(at instant) {
	talked := cmp.Or(f.body.InteractingDuration, f.body.HeldDuration)
	moved := f.transferred()
	if talked > 0 {
		f.offer(interaction.Accepted, talked.before(at))
		if moved {
			f.offer(interaction.Transferred, at, func(e *interaction.Event) { e.Mode = interaction.UnknownMode })
			f.emit(interaction.TransferCompleted, at, nil)
		}
	} else {
		if f.body.AlertingDuration.tells() {
			f.rings(f.body.AlertingDuration.before(at))
		}
		kind, why := f.unanswered()
		f.offer(kind, at, func(e *interaction.Event) { e.Why = why })
		moved = f.body.DisconnectType.Upper() != "PEER"
	}
	f.offer(interaction.Released, at, func(e *interaction.Event) {
		// A line that breaks at the user's side ends the talk, whatever the customer's session says of it later.
		if by, cause, word := f.parties(); cause == interaction.Technical {
			e.By, e.Cause, e.Reason = by, cause, word
		}
	})
	f.emit(interaction.LegEnded, at, func(e *interaction.Event) { e.Leg, e.Moved = f.leg(), moved })
}

// unanswered is how an offer ended. Genesys has no word for a decline: the user's own client
// or phone ended what rang there. A supervisor who listened has neither talk nor ringing in
// the session. What other words say is an offer missed for a cause that is not told.
func (f *fact) unanswered() (interaction.Kind, interaction.Why) {
	switch kind := f.body.DisconnectType.Upper(); {
	case kind == "PEER":
		return interaction.Withdrawn, interaction.Canceled
	case kind == "TAKEOVER":
		return interaction.Withdrawn, interaction.AnsweredElsewhere
	case kind == "NOT_AVAILABLE_TRANSFER", kind == "DND_ENDPOINT", kind == "DND_TRANSFER", kind == "UNCALLABLE", kind == "ERROR", kind == "TRANSPORT_FAILURE":
		return interaction.Withdrawn, interaction.AgentUnavailable
	case kind == "NO_ANSWER_TRANSFER", kind == "TIMEOUT":
		return interaction.TimedOut, 0
	case f.body.AlertingDuration == 0, f.transferred():
		return interaction.Withdrawn, interaction.UnknownWhy
	case kind == "CLIENT", kind == "ENDPOINT":
		return interaction.Declined, 0
	}
	return interaction.TimedOut, interaction.UnknownWhy
}

// afterCallWork tells that the work is done. It is sent to a user who never answered, too,
// and then says nothing.
func (f *fact) afterCallWork(at instant) {
	if f.body.UserID != "" {
		f.offer(interaction.WorkClosed, at)
	}
}
