package forward

import (
	"bufio"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// FuzzManager: whatever a manager sends is read to its end, within limits, and what is made of it
// can be stored.
func FuzzManager(f *testing.F) {
	f.Add("Event: QueueCallerJoin\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\nQueue: q\r\n\r\nEvent: Hangup\r\nUniqueid: 1.1\r\n\r\n")
	f.Add("Event: AttendedTransfer\r\nResult: Success\r\nTransfereeLinkedid: 1.1\r\n\r\n")
	f.Add("Event: QueueEntry\r\nActionID: stock-queues\r\nUniqueid: 1.2\r\n\r\nEvent: QueueStatusComplete\r\nActionID: stock-queues\r\n\r\nEvent: CoreShowChannelsComplete\r\nActionID: stock-channels\r\n\r\n")
	f.Add(":\r\n\xff: \xff\r\n\r\n")
	f.Fuzz(func(t *testing.T, stream string) {
		c := &calls{byID: make(map[string]*call)}
		s := newStock(c)
		r := bufio.NewReaderSize(strings.NewReader(stream), maxHeader)
		for {
			m, err := readMessage(r)
			if err != nil {
				return
			}
			var events []Event
			if s.take(&Forwarder{o: Options{Logger: slog.New(slog.DiscardHandler)}}, m) {
				if s.complete() {
					events = s.finish(c)
				}
			} else if m["Event"] != "" && c.asterisk(m, time.Unix(1790000000, 0)) {
				events = []Event{amiEvent(m, time.Unix(1790000000, 0))}
			}
			storable(t, events)
		}
	})
}

// FuzzSocket: likewise of an event socket.
func FuzzSocket(f *testing.F) {
	f.Add("Content-Length: 2\nContent-Type: text/event-json\n\n{}Content-Type: auth/request\n\n", "queue|uuid|session_uuid|joined_epoch|bridge_epoch|serving_agent|state\nq|m|s|1790000000|0|1001|Answered\n+OK\n")
	f.Add("Content-Length: 99999999\n\n", "|\n|\n")
	f.Fuzz(func(t *testing.T, stream, list string) {
		r := bufio.NewReaderSize(strings.NewReader(stream), maxHeader)
		for {
			if _, err := readFrame(r); err != nil {
				break
			}
		}
		c := &calls{byID: make(map[string]*call)}
		s := inventory{since: newSince(c), members: table([]byte(list)), agentRows: table([]byte(list)), complete: true}
		events := s.finish(c)
		storable(t, events)
	})
}

func storable(t *testing.T, events []Event) {
	t.Helper()
	o := &Outbox{}
	for i := range events {
		var b strings.Builder
		if err := o.line(&b, &events[i], 1); err != nil || strings.Count(b.String(), "\n") != 1 {
			t.Errorf("%v makes %q, %v", events[i], b.String(), err)
		}
	}
}
