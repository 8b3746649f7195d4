package forward

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// frame is one message of an event socket: headers, and a body where they give its length.
type frame struct {
	headers message
	body    []byte
}

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

// socket is one connection to FreeSWITCH's event socket.
type socket struct {
	conn   net.Conn
	events chan frame
	// replies are the answers to commands, in their order.
	replies chan frame
	failed  error // why, once events is closed
}

// read reads frames until the connection ends or the context does.
func (s *socket) read(ctx context.Context, r *bufio.Reader) {
	defer close(s.events)
	for {
		s.conn.SetReadDeadline(time.Now().Add(quiet))
		f, err := readFrame(r)
		if err != nil {
			s.failed = err
			return
		}
		into := s.events
		switch f.headers["Content-Type"] {
		case "text/event-json":
		case "command/reply", "api/response", "auth/request":
			into = s.replies
		case "text/disconnect-notice":
			s.failed = errors.New("the telephone system ends the connection")
			return
		default:
			continue
		}
		select {
		case into <- f:
		case <-ctx.Done():
			s.failed = ctx.Err()
			return
		}
	}
}

// send sends a command, which one line of its own must not become two.
func (s *socket) send(command string) error {
	s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := io.WriteString(s.conn, strings.NewReplacer("\r", "", "\n", "").Replace(command)+"\n\n")
	return err
}

// ask sends a command and waits for its reply. Events meanwhile wait in their queue.
func (s *socket) ask(ctx context.Context, command string) (frame, error) {
	if err := s.send(command); err != nil {
		return frame{}, err
	}
	return s.reply(ctx)
}

func (s *socket) reply(ctx context.Context) (frame, error) {
	timer := time.NewTimer(stockTimeout)
	defer timer.Stop()
	select {
	case f := <-s.replies:
		return f, nil
	case <-timer.C:
		return frame{}, errors.New("the telephone system does not answer a command")
	case <-ctx.Done():
		if s.failed != nil { // set before the reader's end ended the context
			return frame{}, s.failed
		}
		return frame{}, ctx.Err()
	}
}

// subscription is what is listened to. The heartbeat, every 20 s, is a sign of life.
const subscription = "event json HEARTBEAT CHANNEL_HANGUP_COMPLETE CUSTOM callcenter::info vm::maintenance wallboard::fact"

// freeswitch is the link to a FreeSWITCH.
type freeswitch struct{}

func (freeswitch) session(ctx context.Context, conn net.Conn, f *Forwarder) error {
	// Events of the time that a list takes wait here, and must not hold up its reply.
	s := &socket{conn: conn, events: make(chan frame, 8192), replies: make(chan frame, 1)}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// The reader's end ends whoever waits for a reply.
	go func() {
		defer cancel()
		s.read(ctx, bufio.NewReaderSize(conn, maxHeader))
	}()
	hello, err := s.reply(ctx)
	if err != nil {
		return err
	}
	if hello.headers["Content-Type"] != "auth/request" {
		return errors.New("what answers is no event socket of a FreeSWITCH")
	}
	if auth, err := s.ask(ctx, "auth "+f.o.Secret); err != nil {
		return err
	} else if !strings.HasPrefix(auth.headers["Reply-Text"], "+OK") {
		return errRefused
	}
	if ok, err := s.ask(ctx, subscription); err != nil {
		return err
	} else if !strings.HasPrefix(ok.headers["Reply-Text"], "+OK") {
		return fmt.Errorf("%w: events cannot be subscribed to", errRefused)
	}
	f.loggedIn = true
	f.o.Logger.Info("connected to the telephone system")
	found, err := s.stock(ctx, f)
	if err != nil {
		return err
	}
	if err := f.keep(ctx, found); err != nil {
		return err
	}
	return s.listen(ctx, f)
}

// listen keeps what it hears. What was heard together is stored together.
func (s *socket) listen(ctx context.Context, f *Forwarder) error {
	save := time.NewTicker(saveEvery)
	defer save.Stop()
	for {
		var events []Event
		select {
		case one, ok := <-s.events:
			if !ok {
				return s.failed
			}
			events = s.take(f, one, events)
		case <-save.C:
		}
		for more := true; more && len(events) < batchEvents; {
			select {
			case one, ok := <-s.events:
				if more = ok; ok {
					events = s.take(f, one, events)
				}
			default:
				more = false
			}
		}
		if err := f.keep(ctx, events); err != nil {
			return err
		}
	}
}

// take turns a frame into an event, if it is one to forward.
func (s *socket) take(f *Forwarder, one frame, events []Event) []Event {
	now := time.Now()
	f.calls.last = now
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
	if !f.calls.freeswitch(m, now) {
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
		"Caller-ANI", "Caller-Caller-ID-Number", "Hangup-Cause", "variable_sip_hangup_disposition", "Fact", "State":
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
