package wallboard

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
)

var (
	testNow  = time.Date(2026, 11, 23, 14, 2, 7, 0, time.UTC)
	paris, _ = time.LoadLocation("Europe/Paris")
)

func boards() []*board.Definition {
	return []*board.Definition{
		{Name: "hour", Window: board.LastHour, Formula: board.Against},
		{Name: "half", Window: board.Last30m, Formula: board.Ignore, Queues: []string{"Billing"}},
		{Name: "today", Window: board.Today, Zone: paris, Formula: board.Positive, Channels: []string{"voice"}},
		{Name: "one", Window: board.Today, Formula: board.AnsweredOnly, Sources: []string{"b"}},
	}
}

func testOptions(now *time.Time) Options {
	p := classify.DefaultPolicies()
	p.LostTrackAfterVoice, p.LostTrackAfterMessaging = time.Hour, 2*time.Hour
	return Options{
		Sources: []Source{
			{Name: "a", Vendor: "twilio", Queues: map[string]string{"Q1": "Billing"}, Policies: p},
			{Name: "b", Vendor: "cloudevents", Policies: p},
		},
		ServiceLevelSeconds: map[string]int{"Billing": 600},
		Now:                 func() time.Time { return *now },
	}
}

// anyDelivery draws a delivery of a few events about few contacts, in any order.
func anyDelivery(t *rapid.T, n *int, now time.Time) (string, []interaction.Event) {
	events := make([]interaction.Event, rapid.IntRange(1, 3).Draw(t, "events"))
	for i := range events {
		*n++
		k := interaction.Kind(rapid.IntRange(int(interaction.Started), int(interaction.AgentState)).Draw(t, "kind"))
		e := interaction.Event{
			Interaction: fmt.Sprint("I", rapid.IntRange(1, 5).Draw(t, "id")), Kind: k, Key: fmt.Sprint("k", *n),
			At:    now.Add(time.Duration(rapid.IntRange(-9000, 30).Draw(t, "at")) * time.Second).UnixMicro(),
			Work:  fmt.Sprint("W", rapid.IntRange(1, 3).Draw(t, "work")),
			Agent: fmt.Sprint("A", rapid.IntRange(1, 3).Draw(t, "agent")), Queue: rapid.SampledFrom([]string{"", "Q1", "Q2"}).Draw(t, "queue"),
			Mode: interaction.Cold, By: interaction.Party(rapid.IntRange(1, 3).Draw(t, "by")),
			Presence: interaction.Presence(rapid.IntRange(1, 5).Draw(t, "presence")),
		}
		switch k {
		case interaction.Started:
			e.Channel = interaction.Channel(rapid.IntRange(1, 2).Draw(t, "channel"))
			e.Role = interaction.Role(max(1, rapid.IntRange(-3, 2).Draw(t, "role")))
		case interaction.Linked:
			e.Other = fmt.Sprint("I", rapid.IntRange(1, 5).Draw(t, "other"))
		case interaction.Reported:
			e.Outcome = interaction.Abandoned
		}
		events[i] = e
	}
	return rapid.SampledFrom([]string{"a", "b"}).Draw(t, "source"), events
}

// recount counts a board anew from the distinct events, one interaction after the
// other, without cells, buckets or sums.
func recount(w *Wallboard, stored map[string][]interaction.Event, def *board.Definition) Numbers {
	now := w.now()
	n := Numbers{AsOf: time.UnixMicro(w.asOf).UTC(), Since: Since(def, now)}
	since := n.Since.UnixMicro()
	var answers, abandons, handles []time.Duration
	var met, abandonedMet int64
	busy := map[agentKey]bool{}
	byChannel := map[interaction.Channel]*ChannelStatus{}
	longest := func(d time.Duration) {
		if n.Metrics.LongestWait == nil || d > *n.Metrics.LongestWait {
			n.Metrics.LongestWait = &d
		}
	}
	for _, src := range w.order {
		book := classify.NewBook(&src.policies)
		set := map[*classify.Contact]bool{}
		for _, e := range stored[src.name] {
			if e.Kind == interaction.AgentState {
				continue
			}
			c, gone, _ := book.Apply(e)
			set[c] = true
			delete(set, gone)
		}
		for c := range set {
			if src.tracesOnly(c) {
				continue
			}
			for i := range c.Len() {
				in := c.Interaction(i)
				if !in.InScope() {
					continue
				}
				in0 := src.queueName(in.Queue, in.QueueName)
				deadline := max(in.Last.At, in.Last.Received) + src.policies.LostTrackAfter(in.Channel).Microseconds()
				lost := in.Ended.IsZero() && deadline <= now.UnixMicro()
				end := in.Ended.Counted()
				if lost {
					end = deadline
				}
				over := lost || !in.Ended.IsZero()
				mine := shows(def, cellKey{src.name, in.Channel, in0})
				if mine {
					start := in.Started.Counted()
					if start >= since {
						n.Customers.Started++
					} else if !over || end >= since {
						n.Customers.OpenAtStart++
					}
					// One that ended before it began by the clock of the counts is both.
					if start >= since && over && end < since {
						n.Customers.OpenAtStart--
					}
					switch {
					case !over:
						n.Customers.Open++
					case end < since:
					case lost:
						n.Customers.LostTrack++
					default:
						*map[interaction.Outcome]*int64{
							interaction.Answered: &n.Customers.Answered, interaction.Abandoned: &n.Customers.Abandoned,
							interaction.SelfServed: &n.Customers.SelfServed, interaction.EndedBySystem: &n.Customers.EndedBySystem,
							interaction.LeftInMenu: &n.Customers.LeftInMenu, interaction.LostTrack: &n.Customers.LostTrack,
						}[in.Outcome]++
					}
					t := time.Duration(w.serviceLevel(in0)) * time.Second
					if in.Outcome == interaction.Abandoned {
						if end >= since {
							d := time.Duration(in.LastWait()) * time.Microsecond
							abandons = append(abandons, d)
							longest(d)
							if d <= t {
								abandonedMet++
							}
						}
					} else if !in.Accepted.IsZero() {
						if in.Accepted.Counted() >= since {
							d := time.Duration(in.AnswerWait()) * time.Microsecond
							answers = append(answers, d)
							longest(d)
							if d <= t {
								met++
							}
						}
					} else if !in.Ended.IsZero() && !in.Waiting.IsZero() && end >= since {
						longest(time.Duration(in.LastWait()) * time.Microsecond)
					}
					if !over && in.InQueue {
						d := time.Duration(max(0, w.asOf-in.Waiting.Counted())) * time.Microsecond
						if n.Metrics.LongestWaitNow == nil || d > *n.Metrics.LongestWaitNow {
							n.Metrics.LongestWaitNow = &d
						}
					}
				}
				row := func(q string, st interaction.Status) {
					if !shows(def, cellKey{src.name, in.Channel, q}) {
						return
					}
					n.Status[st]++
					if byChannel[in.Channel] == nil {
						byChannel[in.Channel] = &ChannelStatus{Channel: in.Channel}
					}
					byChannel[in.Channel].Status[st]++
				}
				if !over && in.State == "waiting" {
					row(in0, interaction.Waiting)
				}
				for _, k := range in.Works {
					q := src.queueName(k.Queue, k.QueueName)
					if !k.Status.Final() {
						if !lost {
							row(q, k.Status)
							if k.Status == interaction.Opened {
								busy[agentKey{src.name, k.Agent}] = true
							}
						}
						continue
					}
					if k.Ended.Counted() < since {
						continue
					}
					row(q, k.Status)
					if shows(def, cellKey{src.name, in.Channel, q}) {
						if k.Status == interaction.StatusAbandoned {
							n.Reasons[slices.Index(interaction.AbandonedReasons[:], in.Reason)]++
						}
						if !k.HandledUntil.IsZero() {
							handles = append(handles, time.Duration(max(0, k.HandledUntil.At-k.Accepted.At))*time.Microsecond)
						}
					}
				}
			}
		}
	}
	average := func(ds []time.Duration) *time.Duration {
		if len(ds) == 0 {
			return nil
		}
		var sum int64
		for _, d := range ds {
			sum += d.Microseconds()
		}
		d := time.Duration(sum/int64(len(ds))) * time.Microsecond
		return &d
	}
	m := &n.Metrics
	m.SpeedOfAnswer, m.TimeToAbandon, m.HandleTime = average(answers), average(abandons), average(handles)
	an, ab := int64(len(answers)), int64(len(abandons))
	m.AbandonRate = ratio(ab, an+ab)
	switch def.Formula {
	case board.Against:
		m.ServiceLevel = ratio(met, an+ab)
	case board.Ignore:
		m.ServiceLevel = ratio(met, an+ab-abandonedMet)
	case board.Positive:
		m.ServiceLevel = ratio(met+abandonedMet, an+ab)
	case board.AnsweredOnly:
		m.ServiceLevel = ratio(met, an)
	}
	if m.LongestWaitNow != nil && (m.LongestWait == nil || *m.LongestWaitNow >= *m.LongestWait) {
		m.LongestWait, m.LongestWaitTicks = m.LongestWaitNow, true
	}
	for _, st := range byChannel {
		n.StatusByChannel = append(n.StatusByChannel, *st)
	}
	slices.SortFunc(n.StatusByChannel, func(a, b ChannelStatus) int { return int(a.Channel) - int(b.Channel) })
	latest := map[agentKey]interaction.Event{}
	for name, events := range stored {
		for _, e := range events {
			if k := (agentKey{name, e.Agent}); e.Kind == interaction.AgentState {
				if old, ok := latest[k]; !ok || interaction.Compare(&old, &e) < 0 {
					latest[k] = e
				}
			}
		}
	}
	for k := range busy {
		if _, ok := latest[k]; !ok {
			latest[k] = interaction.Event{}
		}
	}
	for k, e := range latest {
		p := e.Presence
		if busy[k] && p != interaction.Away && p != interaction.Offline {
			p = interaction.Busy
		}
		if p != 0 && (len(def.Sources) == 0 || slices.Contains(def.Sources, k.source)) {
			n.Agents[p-1]++
		}
	}
	return n
}

// TestNumbersEqualRecount: after every delivery, in any order, as time goes on and
// interactions fall silent, every board equals a recount of what is stored.
func TestNumbersEqualRecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := testNow
		w := New(testOptions(&now))
		stored := map[string][]interaction.Event{}
		keys := 0
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if rapid.IntRange(0, 4).Draw(t, "pass time") == 0 {
				now = now.Add(time.Duration(rapid.IntRange(10, 5000).Draw(t, "seconds")) * time.Second)
				w.Tick(now.UnixMicro())
			} else {
				name, events := anyDelivery(t, &keys, now)
				w.Apply(name, now.UnixMicro(), events)
				if rapid.Bool().Draw(t, "twice") {
					w.Apply(name, now.UnixMicro(), events)
				}
				for _, e := range events {
					e.Received = now.UnixMicro()
					stored[name] = append(stored[name], e)
				}
			}
			for _, def := range boards() {
				got, want := w.Numbers(def), recount(w, stored, def)
				checkParts(t, w, def, &got)
				got.Sources, got.Metrics.ServiceLevelSeconds = nil, 0
				got.Queues, got.Trend = nil, nil
				got.Corrected, want.Corrected = Corrected{}, Corrected{} // they depend on the order of arrival
				got.StatusByChannel = slices.DeleteFunc(got.StatusByChannel, func(c ChannelStatus) bool {
					return c.Status == [interaction.StatusCount]int64{}
				})
				if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
					t.Fatalf("board %s (-recount +live):\n%s", def.Name, d)
				}
				if !got.Customers.Balanced() {
					t.Fatalf("board %s: the check fails: %+v", def.Name, got.Customers)
				}
			}
		}
	})
}

// checkParts compares a board's queues with the boards of one queue each, and its trend
// with the board of the whole day. Those are compared with a recount.
func checkParts(t *rapid.T, w *Wallboard, def *board.Definition, n *Numbers) {
	for _, q := range n.Queues {
		alone := *def
		alone.Queues = []string{q.Name}
		one := w.Numbers(&alone)
		want := QueueState{q.Name, one.Status, one.Metrics.LongestWaitNow, one.Metrics.ServiceLevel, q.ServiceLevelSeconds}
		if d := cmp.Diff(want, q); d != "" {
			t.Fatalf("board %s: a queue differs from its own board (-board +queue):\n%s", def.Name, d)
		}
	}
	day := *def
	day.Window = board.Today
	whole := w.Numbers(&day)
	var began, lost int64
	for i := range n.Trend.Started {
		began += n.Trend.Started[i]
		lost += n.Trend.Abandoned[i]
	}
	if c := whole.Customers; began != c.Started || lost != c.Abandoned {
		t.Fatalf("board %s: the trend has %d and %d, the day %d and %d", def.Name, began, lost, c.Started, c.Abandoned)
	}
}
