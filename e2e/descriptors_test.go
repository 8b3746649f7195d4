package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// TestFewFiles: a server that may open few files takes fewer screens, and with all of them there
// and an address that opens as many connections as it can, still takes deliveries and shows them.
func TestFewFiles(t *testing.T) {
	const files, connections, screens = 300, 200, 100
	s := start(t)
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.files = files
	s.launch()

	from := func(host int) *net.Dialer {
		return &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(host))}, Timeout: 20 * time.Second}
	}
	screen := func(host int) *websocket.Conn {
		d := websocket.Dialer{NetDialContext: from(host).DialContext, HandshakeTimeout: 20 * time.Second}
		conn, _, err := d.DialContext(t.Context(), "ws://"+s.address+"/boards/all/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	read := func(conn *websocket.Conn) error {
		conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		_, _, err := conn.ReadMessage()
		return err
	}
	var taken []*websocket.Conn
	for host := range 4 {
		for range screens / 4 {
			taken = append(taken, screen(host))
		}
		if err := read(screen(host)); !websocket.IsCloseError(err, websocket.CloseTryAgainLater) {
			t.Errorf("one screen too many at one address: %v, want a close of 1013", err)
		}
	}
	if err := read(screen(4)); !websocket.IsCloseError(err, websocket.CloseTryAgainLater) {
		t.Errorf("one screen too many: %v, want a close of 1013", err)
	}

	let := 0
	for range connections {
		conn, err := from(5).DialContext(t.Context(), "tcp", s.address)
		if err != nil {
			continue // closed before it knew that it was connected
		}
		t.Cleanup(func() { conn.Close() })
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if res, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil && res.StatusCode == http.StatusOK {
			let++
		}
	}
	if let != connections/4 {
		t.Errorf("one address has %d connections, want %d", let, connections/4)
	}

	for i := range 20 {
		if code := s.post(fmt.Sprint("m", i), "queued", fmt.Sprint("I", i), time.Now(), `{"queue":"Billing"}`); code != 204 {
			t.Fatalf("a delivery got %d", code)
		}
	}
	if got := s.board().Status["Waiting"]; got != 20 {
		t.Errorf("%d wait, want 20", got)
	}
	for i, conn := range taken {
		if err := read(conn); err != nil {
			t.Errorf("screen %d: %v", i+1, err)
		}
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	if err != nil || len(open) > files-(connections-screens-connections/4) {
		t.Errorf("%d of %d files are open: %v", len(open), files, err)
	}
}
