package simulate

import (
	"bufio"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
)

// managerQueue is how many messages wait for one listener; one that falls behind further is cut off.
const managerQueue = 10_000

// Manager is an Asterisk's manager interface: it takes logins, tells its listeners events, and
// lists the callers and channels that there are by what it told. It keeps nothing for who is not
// connected, as Asterisk does.
type Manager struct {
	// Static after construction.
	user, secret string
	listener     net.Listener
	done         sync.WaitGroup
	logins       chan struct{} // signalled at each login, while there is room

	mu        sync.Mutex
	listeners map[*listener]struct{}
	came      chan struct{} // closed at the next login
	closed    bool
	// chunk is how many bytes are written at a time; 0 means all at once.
	chunk   int
	entries map[string]map[string]string // waiting callers by uniqueid
	channel map[string]map[string]string // by uniqueid
	members map[string]map[string]string // by interface
}

// listener is one connection.
type listener struct {
	conn  net.Conn
	queue chan string // closed by drop
	on    bool        // it gets events
}

// NewManager listens on a loopback address, as 127.0.0.1:0.
func NewManager(address, user, secret string) (*Manager, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil || !loopback(host) {
		return nil, errors.New("simulate: the manager's address is no loopback address")
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	m := &Manager{
		user: user, secret: secret, listener: l, logins: make(chan struct{}, 100), came: make(chan struct{}), listeners: make(map[*listener]struct{}),
		entries: make(map[string]map[string]string), channel: make(map[string]map[string]string), members: make(map[string]map[string]string),
	}
	m.done.Go(m.accept)
	return m, nil
}

// Address is where it listens.
func (m *Manager) Address() string { return m.listener.Addr().String() }

// Close ends all connections, and waits for them.
func (m *Manager) Close() error {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	err := m.listener.Close()
	m.Cut()
	m.done.Wait()
	return err
}

// Cut ends all connections.
func (m *Manager) Cut() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for l := range m.listeners {
		m.drop(l)
	}
}

// Finish ends all connections once they have what was told so far.
func (m *Manager) Finish() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for l := range m.listeners {
		delete(m.listeners, l)
		close(l.queue)
	}
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
			if l.on && len(l.queue) < managerQueue/2 && m.send(l, render(event)) {
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

// Chunk makes it write so many bytes at a time from now on.
func (m *Manager) Chunk(bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.chunk = bytes
}

// Logins is signalled at each login.
func (m *Manager) Logins() <-chan struct{} { return m.logins }

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

// TellPart has an event happen of which listeners hear so many bytes, and no more.
func (m *Manager) TellPart(event map[string]string, bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.happen(event)
	text := render(event)
	for l := range m.listeners {
		if l.on && m.send(l, text[:min(bytes, len(text))]) {
			delete(m.listeners, l)
			close(l.queue) // write ends the connection once it is through
		}
	}
}

// send queues a text. mu is held.
func (m *Manager) send(l *listener, text string) bool {
	select {
	case l.queue <- text:
		return true
	default:
		m.drop(l)
		return false
	}
}

// drop ends a connection. mu is held.
func (m *Manager) drop(l *listener) {
	if _, there := m.listeners[l]; there {
		delete(m.listeners, l)
		close(l.queue)
		l.conn.Close()
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

func (m *Manager) accept() {
	for {
		conn, err := m.listener.Accept()
		if err != nil {
			return
		}
		l := &listener{conn: conn, queue: make(chan string, managerQueue)}
		m.mu.Lock()
		if m.closed {
			m.mu.Unlock()
			conn.Close()
			return
		}
		m.listeners[l] = struct{}{}
		l.queue <- "Asterisk Call Manager/9.0.0\r\n"
		m.mu.Unlock()
		m.done.Go(func() { m.write(l) })
		m.done.Go(func() { m.read(l) })
	}
}

// write writes what is queued, until the connection ends.
func (m *Manager) write(l *listener) {
	for text := range l.queue {
		m.mu.Lock()
		chunk := cmp.Or(m.chunk, len(text))
		m.mu.Unlock()
		for len(text) > 0 {
			n := min(chunk, len(text))
			if _, err := l.conn.Write([]byte(text[:n])); err != nil {
				return
			}
			text = text[n:]
		}
	}
	l.conn.Close() // it has everything
}

// read reads actions, until the connection ends.
func (m *Manager) read(l *listener) {
	defer func() {
		m.mu.Lock()
		m.drop(l)
		m.mu.Unlock()
	}()
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
		l.on = true
		close(m.came)
		m.came = make(chan struct{})
		select {
		case m.logins <- struct{}{}:
		default:
		}
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
	switch e["Event"] {
	case "QueueCallerJoin":
		since, _, _ := strings.Cut(e["Timestamp"], ".")
		m.entries[unique] = map[string]string{
			"Queue": e["Queue"], "Position": "1", "Channel": e["Channel"], "Uniqueid": unique, "CallerIDNum": e["CallerIDNum"], "since": since,
		}
		m.channel[unique] = map[string]string{
			"Uniqueid": unique, "Linkedid": e["Linkedid"], "Channel": e["Channel"], "Application": "Queue", "ApplicationData": e["Queue"] + ",t",
		}
	case "QueueCallerLeave":
		delete(m.entries, unique)
	case "AgentCalled":
		m.channel[e["DestUniqueid"]] = map[string]string{
			"Uniqueid": e["DestUniqueid"], "Linkedid": e["Linkedid"], "Channel": e["DestChannel"], "Application": "AppQueue", "ApplicationData": "(Outgoing Line)",
		}
	case "AgentConnect":
		for _, id := range []string{unique, e["DestUniqueid"]} {
			if ch := m.channel[id]; ch != nil {
				ch["BridgeId"] = "bridge-" + unique
			}
		}
	case "AgentComplete", "BlindTransfer":
		for _, ch := range m.channel {
			if ch["BridgeId"] == "bridge-"+cmp.Or(unique, e["TransfereeUniqueid"]) {
				delete(ch, "BridgeId")
			}
		}
	case "Hangup":
		delete(m.channel, unique)
		delete(m.entries, unique)
	case "QueueMemberStatus", "QueueMemberPause", "QueueMemberAdded":
		m.members[e["Interface"]] = map[string]string{
			"Queue": e["Queue"], "Name": e["MemberName"], "Location": e["Interface"], "Status": cmp.Or(e["Status"], "1"), "Paused": e["Paused"], "PausedReason": e["PausedReason"],
		}
	}
}
