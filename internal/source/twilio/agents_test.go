package twilio

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// TestAgentWithSeveralChats: an agent whose one chat is completed says "available", and is
// busy as long as another goes on.
func TestAgentWithSeveralChats(t *testing.T) {
	start := time.Now().Add(-time.Minute)
	floor := wallboard.New(wallboard.Options{Sources: []wallboard.Source{{Name: "s", Vendor: "twilio"}}})
	n := 0
	send := func(kind, chat string) {
		t.Helper()
		n++
		d := &source.Delivery{Method: "POST", Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: fmt.Appendf(nil,
			"EventType=%s&Sid=EV%d&TimestampMs=%d&TaskSid=WT%s&TaskChannelUniqueName=chat&ReservationSid=WR%s&WorkerSid=WK1&WorkerName=agent1&WorkerActivityName=Available",
			kind, n, start.Add(time.Duration(n)*time.Second).UnixMilli(), chat, chat)}
		out, err := decoder{}.Decode(d)
		if err != nil || len(out.Problems) > 0 || len(out.Events) == 0 {
			t.Fatalf("%s: %v %+v", kind, err, out)
		}
		floor.Apply("s", time.Now().UnixMicro(), out.Events)
	}
	def := &board.Definition{Name: "all", Window: board.LastHour, Zone: time.UTC, Formula: board.Against}
	check := func(when string, available, busy, wrapUp int64) {
		t.Helper()
		a := floor.Numbers(def).Agents
		if want := [5]int64{available, busy, wrapUp}; a != want {
			t.Errorf("%s: %v, want %v of available, busy, wrap-up, away, offline", when, a, want)
		}
	}
	for _, chat := range []string{"1", "2"} {
		send("task.created", chat)
		send("reservation.created", chat)
	}
	check("offered", 1, 0, 0)
	send("reservation.accepted", "1")
	send("reservation.accepted", "2")
	check("both accepted", 0, 1, 0)
	send("reservation.wrapup", "1")
	send("reservation.completed", "1")
	check("one completed", 0, 1, 0)
	send("reservation.wrapup", "2")
	check("the other in wrap-up", 0, 0, 1)
	send("reservation.completed", "2")
	check("both completed", 1, 0, 0)
}
