package web

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/access"
)

// hub has the sockets. A frame waits in a slot of one for each socket, and a newer one
// takes its place. A few writers share one queue of the sockets that have something to be
// written, so that one that blocks holds up one writer, and that not for long.
type hub struct {
	poked    chan struct{} // capacity 1: a screen came, or a view was made for somebody else
	upgrader websocket.Upgrader
	limits   socketLimits
	writing  sync.WaitGroup // the writers

	sentFrames, sentBytes atomic.Uint64

	mu        sync.Mutex
	work      sync.Cond // signals that queue is not empty, or closed; its lock is mu
	queue     []*socket
	sockets   map[*face]map[*socket]struct{}
	total     int // sockets that are there or on their way
	addresses map[string]int
	holders   map[string]int // by who holds the token
	closed    bool
}

func newHub(limits socketLimits) *hub {
	h := &hub{
		poked: make(chan struct{}, 1), limits: limits,
		sockets: make(map[*face]map[*socket]struct{}), addresses: make(map[string]int), holders: make(map[string]int),
		// live has looked at the origin, and knows more of who asks.
		upgrader: websocket.Upgrader{
			ReadBufferSize: readBuffer, WriteBufferPool: &sync.Pool{}, HandshakeTimeout: goodbye,
			CheckOrigin: func(*http.Request) bool { return true },
		},
	}
	h.work.L = &h.mu
	return h
}

// poke wakes the publisher.
func (h *hub) poke() {
	select {
	case h.poked <- struct{}{}:
	default:
	}
}

// watched are the faces that some screen shows, by board.
func (h *hub) watched() map[*published][]*face {
	h.mu.Lock()
	defer h.mu.Unlock()
	watched := make(map[*published][]*face)
	for f, ks := range h.sockets {
		if len(ks) > 0 {
			watched[f.board] = append(watched[f.board], f)
		}
	}
	return watched
}

// rehouse gives the screens of a board that was changed the faces that it has for them now.
func (h *hub) rehouse(p *published) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var moved []*socket
	for f, ks := range h.sockets {
		if f.board != p {
			continue
		}
		for k := range ks {
			if p.face(k.display) != f {
				delete(ks, k)
				moved = append(moved, k)
			}
		}
	}
	for _, k := range moved {
		k.face, k.has, k.slot = p.face(k.display), 0, slot{}
		h.house(k)
	}
}

// house puts a socket with those of its face. The caller holds mu.
func (h *hub) house(k *socket) {
	if h.sockets[k.face] == nil {
		h.sockets[k.face] = make(map[*socket]struct{})
	}
	h.sockets[k.face][k] = struct{}{}
}

// needs are the encodings of a view that its screens can use.
type needs struct{ full, partial, region bool }

// needs says what the face's screens lack of the view.
func (h *hub) needs(f *face, v *view) (n needs) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k := range h.sockets[f] {
		switch {
		case k.knows(v):
		case k.follows(v):
			n.partial = true
		default:
			n.full = true
			n.region = n.region || k.layout != v.layout
		}
	}
	return n
}

// deliver puts the view into the slots of the screens that lack it.
func (h *hub) deliver(f *face, v *view, fs frames) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k := range h.sockets[f] {
		message, size := fs.full, fs.fullSize
		switch {
		case k.knows(v):
			continue
		case k.follows(v):
			if fs.partial != nil {
				message, size = fs.partial, fs.partialSize
			}
		case k.layout != v.layout && !fs.hasRegion:
			h.poke() // it came after the encoding; the next one is for it
			continue
		}
		k.slot = slot{message, size, v.seq, v.layout}
		h.enqueue(k)
	}
}

// enqueue makes a writer look after the socket. The caller holds mu.
func (h *hub) enqueue(k *socket) {
	if !k.queued {
		k.queued = true
		h.queue = append(h.queue, k)
		h.work.Signal()
	}
}

// ping asks every screen for a sign of life; without its pong the read deadline passes. It
// ends those whose token has expired, and returns the tokens of the others.
func (h *hub) ping(now time.Time) (tokens []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ks := range h.sockets {
		for k := range ks {
			if k.until(now) {
				h.leave(k, closeEnded, "")
				continue
			}
			k.ping = true
			h.enqueue(k)
			if k.visitor.Token != "" {
				tokens = append(tokens, k.visitor.Token)
			}
		}
	}
	return tokens
}

// end closes a socket with a code, after what is being written.
func (h *hub) end(k *socket, code int, reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.leave(k, code, reason)
}

// leave is end for callers who hold mu. What waits in the slot is not sent any more.
func (h *hub) leave(k *socket, code int, reason string) {
	if k.closing == nil {
		k.closing = websocket.FormatCloseMessage(code, reason)
		h.enqueue(k)
	}
}

// endHolder closes the sockets of a token, or with "" all of the holder's.
func (h *hub) endHolder(holder, token string, code int) {
	h.each(func(k *socket) {
		if token != "" && token == k.visitor.Token || token == "" && holder == k.visitor.Holder() {
			h.leave(k, code, "")
		}
	})
}

// identify makes the holder's screens say who they are.
func (h *hub) identify(holder, name string) {
	h.each(func(k *socket) {
		if k.visitor.Holder() == holder {
			k.note = name
			h.enqueue(k)
		}
	})
}

// presence is that of a screen: whether one of its pages is of another version of this program.
type presence struct{ old bool }

// present are the screens that have a socket, by id.
func (h *hub) present() map[string]presence {
	found := make(map[string]presence)
	h.each(func(k *socket) {
		if v := &k.visitor; v.Kind == access.KindScreen {
			found[v.ID] = presence{old: k.old || found[v.ID].old}
		}
	})
	return found
}

func (h *hub) each(f func(*socket)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ks := range h.sockets {
		for k := range ks {
			f(k)
		}
	}
}

// endBoard closes the sockets of a board.
func (h *hub) endBoard(p *published, code int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for f, ks := range h.sockets {
		if f.board != p {
			continue
		}
		for k := range ks {
			h.leave(k, code, "")
		}
	}
}

// close ends all sockets with 1012, so that screens come back after a restart, and
// returns when the writers are through.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	for _, ks := range h.sockets {
		for k := range ks {
			k.closing = websocket.FormatCloseMessage(websocket.CloseServiceRestart, "")
			h.enqueue(k)
		}
	}
	h.work.Broadcast()
	h.mu.Unlock()
	h.writing.Wait()
}
