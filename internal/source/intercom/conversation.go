package intercom

import (
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// conversation turns one notification of a conversation into events.
type conversation struct {
	item *item
	part part
	base interaction.Event
	out  *source.Decoded
}

// begin sets what all events of the notification share. It is false without a time.
func (c *conversation) begin(n *notification, topic string) bool {
	if topic == "conversation.user.created" {
		c.part = part{CreatedAt: c.item.CreatedAt} // what it shows came later
	}
	at := c.part.CreatedAt.Micros()
	if at == 0 {
		at = c.item.UpdatedAt.Micros()
	}
	if at == 0 {
		at = n.CreatedAt.Micros()
	}
	// Two topics may tell of one part, so the part is the fact and not the notification.
	// Times are whole seconds, within which the ids of the parts, which grow, give the order.
	key := string(c.item.ID) + "/" + string(c.part.ID)
	switch {
	case c.part.ID != "":
	case topic == "conversation.user.created":
		key += "created"
	case n.ID != "":
		key = string(n.ID)
	default:
		key += topic + "/" + string(n.CreatedAt)
	}
	c.base = interaction.Event{
		Interaction: string(c.item.ID), At: at, Sequence: whole(c.part.ID), Key: key,
		Channel: interaction.Messaging, Customer: c.item.customer(),
	}
	return at != 0
}

// emit adds an event of a kind. A part gives at most one of each kind.
func (c *conversation) emit(k interaction.Kind, more func(*interaction.Event)) {
	e := c.base
	e.Kind, e.Key = k, e.Key+"/"+k.String()
	if more != nil {
		more(&e)
	}
	c.out.Events = append(c.out.Events, e)
}

// tell emits what a topic says; it is false for what says nothing for us.
func (c *conversation) tell(topic string) bool {
	author := c.part.Author.Value
	switch topic {
	case "conversation.user.created":
		c.started(interaction.Customer)
		c.waits(true)
	case "conversation.admin.single.created":
		c.started(interaction.OutboundRole)
	case "conversation.user.replied":
		c.userReplied()
	case "conversation.admin.opened":
		if !author.customer() {
			return false
		}
		c.userReplied()
	case "conversation.operator.replied":
		c.botReplied()
	case "conversation.admin.replied":
		if author.bot() {
			c.botReplied()
			return true
		}
		return c.adminReplied()
	case "conversation.admin.assigned", "conversation.admin.open.assigned":
		return c.assigned()
	case "conversation.admin.closed":
		c.closed()
	case "conversation.deleted":
		c.emit(interaction.Disconnected, func(e *interaction.Event) { e.By, e.Reason = interaction.BySystem, "deleted" })
	default:
		return false
	}
	return true
}

func (c *conversation) started(role interaction.Role) {
	c.emit(interaction.Started, func(e *interaction.Event) {
		e.Role, e.Direction = role, interaction.Inbound
		if role == interaction.OutboundRole {
			e.Direction = interaction.Outbound
		}
	})
}

// waits says that the customer waits for whoever answers first, or with false takes it
// back: a bot answered. The conversation's times of re-opening tell one wait from the
// next, so that a bot's answer takes back only that one.
func (c *conversation) waits(so bool) {
	c.emit(interaction.Queued, func(e *interaction.Event) {
		e.Leg, e.Version = "wait/"+reopens(c.item), 1
		if !so {
			e.Version, e.Retracted, e.Key = 2, true, e.Key+"/retracted"
		}
	})
}

func reopens(i *item) string {
	if n := i.Statistics.Value.CountReopens; whole(n) > 0 {
		return string(n)
	}
	return "0"
}

// userReplied is a message of the customer. It begins something new where the
// conversation was closed, and then the customer waits: for the teammate who has
// it, or for anybody.
func (c *conversation) userReplied() {
	c.started(interaction.Customer)
	s := c.item.Statistics.Value
	closed, replied := s.LastCloseAt.Micros(), s.LastAdminReplyAt.Micros()
	if replied == 0 {
		replied = s.FirstAdminReplyAt.Micros()
	}
	again := strings.Contains(c.part.Type.Lower(), "open") || closed != 0
	unanswered := replied <= closed || strings.Contains(c.part.Type.Lower(), "open")
	assignee := c.item.assignee()
	switch {
	case !unanswered:
	case assignee != "":
		c.emit(interaction.Assigned, c.work(assignee, ""))
	case again && reopens(c.item) != "0":
		c.waits(true)
	case again:
		c.emit(interaction.Queued, nil)
	}
}

// work names the offer of the conversation to a teammate.
func (c *conversation) work(admin, name string) func(*interaction.Event) {
	return func(e *interaction.Event) {
		e.Work, e.Agent, e.AgentName = string(c.item.ID)+"."+admin, admin, name
	}
}

func (c *conversation) botReplied() {
	c.waits(false)
	c.emit(interaction.BotEngaged, nil)
}

// adminReplied is the accept, if the author has the conversation or nobody has.
func (c *conversation) adminReplied() bool {
	author := c.part.Author.Value
	id, assignee := id(author.ID), c.item.assignee()
	if id == "" || author.Type.Lower() != "admin" || strings.HasPrefix(c.part.Type.Lower(), "note") || assignee != "" && assignee != id {
		return false
	}
	c.emit(interaction.Accepted, c.work(id, source.Clip(string(author.Name))))
	return true
}

// assigned is an offer to a teammate, or to a team, where the customer waits. Who talked
// so far passes the customer on.
func (c *conversation) assigned() bool {
	to := c.part.AssignedTo.Value
	id := id(to.ID)
	switch to.Type.Lower() {
	case "bot":
		return false
	case "admin":
		if id == "" {
			break // unassigned
		}
		c.emit(interaction.Transferred, func(e *interaction.Event) { e.To, e.ToID, e.Mode = interaction.ToAgent, id, interaction.Cold })
		c.emit(interaction.Assigned, c.work(id, source.Clip(string(to.Name))))
		return true
	case "team":
		c.emit(interaction.Queued, func(e *interaction.Event) { e.Queue, e.QueueName = id, source.Clip(string(to.Name)) })
		c.emit(interaction.Transferred, func(e *interaction.Event) {
			e.To, e.ToID, e.QueueName, e.Mode = interaction.ToQueue, id, source.Clip(string(to.Name)), interaction.Cold
		})
		return true
	}
	c.emit(interaction.Queued, nil)
	c.emit(interaction.Transferred, func(e *interaction.Event) { e.To, e.Mode = interaction.ToQueue, interaction.Cold })
	return true
}

// closed is the end. A teammate may write a last message with it, which is a reply.
func (c *conversation) closed() {
	author := c.part.Author.Value
	if c.item.resolvedByBot() && c.item.assignee() == "" {
		if id(c.item.TeamAssignee) != "" {
			// The bot answered although a team had it: only the vendor's own word tells.
			c.emit(interaction.Reported, func(e *interaction.Event) { e.Outcome = interaction.SelfServed })
			return
		}
		c.botReplied()
	}
	if !author.bot() && c.part.Body != "" {
		c.adminReplied()
	}
	c.emit(interaction.Disconnected, func(e *interaction.Event) {
		switch {
		case author.bot():
			e.By, e.Cause = interaction.BySystem, interaction.Inactivity
		case author.Type.Lower() == "admin":
			e.By, e.Reason = interaction.ByAgent, "closed"
		case author.customer():
			e.By = interaction.ByCustomer
		default:
			e.By = interaction.ByUnknown
		}
	})
}
