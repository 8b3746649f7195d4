package simulate

import (
	"bufio"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// Manager is an Asterisk's manager interface: it takes logins, tells its listeners events, and
// lists the callers and channels that there are by what it told.
type Manager struct {
	telephone
	user, secret string

	// Guarded by mu.
	entries map[string]map[string]string // waiting callers by uniqueid
	channel map[string]map[string]string // by uniqueid
	members map[string]map[string]string // by interface
	gone    map[string]bool              // channels that have hung up
}

// NewManager listens on a loopback address, as 127.0.0.1:0.
func NewManager(address, user, secret string) (*Manager, error) {
	m := &Manager{
		user: user, secret: secret, entries: make(map[string]map[string]string), channel: make(map[string]map[string]string),
		members: make(map[string]map[string]string), gone: make(map[string]bool),
	}
	return m, m.listen(address, "Asterisk Call Manager/9.0.0\r\n", m.read)
}

// Deliver tells an event as soon as somebody listens. It is for Options.Deliver of a centre whose
// format is Asterisk's, with a Concurrency of 1.
func (m *Manager) Deliver(ctx context.Context, _ time.Time, _ http.Header, body []byte) error {
	var event map[string]string
	if err := json.Unmarshal(body, &event); err != nil {
		return fmt.Errorf("simulate: the event is no manager's: %w", err)
	}
	for {
		m.mu.Lock()
		came, closed := m.came, m.closed
		if closed {
			m.mu.Unlock()
			return net.ErrClosed
		}
		for l := range m.listeners {
			// One whose queue is half full is waited for.
			if l.on && len(l.queue) < listenerQueue/2 && m.send(l, render(event)) {
				m.happen(event)
				m.mu.Unlock()
				return nil
			}
		}
		m.mu.Unlock()
		look := time.NewTimer(10 * time.Millisecond)
		select {
		case <-came:
		case <-look.C:
		case <-ctx.Done():
			look.Stop()
			return ctx.Err()
		}
		look.Stop()
	}
}

// Tell tells an event to who listens now, and returns how many that are.
func (m *Manager) Tell(event map[string]string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.happen(event)
	text, told := render(event), 0
	for l := range m.listeners {
		if l.on && m.send(l, text) {
			told++
		}
	}
	return told
}

// Miss has events happen that nobody hears: it ends all connections first.
func (m *Manager) Miss(events ...map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for l := range m.listeners {
		m.finish(l)
	}
	for _, e := range events {
		m.happen(e)
	}
}

// TellPart has an event happen of which listeners hear so many bytes, and no more.
func (m *Manager) TellPart(event map[string]string, bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.happen(event)
	text := render(event)
	for l := range m.listeners {
		if l.on && m.send(l, text[:min(bytes, len(text))]) {
			m.finish(l)
		}
	}
}

// render is a message as it is sent: what it is first, and an empty line last.
func render(message map[string]string) string {
	var b strings.Builder
	for _, first := range []string{"Response", "Event"} {
		if v := message[first]; v != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", first, v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(message)) {
		if name != "Response" && name != "Event" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, message[name])
		}
	}
	return b.String() + "\r\n"
}

// read reads actions, until the connection ends.
func (m *Manager) read(l *listener) {
	challenge := rand.Text()[:9]
	scanner := bufio.NewScanner(l.conn)
	action := make(map[string]string)
	for scanner.Scan() {
		line := strings.TrimRight(scanner.Text(), "\r")
		if name, value, ok := strings.Cut(line, ":"); ok {
			action[strings.ToLower(name)] = strings.TrimSpace(value)
			continue
		}
		if line == "" && len(action) > 0 {
			m.act(l, challenge, action)
			action = make(map[string]string)
		}
	}
}

// act answers an action.
func (m *Manager) act(l *listener, challenge string, action map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.listeners[l]; !there {
		return
	}
	id := action["actionid"]
	answer := func(message map[string]string) {
		message["ActionID"] = id
		m.send(l, render(message))
	}
	switch name := strings.ToLower(action["action"]); {
	case name == "challenge":
		answer(map[string]string{"Response": "Success", "Challenge": challenge})
	case name == "login":
		sum := md5.Sum([]byte(challenge + m.secret))
		if action["username"] != m.user || !hmac.Equal([]byte(action["key"]), []byte(hex.EncodeToString(sum[:]))) {
			answer(map[string]string{"Response": "Error", "Message": "Authentication failed"})
			return
		}
		m.login(l)
		answer(map[string]string{"Response": "Success", "Message": "Authentication accepted"})
	case !l.on:
		answer(map[string]string{"Response": "Error", "Message": "Permission denied"})
	case name == "ping":
		answer(map[string]string{"Response": "Success", "Ping": "Pong"})
	case name == "queuestatus":
		answer(map[string]string{"Response": "Success", "EventList": "start", "Message": "Queue status will follow"})
		m.list("QueueMember", m.members, answer)
		m.list("QueueEntry", m.entries, answer)
		answer(map[string]string{"Event": "QueueStatusComplete", "EventList": "Complete"})
	case name == "coreshowchannels":
		answer(map[string]string{"Response": "Success", "EventList": "start", "Message": "Channels will follow"})
		m.list("CoreShowChannel", m.channel, answer)
		answer(map[string]string{"Event": "CoreShowChannelsComplete", "EventList": "Complete"})
		l.given = true
	default:
		answer(map[string]string{"Response": "Error", "Message": "Invalid/unknown command"})
	}
}

func (m *Manager) list(event string, all map[string]map[string]string, answer func(map[string]string)) {
	for _, id := range slices.Sorted(maps.Keys(all)) {
		row := maps.Clone(all[id])
		row["Event"] = event
		if since, err := strconv.ParseInt(row["since"], 10, 64); err == nil {
			delete(row, "since")
			row["Wait"] = strconv.FormatInt(max(0, time.Now().Unix()-since), 10)
		}
		answer(row)
	}
}

// happen notes what an event changes of the callers, channels and members that are listed. mu is held.
func (m *Manager) happen(e map[string]string) {
	unique := e["Uniqueid"]
	m.mention(unique, e["Linkedid"], e["Channel"])
	for _, side := range []string{"Dest", "Transferee", "OrigTransferer", "SecondTransferer", "TransferTarget"} {
		m.mention(e[side+"Uniqueid"], e[side+"Linkedid"], e[side+"Channel"])
	}
	switch e["Event"] {
	case "QueueCallerJoin":
		since, _, _ := strings.Cut(e["Timestamp"], ".")
		m.entries[unique] = map[string]string{
			"Queue": e["Queue"], "Position": "1", "Channel": e["Channel"], "Uniqueid": unique, "CallerIDNum": e["CallerIDNum"], "since": since,
		}
		m.executes(unique, "Queue", e["Queue"]+",t")
	case "QueueCallerLeave":
		m.leaves(e)
	case "AgentCalled":
		m.executes(e["DestUniqueid"], "AppQueue", "(Outgoing Line)")
	case "Newexten":
		m.executes(unique, e["Application"], e["AppData"])
	case "AgentConnect":
		m.leaves(e)
		for _, id := range []string{unique, e["DestUniqueid"]} {
			if ch := m.channel[id]; ch != nil {
				ch["BridgeId"] = "bridge-" + unique
			}
		}
	case "AgentComplete", "BlindTransfer":
		bridge := cmp.Or(m.channel[e["DestUniqueid"]]["BridgeId"], m.channel[e["TransfereeUniqueid"]]["BridgeId"])
		for _, ch := range m.channel {
			if ch["BridgeId"] == bridge {
				delete(ch, "BridgeId")
			}
		}
	case "AttendedTransfer": // who is passed on takes the place of who passes on
		passes, second, takes := m.channel[e["OrigTransfererUniqueid"]], m.channel[e["SecondTransfererUniqueid"]], m.channel[e["TransfereeUniqueid"]]
		if takes != nil {
			takes["BridgeId"] = second["BridgeId"]
		}
		delete(passes, "BridgeId")
		delete(second, "BridgeId")
	case "Hangup":
		m.gone[unique] = true
		delete(m.channel, unique)
		delete(m.entries, unique)
	case "QueueMemberStatus", "QueueMemberPause", "QueueMemberAdded":
		m.members[e["Interface"]] = map[string]string{
			"Queue": e["Queue"], "Name": e["MemberName"], "Location": e["Interface"], "Status": cmp.Or(e["Status"], "1"), "Paused": e["Paused"], "PausedReason": e["PausedReason"],
		}
	}
}

// leaves notes that a caller waits no longer, also by another uniqueid than he came with. mu is held.
func (m *Manager) leaves(e map[string]string) {
	maps.DeleteFunc(m.entries, func(id string, one map[string]string) bool {
		return id == e["Uniqueid"] || one["Queue"] == e["Queue"] && m.channel[id]["Linkedid"] == e["Linkedid"]
	})
}

// mention notes a channel that an event names: it is there until it hangs up. mu is held.
func (m *Manager) mention(unique, linked, name string) {
	if unique == "" || m.gone[unique] {
		return
	}
	ch := m.channel[unique]
	if ch == nil {
		ch = map[string]string{"Uniqueid": unique}
		m.channel[unique] = ch
	}
	ch["Linkedid"] = cmp.Or(linked, ch["Linkedid"], unique)
	ch["Channel"] = cmp.Or(name, ch["Channel"])
}

// executes notes what the dialplan does with a channel. mu is held.
func (m *Manager) executes(unique, application, data string) {
	if ch := m.channel[unique]; ch != nil {
		ch["Application"], ch["ApplicationData"] = application, data
	}
}
