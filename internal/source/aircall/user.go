package aircall

import (
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// users are the events of users, in both versions of their names. What is Available here
// may be another state by what the user's snapshot says.
var users = map[string]interaction.Presence{
	"opened.v2": interaction.Available, "opened": interaction.Available,
	"connected.v2": interaction.Available, "connected": interaction.Available,
	"wut_end.v2": interaction.Available, "wut_end": interaction.Available,
	"wut_start.v2": interaction.WrapUp, "wut_start": interaction.WrapUp,
	"closed.v2": interaction.Away, "closed": interaction.Away,
	"disconnected.v2": interaction.Offline, "disconnected": interaction.Offline,
}

// user tells the state of an agent.
func (x decoder) user(out *source.Decoded, what string, at int64, d *data, problem func(string)) {
	if d.ID == "" {
		problem("data.id: is missing")
		return
	}
	p := users[what]
	if p == interaction.Available && (d.AvailabilityStatus.Lower() == "unavailable" || d.Available.Lower() == "false") {
		p = interaction.Away
	}
	if own, ok := x.substatuses[string(d.Substatus)]; ok && p == interaction.Away {
		p = own
	}
	out.Add(interaction.Event{
		Kind: interaction.AgentState, At: at, Agent: string(d.ID), AgentName: source.Clip(string(d.Name)), Presence: p,
	})
}
