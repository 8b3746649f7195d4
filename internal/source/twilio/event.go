package twilio

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// attributes are what a task's attributes may say, at Twilio's and Flex's own names.
type attributes struct {
	Direction          string `json:"direction"`
	From               string `json:"from"`
	Caller             string `json:"caller"`
	CallSID            string `json:"call_sid"`
	TaskType           string `json:"taskType"`
	FlexInteractionSID string `json:"flexInteractionSid"`
	ConversationSID    string `json:"conversationSid"`
	ChannelSID         string `json:"channelSid"`
	Conversations      struct {
		Abandoned string `json:"abandoned"`
	} `json:"conversations"`
}

// taskAttributes reads the attributes. They are the customer's own JSON: a value of
// another type than ours is left out, and the rest counts.
func taskAttributes(s string) attributes {
	var a attributes
	var raw map[string]jsontext.Value
	if json.Unmarshal([]byte(s), &raw) != nil {
		return a
	}
	for name, into := range map[string]*string{
		"direction": &a.Direction, "from": &a.From, "caller": &a.Caller, "call_sid": &a.CallSID, "taskType": &a.TaskType,
		"flexInteractionSid": &a.FlexInteractionSID, "conversationSid": &a.ConversationSID, "channelSid": &a.ChannelSID,
	} {
		if v := raw[name]; v.Kind() == '"' {
			*into = text(v)
		}
	}
	if c := raw["conversations"]; c.Kind() == '{' {
		var m map[string]jsontext.Value
		if json.Unmarshal(c, &m) == nil && m["abandoned"].Kind() == '"' {
			a.Conversations.Abandoned = text(m["abandoned"])
		}
	}
	return a
}

// adapter turns one TaskRouter event into ours.
type adapter struct {
	fields
	attributes
	decoder
	base interaction.Event
	out  *source.Decoded
}

// emit adds an event of a kind. One vendor event gives at most one of each kind, so
// its id and the kind are the key.
func (x *adapter) emit(k interaction.Kind, more func(*interaction.Event)) {
	e := x.base
	e.Kind, e.Key = k, e.Key+"/"+k.String()
	if more != nil {
		more(&e)
	}
	x.out.Events = append(x.out.Events, e)
}

func (x decoder) add(out *source.Decoded, i int, f fields) {
	problem := func(why string) { out.Problems = append(out.Problems, source.Problem{Index: i, Reason: why}) }
	kind := f["eventtype"]
	if kind == "" {
		problem("EventType: is missing")
		return
	}
	group, _, _ := strings.Cut(kind, ".")
	switch group {
	case "task", "task-queue", "reservation", "worker":
	default:
		out.Ignore(group)
		return
	}
	if f["sid"] == "" {
		problem("Sid: is missing")
		return
	}
	at, ok := f.time()
	if !ok {
		problem("TimestampMs and Timestamp: are missing or no times")
		return
	}
	if group != "worker" && kind != "task-queue.created" && kind != "task-queue.deleted" && kind != "task-queue.expression.updated" && f["task_sid"] == "" {
		problem("TaskSid: is missing")
		return
	}
	version, _ := strconv.ParseInt(f["task_version"], 10, 64)
	a := adapter{fields: f, attributes: taskAttributes(f["task_attributes"]), decoder: x, out: out}
	a.base = interaction.Event{
		Interaction: f["task_sid"], At: at, Sequence: max(0, version), Key: f["sid"], Channel: a.channel(),
		Queue: f["task_queue_sid"], QueueName: f["task_queue_name"],
	}
	if a.conversation() != "" {
		a.base.Leg = f["task_sid"]
	}
	if strings.HasPrefix(kind, "reservation.") && !a.offered() {
		if kind == "reservation.failed" {
			out.Ignore(kind) // no offer was made
			return
		}
		problem("ReservationSid: is missing")
		return
	}
	if !a.known(kind) {
		out.Ignore(kind)
	}
}

// time is the event's time in microseconds: TimestampMs, else Timestamp in seconds or
// as RFC 3339.
func (f fields) time() (int64, bool) {
	if n, err := strconv.ParseInt(f["timestamp_ms"], 10, 64); err == nil {
		return n * 1000, true
	}
	if n, err := strconv.ParseInt(f["timestamp"], 10, 64); err == nil {
		return n * 1_000_000, true
	}
	t, err := time.Parse(time.RFC3339Nano, f["timestamp"])
	return t.UnixMicro(), err == nil
}

func (x *adapter) channel() interaction.Channel {
	switch strings.ToLower(x.fields["task_channel_unique_name"]) {
	case "voice", "video":
		return interaction.Voice
	case "chat", "sms", "email", "whatsapp", "messenger", "line", "web", "custom1":
		return interaction.Messaging
	}
	switch {
	case x.CallSID != "":
		return interaction.Voice
	case x.ConversationSID != "" || x.ChannelSID != "" || x.FlexInteractionSID != "":
		return interaction.Messaging
	}
	return 0
}

// role is what a task is for. Flex makes a task of its own for a voicemail or callback
// that a customer chose; it is not the customer's contact.
func (x *adapter) role() interaction.Role {
	switch {
	case strings.EqualFold(x.TaskType, "callback"):
		return interaction.Callback
	case strings.EqualFold(x.TaskType, "voicemail"):
		return interaction.Voicemail
	case strings.HasPrefix(strings.ToLower(x.attributes.Direction), "outbound"):
		return interaction.OutboundRole
	}
	return interaction.Customer
}

// conversation is the id that ties the tasks of one Flex conversation together, "" if
// the task is no customer's or of no conversation. A transfer there is an invitation by
// a task of its own; each task is a leg.
func (x *adapter) conversation() string {
	switch {
	case x.role() != interaction.Customer || x.channel() != interaction.Messaging:
		return ""
	case x.FlexInteractionSID != "":
		return "flex/" + x.FlexInteractionSID
	case x.ConversationSID != "":
		return "conversation/" + x.ConversationSID
	}
	return ""
}

// offered finds the offer that a reservation's event names.
func (x *adapter) offered() bool {
	if x.fields["reservation_sid"] == "" && strings.HasPrefix(x.fields["resource_sid"], "WR") {
		x.fields["reservation_sid"] = x.fields["resource_sid"]
	}
	return x.fields["reservation_sid"] != ""
}

// endUnknown emits the end of a task of which nothing says who ended it. Of a
// conversation only this leg ends: an invitation that is declined ends its task, and so
// does an agent who has passed the customer on.
func (x *adapter) endUnknown(word string) {
	if x.base.Leg != "" {
		x.emit(interaction.LegEnded, nil)
		return
	}
	x.emit(interaction.Disconnected, func(e *interaction.Event) { e.By, e.Reason = interaction.ByUnknown, word })
}

// known emits what an event type says; it is false for types that say nothing for us.
func (x *adapter) known(kind string) bool {
	switch kind {
	case "task.created":
		x.emit(interaction.Started, func(e *interaction.Event) {
			// The leg is first seen where it waits, so that an invitation's belongs to the transfer.
			e.Role, e.Direction, e.Customer, e.Leg = x.role(), interaction.Inbound, x.From, ""
			if e.Role == interaction.OutboundRole {
				e.Direction = interaction.Outbound
			}
			if e.Customer == "" {
				e.Customer = x.Caller
			}
		})
		x.emit(interaction.Queued, nil)
		if id := x.conversation(); id != "" {
			x.emit(interaction.Linked, func(e *interaction.Event) { e.Other = id })
		}
	case "task-queue.entered", "task-queue.moved":
		x.emit(interaction.Queued, nil)
	case "task.canceled":
		x.canceled()
	case "task.completed":
		x.endUnknown("")
	case "task.deleted", "task.system-deleted":
		x.emit(interaction.Disconnected, func(e *interaction.Event) { e.By, e.Reason = interaction.BySystem, "deleted" })
	case "task.transfer-initiated":
		x.emit(interaction.Transferred, x.transfer)
	case "task.transfer-failed", "task.transfer-attempt-failed", "task.transfer-canceled":
		x.emit(interaction.TransferFailed, nil)
	case "task.transfer-completed":
		x.emit(interaction.TransferCompleted, nil)
	case "worker.activity.update":
		x.presence(0)
	default:
		return x.reservation(kind)
	}
	return true
}

func (x *adapter) transfer(e *interaction.Event) {
	e.Work, e.Agent = x.fields["transfer_initiating_reservation_sid"], x.fields["transfer_initiating_worker_sid"]
	e.To, e.ToID, e.QueueName = interaction.ToAgent, x.fields["transfer_to"], ""
	if strings.EqualFold(x.fields["transfer_type"], "QUEUE") {
		e.To = interaction.ToQueue
	}
	switch strings.ToUpper(x.fields["transfer_mode"]) {
	case "COLD":
		e.Mode = interaction.Cold
	case "WARM":
		e.Mode = interaction.Warm
	}
}

// reservation emits what becomes of an offer, and what it says of the worker.
func (x *adapter) reservation(kind string) bool {
	offer := func(k interaction.Kind, why interaction.Why) {
		x.emit(k, func(e *interaction.Event) {
			e.Work, e.Agent, e.AgentName, e.Why = x.fields["reservation_sid"], x.fields["worker_sid"], x.fields["worker_name"], why
		})
	}
	presence := interaction.Presence(0)
	switch kind {
	case "reservation.created":
		offer(interaction.Assigned, 0)
	case "reservation.accepted":
		offer(interaction.Accepted, 0)
		presence = interaction.Busy
	case "reservation.rejected":
		offer(interaction.Declined, 0)
	case "reservation.timeout":
		offer(interaction.TimedOut, 0)
	case "reservation.rescinded":
		offer(interaction.Withdrawn, interaction.AnsweredElsewhere)
	case "reservation.canceled":
		offer(interaction.Withdrawn, interaction.Canceled)
	case "reservation.failed":
		why := interaction.UnknownWhy
		if strings.HasPrefix(x.fields["reason"], "RoutingTarget not available") {
			why = interaction.AgentUnavailable
		}
		offer(interaction.Withdrawn, why)
	case "reservation.wrapup":
		offer(interaction.Released, 0)
		presence = interaction.WrapUp
	case "reservation.completed":
		offer(interaction.Released, 0)
		offer(interaction.WorkClosed, 0)
	default:
		return false
	}
	x.presence(presence)
	return true
}

// presence emits the worker's state: p, or else what its activity means.
func (x *adapter) presence(p interaction.Presence) {
	worker, name := x.fields["worker_sid"], x.fields["worker_activity_name"]
	if p == 0 {
		p = x.activity(name)
	}
	if worker == "" || p == 0 {
		return
	}
	x.emit(interaction.AgentState, func(e *interaction.Event) {
		e.Interaction, e.Queue, e.QueueName, e.Channel = "", "", "", 0
		e.Agent, e.AgentName, e.Presence = worker, x.fields["worker_name"], p
	})
}

// activity is what an activity means: as configured, else by Twilio's own names and by
// whether it counts as available; 0 if there is none.
func (x *adapter) activity(name string) interaction.Presence {
	if p, ok := x.activities[name]; ok {
		return p
	}
	available := x.fields["worker_available"]
	if available == "" {
		available = x.fields["activity_available"]
	}
	switch {
	case name == "" && available == "":
		return 0
	case strings.EqualFold(name, "offline"):
		return interaction.Offline
	case available == "true" || available == "" && strings.EqualFold(name, "available"):
		return interaction.Available
	}
	return interaction.Away
}

// canceled reads the free text of a canceled task. The texts are those of Twilio and of
// its Flex template; another says nothing of who ended it.
func (x *adapter) canceled() {
	reason := x.fields["task_canceled_reason"]
	if reason == "" {
		reason = x.fields["reason"]
	}
	low := strings.ToLower(reason)
	end := func(by interaction.Party, word string) {
		x.emit(interaction.Disconnected, func(e *interaction.Event) { e.By, e.Reason = by, word })
	}
	switch {
	case strings.Contains(low, "voicemail"):
		x.emit(interaction.VoicemailChosen, nil)
		end(interaction.ByCustomer, "")
	case strings.Contains(low, "callback") || strings.EqualFold(x.Conversations.Abandoned, "Follow-Up"):
		x.emit(interaction.CallbackRequested, nil)
		end(interaction.ByCustomer, "")
	case strings.HasPrefix(low, "task ttl exceeded"):
		end(interaction.BySystem, "Task TTL Exceeded")
	case strings.Contains(low, "hangup") || strings.Contains(low, "hung up") || strings.Contains(low, "hang up"):
		end(interaction.ByCustomer, "hangup")
	case reason == "":
		x.endUnknown("")
	default:
		x.endUnknown("other")
	}
}
