package genesys

import (
	"cmp"
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
)

// tellers are the conversation's topics that are read.
var tellers = map[string]func(*fact, instant){
	"customer.start":  (*fact).customerStart,
	"customer.end":    (*fact).customerEnd,
	"acd.start":       (*fact).queueStart,
	"acd.end":         (*fact).queueEnd,
	"user.start":      (*fact).userStart,
	"user.end":        (*fact).userEnd,
	"acw":             (*fact).afterCallWork,
	"voicemail.start": (*fact).voicemailStart,
	"voicemail.end":   (*fact).voicemailEnd,
	"flow.start":      (*fact).flowStart,
	"flow.end":        (*fact).flowEnd,
}

// conversation tells of one of the conversation's topics.
func (f *fact) conversation(kind string) string {
	teller, ok := tellers[kind]
	if !ok {
		f.out.Ignore("other topic of a conversation")
		return ""
	}
	at := cmp.Or(f.body.EventTime, f.sent)
	switch {
	case cmp.Or(string(f.body.ConversationID), f.topic.id) == "":
		return "eventBody.conversationId: is missing"
	case at == 0:
		return "eventBody.eventTime: is missing or no time"
	}
	if !f.of(cmp.Or(string(f.body.ConversationID), f.topic.id), f.body.Direction) {
		f.out.Ignore("other medium")
		return ""
	}
	teller(f, at)
	return ""
}

// callbackOf is the id of a conversation's callback.
func callbackOf(conversation string) string { return conversation + "/callback" }

// of sets to which interaction the fact belongs. It is false for what nobody waits in: e-mail,
// and sessions beside a call, as of a shared screen.
func (f *fact) of(conversation string, direction text) bool {
	f.base = interaction.Event{Interaction: conversation}
	switch f.body.MediaType.Upper() {
	case "VOICE":
		f.base.Channel = interaction.Voice
	case "CHAT", "MESSAGE":
		f.base.Channel = interaction.Messaging
	case "CALLBACK":
		f.base.Interaction, f.base.Channel = callbackOf(conversation), interaction.Voice
		f.base.Direction = interaction.Outbound
		return true
	case "", "UNKNOWN":
	default:
		return false
	}
	switch direction.Upper() {
	case "INBOUND":
		f.base.Direction = interaction.Inbound
	case "OUTBOUND":
		f.base.Direction = interaction.Outbound
	}
	return true
}

// callback reports whether the fact is of a callback's session.
func (f *fact) callback() bool { return f.body.MediaType.Upper() == "CALLBACK" }

// leg is the session's id. A customer's own session is no leg: it ends the contact,
// whatever legs there are.
func (f *fact) leg() string {
	return cmp.Or(string(f.body.SessionID), string(f.body.ParticipantID), f.base.Interaction+"/"+string(f.body.QueueID))
}

// emit adds one event.
func (f *fact) emit(k interaction.Kind, at instant, more func(*interaction.Event)) {
	e := f.base
	e.Kind, e.At = k, int64(at)
	if more != nil {
		more(&e)
	}
	f.add(e)
}

// begins tells that the contact began, and for what.
func (f *fact) begins(at instant, r interaction.Role) {
	f.emit(interaction.Started, at, func(e *interaction.Event) { e.Role = r })
}

// callbackBegins tells of a callback, by any of its sessions: it is out of scope, and of its
// conversation it says what the customer chose. One that no call went before, as one from
// a web page, is a callback from the conversation's first event on.
func (f *fact) callbackBegins(at instant) {
	f.begins(at, interaction.Callback)
	chosen := *f
	chosen.base.Interaction = strings.TrimSuffix(f.base.Interaction, callbackOf(""))
	chosen.begins(at, interaction.Callback)
	chosen.base.Channel, chosen.base.Direction = 0, 0
	chosen.emit(interaction.CallbackRequested, at, nil)
}

func (f *fact) customerStart(at instant) {
	switch {
	case f.callback():
		f.callbackBegins(at)
	case f.base.Direction == interaction.Outbound:
		f.emit(interaction.Started, at, func(e *interaction.Event) { e.Role, e.Leg = interaction.OutboundRole, f.leg() })
	default:
		f.begins(at, interaction.Customer)
	}
}

// customerEnd tells that the customer's connection ended. The end of one that was called is
// not the end of a contact that a customer began: it is a leg's.
func (f *fact) customerEnd(at instant) {
	if f.base.Direction == interaction.Outbound && !f.callback() {
		f.emit(interaction.LegEnded, at, func(e *interaction.Event) { e.Leg = f.leg() })
		return
	}
	f.emit(interaction.Disconnected, at, func(e *interaction.Event) {
		e.By, e.Cause, e.Reason = f.parties()
	})
}

// queueStart tells that the customer waits in a queue.
func (f *fact) queueStart(at instant) {
	if f.callback() {
		f.callbackBegins(at)
	}
	f.emit(interaction.Queued, at, func(e *interaction.Event) { e.Queue, e.Leg = string(f.body.QueueID), f.leg() })
}

// queueEnd tells that a queue's session ended: answered, flown out, or by those who did not
// go on. ABANDON alone ends no contact, and does not say by whom; where no agent talks and
// no other session is open, it is the end all the same, should the customer's own be lost.
// And should the session's start be lost, its length tells it.
func (f *fact) queueEnd(at instant) {
	if f.body.ConnectedDuration.tells() {
		f.queueStart(f.body.ConnectedDuration.before(at))
	}
	outcome := f.body.AcdOutcome.Upper()
	switch outcome {
	case "ANSWERED":
		f.emit(interaction.Accepted, at, func(e *interaction.Event) {
			if u := string(f.body.AnsweredUserID); u != "" {
				f.works(e, u)
			}
		})
	case "FLOW_OUT":
		f.emit(interaction.Dequeued, at, nil)
	}
	f.emit(interaction.LegEnded, at, func(e *interaction.Event) {
		e.Leg = f.leg()
		e.Moved = outcome == "ANSWERED" || outcome == "FLOW_OUT" || f.transferred()
		if by, cause, reason := f.parties(); by == interaction.BySystem && !e.Moved {
			e.By, e.Cause, e.Reason = by, cause, reason
		}
	})
}

// voicemailStart tells that the customer leaves a message.
func (f *fact) voicemailStart(at instant) {
	f.emit(interaction.VoicemailChosen, at, func(e *interaction.Event) { e.Leg = f.leg() })
}

// voicemailEnd tells it again, should the start be lost, and that its session ended.
func (f *fact) voicemailEnd(at instant) {
	f.voicemailStart(f.body.VoicemailDuration.before(at))
	f.emit(interaction.LegEnded, at, func(e *interaction.Event) { e.Leg, e.Moved = f.leg(), f.transferred() })
}

func (f *fact) flowStart(at instant) {
	if f.bot() {
		f.emit(interaction.BotEngaged, at, nil)
	}
}

// flowEnd tells where a flow sent the customer, as far as no other event does.
func (f *fact) flowEnd(at instant) {
	if f.bot() {
		f.emit(interaction.BotEngaged, f.body.ConnectedDuration.before(at), nil)
	}
	switch f.body.TransferType.Upper() {
	case "ACD_VOICEMAIL", "USER_VOICEMAIL", "GROUP_VOICEMAIL":
		f.emit(interaction.VoicemailChosen, at, nil)
	case "NUMBER":
		f.emit(interaction.Transferred, at, func(e *interaction.Event) { e.To = interaction.ToExternal })
	}
}

// bot reports whether the flow is one that answers customers.
func (f *fact) bot() bool {
	switch f.body.FlowType.Upper() {
	case "BOT", "DIGITALBOT", "VOICE":
		return true
	}
	return false
}
