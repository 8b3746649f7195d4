package wallboard

import "github.com/wallboard/wallboard/internal/interaction"

// agentKey names an agent of a source.
type agentKey struct{ source, id string }

// agent is one agent: what its latest agent_state event says, and how many of
// its works are open.
type agent struct {
	key    agentKey
	latest interaction.Event // Kind 0 if there was none
	works  int
}

// maxAgents bounds the agents of one source; those beyond are not counted.
const maxAgents = 20_000

// agent returns an agent of a source, making it where needed, or nil over the limit.
func (w *Wallboard) agent(src *source, id string) *agent {
	k := agentKey{src.name, id}
	a := w.agents[k]
	if a == nil {
		if src.agents >= maxAgents {
			src.exceeded = true
			return nil
		}
		src.agents++
		a = &agent{key: k}
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
func (w *Wallboard) applyPresence(src *source, e *interaction.Event) {
	a := w.agent(src, e.Agent)
	if a != nil && (a.latest.Kind == 0 || interaction.Compare(&a.latest, e) < 0) {
		a.latest = *e
		w.dirtyAgents[agentKey{src.name, e.Agent}] = struct{}{}
	}
}
