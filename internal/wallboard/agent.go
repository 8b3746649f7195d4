package wallboard

import "github.com/wallboard/wallboard/internal/interaction"

// agentKey names an agent of a source.
type agentKey struct{ source, id string }

// agent is one agent: what its latest agent_state event says, and how many of
// its works are open.
type agent struct {
	source string
	latest interaction.Event // Kind 0 if there was none
	works  int
}

func (w *Wallboard) agent(source, id string) *agent {
	k := agentKey{source, id}
	a := w.agents[k]
	if a == nil {
		a = &agent{source: source}
		w.agents[k] = a
	}
	return a
}

// presence is what the agent counts as; 0 is not known.
func (a *agent) presence() interaction.Presence {
	p := a.latest.Presence
	if a.works > 0 && p != interaction.Away && p != interaction.Offline {
		return interaction.Busy
	}
	return p
}

// applyPresence keeps the latest state of an agent, whatever order they come in.
func (w *Wallboard) applyPresence(e *interaction.Event) {
	a := w.agent(e.Source, e.Agent)
	if a.latest.Kind == 0 || interaction.Compare(&a.latest, e) < 0 {
		a.latest = *e
	}
}
