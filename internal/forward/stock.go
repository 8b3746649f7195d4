package forward

import (
	"strings"
	"time"
)

// The ids of the actions that take stock.
const (
	stockQueues   = "stock-queues"
	stockChannels = "stock-channels"
)

// since is the moment at which a telephone system is asked what there is. A list may be older than
// what was heard after that moment, so it overrules nothing of it; and what it tells is dated at
// that moment, so that it comes before.
type since struct {
	heard  uint64
	asked  time.Time
	gap    time.Time       // when the system was last heard before; zero if never
	agents map[string]bool // of whom something was heard after that moment
}

func newSince(c *calls) since {
	return since{heard: c.heard, asked: time.Now(), gap: c.last, agents: make(map[string]bool)}
}

// newer reports whether something was heard of a call after the moment.
func (s *since) newer(one *call) bool { return one != nil && one.touched > s.heard }

// stock is what an Asterisk lists of itself, to compare with the calls that are known: what
// happened while nobody listened was never told.
type stock struct {
	since
	members  []message
	entries  []message
	channels map[string]message
	queues   bool // listed to the end
	all      bool // channels listed to the end, or refused
	refused  bool
	done     bool
}

func newStock(c *calls) *stock {
	return &stock{since: newSince(c), channels: make(map[string]message)}
}

// hear notes of which agents something is heard while the lists are under way.
func (s *stock) hear(m message) {
	if agent := m["Interface"]; agent != "" && !s.done && strings.HasPrefix(strings.ToLower(m["Event"]), "queuemember") {
		s.agents[agent] = true
	}
}

// take takes a message that belongs to the stock. It reports whether it does.
func (s *stock) take(f *Forwarder, m message) bool {
	id := m["ActionID"]
	if s.done || id != stockQueues && id != stockChannels {
		return false
	}
	if strings.EqualFold(m["Response"], "Error") {
		f.o.Logger.Warn("the telephone system does not list everything; calls that end unseen stay open for hours. "+
			"The manager's user needs write = reporting", "list", id)
		s.queues = s.queues || id == stockQueues
		s.all, s.refused = s.all || id == stockChannels, s.refused || id == stockChannels
		return true
	}
	switch strings.ToLower(m["Event"]) {
	case "queuemember":
		s.members = append(s.members, m)
	case "queueentry":
		s.entries = append(s.entries, m)
	case "coreshowchannel":
		s.channels[m["Uniqueid"]] = m
	case "queuestatuscomplete":
		s.queues = true
	case "coreshowchannelscomplete":
		s.all = true
	}
	return true
}

func (s *stock) complete() bool { return s.queues && s.all && !s.done }

// finish tells what was found: the members of queues; callers who wait or talk, and of whom that
// was not known; and calls that are gone.
func (s *stock) finish(c *calls) []Event {
	s.done = true
	var events []Event
	tell := func(m message) {
		delete(m, "ActionID")
		m["WallboardSnapshot"] = "yes"
		events = append(events, amiEvent(m, s.asked))
	}
	if !s.gap.IsZero() {
		tell(message{"Event": "WallboardGap", "Seconds": seconds(s.asked.Sub(s.gap))})
	}
	for _, m := range s.members {
		if !s.agents[m["Location"]] {
			tell(m)
		}
	}
	queued := make(map[string]bool)
	for _, m := range s.entries {
		queued[m["Uniqueid"]] = true
		s.waits(c, m, tell)
	}
	for _, ch := range s.channels {
		one := c.find(ch["Uniqueid"])
		switch {
		case s.newer(one):
		case strings.EqualFold(ch["Application"], "Queue") && !queued[ch["Uniqueid"]]:
			s.talks(c, ch, tell)
		case strings.EqualFold(ch["Application"], "VoiceMail") && one != nil && one.State != mailbox:
			c.touch(one)
			one.State = mailbox
			tell(message{"Event": "Newexten", "Uniqueid": ch["Uniqueid"], "Linkedid": ch["Linkedid"], "Channel": ch["Channel"], "Application": "VoiceMail"})
		}
	}
	if !s.refused {
		s.lost(c, tell)
	}
	return events
}

// waits tells of a caller who waits, where that is not known. That he came is true also of one of
// whom more was heard meanwhile.
func (s *stock) waits(c *calls, m message, tell func(message)) {
	if ch := s.channels[m["Uniqueid"]]; ch != nil {
		m["Linkedid"] = ch["Linkedid"]
	}
	if m["Linkedid"] == "" {
		m["Linkedid"] = m["Uniqueid"]
	}
	one := c.find(m["Uniqueid"], m["Linkedid"])
	switch {
	case one != nil && one.knows(m["Queue"]) && (s.newer(one) || one.State == waiting && one.Queue == m["Queue"]):
		return
	case !s.newer(one):
		one = c.follow(m["Linkedid"], s.asked, m["Uniqueid"])
		one.caller(m["Uniqueid"])
		one.State, one.Queue = waiting, m["Queue"]
	}
	one.know(m["Queue"])
	tell(m)
}

// talks tells of a caller who talks to an agent, where that is not known. The agent's channel is
// in the same bridge; the channel's name is the member's interface and a number.
func (s *stock) talks(c *calls, ch message, tell func(message)) {
	one := c.find(ch["Uniqueid"], ch["Linkedid"])
	if ch["BridgeId"] == "" || one != nil && one.State == talking || s.newer(one) {
		return
	}
	for _, agent := range s.channels {
		if agent["BridgeId"] != ch["BridgeId"] || !strings.EqualFold(agent["Application"], "AppQueue") {
			continue
		}
		queue, _, _ := strings.Cut(ch["ApplicationData"], ",")
		member := s.member(agent["Channel"])
		one = c.follow(ch["Linkedid"], s.asked, ch["Uniqueid"])
		one.caller(ch["Uniqueid"])
		one.State, one.Agent = talking, member["Interface"]
		tell(message{
			"Event": "AgentConnect", "Uniqueid": ch["Uniqueid"], "Linkedid": ch["Linkedid"], "Channel": ch["Channel"], "Queue": queue,
			"DestUniqueid": agent["Uniqueid"], "DestChannel": agent["Channel"], "Interface": member["Interface"], "MemberName": member["MemberName"],
		})
		return
	}
}

// member is the interface and the name of the member who is called on a channel.
func (s *stock) member(channel string) message {
	channel, _, _ = strings.Cut(channel, ";")
	i := strings.LastIndexByte(channel, '-')
	if i > 0 {
		channel = channel[:i]
	}
	for _, m := range s.members {
		if at := m["Location"]; at == channel || strings.HasPrefix(at, channel+"/") {
			return message{"Interface": at, "MemberName": m["Name"]}
		}
	}
	return message{"Interface": channel}
}

// lost tells of calls that were known, and are gone.
func (s *stock) lost(c *calls, tell func(message)) {
	linked := make(map[string]bool)
	for _, ch := range s.channels {
		linked[ch["Linkedid"]], linked[ch["Uniqueid"]] = true, true
	}
	for _, one := range c.list() {
		alive := !one.Ended.IsZero() || s.newer(one) || linked[one.ID]
		unique := one.ID
		for _, ch := range one.Channels {
			alive = alive || linked[ch]
			unique = ch
		}
		if alive {
			continue
		}
		state := one.State
		if state == passed {
			state = waiting
		}
		one.Ended = s.asked
		c.dirty = true
		tell(message{"Event": "WallboardLost", "Uniqueid": unique, "Linkedid": one.ID, "State": state})
	}
}

func seconds(d time.Duration) string {
	return d.Round(time.Second).String()
}
