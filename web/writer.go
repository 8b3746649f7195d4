package web

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/gorilla/websocket"
)

const (
	// writers is how many goroutines write to all sockets.
	writers = 8
	// writeWait is how long one write may hold a writer. A socket's buffer takes seconds of
	// frames, so a write that waits at all is to a screen that does not read.
	writeWait = 100 * time.Millisecond
)

// slot is the newest frame that a socket was not sent yet; without a message it is empty.
type slot struct {
	message *websocket.PreparedMessage
	size    int // of the message's text, in bytes
	seq     uint64
	layout  string
}

// start starts the writers; close ends them.
func (h *hub) start() {
	for range writers {
		h.writing.Go(h.write)
	}
}

// write serves one socket of the queue after the other. All writes to a socket after its
// upgrade are made here, and never two at once.
func (h *hub) write() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		for len(h.queue) == 0 {
			if h.closed {
				return
			}
			h.work.Wait()
		}
		k := h.queue[0]
		h.queue = h.queue[1:]
		job := k.take()
		h.mu.Unlock()
		err := k.write(job)
		switch {
		case err != nil:
			k.conn.Close() // the reader ends and removes it
		case job.frame != nil:
			h.sentFrames.Add(1)
			h.sentBytes.Add(uint64(job.size))
		}
		h.mu.Lock()
		k.queued = false
		if err == nil && k.waits() {
			h.enqueue(k)
		}
	}
}

// job is what one turn writes.
type job struct {
	frame   *websocket.PreparedMessage
	size    int // of the frame's text, in bytes
	ping    bool
	pong    []byte
	note    string
	closing []byte
}

// take empties the slot. What it held counts as had: if it cannot be written, the socket
// is closed. The caller holds hub.mu.
func (k *socket) take() job {
	j := job{k.slot.message, k.slot.size, k.ping, k.pong, k.note, k.closing}
	if k.slot.message != nil {
		k.has, k.layout = k.slot.seq, k.slot.layout
	}
	k.slot, k.ping, k.pong, k.note = slot{}, false, nil, ""
	return j
}

// waits reports whether there is something to be written. The caller holds hub.mu.
func (k *socket) waits() bool {
	return k.slot.message != nil || k.ping || k.pong != nil || k.note != "" || k.closing != nil
}

// write returns an error when the socket is of no more use.
func (k *socket) write(j job) error {
	deadline := time.Now().Add(writeWait)
	control := func(kind int, data []byte) error { return k.conn.WriteControl(kind, data, deadline) }
	if j.closing != nil {
		control(websocket.CloseMessage, j.closing)
		return websocket.ErrCloseSent
	}
	if j.frame != nil {
		k.conn.SetWriteDeadline(deadline)
		if err := k.conn.WritePreparedMessage(j.frame); err != nil {
			return err
		}
	}
	if j.note != "" {
		b, err := json.Marshal(struct {
			Identify string `json:"identify"`
		}{j.note})
		if err != nil {
			return err
		}
		k.conn.SetWriteDeadline(deadline)
		if err := k.conn.WriteMessage(websocket.TextMessage, b); err != nil {
			return err
		}
	}
	if j.pong != nil {
		if err := control(websocket.PongMessage, j.pong); err != nil {
			return err
		}
	}
	if j.ping {
		return control(websocket.PingMessage, nil)
	}
	return nil
}
