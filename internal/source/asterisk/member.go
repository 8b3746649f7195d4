package asterisk

import (
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
)

// member emits the state of a queue's member, who is an agent.
func (a *adapter) member() {
	agent := a.First("interface", "location", "membername", "name")
	if agent == "" {
		a.problem("Interface: is missing; it names the queue's member")
		return
	}
	p := a.presence()
	if p == 0 {
		return
	}
	a.emit(interaction.AgentState, func(e *interaction.Event) {
		e.Channel, e.Agent, e.AgentName, e.Presence = 0, agent, a.agentName(agent), p
	})
}

// presence is the member's state: a pause goes before what his phone does. 0 is not known.
func (a *adapter) presence() interaction.Presence {
	f := a.Fields
	switch {
	case strings.EqualFold(f["event"], "QueueMemberRemoved"):
		return interaction.Offline
	case f["paused"] == "1" || strings.EqualFold(f["paused"], "true"):
		reason := f.First("pausedreason", "reason")
		if p, ok := a.pauses[reason]; ok {
			return p
		}
		if strings.Contains(strings.ToLower(reason), "wrap") {
			return interaction.WrapUp
		}
		return interaction.Away
	case f["incall"] == "1":
		return interaction.Busy
	}
	switch f["status"] { // of the device
	case "0", "1", "6": // unknown, which a queue calls all the same; not in use; ringing
		return interaction.Available
	case "2", "3", "7", "8": // in use, busy, ringing while in use, on hold
		return interaction.Busy
	case "4", "5": // invalid, unavailable
		return interaction.Offline
	case "":
		if strings.EqualFold(f["event"], "QueueMemberPause") {
			return interaction.Available
		}
	}
	return 0
}
