package classify

import (
	"slices"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Stage is a time of an interaction in which one party held the customer.
type Stage struct {
	From  int64  // vendor's time, µs; it lasts until the next one
	State string // as Interaction.State
	// Queue and QueueName are the latest queue by then.
	Queue, QueueName string
}

// maxStages bounds what Course returns.
const maxStages = 1000

// Course returns through which states the i-th interaction went, from 0. Versions that were
// replaced or taken back are left out.
func (c *Contact) Course(i int) []Stage {
	s := newState(c.policies)
	var stages []Stage
	for _, e := range c.effective(i) {
		s.step(&e)
		next := Stage{From: e.At, State: s.stateName(interaction.Open), Queue: s.queue, QueueName: s.queueName}
		if n := len(stages); n > 0 {
			switch last := &stages[n-1]; {
			case last.State == next.State && last.Queue == next.Queue:
				continue
			case last.From == next.From:
				*last = next
				continue
			}
		}
		if len(stages) == maxStages {
			break
		}
		stages = append(stages, next)
	}
	return stages
}

// effective are the events of the i-th interaction that the fold takes in.
func (c *Contact) effective(i int) []interaction.Event {
	events := c.EventsOf(i)
	if !c.versioned {
		return events
	}
	latest := c.latestVersions()
	var list []interaction.Event
	for j := range events {
		e := &events[j]
		if e.Version > 0 && (c.events[latest[slotOf(e)]].Key != e.Key || e.Retracted) {
			continue
		}
		list = append(list, *e)
	}
	return list
}

// Otherwise is a change that would have made another outcome or reason of an interaction.
type Otherwise struct {
	// Policy and Value are another setting; or Change is one of the words below.
	Policy, Value string
	Change        string
	Outcome       interaction.Outcome
	Reason        string
}

// What could have happened instead, just before the end or at it.
const (
	IfAccepted   = "accepted"
	IfVoicemail  = "voicemail_chosen"
	IfCallback   = "callback_requested"
	IfByCustomer = "by_customer"
	IfBySystem   = "by_system"
	IfTechnical  = "technical"
)

// Otherwise folds the i-th interaction, from 0, with one thing changed at a time, and
// returns what would have made another outcome or reason. An interaction that has not
// ended has none.
func (c *Contact) Otherwise(i int) []Otherwise {
	is := c.Interaction(i)
	if is.Ended.IsZero() {
		return nil
	}
	events := slices.Clone(c.effective(i))
	var all []Otherwise
	consider := func(o Otherwise, p *Policies, events []interaction.Event) {
		s := newState(p)
		for j := range events {
			s.step(&events[j])
		}
		if last := is.Ended; o.Change == IfAccepted && !s.end.is() {
			// With an agent on the line the end of a leg is no end; so the call ends just so.
			s.step(&interaction.Event{Kind: interaction.Disconnected, At: last.At, Received: last.Received})
		}
		if o.Outcome, o.Reason = s.outcome(); (o.Outcome != is.Outcome || o.Reason != is.Reason) && s.end.is() {
			all = append(all, o)
		}
	}
	for _, x := range []struct{ change, agent string }{{IfAccepted, "?"}, {IfVoicemail, ""}, {IfCallback, ""}} {
		kind, err := interaction.ParseKind(x.change)
		if err != nil {
			continue
		}
		at := slices.IndexFunc(events, func(e interaction.Event) bool { return e.At >= is.Ended.At })
		e := interaction.Event{Interaction: is.ID, Kind: kind, Agent: x.agent, At: is.Ended.At - 1, Received: is.Ended.Received}
		consider(Otherwise{Change: x.change}, c.policies, slices.Insert(slices.Clone(events), max(0, at), e))
	}
	for _, x := range []struct {
		change string
		by     interaction.Party
		cause  interaction.Cause
	}{{IfByCustomer, interaction.ByCustomer, interaction.Normal}, {IfBySystem, interaction.BySystem, interaction.Normal}, {IfTechnical, 0, interaction.Technical}} {
		changed := slices.Clone(events)
		for j := range changed {
			if k := changed[j].Kind; k == interaction.Disconnected || k == interaction.LegEnded {
				changed[j].By, changed[j].Cause, changed[j].Reason = x.by, x.cause, ""
			}
		}
		consider(Otherwise{Change: x.change}, c.policies, changed)
	}
	for _, x := range c.policies.others() {
		consider(Otherwise{Policy: x.name, Value: x.value}, &x.policies, events)
	}
	return all
}

// other are policies of which one differs.
type other struct {
	name, value string
	policies    Policies
}

// others are the policies that differ from p in one.
func (p *Policies) others() []other {
	var list []other
	for _, x := range []struct {
		name   string
		of     func(*Policies) *string
		values [2]string // the first is the default
	}{
		{"left_in_menu", func(p *Policies) *string { return &p.LeftInMenu }, [2]string{"separate", "abandoned"}},
		{"ended_by_system", func(p *Policies) *string { return &p.EndedBySystem }, [2]string{"separate", "abandoned"}},
		{"unknown_party", func(p *Policies) *string { return &p.UnknownParty }, [2]string{"customer", "system"}},
		{"warm_transfer", func(p *Policies) *string { return &p.WarmTransfer }, [2]string{"first_agent_holds", "waiting"}},
		{"rerouted_after_accept", func(p *Policies) *string { return &p.ReroutedAfterAccept }, [2]string{"answered", "waiting"}},
		{"inactivity_close", func(p *Policies) *string { return &p.InactivityClose }, [2]string{"customer", "system"}},
	} {
		o := other{name: x.name, value: x.values[1], policies: *p}
		if *x.of(p) == x.values[1] {
			o.value = x.values[0]
		}
		*x.of(&o.policies) = o.value
		list = append(list, o)
	}
	return list
}
