package simulate

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// listenerQueue is how many messages wait for one listener; one that falls behind further is cut off.
const listenerQueue = 10_000

// hangUp is how long a listener may take to hang up when the connection ends.
const hangUp = 10 * time.Second

// telephone is a telephone system's socket, with its listeners. It keeps nothing for who is not
// connected, as telephone systems do.
type telephone struct {
	// Static after construction.
	net    net.Listener
	hello  string          // what is said first
	serve  func(*listener) // reads what a listener asks, until the connection ends
	done   sync.WaitGroup
	logins chan struct{} // signalled at each login, while there is room

	mu        sync.Mutex
	listeners map[*listener]struct{}
	came      chan struct{} // closed at the next login
	closed    bool
	// chunk is how many bytes are written at a time; 0 means all at once.
	chunk int
}

// listener is one connection.
type listener struct {
	conn  net.Conn
	queue chan string // closed by drop
	on    bool        // it gets events
	given bool        // it was given all that there is to list
	// Of an event socket: what it listens to, and what that is narrowed to.
	events, filters []string
}

// listen listens on a loopback address, as 127.0.0.1:0.
func (m *telephone) listen(address, hello string, serve func(*listener)) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil || !loopback(host) {
		return errors.New("simulate: the telephone system's address is no loopback address")
	}
	if m.net, err = net.Listen("tcp", address); err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	m.hello, m.serve = hello, serve
	m.logins, m.came, m.listeners = make(chan struct{}, 100), make(chan struct{}), make(map[*listener]struct{})
	m.done.Go(m.accept)
	return nil
}

// Address is where it listens.
func (m *telephone) Address() string { return m.net.Addr().String() }

// Close ends all connections, and waits for them.
func (m *telephone) Close() error {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	err := m.net.Close()
	m.Cut()
	m.done.Wait()
	return err
}

// Cut ends all connections.
func (m *telephone) Cut() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for l := range m.listeners {
		m.drop(l)
	}
}

// Finish ends all connections once they have what was told so far.
func (m *telephone) Finish() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for l := range m.listeners {
		m.finish(l)
	}
}

// finish ends a connection once it has what was told so far: write does. mu is held.
func (m *telephone) finish(l *listener) {
	delete(m.listeners, l)
	close(l.queue)
}

// Chunk makes it write so many bytes at a time from now on.
func (m *telephone) Chunk(bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.chunk = bytes
}

// Logins is signalled at each login: from then on a listener gets events.
func (m *telephone) Logins() <-chan struct{} { return m.logins }

// Listed reports whether somebody listens who has asked for all lists, and got them.
func (m *telephone) Listed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for l := range m.listeners {
		if l.given {
			return true
		}
	}
	return false
}

// login notes that a listener gets events. mu is held.
func (m *telephone) login(l *listener) {
	l.on = true
	close(m.came)
	m.came = make(chan struct{})
	select {
	case m.logins <- struct{}{}:
	default:
	}
}

// send queues a text. mu is held.
func (m *telephone) send(l *listener, text string) bool {
	select {
	case l.queue <- text:
		return true
	default:
		m.drop(l)
		return false
	}
}

// drop ends a connection. mu is held.
func (m *telephone) drop(l *listener) {
	if _, there := m.listeners[l]; there {
		delete(m.listeners, l)
		close(l.queue)
		l.conn.Close()
	}
}

func (m *telephone) accept() {
	for {
		conn, err := m.net.Accept()
		if err != nil {
			return
		}
		l := &listener{conn: conn, queue: make(chan string, listenerQueue)}
		m.mu.Lock()
		if m.closed {
			m.mu.Unlock()
			conn.Close()
			return
		}
		m.listeners[l] = struct{}{}
		l.queue <- m.hello
		m.mu.Unlock()
		m.done.Go(func() { m.write(l) })
		m.done.Go(func() {
			m.serve(l)
			m.mu.Lock()
			m.drop(l)
			m.mu.Unlock()
			conn.Close()
		})
	}
}

// write writes what is queued, until the connection ends.
func (m *telephone) write(l *listener) {
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
	// It has everything. What it asked and nobody reads would reset the connection, and take away what
	// is on its way; so it is read until the listener hangs up.
	if c, ok := l.conn.(*net.TCPConn); ok {
		c.SetReadDeadline(time.Now().Add(hangUp))
		c.CloseWrite()
	}
}
