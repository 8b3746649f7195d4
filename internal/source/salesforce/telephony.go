package salesforce

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// apiCall is a request of the Telephony Integration REST API: what is asked of which call, by
// Salesforce's id or the vendor's.
type apiCall struct{ id, verb string }

// telephonyCall reads a path below the hook: /telephony/v1/voiceCalls/{id}/{verb}, of which a vendor's
// base URL may leave out the beginning.
func telephonyCall(path string) (apiCall, bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	i := slices.IndexFunc(parts, func(p string) bool { return strings.EqualFold(p, "voiceCalls") })
	if i < 0 || i > 2 {
		return apiCall{}, false
	}
	var c apiCall
	if len(parts) > i+1 {
		id, err := url.PathUnescape(parts[i+1])
		if err != nil {
			id = parts[i+1]
		}
		c.id = id
	}
	if len(parts) > i+2 {
		c.verb = word(parts[i+2])
	}
	if c.verb == "" && word(c.id) == "messages" { // in bulk, of many calls
		c = apiCall{verb: "messages"}
	}
	return c, true
}

// telephony reads a request by which a telephony vendor tells Salesforce of a call.
func (x decoder) telephony(d *source.Delivery, c apiCall) (source.Decoded, error) {
	var out source.Decoded
	if d.Method != http.MethodPost && d.Method != http.MethodPatch {
		return out, source.ErrMethod
	}
	f := fields{}
	if len(strings.TrimSpace(string(d.Body))) > 0 {
		if t, _, _ := mime.ParseMediaType(d.Header.Get("Content-Type")); t != "application/json" {
			return out, fmt.Errorf("%w: want application/json", source.ErrContentType)
		}
		if !jsontext.Value(d.Body).IsValid() {
			return out, fmt.Errorf("%w: the body is not JSON", source.ErrMalformed)
		}
		var ok bool
		if f, ok = readFields(d.Body); !ok {
			out.Problems = []source.Problem{{Reason: "the body is no object, or has a name twice"}}
			return out, nil
		}
	}
	received := d.Received.UnixMicro()
	t := &facts{record: record{id: c.id, fields: f, at: received, nonce: "api"}, agents: x.agents, out: &out}
	switch {
	case c.verb == "" && c.id == "":
		if d.Method != http.MethodPost {
			return out, source.ErrMethod
		}
		t.id = f.text("vendorcallkey")
		if t.id == "" {
			out.Problems = []source.Problem{{Reason: missing("vendorCallKey")}}
			return out, nil
		}
		t.named()
		t.callBegins()
	case c.verb == "":
		t.named()
		t.callUpdated()
	default:
		t.named()
		t.callAsked(c.verb)
	}
	return out, nil
}

// named makes the call the leg and the interaction that its facts name, and ties the ids that the
// body names to it. Salesforce's own id is not in a vendor's request; who adds it to the body
// may use either from then on.
func (f *facts) named() {
	f.base = interaction.Event{Interaction: f.id, Leg: f.id, Channel: interaction.Voice}
	f.same(f.id)
}

func (f *facts) tied(at int64) {
	f.alias(f.text("voicecallid"), at)
	f.alias(f.text("vendorcallkey"), at)
}

// callBegins tells that a call began, or a leg to which an agent transfers it.
func (f *facts) callBegins() {
	role, continues := voiceRole(f.word("initiationmethod"), f.word("callorigin"))
	start := cmp.Or(f.time("starttime"), f.at)
	f.begins(start, role, continues)
	f.tied(start)
	f.chose(f.word("callorigin"), "", start)
}

// begins tells the beginning of a leg.
func (f *facts) begins(start int64, role interaction.Role, continues bool) {
	f.base.Direction = interaction.Inbound
	if role == interaction.OutboundRole || role == interaction.Callback {
		f.base.Direction = interaction.Outbound
	}
	if continues {
		f.emit(interaction.Queued, start, func(e *interaction.Event) { e.Queue = f.text("queue") })
		f.link(f.id, f.text("parentvoicecallid", "parentcallidentifier"), start)
		return
	}
	f.emit(interaction.Started, start, func(e *interaction.Event) {
		// Without the leg, which another request may know by Salesforce's id.
		e.Leg, e.Role, e.Customer = "", role, f.text("from", "fromnumber")
		if role == 0 {
			e.Sequence = asGuessed
		}
	})
}

// callUpdated tells what a call came to: the request is sent when it is over, or later, and may be
// the first that is heard of it.
func (f *facts) callUpdated() {
	origin := f.word("callorigin")
	role, continues := voiceRole(f.word("initiationmethod"), origin)
	ended := f.time("endtime")
	d := f.disconnected()
	if start := f.time("starttime"); start != 0 {
		f.begins(start, role, continues)
	}
	f.tied(cmp.Or(f.time("starttime", "enqueuetime", "endtime"), f.at))
	if at := f.time("enqueuetime"); at != 0 {
		f.emit(interaction.Queued, at, func(e *interaction.Event) { e.Queue = f.text("queue") })
	}
	if at := f.time("accepttime"); at != 0 {
		who := f.text("agent")
		f.emit(interaction.Accepted, at, f.agent(who), versioned(int64(1+min(len(who), 1)))) // who tells by whom knows more
	}
	f.chose(origin, d.word, cmp.Or(ended, f.at))
	switch {
	case ended != 0 && (!f.yes("isactivecall") || origin == "voicemail"):
		// A voicemail is an active call still, when the customer has left.
		f.legEnds(ended, d, false, 0)
	case !f.yes("isactivecall"):
		f.legEnds(f.at, d, false, 0)
	}
}

// disconnected reads the disconnectReason, an object or its value alone.
func (f *facts) disconnected() disconnect {
	reason := f.text("disconnectreason")
	if v, ok := f.within("disconnectreason"); ok {
		inner, _ := readFields(v)
		reason = inner.text("value")
	}
	return parties(reason)
}

// callAsked tells what the vendor asks for a call. None of these requests has a time.
func (f *facts) callAsked(verb string) {
	switch verb {
	case "omniflow", "routevoicecall":
		f.emit(interaction.Queued, f.at, because(interaction.UnknownWhy), func(e *interaction.Event) {
			if t := f.text("routingtarget"); strings.HasPrefix(t, "00G") {
				e.Queue = t
			}
		})
	case "requestcallback":
		f.emit(interaction.CallbackRequested, f.at)
	case "reroute":
		f.emit(interaction.Rerouted, f.at)
	case "clearrouting":
		f.emit(interaction.LegEnded, f.at, sequence(lastOfAll), func(e *interaction.Event) { e.By = interaction.ByUnknown })
	default: // transcripts and signals
		f.out.Ignore("other request of the telephony API")
	}
}
