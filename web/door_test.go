package web

import (
	"errors"
	"io"
	"math"
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
			d := Door(web.Listener, nil, maxConnections).(*door)
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

// TestConnections: of whatever number of files there may be, the program's own are left, as many
// connections as there are screens, and some by one address for hooks.
func TestConnections(t *testing.T) {
	for files, want := range map[uint64]int{math.MaxUint64: 8192, 8292: 8192, 8291: 8191, 1024: 924, MinFiles: 156, 0: 156} {
		got, lowered := Connections(files)
		if got != want || lowered != (files < 8292) {
			t.Errorf("%d files: %d connections, lowered %t, want %d", files, got, lowered, want)
		}
		all, screens := limitsOfAll(got), limitsOfScreens(got)
		if all.total-screens.total-all.address < all.total/4 || all.address-screens.address < all.address/2 || screens.holder < 1 {
			t.Errorf("%d files: %+v of all, %+v of screens", files, all, screens)
		}
	}
}
