package simulate

import (
	"fmt"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/interaction"
)

// connect speaks Amazon Connect's two streams: contact events, which EventBridge posts one
// by one, and the agent event stream, which Pipes posts as arrays of Kinesis records.
type connect struct {
	run uint64 // makes the ids of a run its own
}

// AmazonConnect is Amazon Connect's format. It cannot tell everything, so the centre plays
// less and truth says less:
//
//   - A voice call has one offer at a time, and a transfer is to a queue or with a
//     consultation; a transfer begins a leg with an id of its own.
//   - A declined call looks like one that was not answered.
//   - A voicemail is no contact of its own, and of a callback only what the customer's
//     connection shows: that it began, was accepted and ended.
//   - What the customer chose is told by the tag wallboard-outcome, which a contact flow
//     sets.
func AmazonConnect(run uint64) Vendor { return connect{run: run} }

// flowEnded is Connect's word for a contact that its contact flow ended.
const flowEnded = "CONTACT_FLOW_DISCONNECT"

func (connect) Name() string                 { return "amazon-connect" }
func (v connect) ContactID(id uint64) string { return v.leg(id, 1) }
func (connect) ExpiredReason() string        { return flowEnded }
func (v connect) WorkID(c uint64, w *Work) string {
	return v.leg(c, w.Leg.Number) + "/" + connectID(w.Agent.ID)
}

// leg is the contactId of a leg.
func (v connect) leg(contact uint64, number int) string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%010x%02x", v.run>>32, v.run>>16&0xffff, v.run>>4&0xfff, v.run&0xf, contact, number)
}

// Adjust takes out what has no form in Connect.
func (connect) Adjust(r *Rates) {
	r.BothOffered, r.LineFailure, r.ToQueue = 0, 0, 1
}

// Releases is true: a transfer is a further leg beside the agent's.
func (connect) Releases() bool { return true }

// Shown says as what a fact looks.
func (connect) Shown(f *Fact) (Kind, bool) {
	switch {
	case f.Contact.Role == interaction.Voicemail:
		return 0, false
	case f.Kind == Declined && f.Contact.Channel == interaction.Voice:
		return TimedOut, f.Contact.Role == interaction.Customer
	case f.Kind == Offered || f.Kind == Declined || f.Kind == TimedOut || f.Kind == OfferCanceled:
		return f.Kind, f.Contact.Role == interaction.Customer
	}
	return f.Kind, true
}

// Sign puts the secret into the header of an API destination's connection.
func (connect) Sign(_ Message, _, secret string) http.Header {
	return http.Header{ConnectHeader: {secret}}
}

// ConnectHeader carries the secret of simulated deliveries of Amazon Connect.
const ConnectHeader = "X-Api-Key"

const jsonType = "application/json; charset=utf-8"

func (v connect) Encode(f *Fact) []Message {
	w, c := &f.Work, &f.Contact
	if c.Role == interaction.Voicemail {
		return nil
	}
	missed := "MISSED"
	if c.Channel == interaction.Messaging && f.Kind != TimedOut {
		missed = "REJECTED"
	}
	ringing := v.held(c, w, "CONNECTING", w.Offered)
	talking := v.held(c, w, "CONNECTED", w.Accepted)
	wrapping := v.held(c, w, "ENDED", w.Released)
	switch f.Kind {
	case Arrived, TransferBegan:
		begun := c.Leg
		begun.Began = f.At
		return []Message{v.event(f, "INITIATED", &begun, nil, connectDetail{})}
	case Queued:
		entered := c.Leg
		entered.Queued = f.At
		return []Message{v.event(f, "QUEUED", &entered, nil, connectDetail{})}
	case Offered:
		return []Message{v.stream(f, w.Agent, nil, v.held(c, w, "CONNECTING", f.At))}
	case Accepted:
		w := *w
		w.Accepted = f.At
		return []Message{
			v.event(f, "CONNECTED_TO_AGENT", &w.Leg, &w, connectDetail{}),
			v.stream(f, w.Agent, ringing, v.held(c, &w, "CONNECTED", f.At)),
		}
	case Declined, TimedOut, OfferCanceled:
		return []Message{v.stream(f, w.Agent, ringing, v.held(c, w, missed, f.At))}
	case Released:
		w := *w
		w.Released = f.At
		return []Message{
			v.event(f, "DISCONNECTED", &w.Leg, &w, connectDetail{}),
			v.stream(f, w.Agent, talking, v.held(c, &w, "ENDED", f.At)),
		}
	case Done:
		return []Message{
			v.stream(f, w.Agent, wrapping, nil),
			v.event(f, "COMPLETED", &w.Leg, w, connectDetail{}),
		}
	case TransferFailed:
		if !f.Transfer.Warm {
			return nil // the customer's own leg ended
		}
		return []Message{v.event(f, "DISCONNECTED", &c.Leg, nil, connectDetail{})}
	case HungUp:
		// The reason is often missing.
		var d connectDetail
		if c.ID%2 == 0 {
			d.DisconnectReason = "CUSTOMER_DISCONNECT"
		}
		return []Message{v.event(f, "DISCONNECTED", &c.Leg, nil, d)}
	case Expired:
		return []Message{v.event(f, "DISCONNECTED", &c.Leg, nil, connectDetail{DisconnectReason: flowEnded})}
	case VoicemailChosen:
		return []Message{v.event(f, "DISCONNECTED", &c.Leg, nil, connectDetail{Tags: chosen("voicemail")})}
	case CallbackChosen:
		return []Message{v.event(f, "DISCONNECTED", &c.Leg, nil, connectDetail{Tags: chosen("callback")})}
	case ActivityChanged:
		return []Message{v.stream(f, f.Activity.Agent, nil, nil)}
	}
	return nil
}

func chosen(outcome string) map[string]string { return map[string]string{"wallboard-outcome": outcome} }

// event makes a contact event about a leg, with what w came to if an agent has it.
func (v connect) event(f *Fact, kind string, l *Leg, w *Work, d connectDetail) Message {
	c := &f.Contact
	d.EventType, d.ContactID, d.InstanceARN = kind, v.leg(c.ID, l.Number), connectInstance
	d.Channel = connectChannels[c.Channel]
	d.InitiationTimestamp = stamp(l.Began)
	switch {
	case l.Previous != 0:
		d.InitiationMethod = "TRANSFER"
		d.InitialContactID, d.PreviousContactID = v.leg(c.ID, 1), v.leg(c.ID, l.Previous)
	case c.Role == interaction.Callback:
		d.InitiationMethod = "CALLBACK"
		d.InitialContactID, d.PreviousContactID = v.leg(c.Origin, 1), v.leg(c.Origin, 1)
	case c.Channel == interaction.Messaging:
		d.InitiationMethod = "API"
	default:
		d.InitiationMethod = "INBOUND"
	}
	d.QueueInfo = queueOf(l)
	if w != nil {
		d.AgentInfo = &connectAgentInfo{AgentARN: arn("agent", connectID(w.Agent.ID)), ConnectedToAgentTimestamp: stamp(w.Accepted)}
		d.DisconnectTimestamp = stamp(w.Released)
		d.AgentInfo.AfterContactWorkStartTimestamp = d.DisconnectTimestamp
		if kind == "COMPLETED" {
			d.AgentInfo.AfterContactWorkEndTimestamp = stamp(f.At)
		}
	} else if kind == "DISCONNECTED" {
		d.DisconnectTimestamp = stamp(f.At)
	}
	if d.Tags == nil {
		d.Tags = make(map[string]string)
	}
	d.Tags["aws:connect:instanceId"] = connectInstanceID
	return encoded(connectEvent{
		Version: "0", ID: v.number(f.Number), DetailType: "Amazon Connect Contact Event", Source: "aws.connect",
		Account: connectAccount, Time: f.At.UTC().Format(time.RFC3339), Region: connectRegion,
		Resources: []string{connectInstance, arn("contact", d.ContactID)}, Detail: d,
	})
}

// number makes an id of a fact.
func (v connect) number(n uint64) string {
	return fmt.Sprintf("%08x-%04x-4%03x-9%03x-%012x", v.run>>32, v.run>>16&0xffff, v.run>>4&0xfff, v.run&0xf, n)
}

func queueOf(l *Leg) *connectQueueInfo {
	switch {
	case l.ToAgent:
		// Which agent's queue it is does not matter to who waits in it.
		return &connectQueueInfo{QueueARN: arn("queue", "agent/"+connectID(0)), QueueType: "AGENT", EnqueueTimestamp: stamp(l.Began)}
	case !l.Queued.IsZero():
		return &connectQueueInfo{QueueARN: arn("queue", ConnectQueueID(l.Queue.ID)), QueueType: "STANDARD", EnqueueTimestamp: stamp(l.Queued)}
	}
	return nil
}

// held is how a contact stands in an agent's snapshot, in a state since an instant.
func (v connect) held(c *Contact, w *Work, state string, since time.Time) *connectContact {
	h := &connectContact{
		ContactID: v.leg(c.ID, w.Leg.Number), Channel: connectChannels[c.Channel], State: state, StateStartTimestamp: stamp(since),
		ConnectedToAgentTimestamp: stamp(w.Accepted), InitiationMethod: "INBOUND",
	}
	switch {
	case w.Leg.Previous != 0:
		h.InitiationMethod, h.InitialContactID = "TRANSFER", v.leg(c.ID, 1)
	case c.Role == interaction.Callback:
		h.InitiationMethod, h.InitialContactID = "CALLBACK", v.leg(c.Origin, 1)
	case c.Channel == interaction.Messaging:
		h.InitiationMethod = "API"
	}
	if q := queueOf(&w.Leg); q != nil {
		h.QueueTimestamp, h.Queue = q.EnqueueTimestamp, &connectQueue{ARN: q.QueueARN, Name: w.Leg.Queue.Name}
	}
	return h
}

// stream makes a batch of one Kinesis record with an event of the agent stream, in which
// the agent had one contact, or none, and has another state of it, or none.
func (v connect) stream(f *Fact, a Agent, before, now *connectContact) Message {
	status := connectStatus{Name: a.Activity, Type: "CUSTOM", StartTimestamp: stamp(f.At)}
	switch a.Activity {
	case Available:
		status.Type = "ROUTABLE"
	case Offline:
		status.Type = "OFFLINE"
	}
	snapshot := func(c *connectContact) connectSnapshot {
		slots := connectSlots{Channel: "VOICE", AvailableSlots: 1, MaximumSlots: 1}
		contacts := []connectContact{}
		if c != nil {
			slots.Channel, slots.AvailableSlots = c.Channel, 0
			contacts = append(contacts, *c)
		}
		s := connectSnapshot{AgentStatus: status, Contacts: contacts}
		s.Configuration.Username = a.Name
		s.Configuration.RoutingProfile.Concurrency = []connectSlots{slots}
		return s
	}
	at := float64(f.At.UnixMilli()) / 1000
	return encoded([]connectRecord{{
		KinesisSchemaVersion: "1.0", PartitionKey: connectID(a.ID), SequenceNumber: fmt.Sprintf("495903382714902566%020d", f.Number),
		Data: connectAgentEvent{
			AccountID: connectAccount, AgentARN: arn("agent", connectID(a.ID)), InstanceARN: connectInstance, Version: "2017-10-01",
			EventID: v.number(f.Number), EventTimestamp: stamp(f.At), EventType: "STATE_CHANGE",
			Current: snapshot(now), Previous: snapshot(before),
		},
		ApproximateArrivalTimestamp: at, EventSource: "aws:kinesis", EventVersion: "1.0", EventName: "aws:kinesis:record",
		AWSRegion: connectRegion, EventSourceARN: "arn:aws:kinesis:" + connectRegion + ":" + connectAccount + ":stream/agent-events",
	}})
}

func encoded(v any) Message {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("simulate: an Amazon Connect event: %v", err)) // plain values always encode
	}
	return Message{jsonType, b}
}
