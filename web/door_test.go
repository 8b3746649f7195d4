package web

import (
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// TestDoor: who is too many is closed at once; who leaves makes room. Screens keep their
// place after the upgrade, and lose it when they go.
func TestDoor(t *testing.T) {
	for name, limits := range map[string]socketLimits{"in total": {total: 2, address: 10}, "at one address": {total: 10, address: 2}} {
		t.Run(name, func(t *testing.T) {
			web := serve(t, Options{Floor: wallboard.New(wallboard.Options{}), Boards: []*board.Definition{{Name: "all", Window: board.LastHour}}})
			d := Door(web.Listener, nil).(*door)
			d.limits = limits
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			d.Listener = l
			behind := &http.Server{Handler: serverOf(web)}
			go behind.Serve(d)
			t.Cleanup(func() { behind.Close() })
			web.URL = "http://" + l.Addr().String()

			a, b := newScreen(t, web), newScreen(t, web)
			a.next()
			b.next()
			third, err := net.Dial("tcp", l.Addr().String())
			if err == nil {
				defer third.Close()
				third.SetDeadline(time.Now().Add(20 * time.Second))
				io.WriteString(third, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
				if n, err := third.Read(make([]byte, 1)); n > 0 || err == nil {
					t.Fatal("the third was answered")
				} else if e, ok := err.(net.Error); ok && e.Timeout() {
					t.Fatal("the third was left waiting")
				}
			} else if !errors.Is(err, syscall.ECONNRESET) { // closed before it knew that it was connected
				t.Fatal(err)
			}
			a.conn.Close()
			for deadline := time.Now().Add(20 * time.Second); ; {
				res, err := http.Get(web.URL + "/healthz")
				if err == nil {
					res.Body.Close()
					break
				}
				if time.Now().After(deadline) {
					t.Fatal("the place of who left was not given to the next")
				}
			}
		})
	}
}
