package zoom

import (
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// adapter turns one event of Zoom into ours.
type adapter struct {
	decoder
	*object
	base interaction.Event
	out  *source.Decoded
}

// begin sets what all events of the body share. It is false if the subject or the time is
// missing.
func (a *adapter) begin(at int64, kind string) bool {
	a.base = interaction.Event{At: at}
	if strings.HasPrefix(kind, "user_") {
		return at != 0 && a.User != ""
	}
	a.base.Interaction = first(a.EngagementID, a.TaskID)
	a.base.Channel = channel(first(a.object.Channel, a.ChannelName))
	a.base.Customer = first(a.Consumer, a.ConsumerNumber, a.CallerNumber)
	switch a.object.Direction.Lower() {
	case "inbound":
		a.base.Direction = interaction.Inbound
	case "outbound":
		a.base.Direction = interaction.Outbound
	}
	if strings.HasPrefix(kind, "task_") {
		a.base.Leg = first(a.TaskID, a.EngagementID)
	}
	// A callback that was booked on a web page belongs to no engagement.
	return at != 0 && (a.base.Interaction != "" || kind == "queue_scheduled_callback_created")
}

func channel(name string) interaction.Channel {
	switch strings.ToLower(name) {
	case "voice", "video":
		return interaction.Voice
	case "messaging", "sms", "chat", "in_app_chat", "web_chat", "whatsapp", "email", "social":
		return interaction.Messaging
	}
	return 0
}

// emit adds an event of a kind. Zoom gives no ids to events, so what one says is its key.
func (a *adapter) emit(k interaction.Kind, more func(*interaction.Event)) {
	e := a.base
	e.Kind = k
	if more != nil {
		more(&e)
	}
	a.out.Add(e)
}

// inQueue puts the queue of the body into an event.
func (a *adapter) inQueue(e *interaction.Event) {
	e.Queue, e.QueueName = first(a.CCQueueID, a.QueueID), source.Clip(string(a.QueueName))
}

// tells is what each event says, by its name after "contact_center.". The others say
// nothing for us, among them task_updated and task_exited_queue: both come for many reasons
// and give none.
var tells = map[string]func(*adapter){
	"engagement_started": func(a *adapter) { a.start(byEngagement) },
	"engagement_ended":   (*adapter).ended, "engagement_consumer_ended": (*adapter).ended,

	"task_created": (*adapter).taskCreated,
	"task_entered_queue": func(a *adapter) {
		a.link()
		a.emit(interaction.Queued, a.inQueue)
	},
	"task_canceled":  func(a *adapter) { a.taskEnded(nil) },
	"task_completed": func(a *adapter) { a.taskEnded(nil) },
	"task_deleted": func(a *adapter) {
		a.taskEnded(func(e *interaction.Event) { e.By, e.Reason = interaction.BySystem, "deleted" })
	},

	"task_reservation_created": func(a *adapter) {
		a.outbound()
		a.link()
		a.offer(interaction.Assigned, 0)
	},
	"task_reservation_accepted":  func(a *adapter) { a.offer(interaction.Accepted, 0) },
	"task_reservation_rejected":  func(a *adapter) { a.offer(interaction.Declined, 0) },
	"task_reservation_timeout":   func(a *adapter) { a.offer(interaction.TimedOut, 0) },
	"task_reservation_canceled":  func(a *adapter) { a.offer(interaction.Withdrawn, interaction.Canceled) },
	"task_reservation_rescinded": func(a *adapter) { a.offer(interaction.Withdrawn, interaction.UnknownWhy) },
	"task_reservation_completed": func(a *adapter) {
		a.offer(interaction.Released, 0)
		a.offer(interaction.WorkClosed, 0)
	},

	"engagement_user_answered": func(a *adapter) {
		a.outbound()
		a.agent(interaction.Accepted, a.User, a.UserName)
	},
	"engagement_user_ended":      func(a *adapter) { a.agent(interaction.Released, a.User, a.UserName) },
	"engagement_wrap_up_started": func(a *adapter) { a.agent(interaction.Released, a.User, a.UserName) },
	"engagement_wrap_up_ended":   func(a *adapter) { a.agent(interaction.WorkClosed, a.User, a.UserName) },
	"engagement_takeover_started": func(a *adapter) {
		a.agent(interaction.Accepted, a.TakeoverUser, a.TakeoverUserName)
		a.agent(interaction.Released, a.User, a.UserName)
	},

	"engagement_transfer_initiated": (*adapter).transferred,
	"engagement_transfer_queued": func(a *adapter) {
		a.emit(interaction.Queued, func(e *interaction.Event) {
			e.Queue, e.QueueName = string(a.TransferToQueue), source.Clip(string(a.TransferToQueueName))
		})
	},
	"engagement_transfer_accepted":  func(a *adapter) { a.agent(interaction.Accepted, a.TransferToUser, a.TransferToUserName) },
	"engagement_transfer_completed": func(a *adapter) { a.emit(interaction.TransferCompleted, nil) },
	"engagement_transfer_canceled":  func(a *adapter) { a.emit(interaction.TransferFailed, nil) },
	"engagement_transfer_rejected":  (*adapter).transferRefused,
	"engagement_transfer_timeout":   (*adapter).transferRefused,

	"inbox_message_received":         (*adapter).voicemail,
	"voicemail_transcript_completed": (*adapter).voicemail,
	"queue_scheduled_callback_created": func(a *adapter) {
		if a.base.Interaction != "" {
			a.emit(interaction.CallbackRequested, nil)
		}
	},

	"user_status_changed": func(a *adapter) { a.presence(a.status()) },
	"user_logout":         func(a *adapter) { a.presence(interaction.Offline) },
}

// link ties the task to its engagement, should one come without the other.
func (a *adapter) link() {
	if a.EngagementID != "" && a.TaskID != "" {
		a.emit(interaction.Linked, func(e *interaction.Event) { e.Other, e.Leg = string(a.TaskID), "" })
	}
}

// The starts of an engagement, the one that counts last: of those of one rank the earliest
// counts, so that a task made later, for another queue or a transfer, begins nothing anew.
const (
	byTask = (iota + 1) * 1_000_000_000_000_000_000
	byEngagement
	outboundShown
)

func (a *adapter) start(rank int64) {
	a.emit(interaction.Started, func(e *interaction.Event) {
		e.Role, e.Leg, e.Version = interaction.Customer, "", rank-e.At
		switch e.Direction {
		case 0:
			e.Direction = interaction.Inbound
		case interaction.Outbound:
			e.Role, e.Version = interaction.OutboundRole, outboundShown-e.At
		}
	})
}

// taskCreated is a wait in a queue. Where the engagement's own start was not sent, it is
// the start, too.
func (a *adapter) taskCreated() {
	a.start(byTask)
	a.link()
	a.emit(interaction.Queued, a.inQueue)
}

// taskEnded is the end of a task, and of the part of every agent who took it: of an account that
// sends no more than tasks and offers, nothing else need tell that the agent is done.
func (a *adapter) taskEnded(how func(*interaction.Event)) {
	a.emit(interaction.Released, how)
	a.emit(interaction.LegEnded, how)
}

// outbound says that the engagement is, where only its offers or answers show it.
func (a *adapter) outbound() {
	if a.base.Direction == interaction.Outbound {
		a.start(outboundShown)
	}
}

func (a *adapter) ended() {
	a.emit(interaction.Disconnected, func(e *interaction.Event) { e.By = interaction.ByUnknown })
}

// name is an agent's name: the configured one, else Zoom's.
func (a *adapter) name(id, theirs source.Text) string {
	if ours, ok := a.agents[string(id)]; ok {
		return ours
	}
	return source.Clip(string(theirs))
}

// offer emits what becomes of a reservation.
func (a *adapter) offer(k interaction.Kind, why interaction.Why) {
	user := source.Text(first(a.AssignedUser, a.User))
	a.emit(k, func(e *interaction.Event) {
		e.Work, e.Agent, e.AgentName, e.Why = first(a.Reservation, a.ReservationID), string(user), a.name(user, a.UserName), why
		if k == interaction.Assigned {
			a.inQueue(e)
		}
	})
}

// agent emits what an agent did where no reservation is named.
func (a *adapter) agent(k interaction.Kind, user, name source.Text) {
	if user == "" {
		return
	}
	a.emit(k, func(e *interaction.Event) { e.Agent, e.AgentName = string(user), a.name(user, name) })
}

// voicemail says that the customer left one; it comes after the end.
func (a *adapter) voicemail() { a.emit(interaction.VoicemailChosen, nil) }

// presence emits an agent's state, if it is known.
func (a *adapter) presence(p interaction.Presence) {
	if p == 0 {
		return
	}
	a.emit(interaction.AgentState, func(e *interaction.Event) {
		e.Agent, e.AgentName, e.Presence = string(a.User), a.name(a.User, source.Text(first(a.DisplayName, a.UserName))), p
	})
}

// status is what a status means: as configured, the finer one first; else by Zoom's own
// names. 0 is not known.
func (a *adapter) status() interaction.Presence {
	for _, name := range []source.Text{a.SubStatusName, a.StatusName} {
		if p, ok := a.statuses[string(name)]; ok {
			return p
		}
	}
	switch a.StatusName.Lower() {
	case "ready":
		return interaction.Available
	case "occupied":
		return interaction.Busy
	case "not ready":
		return interaction.Away
	case "offline":
		return interaction.Offline
	}
	return 0
}
