package forward

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// freeswitch notes what an event says of calls, and reports whether it is one to forward.
func (c *calls) freeswitch(m message, now time.Time) bool {
	if m["Event-Name"] == "CHANNEL_HANGUP_COMPLETE" {
		one := c.find(m["Unique-ID"])
		if one == nil {
			return false
		}
		c.touch(one)
		one.left(m["Unique-ID"], now)
		return true
	}
	switch m["Event-Subclass"] {
	case "vm::maintenance":
		return m["VM-Action"] == "leave-message" && c.find(m["Unique-ID"]) != nil
	case "wallboard::fact":
		if id := m["Unique-ID"]; id != "" {
			c.follow(id, now).caller(id)
		}
		return true
	case "callcenter::info":
	default:
		return false
	}
	session := m["CC-Member-Session-UUID"]
	switch m["CC-Action"] {
	case "agent-status-change":
		return true
	case "member-queue-start", "member-queue-resume", "agent-offering", "bridge-agent-start":
		if session != "" {
			one := c.follow(session, now)
			one.caller(session)
			if one.State, one.Queue = waiting, m["CC-Queue"]; m["CC-Action"] == "bridge-agent-start" {
				one.State, one.Agent = talking, m["CC-Agent"]
			}
		}
	case "bridge-agent-end", "bridge-agent-fail":
		if one := c.find(session); one != nil {
			c.touch(one)
			if m["CC-Action"] == "bridge-agent-end" {
				one.State = passed
			}
		}
	case "member-queue-end":
		if one := c.find(session); one != nil {
			c.touch(one)
			one.State = passed
			if m["CC-Cause"] == "Cancel" && m["Answer-State"] == "hangup" {
				one.left(session, now)
			}
		}
	default:
		return false
	}
	return true
}

// table reads a list as FreeSWITCH prints it: a line of names, then one for each row.
func table(body []byte) []message {
	lines := strings.Split(strings.TrimSpace(string(body)), "\n")
	names := strings.Split(strings.TrimSpace(lines[0]), "|")
	var rows []message
	for _, line := range lines[1:] {
		values := strings.Split(strings.TrimSpace(line), "|")
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

// list asks for a list, and is false where there is none.
func (s *socket) list(ctx context.Context, f *Forwarder, what string) ([]message, bool, error) {
	reply, err := s.ask(ctx, "api callcenter_config "+what)
	if err != nil {
		return nil, false, err
	}
	if strings.HasPrefix(string(reply.body), "-") {
		f.o.Logger.Warn("the telephone system does not list everything; calls that end unseen stay open for hours", "list", strings.Fields(what)[0])
		return nil, false, nil
	}
	return table(reply.body), true, nil
}

// stock asks who waits and who talks, and which agents are there, and tells what was not known of
// it: what happened while nobody listened was never told.
func (s *socket) stock(ctx context.Context, f *Forwarder) ([]Event, error) {
	c, gap := f.calls, f.calls.last
	agents, _, err := s.list(ctx, f, "agent list")
	if err != nil {
		return nil, err
	}
	queues, complete, err := s.list(ctx, f, "queue list")
	if err != nil {
		return nil, err
	}
	var members []message
	for _, q := range queues {
		rows, ok, err := s.list(ctx, f, "queue list members "+q["name"])
		if err != nil {
			return nil, err
		}
		complete = complete && ok
		members = append(members, rows...)
	}
	now := time.Now()
	var events []Event
	tell := func(m message) {
		m["Wallboard-Snapshot"], m["Event-Name"] = "yes", "CUSTOM"
		if m["Event-Subclass"] == "" {
			m["Event-Subclass"] = "callcenter::info"
		}
		events = append(events, eslEvent(m, now))
	}
	if !gap.IsZero() {
		tell(message{"Event-Subclass": "wallboard::gap", "Seconds": seconds(now.Sub(gap))})
	}
	for _, a := range agents {
		tell(message{"CC-Action": "agent-status-change", "CC-Agent": a["name"], "CC-Agent-Status": a["status"]})
	}
	there := make(map[string]bool)
	for _, m := range members {
		there[m["session_uuid"]] = true
		s.found(c, m, now, tell)
	}
	if complete {
		c.gone(there, now, tell)
	}
	return events, nil
}

// found tells of a member of a queue of whom it was not known.
func (s *socket) found(c *calls, m message, now time.Time, tell func(message)) {
	session := m["session_uuid"]
	one := c.find(session)
	state := waiting
	switch m["state"] {
	case "Waiting", "Trying":
	case "Answered":
		state = talking
	default:
		return // abandoned: it keeps its place for a while
	}
	if session == "" || one != nil && one.State == state && one.Queue == m["queue"] {
		return
	}
	base := message{"CC-Queue": m["queue"], "CC-Member-UUID": m["uuid"], "CC-Member-Session-UUID": session, "CC-Member-CID-Number": m["cid_number"]}
	if state == talking {
		base["CC-Action"], base["CC-Agent"] = "bridge-agent-start", m["serving_agent"]
	} else {
		base["CC-Action"] = "member-queue-start"
		if joined, err := strconv.ParseInt(m["joined_epoch"], 10, 64); err == nil && joined > 0 {
			base["Event-Date-Timestamp"] = strconv.FormatInt(joined*1_000_000, 10)
		}
	}
	one = c.follow(session, now)
	one.caller(session)
	one.State, one.Queue, one.Agent = state, m["queue"], base["CC-Agent"]
	tell(base)
}

// gone tells of calls that were in a queue or with an agent, and are in no list any more.
func (c *calls) gone(there map[string]bool, now time.Time, tell func(message)) {
	for _, one := range c.list() {
		if !one.Ended.IsZero() || there[one.ID] || one.State == passed {
			continue
		}
		one.Ended = now
		c.dirty = true
		tell(message{"Event-Subclass": "wallboard::fact", "Fact": "lost", "State": one.State, "Unique-ID": one.ID})
	}
}
