package web

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Times and limits of sockets. A ping must come well before its pong is missed, and
// a write must give up before others wait for it.
const (
	pingEvery  = 20 * time.Second
	pongWithin = 45 * time.Second // more than two pings
	writeWait  = 2 * time.Second
	readLimit  = 512

	maxSockets        = 2000
	maxSocketsAddress = 100
)

// socket is one screen. Its slot holds the newest frame that it has not been sent.
type socket struct {
	// Static after construction.
	conn    *websocket.Conn
	board   *published
	address string

	// Guarded by hub.mu.
	slot    *websocket.PreparedMessage
	writing bool
	greeted bool // a frame with the region was made for it
}

// hub has the sockets. A frame waits in a slot of one for each socket, and a newer one
// takes its place; a socket that blocks holds up nobody else.
type hub struct {
	joined   chan struct{} // capacity 1: a socket came
	upgrader websocket.Upgrader

	mu        sync.Mutex
	sockets   map[*socket]struct{}
	addresses map[string]int
	closed    bool
}

func newHub() *hub {
	return &hub{
		joined: make(chan struct{}, 1), sockets: make(map[*socket]struct{}), addresses: make(map[string]int),
		upgrader: websocket.Upgrader{ReadBufferSize: 512, WriteBufferPool: &sync.Pool{}, CheckOrigin: sameOrigin},
	}
}

// sameOrigin lets pages of this very host connect, and programs that send no Origin.
func sameOrigin(r *http.Request) bool {
	o := r.Header.Get("Origin")
	if o == "" {
		return true
	}
	u, err := url.Parse(o)
	return err == nil && u.Host == r.Host && (u.Scheme == "http" || u.Scheme == "https")
}

// live upgrades to the board's socket; its first frame is on its way.
func (s *Server) live(w http.ResponseWriter, r *http.Request) error {
	p, ok := s.boards[r.PathValue("board")]
	if !ok {
		return notFound
	}
	if !websocket.IsWebSocketUpgrade(r) {
		return &problem{status: http.StatusUpgradeRequired, title: "A websocket", detail: "This address is a board's live socket."}
	}
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	if !s.hub.reserve(address) {
		return &problem{status: http.StatusServiceUnavailable, title: "Too many screens", detail: "Close some, or try again later.", retryAfter: "10"}
	}
	conn, err := s.hub.upgrader.Upgrade(w, r, nil) // answers errors itself
	if err != nil {
		s.hub.release(address)
		return nil
	}
	s.hub.add(&socket{conn: conn, board: p, address: address})
	return nil
}

func (h *hub) reserve(address string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.sockets) >= maxSockets || h.addresses[address] >= maxSocketsAddress {
		return false
	}
	h.addresses[address]++
	return true
}

func (h *hub) release(address string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.addresses[address]--; h.addresses[address] <= 0 {
		delete(h.addresses, address)
	}
}

// add registers a socket, wakes the publisher for its first frame, and reads it until it
// ends: the reader sees pongs and the end, and takes nothing else.
func (h *hub) add(k *socket) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		k.conn.Close()
		h.release(k.address)
		return
	}
	h.sockets[k] = struct{}{}
	h.mu.Unlock()
	select {
	case h.joined <- struct{}{}:
	default:
	}
	go h.read(k)
}

func (h *hub) read(k *socket) {
	defer h.remove(k)
	k.conn.SetReadLimit(readLimit)
	k.conn.SetReadDeadline(time.Now().Add(pongWithin))
	k.conn.SetPongHandler(func(string) error { return k.conn.SetReadDeadline(time.Now().Add(pongWithin)) })
	for {
		if _, _, err := k.conn.NextReader(); err != nil {
			return
		}
	}
}

func (h *hub) remove(k *socket) {
	h.mu.Lock()
	_, known := h.sockets[k]
	delete(h.sockets, k)
	h.mu.Unlock()
	if known {
		h.release(k.address)
	}
	k.conn.Close()
}

// ping asks every screen for a sign of life; without its pong the read deadline passes.
func (h *hub) ping() {
	h.mu.Lock()
	ks := slices.Collect(maps.Keys(h.sockets))
	h.mu.Unlock()
	for _, k := range ks {
		go k.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait))
	}
}

// watched reports whether any screen shows the board.
func (h *hub) watched(p *published) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k := range h.sockets {
		if k.board == p {
			return true
		}
	}
	return false
}

// fresh returns the board's sockets that had no frame with the region, and notes that
// the next one has it.
func (h *hub) fresh(p *published) []*socket {
	h.mu.Lock()
	defer h.mu.Unlock()
	var ks []*socket
	for k := range h.sockets {
		if k.board == p && !k.greeted {
			k.greeted = true
			ks = append(ks, k)
		}
	}
	return ks
}

// broadcast puts a frame into the slot of each of the board's sockets. A socket that is
// idle gets a writer for as long as its slot has something.
func (h *hub) broadcast(p *published, f *websocket.PreparedMessage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k := range h.sockets {
		if k.board != p {
			continue
		}
		k.slot = f
		if !k.writing {
			k.writing = true
			go h.write(k)
		}
	}
}

func (h *hub) write(k *socket) {
	for {
		h.mu.Lock()
		f := k.slot
		k.slot = nil
		if f == nil {
			k.writing = false
			h.mu.Unlock()
			return
		}
		h.mu.Unlock()
		k.conn.SetWriteDeadline(time.Now().Add(writeWait))
		if err := k.conn.WritePreparedMessage(f); err != nil {
			k.conn.Close() // the reader ends and removes it
			return
		}
	}
}

// close ends all sockets with 1012, so that screens come back after a restart.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	ks := slices.Collect(maps.Keys(h.sockets))
	h.mu.Unlock()
	for _, k := range ks {
		k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseServiceRestart, ""), time.Now().Add(writeWait))
		k.conn.Close()
	}
}
