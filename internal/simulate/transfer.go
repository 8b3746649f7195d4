package simulate

import "time"

// transfer passes the customer on, in the middle of a conversation that would last for
// rest. If nobody is there to take a warm one, the conversation just goes on.
func (f *floor) transfer(w *work, rest time.Duration) {
	c := w.contact
	warm := f.draw.chance(f.rates.Warm)
	target := f.colleague(w.agent)
	toQueue := f.draw.chance(f.rates.ToQueue)
	if target == nil && warm {
		f.after(rest, func() { f.end(w) })
		return
	}
	c.transfers++
	c.refused[w.agent.ID] = f.now.Add(time.Hour)
	f.transfers++
	from := w.Work
	from.Agent = w.agent.Agent
	c.legs++
	c.Leg = Leg{Number: c.legs, Previous: w.Leg.Number, Queue: c.Queue, ToAgent: true}
	c.transfer = &Transfer{ID: f.transfers, Warm: warm, From: from}
	switch {
	case warm:
		f.warm(w, target, rest)
	case target == nil || toQueue:
		f.coldToQueue(w)
	default:
		f.coldToAgent(w, target)
	}
}

// warm keeps the first agent with the customer until the second accepts.
func (f *floor) warm(w *work, target *agent, rest time.Duration) {
	c := w.contact
	c.transfer.ToAgent = target.Agent
	c.passing = w
	c.Leg.Began = f.tell(c, TransferBegan, 0, w).At
	f.answer(f.offer(c, target, 120*time.Millisecond), f.rates.Unanswered/2, f.rates.Unanswered/2)
	f.after(f.rates.OfferTimeout+rest, func() {
		if c.passing == w { // The transfer failed, and the first agent went on.
			c.passing = nil
			f.end(w)
		}
	})
}

// coldToAgent leaves the customer to the queue, for one agent.
func (f *floor) coldToAgent(w *work, target *agent) {
	c := w.contact
	c.transfer.ToAgent = target.Agent
	c.Leg.Began = f.tell(c, TransferBegan, 0, w).At
	f.wrapUp(w, 8*time.Millisecond)
	c.reach(Waiting)
	f.answer(f.offer(c, target, 120*time.Millisecond), f.rates.Unanswered/2, f.rates.Unanswered/2)
	f.after(200*time.Millisecond, func() { f.wait(c) })
}

// coldToQueue leaves the customer to another queue of the channel, or to the same one.
func (f *floor) coldToQueue(w *work) {
	c := w.contact
	to := c.Queue
	for _, q := range f.queue {
		if q.Channel == to.Channel && q.ID == to.ID%3+1 {
			to = q
			break
		}
	}
	c.transfer.ToQueue = to
	c.Leg.Queue, c.Leg.ToAgent = to, false
	c.Leg.Began = f.tell(c, TransferBegan, 0, w).At
	f.wrapUp(w, 8*time.Millisecond)
	c.Queue, c.Entered = to, f.now
	c.reach(Waiting)
	c.Leg.Queued = f.tell(c, Queued, 20*time.Millisecond, nil).At
	f.after(200*time.Millisecond, func() { f.wait(c) })
}

// transferFails says that the target did not answer: after a cold transfer the queue
// goes on looking, after a warm one the first agent goes on talking.
func (f *floor) transferFails(c *contact) {
	f.tell(c, TransferFailed, 10*time.Millisecond, nil)
	c.transfer = nil
}

// colleague returns another agent who is idle, the longest first, nil if there is none.
func (f *floor) colleague(of *agent) *agent {
	var best *agent
	for _, a := range f.agents {
		if a != of && !a.busy && (best == nil || a.idleSince.Before(best.idleSince)) {
			best = a
		}
	}
	return best
}
