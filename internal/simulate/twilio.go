package simulate

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
)

// twilio speaks the form callbacks of TaskRouter: one event in each.
type twilio struct {
	run uint64 // makes the ids of a run its own
}

// Twilio is the format of Twilio TaskRouter's event callback, the default.
func Twilio(run uint64) Vendor { return twilio{run: run} }

const formType = "application/x-www-form-urlencoded; charset=utf-8"

// taskTTL is TaskRouter's word for a task that nobody took in time.
const taskTTL = "Task TTL Exceeded"

var twilioEvents = map[Kind]string{
	Arrived: "task.created", Queued: "task-queue.entered", Offered: "reservation.created",
	Accepted: "reservation.accepted", Declined: "reservation.rejected", TimedOut: "reservation.timeout",
	OfferCanceled: "reservation.canceled", AnsweredElsewhere: "reservation.rescinded",
	Released: "reservation.wrapup", Wrapping: "task.wrapup", Done: "reservation.completed",
	Completed: "task.completed", HungUp: "task.canceled", VoicemailChosen: "task.canceled",
	CallbackChosen: "task.canceled", Expired: "task.canceled", TransferBegan: "task.transfer-initiated",
	TransferDone: "task.transfer-completed", TransferFailed: "task.transfer-failed",
	ActivityChanged: "worker.activity.update",
}

var twilioCancel = map[Kind]string{
	HungUp: "hangup", Expired: taskTTL,
	VoicemailChosen: "Opted to leave a voicemail", CallbackChosen: "Opted to request a callback",
}

var twilioStages = [...]string{
	Waiting: "pending", Ringing: "reserved", Talking: "assigned", InWrapUp: "wrapping",
	Gone: "canceled", Over: "completed",
}

func (twilio) Name() string                 { return "twilio" }
func (t twilio) ContactID(id uint64) string { return t.sid("WT", id) }
func (twilio) ExpiredReason() string        { return taskTTL }

// WorkID is the reservation's.
func (t twilio) WorkID(_ uint64, w *Work) string { return t.sid("WR", w.ID) }

// Adjust takes nothing out: TaskRouter tells everything.
func (twilio) Adjust(*Rates) {}

// Releases is false: a transfer tells that the agent let go.
func (twilio) Releases() bool { return false }

// Shown is the fact itself.
func (twilio) Shown(f *Fact) (Kind, bool) { return f.Kind, true }

// sid makes an id of the form that Twilio's have: two letters and 32 hex digits.
func (t twilio) sid(prefix string, n uint64) string {
	return fmt.Sprintf("%s%016x%016x", prefix, t.run, n)
}

// fixed makes the id of something that every run has, a queue or an agent.
func (twilio) fixed(prefix string, n int) string { return fmt.Sprintf("%s%032x", prefix, n) }

// form is an ordered list of parameters.
type form struct{ bytes.Buffer }

func (f *form) add(name, value string) {
	if f.Len() > 0 {
		f.WriteByte('&')
	}
	f.WriteString(name + "=" + url.QueryEscape(value))
}

func (t twilio) Encode(f *Fact) []Message {
	var b form
	event := twilioEvents[f.Kind]
	b.add("AccountSid", t.fixed("AC", 0x5a))
	b.add("WorkspaceSid", t.fixed("WS", 0x1b))
	b.add("WorkspaceName", "Flex Task Assignment")
	b.add("EventType", event)
	resource, id := t.resource(f)
	b.add("ResourceType", resource)
	b.add("ResourceSid", id)
	b.add("Sid", t.sid("EV", f.Number))
	b.add("Timestamp", unix(f.At))
	b.add("TimestampMs", strconv.FormatInt(f.At.UnixMilli(), 10))
	b.add("OperatingUnitSid", t.fixed("OU", 0x9f))
	b.add("EventDescription", event+" "+id)
	if f.Kind == ActivityChanged {
		t.activity(&b, &f.Activity)
		return []Message{{formType, b.Bytes()}}
	}
	t.transfer(&b, f)
	t.task(&b, f)
	if resource == "reservation" {
		t.reservation(&b, f)
	}
	switch reason := twilioCancel[f.Kind]; {
	case reason != "":
		b.add("TaskCanceledReason", reason)
		b.add("Reason", reason)
	case f.Kind == OfferCanceled:
		b.add("Reason", "hangup")
	case f.Kind == Completed:
		b.add("TaskCompletedReason", "All reservations were completed")
		b.add("Reason", "All reservations were completed")
	}
	return []Message{{formType, b.Bytes()}}
}

// resource returns what an event is about, in TaskRouter's words.
func (t twilio) resource(f *Fact) (kind, id string) {
	switch f.Kind {
	case ActivityChanged:
		return "worker", t.fixed("WK", f.Activity.Agent.ID)
	case TransferBegan, TransferDone, TransferFailed:
		return "transfer", t.sid("TT", f.Transfer.ID)
	case Offered, Accepted, Declined, TimedOut, OfferCanceled, AnsweredElsewhere, Released, Done:
		return "reservation", t.sid("WR", f.Work.ID)
	}
	return "task", t.sid("WT", f.Contact.ID)
}

// attributes are those of a task that an IVR made.
type attributes struct {
	CallSid       string        `json:"call_sid,omitempty"`
	ChannelType   string        `json:"channelType,omitempty"`
	From          string        `json:"from"`
	To            string        `json:"to"`
	Direction     string        `json:"direction"`
	Conversations conversations `json:"conversations"`
	TaskType      string        `json:"taskType,omitempty"`
}

type conversations struct {
	ConversationID string `json:"conversation_id"`
	Abandoned      string `json:"abandoned,omitempty"`
}

func (t twilio) task(b *form, f *Fact) {
	c := &f.Contact
	a := attributes{
		From: c.Customer, To: "+442079460123", Direction: "inbound",
		Conversations: conversations{ConversationID: t.sid("WT", c.Origin)},
	}
	channel, channelID := "voice", 1
	if c.Channel == interaction.Messaging {
		channel, channelID, a.ChannelType = "chat", 2, "web"
	} else {
		a.CallSid = t.sid("CA", c.Origin)
	}
	if c.Role != interaction.Customer {
		a.TaskType = c.Role.String()
	}
	if f.Kind == VoicemailChosen || f.Kind == CallbackChosen {
		a.Conversations.Abandoned = "Follow-Up"
	}
	text, err := json.Marshal(a)
	if err != nil {
		panic(fmt.Sprintf("simulate: task attributes: %v", err)) // strings always encode
	}
	b.add("TaskSid", t.sid("WT", c.ID))
	b.add("TaskAttributes", string(text))
	b.add("TaskAge", strconv.FormatInt(int64(f.At.Sub(c.Began)/time.Second), 10))
	b.add("TaskPriority", "0")
	b.add("TaskAssignmentStatus", twilioStages[c.Stage])
	b.add("TaskVersion", strconv.Itoa(c.Version))
	b.add("TaskDateCreated", unix(c.Began))
	b.add("TaskChannelSid", t.fixed("TC", channelID))
	b.add("TaskChannelUniqueName", channel)
	b.add("TaskQueueSid", t.fixed("WQ", c.Queue.ID))
	b.add("TaskQueueName", c.Queue.Name)
	b.add("TaskQueueEnteredDate", unix(c.Entered))
	b.add("WorkflowSid", t.fixed("WW", 0x2c))
	b.add("WorkflowName", "Assign to Anyone")
}

func (t twilio) reservation(b *form, f *Fact) {
	b.add("ReservationSid", t.sid("WR", f.Work.ID))
	t.worker(b, &f.Work.Agent)
	if f.Kind == Offered {
		b.add("ReservationTimeout", strconv.Itoa(int(f.Work.Timeout/time.Second)))
	}
}

func (t twilio) worker(b *form, a *Agent) {
	b.add("WorkerSid", t.fixed("WK", a.ID))
	b.add("WorkerName", a.Name)
	b.add("WorkerAttributes", "{}")
	b.add("WorkerActivitySid", t.activityID(a.Activity))
	b.add("WorkerActivityName", a.Activity)
}

func (t twilio) activity(b *form, a *Activity) {
	b.add("WorkerPreviousActivitySid", t.activityID(a.Previous))
	b.add("WorkerPreviousActivityName", a.Previous)
	b.add("WorkerTimeInPreviousActivity", strconv.FormatInt(int64(a.For/time.Second), 10))
	b.add("WorkerTimeInPreviousActivityMs", strconv.FormatInt(a.For.Milliseconds(), 10))
	t.worker(b, &a.Agent)
}

func (t twilio) activityID(name string) string {
	return t.fixed("WA", 1+slices.Index([]string{Available, OnBreak, Away, Offline}, name))
}

func (t twilio) transfer(b *form, f *Fact) {
	var status string
	switch f.Kind {
	case TransferBegan:
		status = "initiated"
	case TransferDone:
		status = "complete"
	case TransferFailed:
		status = "failed"
	default:
		return
	}
	x := &f.Transfer
	mode, kind, to := "COLD", "WORKER", t.fixed("WK", x.ToAgent.ID)
	if x.Warm {
		mode = "WARM"
	}
	if x.ToQueue.ID != 0 {
		kind, to = "QUEUE", t.fixed("WQ", x.ToQueue.ID)
	}
	b.add("TaskTransferSid", t.sid("TT", x.ID))
	b.add("TransferType", kind)
	b.add("TransferMode", mode)
	b.add("TransferTo", to)
	b.add("TransferStatus", status)
	b.add("TransferInitiatingWorkerSid", t.fixed("WK", x.From.Agent.ID))
	b.add("TransferInitiatingReservationSid", t.sid("WR", x.From.ID))
	if f.Kind == TransferFailed {
		b.add("TransferFailedReason", "Transfer failed because the reservation was not accepted")
	}
}

// Sign makes X-Twilio-Signature: the HMAC of the URL and of the sorted parameters.
func (twilio) Sign(m Message, url, secret string) http.Header {
	return http.Header{"X-Twilio-Signature": {SignTwilioForm(url, string(m.Body), secret)}}
}

// SignTwilioForm returns the X-Twilio-Signature of a form that Twilio posts to url. A
// body that is no form counts as one without parameters.
func SignTwilioForm(hook, body, secret string) string {
	type parameter struct{ name, value string }
	var ps []parameter
	if values, err := url.ParseQuery(body); err == nil {
		for name, vs := range values {
			slices.Sort(vs)
			for _, v := range slices.Compact(vs) {
				ps = append(ps, parameter{name, v})
			}
		}
	}
	slices.SortFunc(ps, func(a, b parameter) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.value, b.value))
	})
	h := hmac.New(sha1.New, []byte(secret))
	io.WriteString(h, hook)
	for _, p := range ps {
		io.WriteString(h, p.name+p.value)
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
