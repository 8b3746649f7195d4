package forward

import (
	"slices"
	"strings"
	"time"
)

// unsure marks the hanging up of a caller who left a queue unserved where nothing tells whether the
// caller hung up or was let go: the phone did not ask for it, and the dialplan is not told.
const unsure = "WallboardUnsure"

// asterisk notes what an event says of calls, and reports whether it is one to forward.
func (c *calls) asterisk(m message, now time.Time) bool {
	linked, unique := m["Linkedid"], m["Uniqueid"]
	if linked == "" {
		linked = unique
	}
	name := strings.ToLower(m["Event"])
	if !c.dialplan && (name == "newexten" || name == "varset" || name == "userevent" && strings.EqualFold(m["Fact"], "queue_exit")) {
		c.dialplan, c.dirty = true, true
	}
	switch name {
	case "wallboardlost": // our own, of which only the outbox tells
		if one := c.find(unique, linked); one != nil {
			one.Ended = now
		}
	case "queueentry", "queuecallerjoin", "queuecallerleave", "queuecallerabandon", "agentcalled", "agentconnect", "agentcomplete", "agentringnoanswer", "agentdump":
		c.queue(name, c.follow(linked, now, unique), m)
	case "userevent":
		if !strings.EqualFold(m["UserEvent"], "WallboardFact") {
			return false
		}
		c.follow(linked, now, unique).caller(unique)
	case "varset":
		if !strings.EqualFold(m["Variable"], "QUEUESTATUS") {
			return false
		}
		c.follow(linked, now, unique).caller(unique)
	case "hangup":
		one := c.find(unique, linked)
		if one == nil {
			return false
		}
		c.touch(one)
		if one.Unserved && !one.Asked && !c.dialplan && slices.Contains(one.Channels, unique) {
			m[unsure] = "yes"
		}
		one.left(unique, now)
	case "hanguprequest":
		if one := c.find(unique); one != nil && slices.Contains(one.Channels, unique) {
			c.touch(one)
			one.Asked = true
		}
		return false
	case "dialend":
		return strings.EqualFold(m["DialStatus"], "ANSWER") && c.find(linked, unique) != nil
	case "newexten":
		return c.application(m, c.find(linked, unique))
	case "blindtransfer", "attendedtransfer":
		return c.transfer(m, now)
	case "queuememberstatus", "queuememberadded", "queuememberpause", "queuememberremoved":
	default:
		return false
	}
	return true
}

// queue notes what a queue says of a call.
func (c *calls) queue(name string, one *call, m message) {
	switch name {
	case "queueentry", "queuecallerjoin", "agentcalled", "agentconnect":
		one.caller(m["Uniqueid"])
	}
	switch name {
	case "queueentry", "queuecallerjoin":
		one.State, one.Queue, one.Unserved = waiting, m["Queue"], false
		one.know(m["Queue"])
	case "agentcalled":
		one.State, one.Queue = waiting, m["Queue"]
	case "agentconnect":
		one.State, one.Agent, one.Unserved = talking, m["Interface"], false
	case "queuecallerabandon":
		one.Unserved = true
	case "queuecallerleave": // also before an agent has the caller
		if one.State == waiting {
			one.State = passed
		}
	case "agentcomplete":
		if one.Agent == m["Interface"] || one.Agent == "" { // else the caller is with another one by now
			one.State = passed
		}
	}
}

// application reports whether what the dialplan does with a call says something: that the caller
// comes to voicemail, or that it hangs up on the caller.
func (c *calls) application(m message, one *call) bool {
	if one == nil {
		return false
	}
	switch strings.ToLower(m["Application"]) {
	case "voicemail", "minivmrecord":
		c.touch(one)
		if slices.Contains(one.Channels, m["Uniqueid"]) {
			one.State = mailbox
		}
	case "hangup":
		c.touch(one)
	default:
		return false
	}
	return true
}

// transfer notes that calls became one, and reports whether one of them is followed.
func (c *calls) transfer(m message, now time.Time) bool {
	if !strings.EqualFold(m["Result"], "Success") {
		return false
	}
	ids := []string{
		m["TransfereeLinkedid"], m["TransfererLinkedid"], m["OrigTransfererLinkedid"], m["SecondTransfererLinkedid"],
		m["TransferTargetLinkedid"], m["TransfereeUniqueid"],
	}
	one := c.find(ids...)
	if one == nil {
		return false
	}
	if second := c.find(m["SecondTransfererUniqueid"], m["SecondTransfererLinkedid"]); second != nil && second != one {
		one.State, one.Queue, one.Agent = second.State, second.Queue, second.Agent // the caller is where the second call was
		for _, queue := range second.Known {
			one.know(queue)
		}
	}
	c.follow(one.ID, now, ids...)
	if ch := m["TransfereeUniqueid"]; m["OrigTransfererLinkedid"] != "" {
		one.caller(ch) // the one who was handed over is the caller from now on
	}
	return true
}
