package web

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/static"
	"github.com/wallboard/wallboard/views"
)

// Times and limits of sockets. A ping must come well before its pong is missed.
const (
	pingEvery  = 20 * time.Second
	pongWithin = 45 * time.Second // more than two pings
	goodbye    = time.Second      // to read on after a close was sent

	readLimit   = 512 // bytes of a message; screens have nothing to say
	heardBurst  = 64  // messages, pings and pongs that are heard at once
	heardEvery  = time.Second
	readBuffer  = 512
	writeBuffer = 128 << 10 // the kernel's, for each socket; more than the largest frame

	// Bytes that are read in a second, and at once: more than so many messages have, so that who
	// sends those is told why. The others send what never becomes a message.
	heardBytes, heardBytesBurst = 1 << 10, 64 << 10
)

// The codes with which sockets are closed, beside those of the protocol.
const (
	closeEnded  = 4401 // who had it may no longer look: the page goes dark and asks anew
	closeReload = 4402 // the page is to be loaded again
)

// socketLimits are the most sockets in total, from one address, and of one holder.
type socketLimits struct{ total, address, holder int }

// socket is one screen, with one goroutine that reads: pongs and the end come that way.
type socket struct {
	// Static after construction.
	conn    *websocket.Conn
	display views.Display // in which it asked for the board
	visitor access.Visitor
	old     bool // its page is of another version of this program

	// Guarded by hub.mu.
	face    *face
	slot    slot
	has     uint64 // seq of the frame that it was sent last
	layout  string // of the region that it was sent last
	queued  bool   // it is in the queue, or a writer has it
	ping    bool   // to be sent
	pong    []byte // to be sent
	note    string // the screen's name, to be shown on it
	closing []byte // the close message to be sent
}

// until reports whether the token has expired.
func (k *socket) until(now time.Time) bool {
	return !k.visitor.Expires.IsZero() && !now.Before(k.visitor.Expires)
}

// knows reports whether the view was sent, or waits in the slot. The caller holds hub.mu.
func (k *socket) knows(v *view) bool {
	return k.has == v.seq || k.slot.message != nil && k.slot.seq == v.seq
}

// follows reports whether the view's changes are enough. The caller holds hub.mu.
func (k *socket) follows(v *view) bool {
	return v.changed != nil && k.slot.message == nil && k.has == v.seq-1 && k.layout == v.layout
}

// sameOrigin lets pages of this very host connect, and programs that send no Origin: those
// show a token of their own, which no browser sends by itself as it does a cookie. A page
// that came without TLS is another site than one that came with it.
func (s *Server) sameOrigin(r *http.Request) bool {
	o := r.Header.Get("Origin")
	if o == "" {
		return !carried(r)
	}
	u, err := url.Parse(o)
	return err == nil && strings.EqualFold(u.Host, r.Host) && (u.Scheme == "https" || u.Scheme == "http" && !s.secure(r))
}

// live upgrades to the board's socket; its first frame is on its way.
func (s *Server) live(w http.ResponseWriter, r *http.Request) error {
	p := s.boards.find(r.PathValue("board"))
	d, err := s.display(r)
	switch {
	case p == nil:
		return noBoard
	case err != nil:
		return err
	case !websocket.IsWebSocketUpgrade(r):
		return noUpgrade
	case !s.sameOrigin(r):
		return foreignOrigin
	}
	h, v := s.hub, visitorOf(r)
	refusal := h.reserve(v)
	conn, err := h.upgrader.Upgrade(w, r, nil) // answers errors itself
	switch {
	case err != nil && refusal == "":
		h.release(v)
	case err != nil:
	case refusal != "": // a browser's script sees close codes, but no status
		conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseTryAgainLater, refusal), time.Now().Add(writeWait))
		conn.Close()
	default:
		under := conn.NetConn()
		if secured, ok := under.(*tls.Conn); ok {
			under = secured.NetConn()
		}
		if tcp, ok := under.(interface{ SetWriteBuffer(bytes int) error }); ok {
			tcp.SetWriteBuffer(writeBuffer)
		}
		if c, ok := under.(*visitor); ok {
			c.onlyListens()
		}
		version := r.URL.Query().Get("v")
		k := &socket{conn: conn, face: p.face(d), display: d, visitor: v, old: version != "" && version != static.Version()}
		h.add(k)
		// The token may have ended between the look at it and the socket's entry here.
		if now, _, err := s.visitor(r); err != nil || now.Token != v.Token || !now.MaySee(p.def().Name) {
			h.end(k, closeEnded, "")
		}
	}
	return nil
}

// addressOf is what counts as one address: that of IPv4, the /64 network of IPv6.
func addressOf(remote string) string {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	ip := a.Addr().Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return prefix.String()
}

// reserve takes a place, or says why there is none.
func (h *hub) reserve(v access.Visitor) (refusal string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.total >= h.limits.total:
		return "too many screens"
	case h.addresses[v.Address] >= h.limits.address:
		return "too many screens at this address"
	case v.Token != "" && h.holders[v.Holder()] >= h.limits.holder:
		return "too many screens of one account"
	}
	h.total++
	h.addresses[v.Address]++
	h.holders[v.Holder()]++
	return ""
}

func (h *hub) release(v access.Visitor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.total--
	for counts, key := range map[*map[string]int]string{&h.addresses: v.Address, &h.holders: v.Holder()} {
		if (*counts)[key]--; (*counts)[key] <= 0 {
			delete(*counts, key)
		}
	}
}

// add registers a socket and wakes the publisher for its first frame.
func (h *hub) add(k *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		k.write(job{closing: websocket.FormatCloseMessage(websocket.CloseServiceRestart, "")})
	} else {
		h.house(k)
		h.poke()
	}
	go h.read(k)
}

// read reads the socket until it ends, and takes nothing in. gorilla needs a reader for
// pongs and closes; there are as many of them as sockets, and those have a limit. What is
// to be answered is left to the writers. Who talks faster than a screen has a reason to is
// closed, and not answered any more.
func (h *hub) read(k *socket) {
	defer h.remove(k)
	k.conn.SetReadLimit(readLimit)
	k.conn.SetReadDeadline(time.Now().Add(pongWithin))
	quota, over := rate.NewLimiter(rate.Every(heardEvery), heardBurst), false
	heard := func() bool {
		if !over && !quota.Allow() {
			over = true
			h.end(k, websocket.ClosePolicyViolation, "screens only listen")
			k.conn.SetReadDeadline(time.Now().Add(goodbye))
		}
		return !over
	}
	k.conn.SetPongHandler(func(string) error {
		if !heard() {
			return nil
		}
		return k.conn.SetReadDeadline(time.Now().Add(pongWithin))
	})
	k.conn.SetPingHandler(func(data string) error {
		if !heard() {
			return nil
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		k.pong = []byte(data)
		h.enqueue(k)
		return nil
	})
	k.conn.SetCloseHandler(func(code int, _ string) error {
		k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(writeWait))
		return nil
	})
	for {
		if _, _, err := k.conn.NextReader(); err != nil {
			return
		}
		heard()
	}
}

// remove forgets a socket. A writer may still have it; its write fails.
func (h *hub) remove(k *socket) {
	k.conn.Close()
	h.mu.Lock()
	delete(h.sockets[k.face], k)
	h.mu.Unlock()
	h.release(k.visitor)
}
