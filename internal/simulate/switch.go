package simulate

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// Switch is a FreeSWITCH's event socket: it takes a password, tells its listeners the events that
// they asked for, and lists the callers and agents of its call centre by what it told.
type Switch struct {
	telephone
	password string

	// Guarded by mu.
	members map[string]map[string]string // callers by the uuid of their stay
	agents  map[string]string            // their statuses by name
	queues  map[string]bool
}

// NewSwitch listens on a loopback address, as 127.0.0.1:0.
func NewSwitch(address, password string) (*Switch, error) {
	s := &Switch{password: password, members: make(map[string]map[string]string), agents: make(map[string]string), queues: make(map[string]bool)}
	return s, s.listen(address, "Content-Type: auth/request\n\n", s.read)
}

// Tell tells an event to who listens to such now, and returns how many that are.
func (s *Switch) Tell(event map[string]string) int {
	b, err := json.Marshal(event, json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("simulate: an event: %v", err)) // plain texts always encode
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.happen(event)
	told := 0
	for l := range s.listeners {
		if l.wants(event) && s.send(l, fmt.Sprintf("Content-Length: %d\nContent-Type: text/event-json\n\n%s", len(b), b)) {
			told++
		}
	}
	return told
}

// Miss has events happen that nobody hears: it ends all connections first.
func (s *Switch) Miss(events ...map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.listeners {
		s.finish(l)
	}
	for _, e := range events {
		s.happen(e)
	}
}

// wants reports whether a listener gets an event: one that it asked for, and that has one of the
// values which it is narrowed to.
func (l *listener) wants(event map[string]string) bool {
	name := event["Event-Name"]
	if !l.on || !slices.Contains(l.events, name) || name == "CUSTOM" && !slices.Contains(l.events, event["Event-Subclass"]) {
		return false
	}
	for _, f := range l.filters {
		if header, value, _ := strings.Cut(f, " "); strings.EqualFold(event[header], value) {
			return true
		}
	}
	return len(l.filters) == 0
}

// read reads commands, a line each and an empty one behind it.
func (s *Switch) read(l *listener) {
	scanner := bufio.NewScanner(l.conn)
	known := false
	for scanner.Scan() {
		if command := strings.TrimRight(scanner.Text(), "\r"); command != "" {
			s.mu.Lock()
			if _, there := s.listeners[l]; there {
				known = s.answer(l, command, known)
			}
			s.mu.Unlock()
		}
	}
}

// answer answers a command, and reports whether the password was given by now. mu is held.
func (s *Switch) answer(l *listener, command string, known bool) bool {
	reply := func(text string) { s.send(l, "Content-Type: command/reply\nReply-Text: "+text+"\n\n") }
	word, rest, _ := strings.Cut(command, " ")
	switch {
	case word == "auth" && rest == s.password:
		reply("+OK accepted")
		return true
	case word == "auth":
		reply("-ERR invalid")
	case !known:
		reply("-ERR command not found")
	case word == "filter":
		l.filters = append(l.filters, rest)
		reply("+OK filter added. [" + strings.Replace(rest, " ", "]=[", 1) + "]")
	case word == "event" && strings.HasPrefix(rest, "json "):
		l.events = append(l.events, strings.Fields(rest)[1:]...)
		reply("+OK event listener enabled json")
		s.login(l)
	case word == "api":
		body := s.list(strings.TrimPrefix(rest, "callcenter_config "))
		s.send(l, fmt.Sprintf("Content-Type: api/response\nContent-Length: %d\n\n%s", len(body), body))
		l.given = strings.HasSuffix(rest, "agent list")
	default:
		reply("-ERR command not found")
	}
	return known
}

var memberColumns = strings.Split("queue|instance_id|uuid|session_uuid|cid_number|cid_name|system_epoch|joined_epoch|rejoined_epoch|bridge_epoch|"+
	"abandoned_epoch|base_score|skill_score|serving_agent|serving_system|state|score", "|")

// list answers callcenter_config. One without rows has no names of columns either. mu is held.
func (s *Switch) list(what string) string {
	var b strings.Builder
	row := func(columns []string, values map[string]string) {
		if b.Len() == 0 {
			b.WriteString(strings.Join(columns, "|") + "\n")
		}
		for i, c := range columns {
			b.WriteString(strings.Repeat("|", min(i, 1)) + values[c])
		}
		b.WriteString("\n")
	}
	switch queue, ok := strings.CutPrefix(what, "queue list members "); {
	case ok:
		for _, uuid := range slices.Sorted(maps.Keys(s.members)) {
			if s.members[uuid]["queue"] == queue {
				row(memberColumns, s.members[uuid])
			}
		}
	case what == "queue list":
		for _, name := range slices.Sorted(maps.Keys(s.queues)) {
			row([]string{"name", "strategy"}, map[string]string{"name": name, "strategy": "longest-idle-agent"})
		}
	case what == "agent list":
		for _, name := range slices.Sorted(maps.Keys(s.agents)) {
			row([]string{"name", "instance_id", "uuid", "type", "contact", "status", "state"}, map[string]string{"name": name, "type": "callback", "status": s.agents[name]})
		}
	default:
		return "-ERR Invalid!\n"
	}
	return b.String() + "+OK\n"
}

// happen notes what an event changes of the callers and agents that are listed, as mod_callcenter
// does: who left by himself keeps his place without a session. mu is held.
func (s *Switch) happen(e map[string]string) {
	uuid, epoch := e["CC-Member-UUID"], ""
	if at, err := strconv.ParseInt(e["Event-Date-Timestamp"], 10, 64); err == nil {
		epoch = strconv.FormatInt(at/1_000_000, 10)
	}
	if q := e["CC-Queue"]; q != "" {
		s.queues[q] = true
	}
	m := s.members[uuid]
	switch action := e["CC-Action"]; {
	case action == "agent-status-change":
		s.agents[e["CC-Agent"]] = e["CC-Agent-Status"]
	case action == "member-queue-start":
		s.members[uuid] = map[string]string{
			"queue": e["CC-Queue"], "uuid": uuid, "session_uuid": e["CC-Member-Session-UUID"], "cid_number": e["CC-Member-CID-Number"],
			"joined_epoch": epoch, "rejoined_epoch": "0", "bridge_epoch": "0", "state": "Waiting",
		}
	case m == nil:
	case action == "member-queue-resume":
		m["session_uuid"], m["rejoined_epoch"], m["state"] = e["CC-Member-Session-UUID"], epoch, "Waiting"
	case action == "agent-offering" && m["state"] == "Waiting":
		m["state"], m["serving_agent"] = "Trying", e["CC-Agent"]
	case action == "bridge-agent-fail" && m["state"] == "Trying":
		m["state"], m["serving_agent"] = "Waiting", ""
	case action == "bridge-agent-start":
		m["state"], m["serving_agent"], m["bridge_epoch"] = "Answered", e["CC-Agent"], epoch
	case action == "bridge-agent-end" && e["CC-Agent-Bridged"] == "false":
		if m["state"] == "Answered" {
			m["state"], m["serving_agent"], m["bridge_epoch"] = "Waiting", "", "0"
		}
	case action == "bridge-agent-end", action == "member-queue-end" && e["CC-Cause"] != "Cancel":
		delete(s.members, uuid)
	case action == "member-queue-end":
		m["state"], m["session_uuid"], m["abandoned_epoch"] = "Abandoned", "", cmp.Or(epoch, "0")
	}
}
