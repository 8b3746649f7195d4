package web

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// behindDoor makes the server one that is reached through a door.
func behindDoor(t *testing.T, web *httptest.Server, limits socketLimits) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := Door(l, nil, maxConnections).(*door)
	d.limits = limits
	behind := &http.Server{Handler: serverOf(web)}
	go behind.Serve(d)
	t.Cleanup(func() { behind.Close() })
	web.URL = "http://" + l.Addr().String()
}

// TestDoor: who is too many is closed at once; who leaves makes room. Screens keep their
// place after the upgrade, and lose it when they go.
func TestDoor(t *testing.T) {
	for name, limits := range map[string]socketLimits{"in total": {total: 2, address: 10}, "at one address": {total: 10, address: 2}} {
		t.Run(name, func(t *testing.T) {
			web := serve(t, Options{Floor: wallboard.New(wallboard.Options{}), Boards: []*board.Definition{{Name: "all", Window: board.LastHour}}})
			behindDoor(t, web, limits)
			a, b := newScreen(t, web), newScreen(t, web)
			a.next()
			b.next()
			third, err := net.Dial("tcp", strings.TrimPrefix(web.URL, "http://"))
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

// TestEndlessMessage: a message without content that never ends is no message yet, and has an end.
func TestEndlessMessage(t *testing.T) {
	web, _ := site(t, 0)
	behindDoor(t, web, limitsOfAll(maxConnections))
	s := newScreen(t, web)
	s.next()
	under := s.conn.NetConn()
	under.SetWriteDeadline(time.Now().Add(20 * time.Second))
	part := []byte{0x00, 0x80, 1, 2, 3, 4} // goes on, is not the last, has no bytes; with a mask
	first := append([]byte{0x01}, part[1:]...)
	_, err := under.Write(first)
	for sent := 0; err == nil; sent += 1000 {
		if sent > 1_000_000 {
			t.Fatal("it is read on and on")
		}
		_, err = under.Write(bytes.Repeat(part, 1000))
	}
	if e, ok := err.(net.Error); ok && e.Timeout() {
		t.Error("it is neither read nor closed")
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
