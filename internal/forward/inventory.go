package forward

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listCommand is what lists are asked for by.
const listCommand = "api callcenter_config "

// inventory is what a FreeSWITCH lists of its call centre, to compare with the calls that are
// known: what happened while nobody listened was never told.
type inventory struct {
	since
	agentRows, members []message
	complete           bool // nothing was refused
	done               bool
}

// listed takes a list, and asks for the callers of each queue that is in one.
func (s *freeswitch) listed(what string, m frame) {
	if strings.HasPrefix(string(m.body), "-") || strings.HasPrefix(m.headers["Reply-Text"], "-") {
		s.stock.complete = false
		s.f.o.Logger.Warn("the telephone system does not list everything; calls that end unseen stay open for hours", "list", strings.Fields(what)[0])
		return
	}
	rows := table(m.body)
	switch what {
	case "agent list":
		s.stock.agentRows = rows
	case "queue list":
		for _, q := range rows {
			s.todo = append([]string{listCommand + "queue list members " + q["name"]}, s.todo...)
		}
	default:
		s.stock.members = append(s.stock.members, rows...)
	}
}

// hear notes of which agents something is heard while the lists are under way.
func (s *inventory) hear(m message) {
	if !s.done && m["CC-Action"] == "agent-status-change" {
		s.agents[m["CC-Agent"]] = true
	}
}

// finish tells what was found: the agents; callers who wait or talk, and of whom that was not
// known; and calls that are gone.
func (s *inventory) finish(c *calls) []Event {
	s.done = true
	var events []Event
	tell := func(m message) {
		m["Wallboard-Snapshot"], m["Event-Name"] = "yes", "CUSTOM"
		if m["Event-Subclass"] == "" {
			m["Event-Subclass"] = "callcenter::info"
		}
		events = append(events, eslEvent(m, s.asked))
	}
	if !s.gap.IsZero() {
		tell(message{"Event-Subclass": "wallboard::gap", "Seconds": seconds(s.asked.Sub(s.gap))})
	}
	for _, a := range s.agentRows {
		if !s.agents[a["name"]] {
			tell(message{"CC-Action": "agent-status-change", "CC-Agent": a["name"], "CC-Agent-Status": a["status"]})
		}
	}
	there := make(map[string]bool)
	for _, m := range s.members {
		there[m["session_uuid"]] = true
		s.found(c, m, tell)
	}
	if s.complete {
		s.lost(c, there, tell)
	}
	return events
}

// found tells of a caller in a queue what is not known: that the caller came, and that an agent
// answered. Both have their times in the list, so that they are true whatever was heard meanwhile.
func (s *inventory) found(c *calls, m message, tell func(message)) {
	session, stay, state := m["session_uuid"], m["uuid"], waiting
	switch m["state"] {
	case "Waiting", "Trying":
	case "Answered":
		state = talking
	default:
		return // abandoned: the place is kept for a while
	}
	if session == "" {
		return
	}
	one := c.find(session)
	if !s.newer(one) {
		one = c.follow(session, s.asked)
		one.caller(session)
		one.State, one.Queue, one.Stay = state, m["queue"], stay
		if state == talking {
			one.Agent = m["serving_agent"]
		}
	}
	fact := func(action string, at time.Time) message {
		return message{
			"CC-Action": action, "CC-Queue": m["queue"], "CC-Member-UUID": stay, "CC-Member-Session-UUID": session, "CC-Member-CID-Number": m["cid_number"],
			"Event-Date-Timestamp": strconv.FormatInt(at.UnixMicro(), 10),
		}
	}
	if !one.knows(stay) {
		one.know(stay)
		tell(fact("member-queue-start", s.epoch(cmp.Or(strings.TrimLeft(m["rejoined_epoch"], "0"), m["joined_epoch"]))))
	}
	if answer := stay + "/" + m["serving_agent"]; state == talking && !one.knows(answer) {
		one.know(answer)
		// The list has whole seconds, and the offer was before the answer.
		at := s.epoch(m["bridge_epoch"]).Add(time.Second)
		if at.After(s.asked) {
			at = s.asked
		}
		f := fact("bridge-agent-start", at)
		f["CC-Agent"] = m["serving_agent"]
		tell(f)
	}
}

// epoch is a time of a list; the moment of the list, where there is none.
func (s *inventory) epoch(seconds string) time.Time {
	at, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || at <= 0 || at > s.asked.Unix() {
		return s.asked
	}
	return time.Unix(at, 0)
}

// lost tells of calls that were in a queue or with an agent, and are in no list any more.
func (s *inventory) lost(c *calls, there map[string]bool, tell func(message)) {
	for _, one := range c.list() {
		if !one.Ended.IsZero() || there[one.ID] || one.State == passed || s.newer(one) {
			continue
		}
		one.Ended = s.asked
		c.dirty = true
		tell(message{"Event-Subclass": "wallboard::fact", "Fact": "lost", "State": one.State, "Unique-ID": one.ID})
	}
}

// table reads a list as FreeSWITCH prints it: a line of names, then one for each row. A caller's name
// and an agent's contact are printed as they are, whatever is in them.
func table(body []byte) []message {
	lines := strings.Split(strings.TrimSpace(string(body)), "\n")
	names := strings.Split(strings.TrimSpace(lines[0]), "|")
	free := max(slices.Index(names, "cid_name"), slices.Index(names, "contact"))
	var rows []message
	for _, line := range lines[1:] {
		values := strings.Split(strings.TrimSpace(line), "|")
		if more := len(values) - len(names); more > 0 && free >= 0 {
			values = slices.Delete(values, free, free+more)
		}
		if len(values) < 2 || len(values) > len(names) {
			continue // the closing +OK
		}
		row := make(message)
		for i, v := range values {
			row[names[i]] = v
		}
		rows = append(rows, row)
	}
	return rows
}
