package forward

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// readFrame reads one. A frame that is cut off is an error and nothing else; a body that is too
// long is read and left out.
func readFrame(r *bufio.Reader) (frame, error) {
	m, err := readMessage(r)
	if err != nil {
		return frame{}, err
	}
	f := frame{headers: m}
	n, err := strconv.ParseInt(m["Content-Length"], 10, 64)
	switch {
	case m["Content-Length"] == "":
		return f, nil
	case err != nil || n < 0:
		return f, errors.New("a message has no length")
	case n > maxBody:
		_, err = io.CopyN(io.Discard, r, n)
		return f, err
	}
	f.body = make([]byte, n)
	if _, err := io.ReadFull(r, f.body); err != nil {
		return frame{}, err
	}
	return f, nil
}

// maxField bounds a field that is forwarded, in bytes; longer ones are left out.
const maxField = 4 << 10

// maxBody bounds one event, and one list, in bytes.
const maxBody = 4 << 20

// subscription is what is listened to. The heartbeat, every 20 s, is a sign of life.
const subscription = "event json HEARTBEAT CHANNEL_EXECUTE CHANNEL_HANGUP_COMPLETE CUSTOM callcenter::info vm::maintenance wallboard::fact"

// filters let through what has one of these: of the applications that dialplans execute, which are
// many, voicemail alone. They come before the subscription: between two of them what only the
// second lets through would be lost.
var filters = []string{
	"filter Event-Name HEARTBEAT", "filter Event-Name CHANNEL_HANGUP_COMPLETE", "filter Event-Name CUSTOM", "filter Application voicemail",
}

// freeswitch talks with a FreeSWITCH's event socket.
type freeswitch struct {
	line
	f *Forwarder
	// todo are commands; the answer to the first one is awaited.
	todo  []string
	stock inventory
}

func newFreeswitch(f *Forwarder, l line) talk { return &freeswitch{line: l, f: f} }

func (s *freeswitch) read() (frame, error) { return readFrame(s.r) }

// send sends a command, which one line of its own must not become two.
func (s *freeswitch) send(command string) error {
	return s.write(strings.NewReplacer("\r", "", "\n", "").Replace(command) + "\n\n")
}

// login gives the password.
func (s *freeswitch) login() error {
	hello, err := s.read()
	if err != nil {
		return err
	}
	if hello.headers["Content-Type"] != "auth/request" {
		return errors.New("what answers is no event socket of a FreeSWITCH")
	}
	if err := s.send("auth " + s.f.o.Secret); err != nil {
		return err
	}
	for {
		m, err := s.read()
		switch {
		case err != nil:
			return err
		case m.headers["Content-Type"] != "command/reply":
		case strings.HasPrefix(m.headers["Reply-Text"], "+OK"):
			return nil
		default:
			return errRefused
		}
	}
}

// begin subscribes to events, and takes stock. One command follows the answer to the other, and
// the agents come last: events that happened before a list was made have come by then.
func (s *freeswitch) begin() error {
	s.stock = inventory{since: newSince(s.f.calls), complete: true}
	s.todo = append(slices.Clone(filters), subscription, listCommand+"queue list", listCommand+"agent list")
	return s.send(s.todo[0])
}

func (s *freeswitch) settled() bool { return s.stock.done }

// ping does nothing: there is the heartbeat.
func (s *freeswitch) ping() error { return nil }

func (s *freeswitch) take(m frame, events []Event) ([]Event, error) {
	switch m.headers["Content-Type"] {
	case "text/event-json":
		return s.event(m, events), nil
	case "command/reply", "api/response":
		return s.answer(m, events)
	case "text/disconnect-notice":
		return events, errors.New("the telephone system ends the connection")
	}
	return events, nil
}

// answer takes the answer to a command, and sends the next one. After the last one it tells what
// was found.
func (s *freeswitch) answer(m frame, events []Event) ([]Event, error) {
	if len(s.todo) == 0 {
		return events, nil
	}
	asked := s.todo[0]
	s.todo = s.todo[1:]
	if asked == subscription && !strings.HasPrefix(m.headers["Reply-Text"], "+OK") {
		return events, fmt.Errorf("%w: events cannot be subscribed to", errRefused)
	}
	if what, ok := strings.CutPrefix(asked, listCommand); ok {
		s.listed(what, m)
	}
	if len(s.todo) > 0 {
		return events, s.send(s.todo[0])
	}
	return append(events, s.stock.finish(s.f.calls)...), nil
}

// event turns one into what is forwarded, if it is to be.
func (s *freeswitch) event(one frame, events []Event) []Event {
	var raw map[string]any
	if json.Unmarshal(one.body, &raw) != nil {
		return events
	}
	m := make(message, len(raw))
	for name, v := range raw {
		if text, ok := v.(string); ok && needed(name) && len(text) <= maxField {
			m[name] = text
		}
	}
	s.stock.hear(m)
	now := time.Now()
	if !s.f.calls.freeswitch(m, now) {
		return events
	}
	return append(events, eslEvent(m, now))
}

// needed reports whether a field is forwarded: a channel's event tells everything that was ever
// set on it, the greater part of which is nobody's business.
func needed(name string) bool {
	for _, prefix := range []string{"CC-", "Event-", "VM-", "FreeSWITCH-Hostname", "FreeSWITCH-Switchname"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "Core-UUID", "Unique-ID", "Channel-State", "Channel-Call-State", "Answer-State", "Call-Direction", "Caller-Destination-Number",
		"Caller-ANI", "Caller-Caller-ID-Number", "Hangup-Cause", "variable_sip_hangup_disposition", "Application", "Fact", "State":
		return true
	}
	return false
}

// eslEvent is an event as it is forwarded. One without a time has this clock's.
func eslEvent(m message, now time.Time) Event {
	if m["Event-Date-Timestamp"] == "" {
		m["Event-Date-Timestamp"] = strconv.FormatInt(now.UnixMicro(), 10)
	}
	name := m["CC-Action"]
	if name == "" {
		name = strings.ToLower(m["Event-Name"])
	}
	return Event{Type: "org.freeswitch." + name, Time: now, Data: m}
}
