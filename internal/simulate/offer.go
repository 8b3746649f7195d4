package simulate

import (
	"slices"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// refusalRest is how long an agent who refused a contact is not offered it again.
const refusalRest = 25 * time.Second

// dispatch offers those who wait to those who are idle, the longest first.
func (f *floor) dispatch() {
	for _, c := range f.waiting {
		if len(c.offers) > 0 {
			continue
		}
		a := f.idle(c)
		if a == nil {
			continue
		}
		w := f.offer(c, a, 0)
		f.answer(w, f.rates.Decline, f.rates.PushTimeout)
		if f.draw.chance(f.rates.BothOffered) {
			if second := f.idle(c); second != nil {
				f.answer(f.offer(c, second, 2*time.Millisecond), f.rates.Decline, f.rates.PushTimeout)
			}
		}
	}
}

// idle returns the agent who has been idle for longest of those who may have the
// contact, nil if there is none.
func (f *floor) idle(c *contact) *agent {
	var best *agent
	for _, a := range f.agents {
		if a.busy || !slices.Contains(a.skills, c.Queue.ID) || f.now.Before(c.refused[a.ID]) {
			continue
		}
		if best == nil || a.idleSince.Before(best.idleSince) {
			best = a
		}
	}
	return best
}

func (f *floor) offer(c *contact, a *agent, later time.Duration) *work {
	f.works++
	w := &work{Work: Work{ID: f.works, Timeout: f.rates.OfferTimeout}, agent: a, contact: c, open: true}
	w.Leg = c.Leg
	a.busy = true
	c.offers = append(c.offers, w)
	if c.Stage == Waiting {
		c.reach(Ringing)
	}
	w.Offered = f.tell(c, Offered, later, w).At
	return w
}

// answer draws what the agent makes of an offer.
func (f *floor) answer(w *work, decline, ignore float64) {
	x := f.draw.rand.Float64()
	thinks := f.draw.between(time.Second, 3*time.Second) + f.draw.exponential(2*time.Second)
	ending := func() { f.accept(w) }
	switch {
	case x < ignore:
		thinks, ending = w.Timeout, func() { f.refuse(w, TimedOut) }
	case x < ignore+decline:
		ending = func() { f.refuse(w, Declined) }
	}
	f.after(min(thinks, w.Timeout), func() {
		if w.open {
			ending()
		}
	})
}

// refuse ends an offer without an answer. Who misses an offer is away for a while, as
// the vendor has it.
func (f *floor) refuse(w *work, how Kind) {
	c := w.contact
	w.open = false
	c.offers = slices.DeleteFunc(c.offers, func(o *work) bool { return o == w })
	if len(c.offers) == 0 && c.Stage == Ringing {
		c.reach(Waiting)
	}
	c.refusedAt = f.tell(c, how, 0, w).At
	c.refused[w.agent.ID] = f.now.Add(refusalRest)
	f.after(refusalRest, f.dispatch)
	if t := c.transfer; t != nil && t.ToAgent.ID != 0 {
		f.transferFails(c)
	}
	if how == TimedOut {
		f.sendAway(w.agent, Away, f.draw.between(time.Minute, 4*time.Minute))
		f.dispatch()
		return
	}
	f.free(w.agent)
}

func (f *floor) accept(w *work) {
	c := w.contact
	w.open = false
	others := slices.DeleteFunc(c.offers, func(o *work) bool { return o == w })
	c.offers = nil
	f.stopWaiting(c)
	c.reach(Talking)
	w.Accepted = f.tell(c, Accepted, 0, w).At
	for _, o := range others {
		o.open = false
		f.tell(c, AnsweredElsewhere, 10*time.Millisecond, o)
	}
	if c.transfer != nil {
		f.tell(c, TransferDone, 10*time.Millisecond, nil)
		c.transfer = nil
	}
	if first := c.passing; first != nil {
		c.passing = nil
		f.wrapUp(first, 20*time.Millisecond)
	}
	f.converse(w)
	for _, o := range others {
		f.free(o.agent)
	}
}

// converse draws how a conversation goes on.
func (f *floor) converse(w *work) {
	c := w.contact
	talk := f.draw.logNormal(f.rates.Handling, 0.7) + 3*time.Second
	x := f.draw.rand.Float64()
	switch {
	case x < f.rates.LineFailure:
		plainly := f.draw.chance(0.5)
		f.after(f.draw.between(time.Second, 8*time.Second), func() { f.lineFails(w, plainly) })
	case x < f.rates.LineFailure+f.rates.Transfer && c.transfers < 2 && c.Role == interaction.Customer:
		f.after(talk/2, func() { f.transfer(w, talk/2) })
	default:
		f.after(talk, func() { f.end(w) })
	}
}

// end is the regular end of a conversation. TaskRouter never says who hung up.
func (f *floor) end(w *work) {
	c := w.contact
	c.over = true
	c.reach(InWrapUp)
	f.wrapUp(w, 0)
	f.tell(c, Wrapping, 10*time.Millisecond, nil)
}

// lineFails ends a conversation by a failure of the network. The vendor tells it by no
// fact of its own: either the agent goes to wrap-up, or the contact is just over.
func (f *floor) lineFails(w *work, plainly bool) {
	if !plainly {
		f.end(w)
		return
	}
	c := w.contact
	if c.wrapping > 0 {
		// A first agent is still in wrap-up, so that the contact cannot be over yet.
		f.end(w)
		return
	}
	c.over = true
	c.reach(Over)
	f.tell(c, Completed, 0, nil)
	f.free(w.agent)
}

// wrapUp ends an agent's conversation and plans the end of the wrap-up.
func (f *floor) wrapUp(w *work, later time.Duration) {
	c := w.contact
	c.wrapping++
	w.Released = f.tell(c, Released, later, w).At
	f.after(f.draw.logNormal(f.rates.WrapUp, 0.5)+time.Second, func() {
		c.wrapping--
		completed := c.over && c.wrapping == 0 && c.Stage == InWrapUp
		if completed {
			c.reach(Over)
		}
		f.tell(c, Done, 0, w)
		if completed {
			f.tell(c, Completed, 10*time.Millisecond, nil)
		}
		f.free(w.agent)
	})
}
