package simulate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
)

// asterisk speaks the events of an Asterisk's manager interface, as a forwarder posts them: one
// event in each.
type asterisk struct {
	run uint64 // makes the ids of a run its own
}

// Asterisk is the format of Asterisk's manager interface. The centre plays less and truth says less:
//
//   - Only customers' calls are told, from their coming to a queue on: there are no chats, and a
//     follow-up is a call that goes out.
//   - A transfer is a blind one to a queue.
//   - A line that breaks is not played.
func Asterisk(run uint64) Vendor { return asterisk{run: run} }

// letGo is the QUEUESTATUS of a caller who waited for too long.
const letGo = "TIMEOUT"

func (asterisk) Name() string                            { return "asterisk" }
func (v asterisk) ContactID(id uint64) string            { return v.unique(id, 0) }
func (v asterisk) WorkID(contact uint64, w *Work) string { return v.unique(contact, w.ID) }
func (asterisk) ExpiredReason() string                   { return letGo }
func (asterisk) Releases() bool                          { return false }
func (asterisk) Adjust(r *Rates)                         { r.Warm, r.ToQueue, r.LineFailure = 0, 1, 0 }

// Shown says as what a fact looks. That another agent picked up is told by the accept alone.
func (asterisk) Shown(f *Fact) (Kind, bool) {
	if f.Contact.Channel != interaction.Voice || f.Contact.Role != interaction.Customer {
		return 0, false
	}
	switch f.Kind {
	case Arrived, AnsweredElsewhere, Wrapping, Done, Completed, TransferDone, TransferFailed:
		return 0, false
	}
	return f.Kind, true
}

// unique is a channel's uniqueid: the caller's, or that of the agent's who has a work.
func (v asterisk) unique(contact, work uint64) string {
	return fmt.Sprintf("%d.%d", v.run>>32, (v.run&0xffff)*1_000_000_000_000+contact*1_000_000+work%1_000_000)
}

// Sign signs by Standard Webhooks, as of now: a signature covers when it was made.
func (asterisk) Sign(m Message, _, secret string) http.Header {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		key = []byte(secret) // which no source takes
	}
	sum := sha256.Sum256(m.Body)
	id, at := fmt.Sprintf("%x", sum[:12]), strconv.FormatInt(time.Now().Unix(), 10)
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%s.%s.%s", id, at, m.Body)
	return http.Header{
		"Webhook-Id": {id}, "Webhook-Timestamp": {at}, "Webhook-Signature": {"v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))},
	}
}

// tick is what lies between the events of one fact, in which nothing else happens.
const tick = 100 * time.Microsecond

func (v asterisk) Encode(f *Fact) []Message {
	if f.Kind == ActivityChanged {
		return v.member(f)
	}
	if f.Contact.Channel != interaction.Voice || f.Contact.Role != interaction.Customer {
		return nil
	}
	t := &told{v: v, f: f}
	switch f.Kind {
	case Queued:
		t.tell(0, "QueueCallerJoin", t.queue("Position", "1", "Count", "1"))
	case Offered:
		t.tell(0, "AgentCalled", t.queue(), t.agent())
	case Accepted:
		t.tell(-3, "DialEnd", t.agent("DialStatus", "ANSWER"))
		t.tell(-2, "QueueCallerLeave", t.queue("Count", "0", "Position", "1"))
		t.tell(0, "AgentConnect", t.queue("HoldTime", "0", "RingTime", "0"), t.agent())
	case Declined:
		t.missed(-3)
		t.hangup(0, v.unique(f.Contact.ID, f.Work.ID), "21")
	case TimedOut:
		t.missed(0)
		t.hangup(2, v.unique(f.Contact.ID, f.Work.ID), "19")
	case AnsweredElsewhere:
		t.hangup(0, v.unique(f.Contact.ID, f.Work.ID), "26")
	case OfferCanceled:
		t.tell(0, "DialEnd", t.agent("DialStatus", "CANCEL"))
		t.hangup(1, v.unique(f.Contact.ID, f.Work.ID), "16")
	case Released:
		t.released()
	case TransferBegan:
		t.transfer()
	case HungUp:
		t.tell(-4, "HangupRequest", map[string]string{"Cause": "16"})
		t.left()
		t.hangup(0, v.unique(f.Contact.ID, 0), "16")
	case Expired:
		t.left()
		t.tell(0, "VarSet", map[string]string{"Variable": "QUEUESTATUS", "Value": letGo})
		t.hangup(2, v.unique(f.Contact.ID, 0), "16")
	case VoicemailChosen:
		t.tell(-3, "QueueCallerLeave", t.queue("Count", "0", "Position", "1"))
		t.tell(-2, "Newexten", map[string]string{"Extension": "1", "Application": "VoiceMail", "AppData": "200@default,u"})
		t.hangup(0, v.unique(f.Contact.ID, 0), "16")
	case CallbackChosen:
		t.tell(-3, "QueueCallerLeave", t.queue("Count", "0", "Position", "1"))
		t.tell(-2, "UserEvent", map[string]string{"UserEvent": "WallboardFact", "Fact": "callback_requested"})
		t.hangup(0, v.unique(f.Contact.ID, 0), "16")
	}
	return t.messages
}

// told are the events of one fact.
type told struct {
	v        asterisk
	f        *Fact
	messages []Message
}

// tell adds an event of the caller's channel, some ticks before or after the fact.
func (t *told) tell(ticks int, event string, more ...map[string]string) {
	id := t.v.unique(t.f.Contact.ID, 0)
	e := map[string]string{
		"Channel": fmt.Sprintf("PJSIP/trunk-%08x", t.f.Contact.ID), "ChannelState": "6", "ChannelStateDesc": "Up", "Context": "from-pstn", "Exten": "8000",
		"CallerIDNum": t.f.Contact.Customer, "CallerIDName": "<unknown>", "ConnectedLineNum": "<unknown>", "Uniqueid": id, "Linkedid": id,
	}
	for _, m := range more {
		maps.Copy(e, m)
	}
	t.messages = append(t.messages, amiMessage(t.f.At.Add(time.Duration(ticks)*tick), event, e))
}

func (t *told) queue(more ...string) map[string]string {
	return pairs(append(more, "Queue", t.f.Contact.Queue.Name))
}

// agent is the member's side of an event.
func (t *told) agent(more ...string) map[string]string {
	a := &t.f.Work.Agent
	return pairs(append(more, "DestUniqueid", t.v.unique(t.f.Contact.ID, t.f.Work.ID), "DestLinkedid", t.v.unique(t.f.Contact.ID, 0),
		"DestChannel", fmt.Sprintf("%s-%08x", memberOf(a), t.f.Work.ID), "Interface", memberOf(a), "MemberName", a.Name))
}

// hangup adds the end of a channel of this call.
func (t *told) hangup(ticks int, unique, cause string) {
	t.tell(ticks, "Hangup", map[string]string{"Uniqueid": unique, "Cause": cause, "Cause-txt": "as it is"})
}

func (t *told) missed(ticks int) {
	t.tell(ticks-1, "DialEnd", t.agent("DialStatus", "NOANSWER"))
	t.tell(ticks, "AgentRingNoAnswer", t.queue("RingTime", strconv.FormatInt(t.f.Work.Timeout.Milliseconds(), 10)), t.agent())
}

// left adds that the caller left the queue unserved, for whatever reason.
func (t *told) left() {
	t.tell(-3, "QueueCallerAbandon", t.queue("Position", "1", "OriginalPosition", "1", "HoldTime", "0"))
	t.tell(-2, "QueueCallerLeave", t.queue("Count", "0", "Position", "1"))
}

// released adds the end of a conversation: of the call, or of an agent who passed it on.
func (t *told) released() {
	leg := t.v.unique(t.f.Contact.ID, t.f.Work.ID)
	if t.f.Transfer.ID != 0 && t.f.Transfer.From.ID == t.f.Work.ID {
		t.hangup(0, leg, "16")
		return
	}
	t.tell(0, "AgentComplete", t.queue("HoldTime", "0", "TalkTime", "0", "Reason", "caller"), t.agent())
	t.hangup(0, t.v.unique(t.f.Contact.ID, 0), "16")
	t.hangup(1, leg, "16")
}

// transfer adds a blind transfer, which Asterisk tells twice.
func (t *told) transfer() {
	id, leg := t.v.unique(t.f.Contact.ID, 0), t.v.unique(t.f.Contact.ID, t.f.Work.ID)
	t.messages = append(t.messages, amiMessage(t.f.At, "BlindTransfer", map[string]string{
		"Result": "Success", "TransfererUniqueid": leg, "TransfererLinkedid": id, "TransfereeUniqueid": id, "TransfereeLinkedid": id,
		"Extension": "8001", "Context": "from-internal", "IsExternal": "Yes",
	}))
	t.tell(1, "AgentComplete", t.queue("HoldTime", "0", "TalkTime", "0", "Reason", "transfer"), t.agent())
}

// member tells what an agent does, who is a member of a queue.
func (v asterisk) member(f *Fact) []Message {
	a := &f.Activity.Agent
	e := pairs([]string{"Queue", "Support", "Interface", memberOf(a), "MemberName", a.Name, "Status", "1", "Paused", "0"})
	event := "QueueMemberStatus"
	switch a.Activity {
	case Available:
	case Offline:
		event = "QueueMemberRemoved"
	default:
		event, e["Paused"], e["PausedReason"] = "QueueMemberPause", "1", a.Activity
	}
	return []Message{amiMessage(f.At, event, e)}
}

func memberOf(a *Agent) string { return fmt.Sprintf("PJSIP/%d", 200+a.ID) }

func pairs(words []string) map[string]string {
	m := make(map[string]string)
	for i := 0; i+1 < len(words); i += 2 {
		m[words[i]] = words[i+1]
	}
	return m
}

func amiMessage(at time.Time, event string, fields map[string]string) Message {
	fields["Event"], fields["SystemName"] = event, "pbx1"
	fields["Timestamp"] = fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000)
	b, err := json.Marshal(fields, json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("simulate: a manager's event: %v", err)) // plain texts always encode
	}
	return Message{jsonType, b}
}
