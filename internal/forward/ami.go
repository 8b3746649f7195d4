package forward

import (
	"bufio"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
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

// asterisk talks with an Asterisk's manager interface.
type asterisk struct {
	line
	f     *Forwarder
	stock *stock
}

func newAsterisk(f *Forwarder, l line) talk { return &asterisk{line: l, f: f} }

func (a *asterisk) read() (frame, error) {
	m, err := readMessage(a.r)
	return frame{headers: m}, err
}

// act sends an action. Line ends in values would be further headers, and are taken out.
func (a *asterisk) act(action, id string, headers ...string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Action: %s\r\nActionID: %s\r\n", action, id)
	clean := strings.NewReplacer("\r", "", "\n", "")
	for i := 0; i+1 < len(headers); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", headers[i], clean.Replace(headers[i+1]))
	}
	b.WriteString("\r\n")
	return a.write(b.String())
}

// answer waits for the response to an action, and lets everything else go by: nothing is told
// before the login.
func (a *asterisk) answer(id string) (message, error) {
	for {
		m, err := readMessage(a.r)
		if err != nil || m["Response"] != "" && m["ActionID"] == id {
			return m, err
		}
	}
}

// login answers the manager's challenge, so that the secret itself is never sent.
func (a *asterisk) login() error {
	banner, err := readLine(a.r)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(banner, "Asterisk Call Manager/") {
		return errors.New("what answers is no manager interface of an Asterisk")
	}
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
	sum := md5.Sum([]byte(m["Challenge"] + a.f.o.Secret))
	if err := a.act("Login", "login", "AuthType", "MD5", "Username", a.f.o.Username, "Key", hex.EncodeToString(sum[:]), "Events", "on"); err != nil {
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

// begin takes stock: events come by themselves.
func (a *asterisk) begin() error {
	a.stock = newStock(a.f.calls)
	return errors.Join(a.act("QueueStatus", stockQueues), a.act("CoreShowChannels", stockChannels))
}

func (a *asterisk) settled() bool { return a.stock.done }

func (a *asterisk) ping() error { return a.act("Ping", "ping") }

// take turns a message into events: one, none, or those that a finished stock gives.
func (a *asterisk) take(fr frame, events []Event) ([]Event, error) {
	m, now := fr.headers, time.Now()
	if a.stock.take(a.f, m) {
		if a.stock.complete() {
			events = append(events, a.stock.finish(a.f.calls)...)
		}
		return events, nil
	}
	a.stock.hear(m)
	if m["Event"] == "" || !a.f.calls.asterisk(m, now) {
		return events, nil
	}
	if m[unsure] != "" && !a.f.warned {
		a.f.warned = true
		a.f.o.Logger.Warn("a caller left a queue, and nothing tells whether he hung up or was let go; by whom such calls end is unknown. The manager's user needs read = dialplan")
	}
	return append(events, amiEvent(m, now)), nil
}

// amiEvent is a message as it is forwarded. One without a time has this clock's.
func amiEvent(m message, now time.Time) Event {
	if m["Timestamp"] == "" {
		m["Timestamp"] = fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
	}
	return Event{Type: "org.asterisk.ami." + m["Event"], Time: now, Data: m}
}
