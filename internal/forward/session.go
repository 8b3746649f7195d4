package forward

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// frame is one message of a telephone system: headers, and a body where they give its length.
type frame struct {
	headers message
	body    []byte
}

// talk is what is spoken with a telephone system, on one connection. read belongs to a goroutine of
// its own once the login is through; all else to the session's.
type talk interface {
	// login says who we are, and reads the answers itself.
	login() error
	read() (frame, error)
	// begin asks for events, and for what there is by now.
	begin() error
	// take turns a message into events, and goes on asking. Its error ends the connection; what
	// was read of it counts all the same.
	take(m frame, events []Event) ([]Event, error)
	// settled reports whether everything came that begin asked for.
	settled() bool
	// ping asks for a sign of life.
	ping() error
}

// line is a connection to a telephone system.
type line struct {
	net.Conn
	r *bufio.Reader
}

func (l line) write(text string) error {
	l.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := io.WriteString(l.Conn, text)
	return err
}

// session listens until the connection ends, and returns why: never nil. By then everything that
// was read is kept, however the connection ended: the next one's stock is compared with it.
func (f *Forwarder) session(ctx context.Context, conn net.Conn) error {
	t := f.speak(f, line{conn, bufio.NewReaderSize(conn, maxHeader)})
	conn.SetReadDeadline(time.Now().Add(stockTimeout))
	if err := t.login(); err != nil {
		return err
	}
	f.loggedIn = true
	f.o.Logger.Info("connected to the telephone system")

	frames, left := make(chan frame, 1024), make(chan struct{})
	defer close(left)
	var unread error // why there are no more frames, once they are closed
	go func() {
		defer close(frames)
		for {
			conn.SetReadDeadline(time.Now().Add(quiet))
			m, err := t.read()
			if err != nil {
				unread = err
				return
			}
			select {
			case frames <- m:
			case <-left:
				return
			}
		}
	}()

	var broken error // what ends the connection from our side
	end := func(err error) {
		if err != nil && broken == nil {
			broken = err
			time.AfterFunc(farewell, func() { conn.Close() }) // what is on its way still counts
		}
	}
	ask := time.NewTicker(askEvery)
	defer ask.Stop()
	save := time.NewTicker(saveEvery)
	defer save.Stop()
	patience := time.NewTimer(stockTimeout)
	defer patience.Stop()
	end(t.begin())
	for {
		var events []Event
		take := func(m frame) {
			f.calls.last = time.Now()
			var err error
			events, err = t.take(m, events)
			end(err)
		}
		select {
		case m, ok := <-frames:
			if !ok {
				return cmp.Or(broken, unread)
			}
			take(m)
		case <-ask.C:
			end(t.ping())
		case <-save.C:
		case <-patience.C:
			switch {
			case t.settled():
			case len(frames) > 0: // it is we who are late, because of a full outbox
				patience.Reset(stockTimeout)
			default:
				end(errors.New("the telephone system does not list what there is"))
			}
		}
		// What was heard together is stored together.
		for more := true; more && len(events) < batchEvents; {
			select {
			case m, ok := <-frames:
				if more = ok; ok {
					take(m)
				}
			default:
				more = false
			}
		}
		if err := f.keep(ctx, events); err != nil {
			return err
		}
	}
}
