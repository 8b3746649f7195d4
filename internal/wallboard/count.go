package wallboard

import (
	"slices"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
)

// Numbers returns what a board shows now. All its windows end at the same instant and
// share one edge.
func (w *Wallboard) Numbers(def *board.Definition) Numbers {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	since := Since(def, now)
	n := Numbers{AsOf: time.UnixMicro(w.asOf).UTC(), Since: since, Differing: w.verdict.Differing}
	key, from := keyOf(def), since.UnixMicro()/bucketMicros
	var sum counts
	longest, oldest := int64(-1), int64(0)
	seconds, mixed := 0, false
	channels := make(map[interaction.Channel]*ChannelStatus)
	var queues map[string]*queueSum
	if def.Shows(board.TileQueues) {
		queues = make(map[string]*queueSum)
	}
	for k, c := range w.cells {
		if !shows(def, k) {
			continue
		}
		s := c.window(key, from)
		sum.addAll(&s.counts, 1)
		longest = max(longest, s.longest)
		n.Customers.Open += c.open
		n.Customers.OpenAtStart += c.balance - s.counts[started] + s.counts.ended()
		if len(c.waiting) > 0 && (oldest == 0 || c.waiting[0] < oldest) {
			oldest = c.waiting[0]
		}
		ch := channels[k.channel]
		if ch == nil {
			ch = &ChannelStatus{Channel: k.channel}
			channels[k.channel] = ch
		}
		for st := range n.Status {
			v := c.gauge[st] + s.counts[status0+field(st)]
			n.Status[st] += v
			ch.Status[st] += v
		}
		if queues != nil {
			if queues[k.queue] == nil {
				queues[k.queue] = &queueSum{}
			}
			queues[k.queue].add(c, s)
		}
		if t := w.serviceLevel(k.queue); seconds == 0 {
			seconds = t
		} else if t != seconds {
			mixed = true
		}
	}
	for _, ch := range channels {
		n.StatusByChannel = append(n.StatusByChannel, *ch)
	}
	slices.SortFunc(n.StatusByChannel, func(a, b ChannelStatus) int { return int(a.Channel) - int(b.Channel) })
	copy(n.Reasons[:], sum[reason0:])
	copy(n.Corrected.Outcomes[:], sum[corrected0:])
	copy(n.Corrected.Reasons[:], sum[fixed0:])
	cu := &n.Customers
	cu.Started, cu.Answered, cu.Abandoned = sum[started], sum[answered], sum[abandoned]
	cu.SelfServed, cu.EndedBySystem = sum[selfServed], sum[endedBySystem]
	cu.LeftInMenu, cu.LostTrack = sum[leftInMenu], sum[lostTrack]
	n.Metrics = metrics(def, &sum)
	if !mixed {
		n.Metrics.ServiceLevelSeconds = seconds
	}
	w.waits(&n.Metrics, longest, oldest)
	w.agentsAndSources(def, &n)
	if queues != nil {
		n.Queues = w.queueStates(def, queues)
	}
	if def.Shows(board.TileTrend) {
		n.Trend = w.trend(def, now)
	}
	if def.Shows(board.TileAgentList) && def.NamesAgents() {
		n.People = w.people(def)
	}
	return n
}

// shows reports whether the board's filter lets the cell through.
func shows(def *board.Definition, k cellKey) bool {
	return (len(def.Sources) == 0 || slices.Contains(def.Sources, k.source)) &&
		(len(def.Channels) == 0 || slices.Contains(def.Channels, k.channel.String())) &&
		(len(def.Queues) == 0 || slices.Contains(def.Queues, k.queue))
}

// metrics are the rates and means of a window's sum.
func metrics(def *board.Definition, s *counts) Metrics {
	var m Metrics
	m.AbandonRate = ratio(s[abandoned], s[accepted]+s[abandoned])
	m.SpeedOfAnswer = mean(s[acceptedWait], s[accepted])
	m.TimeToAbandon = mean(s[abandonedWait], s[abandoned])
	m.HandleTime = mean(s[handleTime], s[handled])
	m.ServiceLevel = serviceLevelOf(def, s)
	return m
}

// serviceLevelOf is a sum's service level by the board's formula.
func serviceLevelOf(def *board.Definition, s *counts) *float64 {
	met, of := s[acceptedWithin], s[accepted]+s[abandoned]
	switch def.Formula {
	case board.Ignore:
		of -= s[abandonedWithin]
	case board.Positive:
		met += s[abandonedWithin]
	case board.AnsweredOnly:
		of = s[accepted]
	}
	return ratio(met, of)
}

func ratio(a, b int64) *float64 {
	if b <= 0 {
		return nil
	}
	r := float64(a) / float64(b)
	return &r
}

func mean(sum, n int64) *time.Duration {
	if n <= 0 {
		return nil
	}
	d := time.Duration(sum/n) * time.Microsecond
	return &d
}

// waits sets the longest waits: of those who wait, and in the window, where those who
// wait count too.
func (w *Wallboard) waits(m *Metrics, longest, oldest int64) {
	if longest >= 0 {
		d := time.Duration(longest) * time.Microsecond
		m.LongestWait = &d
	}
	if oldest == 0 {
		return
	}
	d := time.Duration(max(0, w.asOf-oldest)) * time.Microsecond
	m.LongestWaitNow = &d
	if m.LongestWait == nil || d >= *m.LongestWait {
		m.LongestWait, m.LongestWaitTicks = &d, true
	}
}

// agentsAndSources counts the agents of the board's sources and tells how fresh
// each source is.
func (w *Wallboard) agentsAndSources(def *board.Definition, n *Numbers) {
	chosen := func(name string) bool { return len(def.Sources) == 0 || slices.Contains(def.Sources, name) }
	for _, a := range w.agents {
		if p := a.presence(); p != 0 && chosen(a.key.source) {
			n.Agents[p-1]++
		}
	}
	for _, s := range w.order {
		if !chosen(s.name) {
			continue
		}
		st := SourceState{Name: s.name, Vendor: s.vendor, Limit: s.limit}
		if s.lastEvent != 0 {
			st.LastEvent = time.UnixMicro(s.lastEvent).UTC()
		}
		n.Sources = append(n.Sources, st)
	}
}
