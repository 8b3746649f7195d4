package web

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// The most connections of all kinds, screens among them. What comes beyond is closed
// before a byte of it is read, so that nobody can use up the files that the database needs.
const (
	maxConnections = 8192

	ownFiles = 100 // of the database and its sorters, the logs, and what is fetched
	// MinFiles is how many files a process has to be allowed, to have enough for connections.
	MinFiles = 256
)

// Connections is the most that a process may have which may open so many files, MinFiles at
// least. Lowered reports whether it would have more without that limit.
func Connections(files uint64) (most int, lowered bool) {
	most = int(min(maxConnections, max(files, MinFiles)-ownFiles))
	return most, most < maxConnections
}

// Screens is how many of the connections may be screens: the others are there for hooks and
// pages, however many screens come.
func Screens(connections int) int { return connections / 2 }

// limitsOfAll are those of connections of all kinds. All screens and one hostile address
// together leave some.
func limitsOfAll(connections int) socketLimits {
	return socketLimits{total: connections, address: connections / 4}
}

// limitsOfScreens are those of screens. An office's all come from one address, as do those of a
// proxy that is not trusted, from where hooks come too. A holder is one person, screen or share link.
func limitsOfScreens(connections int) socketLimits {
	return socketLimits{total: Screens(connections), address: connections / 8, holder: connections / 16}
}

// door is a listener that lets in so many at a time and no more.
type door struct {
	// Static after construction.
	net.Listener
	limits  socketLimits
	proxies Networks

	mu        sync.Mutex
	total     int
	addresses map[string]int
}

// Door puts the limits of connections before a listener. Proxies have only the one in total,
// since everybody comes from them.
func Door(l net.Listener, proxies Networks, connections int) net.Listener {
	return &door{Listener: l, proxies: proxies, limits: limitsOfAll(connections), addresses: make(map[string]int)}
}

// Accept closes who is too many, and waits for the next.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		tcp, ok := conn.(*net.TCPConn)
		if !ok {
			return conn, nil // only tests and sockets of the system, which have limits of their own
		}
		if v, ok := d.enter(tcp); ok {
			return v, nil
		}
		tcp.SetLinger(0) // nothing of it stays behind
		tcp.Close()
	}
}

func (d *door) enter(c *net.TCPConn) (*visitor, bool) {
	address := addressOf(c.RemoteAddr().String())
	most := d.limits.address
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok && d.proxies.Contains(a.AddrPort().Addr()) {
		most = d.limits.total
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.total >= d.limits.total || d.addresses[address] >= most {
		return nil, false
	}
	d.total++
	d.addresses[address]++
	return &visitor{TCPConn: c, leave: sync.OnceFunc(func() { d.leave(address) })}, true
}

func (d *door) leave(address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.total--
	if d.addresses[address]--; d.addresses[address] <= 0 {
		delete(d.addresses, address)
	}
}

// visitor is a connection that gives its place back when it is closed.
type visitor struct {
	*net.TCPConn
	leave func()
	quota atomic.Pointer[rate.Limiter] // bytes that may be read; nil for any
}

var errFlood = errors.New("it sends more than anybody who only listens has to")

// onlyListens bounds what is read from now on.
func (v *visitor) onlyListens() { v.quota.Store(rate.NewLimiter(heardBytes, heardBytesBurst)) }

// Read fails where more comes than may.
func (v *visitor) Read(b []byte) (int, error) {
	n, err := v.TCPConn.Read(b)
	if q := v.quota.Load(); err == nil && q != nil && !q.AllowN(time.Now(), n) {
		err = errFlood
	}
	return n, err
}

// Close may be called more than once.
func (v *visitor) Close() error {
	defer v.leave()
	return v.TCPConn.Close()
}
