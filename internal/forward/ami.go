package forward

import (
	"bufio"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Limits of what a manager may send, in bytes. Longer lines and further ones are left out.
const (
	maxHeader  = 16 << 10
	maxMessage = 128 << 10
)

// message is one of a manager's, by the names of its headers. Of those that repeat the first counts.
type message map[string]string

// readMessage reads up to an empty line. A message that is cut off is an error and nothing else.
func readMessage(r *bufio.Reader) (message, error) {
	m, size := make(message), 0
	for {
		line, err := readLine(r)
		switch {
		case err != nil:
			return nil, err
		case line == "" && len(m) == 0:
			continue
		case line == "":
			return m, nil
		}
		name, value, ok := strings.Cut(line, ":")
		if size += len(line); !ok || size > maxMessage || m[name] != "" {
			continue
		}
		m[name] = strings.TrimPrefix(value, " ")
	}
}

// readLine reads a line without its end. Of one that is too long nothing is left but the colon,
// so that it is no empty line.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
		return ":", err
	}
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

// manager is one connection to Asterisk's manager interface.
type manager struct {
	conn     net.Conn
	messages chan message // closed by read
	failed   error        // why, once it is closed
}

// read reads messages until the connection ends or the context does.
func (a *manager) read(ctx context.Context, r *bufio.Reader) {
	defer close(a.messages)
	for {
		a.conn.SetReadDeadline(time.Now().Add(quiet))
		m, err := readMessage(r)
		if err != nil {
			a.failed = err
			return
		}
		select {
		case a.messages <- m:
		case <-ctx.Done():
			a.failed = ctx.Err()
			return
		}
	}
}

// act sends an action. Line ends in values would be further headers, and are taken out.
func (a *manager) act(action, id string, headers ...string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Action: %s\r\nActionID: %s\r\n", action, id)
	clean := strings.NewReplacer("\r", "", "\n", "")
	for i := 0; i+1 < len(headers); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", headers[i], clean.Replace(headers[i+1]))
	}
	b.WriteString("\r\n")
	a.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := io.WriteString(a.conn, b.String())
	return err
}

// answer waits for the response to an action, and lets everything else go by: nothing is told
// before the login.
func (a *manager) answer(id string) (message, error) {
	for m := range a.messages {
		if m["Response"] != "" && m["ActionID"] == id {
			return m, nil
		}
	}
	return nil, a.failed
}

// login answers the manager's challenge, so that the secret itself is never sent.
func (a *manager) login(user, secret string) error {
	if err := a.act("Challenge", "challenge", "AuthType", "MD5"); err != nil {
		return err
	}
	m, err := a.answer("challenge")
	if err != nil {
		return err
	}
	if m["Challenge"] == "" {
		return fmt.Errorf("%w: no challenge is given", errRefused)
	}
	sum := md5.Sum([]byte(m["Challenge"] + secret))
	if err := a.act("Login", "login", "AuthType", "MD5", "Username", user, "Key", hex.EncodeToString(sum[:]), "Events", "on"); err != nil {
		return err
	}
	if m, err = a.answer("login"); err != nil {
		return err
	}
	if !strings.EqualFold(m["Response"], "Success") {
		return errRefused
	}
	return nil
}

// asterisk is the link to an Asterisk.
type asterisk struct{}

func (asterisk) session(ctx context.Context, conn net.Conn, f *Forwarder) error {
	r := bufio.NewReaderSize(conn, maxHeader)
	conn.SetReadDeadline(time.Now().Add(dialTimeout))
	banner, err := readLine(r)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(banner, "Asterisk Call Manager/") {
		return errors.New("what answers is no manager interface of an Asterisk")
	}
	a := &manager{conn: conn, messages: make(chan message, 1024)}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go a.read(ctx, r)
	if err := a.login(f.o.Username, f.o.Secret); err != nil {
		return err
	}
	f.loggedIn = true
	f.o.Logger.Info("connected to the telephone system")
	return a.listen(ctx, f)
}

// listen takes stock, and then keeps what it hears. What was heard together is stored together.
func (a *manager) listen(ctx context.Context, f *Forwarder) error {
	s := newStock(f.calls)
	for action, id := range map[string]string{"QueueStatus": stockQueues, "CoreShowChannels": stockChannels} {
		if err := a.act(action, id); err != nil {
			return err
		}
	}
	ask := time.NewTicker(askEvery)
	defer ask.Stop()
	save := time.NewTicker(saveEvery)
	defer save.Stop()
	patience := time.NewTimer(stockTimeout)
	defer patience.Stop()
	for {
		var events []Event
		select {
		case m, ok := <-a.messages:
			if !ok {
				return a.failed
			}
			events = a.take(f, s, m, events)
			for more := true; more && len(events) < batchEvents; {
				select {
				case m, ok := <-a.messages:
					if more = ok; ok {
						events = a.take(f, s, m, events)
					}
				default:
					more = false
				}
			}
		case <-ask.C:
			if err := a.act("Ping", "ping"); err != nil {
				return err
			}
		case <-save.C:
		case <-patience.C:
			if !s.done {
				return errors.New("the telephone system does not list its queues and channels")
			}
		}
		if err := f.keep(ctx, events); err != nil {
			return err
		}
	}
}

// take turns a message into events: one, none, or those that a finished stock gives.
func (a *manager) take(f *Forwarder, s *stock, m message, events []Event) []Event {
	now := time.Now()
	f.calls.last = now
	if s.take(f, m) {
		if s.complete() {
			events = append(events, s.finish(f.calls, now)...)
		}
		return events
	}
	if m["Event"] == "" || !f.calls.asterisk(m, now) {
		return events
	}
	return append(events, amiEvent(m, now))
}

// amiEvent is a message as it is forwarded. One without a time has this clock's.
func amiEvent(m message, now time.Time) Event {
	if m["Timestamp"] == "" {
		m["Timestamp"] = fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
	}
	return Event{Type: "org.asterisk.ami." + m["Event"], Time: now, Data: m}
}
