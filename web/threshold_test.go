package web

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/views"
)

// TestStatesInFrames: the state comes with the cell and goes again, and every metric that
// may have a threshold has a cell.
func TestStatesInFrames(t *testing.T) {
	floor := wallboard.New(wallboard.Options{Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}})
	def := &board.Definition{Name: "all", Window: board.LastHour, Formula: board.Against, Thresholds: map[string]board.Threshold{
		"waiting": {Warn: 2, Alert: new(3.), Clear: 1},
	}}
	s := newScreen(t, serve(t, Options{Floor: floor, Boards: []*board.Definition{def}}))
	s.next()
	start := time.Now().UnixMicro()
	for i, step := range []struct {
		kind  interaction.Kind
		who   int
		state string
	}{
		{interaction.Queued, 1, ""},
		{interaction.Queued, 2, "warn"},
		{interaction.Queued, 3, "alert"},
		{interaction.Disconnected, 3, "warn"},
		{interaction.Disconnected, 2, ""},
		{interaction.Queued, 4, "warn"},
	} {
		floor.Apply("lab", start, []interaction.Event{{
			Interaction: fmt.Sprint("I", step.who), Kind: step.kind, By: interaction.ByCustomer, At: start + int64(i), Key: fmt.Sprint(i),
		}})
		waiting := []string{"1", "2", "3", "2", "1", "2"}[i]
		for s.cells["status.Waiting"].Text != waiting {
			s.next()
		}
		if got := s.cells["status.Waiting"].State; got != step.state {
			t.Errorf("step %d, %s wait: state %q, want %q", i, waiting, got, step.state)
		}
	}
	n := floor.Numbers(def)
	model := boardView(def, &n, time.Now(), make(map[string]board.Alarm))
	cells := frameCells(&model)
	for metric := range metricValues(&n) {
		if _, ok := cells[metricCells[metric]]; !ok {
			t.Errorf("%s has no cell", metric)
		}
	}
	one := 1.
	if diff := cmp.Diff(views.Limit{Warn: 2, Alert: new(3.), Clear: &one}, model.Limits["status.Waiting"]); diff != "" {
		t.Errorf("the limit (-want +got):\n%s", diff)
	}
}

// TestAlarms: the strip names what is wrong, where and since when, the alerts first.
func TestAlarms(t *testing.T) {
	began := time.Date(2026, 11, 23, 10, 42, 0, 0, time.UTC)
	rate, level := .2, .7
	n := wallboard.Numbers{AsOf: began, Since: began.Add(-time.Hour), Metrics: wallboard.Metrics{AbandonRate: &rate, ServiceLevel: &level}}
	n.Status[interaction.Waiting] = 2
	def := &board.Definition{Name: "all", Queues: []string{"Billing", "Orders"}, Thresholds: map[string]board.Threshold{
		"service_level": {Warn: .8, Clear: .8}, "abandon_rate": {Warn: .05, Alert: new(.1), Clear: .05}, "waiting": {Warn: 3, Clear: 3}, "abandoned": {Warn: 1, Clear: 1},
	}}
	alarms := make(map[string]board.Alarm)
	texts := func(at time.Time) (texts []string) {
		n.AsOf = at
		model := boardView(def, &n, at, alarms)
		cells := frameCells(&model)
		for _, id := range []string{"alarm.1", "alarm.2", "alarm.3", "alarm.more"} {
			texts = append(texts, cells[id].State+cells[id].Text)
		}
		return texts
	}
	old := []string{
		"alertAbandon rate 20 %, since before 10:42, in Billing, Orders (≥ 10 %)",
		"warnService level 70 %, since before 10:42, in Billing, Orders (< 80 %)", "", "",
	}
	if diff := cmp.Diff(old, texts(began)); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	n.Status[interaction.Waiting], n.Status[interaction.StatusAbandoned] = 3, 9
	texts(began.Add(time.Minute))
	// So many have no room for where.
	new := []string{"alertAbandon rate 20 %, since before 10:42", "warnService level 70 %, since before 10:42", "warnAbandoned 9, since 10:43", "and 1 more"}
	if diff := cmp.Diff(new, texts(began.Add(2*time.Minute))); diff != "" {
		t.Errorf("later (-want +got):\n%s", diff)
	}
}

// TestWhere: an alarm names the queues that make it, where the board shows them.
func TestWhere(t *testing.T) {
	wait := func(s int) *time.Duration { d := time.Duration(s) * time.Second; return &d }
	n := wallboard.Numbers{Queues: []wallboard.QueueState{{Name: "Billing", LongestWaitNow: wait(5)}, {Name: "Idle"}, {Name: "Orders", LongestWaitNow: wait(9)}, {Name: "VIP"}}}
	for i, waiting := range []int64{1, 0, 1, 4} {
		n.Queues[i].Status[interaction.Waiting] = waiting
	}
	def := &board.Definition{Channels: []string{"voice"}}
	for metric, want := range map[string][]string{
		"waiting": {"VIP", "Billing", "Orders"}, "longest_wait_seconds": {"Orders"}, "abandoned": {"voice"}, "abandon_rate": {"voice"},
	} {
		if diff := cmp.Diff(want, where(def, &n, metric)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", metric, diff)
		}
	}
}

// TestAlarmsUnwatched: since when something is wrong is known though nobody looked, and a
// board says when the server began to listen, until its window begins later.
func TestAlarmsUnwatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		floor := wallboard.New(wallboard.Options{Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}})
		def := &board.Definition{Name: "all", Window: board.LastHour, Zone: time.UTC, Thresholds: map[string]board.Threshold{"waiting": {Warn: 1, Clear: 0}}}
		s := New(Options{Floor: floor, Boards: []*board.Definition{def}, Open: true, Logger: slog.New(slog.DiscardHandler)})
		ctx, stop := context.WithCancel(t.Context())
		go s.Run(ctx)
		time.Sleep(time.Minute)
		early := s.publish(s.boards.find("all"))
		at := time.Now().UnixMicro()
		floor.Apply("lab", at, []interaction.Event{{Interaction: "I1", Kind: interaction.Queued, At: at, Key: "1"}})
		time.Sleep(time.Hour)
		v := s.publish(s.boards.find("all"))
		stop()
		synctest.Wait()
		if len(v.model.Alarms) != 1 || v.model.Alarms[0].Before || time.UnixMicro(at).Add(lifeEvery+frameEvery).Before(v.model.Alarms[0].Since) {
			t.Errorf("waiting since %v, and the alarms are %+v", time.UnixMicro(at).UTC(), v.model.Alarms)
		}
		if !early.model.Unbroken.Equal(s.began) || !v.model.Unbroken.IsZero() {
			t.Errorf("began at %v, and it says %v, and an hour later %v", s.began, early.model.Unbroken, v.model.Unbroken)
		}
	})
}

// TestSilentSource: a vendor that says nothing is marked, apart from the board's own freshness.
func TestSilentSource(t *testing.T) {
	now := time.Now()
	n := wallboard.Numbers{AsOf: now, Since: now, Sources: []wallboard.SourceState{
		{Name: "fresh", LastEvent: now.Add(-silentAfter)}, {Name: "silent", LastEvent: now.Add(-silentAfter - time.Second)}, {Name: "new"},
	}}
	model := boardView(&board.Definition{Name: "all"}, &n, now, make(map[string]board.Alarm))
	cells := frameCells(&model)
	for name, want := range map[string]string{"fresh": "", "silent": "warn", "new": ""} {
		if got := cells["source."+name].State; got != want {
			t.Errorf("%s: state %q, want %q", name, got, want)
		}
	}
}
