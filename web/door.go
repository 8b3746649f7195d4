package web

import (
	"net"
	"sync"
)

// The most connections of all kinds, screens among them. What comes beyond is closed
// before a byte of it is read, so that nobody can use up the files that the database needs.
const (
	maxConnections        = 2 * maxSockets
	maxConnectionsAddress = 2 * maxSocketsAddress
)

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
func Door(l net.Listener, proxies Networks) net.Listener {
	return &door{Listener: l, proxies: proxies, limits: socketLimits{total: maxConnections, address: maxConnectionsAddress}, addresses: make(map[string]int)}
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
}

// Close may be called more than once.
func (v *visitor) Close() error {
	defer v.leave()
	return v.TCPConn.Close()
}
