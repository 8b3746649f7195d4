package history

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wallboard/wallboard/internal/interaction"
)

// projected is a row of a list as the tables have it: an interaction, with one of its works or none.
type projected struct {
	place                                               // its key is found later
	source, id, channel, queue, outcome, reason, state  string
	counts                                              bool
	started, came, over, answered, since, wait, changed int64
	agents                                              []string
	agent, status, workQueue                            string
	at                                                  int64
	now                                                 bool
}

// projected reads all that lists are made of: the interactions, and their works.
func (h *house) projected(t rapid.TB) (interactions, works []projected) {
	ctx := context.Background()
	h.keeper.Keep(ctx)
	tx, err := h.db.Read.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	err = each(ctx, tx, `SELECT contact, segment, source, id, channel, queue, outcome, reason, state, counts, started, came, over, answered, since, wait, corrections
		FROM interactions`, nil, func(rows *sql.Rows) error {
		p := projected{place: place{work: -1}}
		err := rows.Scan(&p.contact, &p.segment, &p.source, &p.id, &p.channel, &p.queue, &p.outcome, &p.reason, &p.state, &p.counts, &p.started,
			&p.came, &p.over, &p.answered, &p.since, &p.wait, &p.changed)
		interactions = append(interactions, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range interactions {
		in := &interactions[i]
		err = each(ctx, tx, "SELECT n, agent, status, queue, at, now FROM works WHERE contact = ? AND segment = ?", []any{in.contact, in.segment}, func(rows *sql.Rows) error {
			w := *in
			err := rows.Scan(&w.work, &w.agent, &w.status, &w.workQueue, &w.at, &w.now)
			works = append(works, w)
			in.agents = append(in.agents, w.agent)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return interactions, works
}

// matches says by the words of Filter, field by field, whether a row is listed.
func (f *Filter) matches(p *projected, asOf int64) bool {
	one := func(of []string, v string) bool { return len(of) == 0 || slices.Contains(of, v) }
	wait := p.wait
	if p.since > 0 {
		wait = max(0, asOf-p.since)
	}
	queue, agents := p.queue, p.agents
	if f.works() {
		queue, agents = p.workQueue, []string{p.agent}
		if p.status != f.Status || f.current() && !p.now {
			return false
		}
	} else if f.Status != "" && (p.outcome != "open" || p.state != "waiting") {
		return false
	}
	at := map[By]int64{ByStarted: p.started, ByCame: p.came, ByOver: p.over, ByAnswered: p.answered, ByWork: p.at}[f.By]
	in := f.From.IsZero() || at >= f.From.UnixMicro()
	in = in && (f.To.IsZero() || at < f.To.UnixMicro())
	switch f.By {
	case ByOver, ByAnswered:
		in = in && at > 0
	case ByOpenAt:
		in = p.came < f.From.UnixMicro() && (p.over == 0 || p.over >= f.From.UnixMicro())
	}
	return in && one(f.Sources, p.source) && one(f.Channels, p.channel) && one(f.Queues, queue) &&
		(f.Outcome == "" || f.Outcome == p.outcome) && (f.Reason == "" || f.Reason == p.reason) && (f.Agent == "" || slices.Contains(agents, f.Agent)) &&
		(!f.Counted || p.counts) && (!f.Waits || p.since > 0) && (!f.Corrected || p.changed > 0) && (f.WaitFrom == nil || wait >= f.WaitFrom.Microseconds()) &&
		(f.WaitTo == nil || wait >= 0 && wait < f.WaitTo.Microseconds())
}

// listed is what a filter lists, in order, found by looking at every row.
func (f *Filter) listed(rows []projected, asOf int64) (list []string) {
	var found []projected
	for _, p := range rows {
		if !f.matches(&p, asOf) {
			continue
		}
		switch {
		case f.Order == ByWait && p.since > 0:
			p.key = max(0, asOf-p.since)
		case f.Order == ByWait:
			p.key = p.wait
		case f.works():
			p.key = p.at
		case f.Order == ByEnd:
			p.key = p.over
		default:
			p.key = p.started
		}
		found = append(found, p)
	}
	slices.SortFunc(found, func(a, b projected) int {
		return cmp.Or(cmp.Compare(b.key, a.key), cmp.Compare(b.contact, a.contact), cmp.Compare(b.segment, a.segment), cmp.Compare(b.work, a.work))
	})
	for _, p := range found {
		list = append(list, fmt.Sprint(p.source, " ", p.id, " ", p.work))
	}
	return list
}

func anyFilter(t *rapid.T, now time.Time) (f Filter) {
	maybe := func(name string, values ...string) string {
		return rapid.SampledFrom(append(values, make([]string, 2*len(values))...)).Draw(t, name)
	}
	few := func(name string, values ...string) []string {
		if v := maybe(name, values...); v != "" {
			return []string{v}
		}
		return nil
	}
	moment := func(name string) time.Time {
		if rapid.Bool().Draw(t, name) {
			return time.Time{}
		}
		return now.Add(time.Duration(rapid.IntRange(-200_000, 100).Draw(t, name+" ago")) * time.Second)
	}
	length := func(name string) *time.Duration {
		if rapid.IntRange(0, 3).Draw(t, name) > 0 {
			return nil
		}
		d := time.Duration(rapid.IntRange(0, 5000).Draw(t, name+" seconds")) * time.Second
		return &d
	}
	f = Filter{
		Sources: few("source", "a", "b"), Queues: few("queue", "Billing", "Q2"), Channels: few("channel", "voice", "messaging"),
		Outcome: maybe("outcome", "open", "answered", "abandoned", "lost_track"), Reason: maybe("reason", "no_agent", "after_decline"),
		Agent: maybe("agent", "A1", "A2"), Status: maybe("status", "Waiting", "Opened", "Closed", "Abandoned", "Declined"),
		From: moment("from"), To: moment("to"), By: By(rapid.IntRange(int(ByStarted), int(ByOpenAt)).Draw(t, "by")),
		WaitFrom: length("wait from"), WaitTo: length("wait to"), Counted: rapid.Bool().Draw(t, "counted"), Waits: rapid.IntRange(0, 3).Draw(t, "waits") == 0,
		Corrected: rapid.IntRange(0, 3).Draw(t, "corrected") == 0, Order: Order(rapid.IntRange(int(ByStart), int(ByWait)).Draw(t, "order")),
	}
	if f.By == ByOpenAt && f.From.IsZero() {
		f.From = now.Add(-time.Hour)
	}
	if f.works() && !f.current() && rapid.Bool().Draw(t, "by work") {
		f.By = ByWork
	}
	return f
}

// TestListsEqualScan: whatever a list is narrowed and sorted by, its pages have what looking at
// every row finds, in the same order, and its total counts them.
func TestListsEqualScan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := newHouse(t)
		defer h.remove(t)
		h.plain = nil
		keys := 0
		for range rapid.IntRange(1, 15).Draw(t, "deliveries") {
			source, events := anyDelivery(t, &keys, h.now())
			h.append(t, source, events)
			h.pass(time.Duration(rapid.SampledFrom([]int{1, 60, 3000, 90_000}).Draw(t, "seconds")) * time.Second)
		}
		h.append(t, "a", []interaction.Event{{Interaction: "new", Kind: interaction.Queued, Queue: "Q1", At: h.now().UnixMicro(), Key: "new"}})
		interactions, works := h.projected(t)
		for range 20 {
			f := anyFilter(t, h.now())
			rows := interactions
			if f.works() {
				rows = works
			}
			var got []string
			for cursor, limit := "", rapid.IntRange(1, 4).Draw(t, "limit"); ; {
				l, err := h.keeper.List(context.Background(), f, limit, cursor, true)
				if err != nil {
					t.Fatalf("%+v: %v", f, err)
				}
				for _, r := range l.Rows {
					got = append(got, fmt.Sprint(r.Source, " ", r.ID, " ", r.Work))
				}
				if cursor = l.Next; cursor == "" {
					if l.Total != len(got) {
						t.Fatalf("%+v: a total of %d for %d rows", f, l.Total, len(got))
					}
					break
				}
			}
			if d := difference(f.listed(rows, h.live.AsOf().UnixMicro()), got); d != "" {
				t.Fatalf("%+v (-looked at +listed):\n%s", f, d)
			}
		}
	})
}
