package salesforce

import (
	"cmp"

	"github.com/wallboard/wallboard/internal/interaction"
)

// voiceRole is what a call is for, by CallType and CallOrigin (or their names in the telephony API);
// continues is that it carries a customer on whom another call brought. What is not known is not
// taken for a customer's.
func voiceRole(callType, origin string) (role interaction.Role, continues bool) {
	switch origin {
	case "preview", "progressive":
		return interaction.OutboundRole, false
	}
	switch callType {
	case "":
		return 0, false
	case "inbound", "webrtcapi", "api", "webrtc":
		return interaction.Customer, false
	case "transfer":
		return interaction.Customer, true
	case "outbound":
		return interaction.OutboundRole, false
	case "callback", "dialedcallback":
		return interaction.Callback, false
	case "consult", "addparticipant":
		return interaction.Consult, false
	case "coach":
		return interaction.Monitor, false
	}
	return interaction.Internal, false
}

// voiceCall tells what is known of a VoiceCall: one leg of a customer's contact.
func (f *facts) voiceCall() {
	f.base = interaction.Event{Interaction: f.id, Leg: f.id, Channel: interaction.Voice}
	f.same(f.id)
	kind := f.word("calltype", "voicecalltype")
	role, continues := voiceRole(kind, f.word("callorigin", "callorigintype"))
	if role == interaction.OutboundRole || role == interaction.Callback {
		f.base.Direction = interaction.Outbound
	} else if role == interaction.Customer {
		f.base.Direction = interaction.Inbound
	}
	start := f.time("callstartdatetime", "createddate")
	if start == 0 {
		start = f.at
	}
	queue := f.text("queuename")
	switch {
	case continues:
		f.emit(interaction.Queued, start, func(e *interaction.Event) { e.Queue = queue })
	case role != 0 || f.created:
		f.emit(interaction.Started, start, func(e *interaction.Event) {
			e.Role, e.Customer = role, f.text("fromphonenumber")
			if role == 0 {
				e.Sequence = asGuessed
			}
		})
	}
	if role == 0 || role == interaction.Customer {
		f.link(f.id, f.text("previouscallid", "previousvoicecallid"), start)
		f.link(f.id, f.text("nextcallid", "nextvoicecallid"), f.at)
	}
	f.alias(f.text("vendorcallkey"), start)

	f.snapshot(interaction.Queued, "callqueueddatetime", func(e *interaction.Event) { e.Queue = queue })
	took := f.agent(f.text("userid")) // the owner may be who made the record
	if !f.snapshot(interaction.Accepted, "callacceptdatetime", took) &&
		f.word("calldisposition") == "inprogress" && !f.nulled("callacceptdatetime") && (role == 0 || role == interaction.Customer) {
		f.emit(interaction.Accepted, f.at, took, versioned(max(f.version, 1)))
	}
	f.voiceEnd()
}

// voiceEnd tells the end of the leg. The end has a time of its own, of the telephone system's
// clock; by the time of the commit it was over all the same, whatever was offered in between by
// who did not know.
func (f *facts) voiceEnd() {
	ended := f.time("callenddatetime")
	disposition := f.word("calldisposition")
	moved := disposition == "transferred" || f.text("nextcallid", "nextvoicecallid") != ""
	over := ended != 0 || disposition == "completed" || disposition == "transferred"
	reason := f.text("disconnectreason")
	at := cmp.Or(ended, f.at)
	f.chose(f.word("callorigin", "callorigintype"), reason, at)
	d := parties(reason)
	switch {
	case ended != 0:
		f.legEnds(ended, d, moved, max(f.version, 1))
		if f.dated && f.at > ended {
			f.legEnds(f.at, d, moved, 0)
		}
	case over:
		f.legEnds(f.at, d, moved, 0)
	case d.by == interaction.BySystem || d.by == interaction.ByAgent:
		// The reason comes alone, after the end. That it was the customer is taken for granted.
		f.legEnds(f.at, d, moved, 0)
	}
}

// chose tells that the customer chose voicemail or a callback.
func (f *facts) chose(origin, reason string, at int64) {
	switch {
	case word(reason) == "callback":
		f.emit(interaction.CallbackRequested, at)
	case origin == "voicemail" || word(reason) == "voicemail":
		f.emit(interaction.VoicemailChosen, at)
	}
}

// legEnds tells that a leg ended, and that its agents' part did.
func (f *facts) legEnds(at int64, d disconnect, moved bool, version int64) {
	how := func(n int64) func(*interaction.Event) {
		return func(e *interaction.Event) {
			e.By, e.Cause, e.Reason, e.Sequence, e.Version = d.by, d.cause, d.word, n, version
		}
	}
	f.emit(interaction.LegEnded, at, how(lastOfAll), func(e *interaction.Event) { e.Moved = moved })
	f.emit(interaction.Released, at, how(afterThose))
}
