package forward

import (
	"strings"
	"time"
)

// freeswitch notes what an event says of calls, and reports whether it is one to forward.
func (c *calls) freeswitch(m message, now time.Time) bool {
	switch one := c.find(m["Unique-ID"]); m["Event-Name"] {
	case "CHANNEL_HANGUP_COMPLETE":
		if one != nil {
			c.touch(one)
			one.left(m["Unique-ID"], now)
		}
		return one != nil
	case "CHANNEL_EXECUTE":
		return one != nil && strings.EqualFold(m["Application"], "voicemail")
	}
	switch m["Event-Subclass"] {
	case "vm::maintenance":
		return m["VM-Action"] == "leave-message" && c.find(m["Unique-ID"]) != nil
	case "wallboard::fact":
		one := c.find(m["Unique-ID"])
		switch {
		case m["Fact"] == "lost": // our own, of which only the outbox tells
			if one != nil {
				one.Ended = now
			}
		case m["Unique-ID"] != "":
			c.follow(m["Unique-ID"], now).caller(m["Unique-ID"])
		}
		return true
	case "callcenter::info":
	default:
		return false
	}
	switch m["CC-Action"] {
	case "agent-status-change":
	case "member-queue-start", "member-queue-resume", "agent-offering", "bridge-agent-start":
		if session := m["CC-Member-Session-UUID"]; session != "" {
			one := c.follow(session, now)
			one.caller(session)
			one.stays(m)
		}
	case "bridge-agent-end", "bridge-agent-fail", "member-queue-end":
		if one := c.find(m["CC-Member-Session-UUID"]); one != nil {
			c.touch(one)
			one.leaves(m, now)
		}
	default:
		return false
	}
	return true
}

// stays notes that a caller came to a queue, is offered to an agent, or talks to one.
func (one *call) stays(m message) {
	stay := m["CC-Member-UUID"]
	if m["CC-Action"] == "agent-offering" && one.Stay == stay && one.State == talking {
		return // to another agent, who was too slow
	}
	one.State, one.Queue, one.Stay = waiting, m["CC-Queue"], stay
	switch m["CC-Action"] {
	case "member-queue-start", "member-queue-resume":
		one.know(stay)
	case "bridge-agent-start":
		one.State, one.Agent = talking, m["CC-Agent"]
		one.know(stay)
		one.know(stay + "/" + one.Agent)
	}
}

// leaves notes that a talk or a stay in a queue ended, unless another stay has begun by now.
func (one *call) leaves(m message, now time.Time) {
	if one.Stay != "" && one.Stay != m["CC-Member-UUID"] {
		return
	}
	switch m["CC-Action"] {
	case "bridge-agent-end":
		switch {
		case m["CC-Agent-Bridged"] != "false":
			one.State = passed
		case one.State == talking:
			one.State = waiting // the agent picked up, and nothing came of it
		}
	case "member-queue-end":
		one.State = passed
		if m["CC-Cause"] == "Cancel" && m["Answer-State"] == "hangup" {
			one.left(m["CC-Member-Session-UUID"], now)
		}
	}
}
