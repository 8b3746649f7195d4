package simulate

import (
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Truth is what a server must show of what it has acknowledged, over all time. Names
// are those of SPEC: outcomes, reasons and the API names of the Agent Work Status rows.
type Truth struct {
	// AsOf is how far virtual time got.
	AsOf time.Time `json:"as_of"`
	// Settled says that nothing is held back, so that the truth is complete. Unsettled
	// counts the interactions of which something is.
	Settled   bool `json:"settled"`
	Unsettled int  `json:"unsettled"`
	// Started counts customers' interactions: the sum of Outcomes and Open.
	Started  int            `json:"started"`
	Open     int            `json:"open"`
	Outcomes map[string]int `json:"outcomes"`
	// Abandoned splits that outcome by reason.
	Abandoned map[string]int `json:"abandoned"`
	// OutOfScope counts follow-ups, which are in no other number; open ones too.
	OutOfScope int `json:"out_of_scope"`
	// Status counts the rows of Agent Work Status, Waiting included.
	Status       map[string]int `json:"status"`
	Deliveries   Deliveries     `json:"deliveries"`
	Agents       []AgentTruth   `json:"agents"`
	Interactions []Interaction  `json:"interactions"`
}

// Deliveries counts what was posted.
type Deliveries struct {
	// Acknowledged counts all that the server acknowledged. Of these, Duplicates came
	// again, and of the others Late and Reordered came after their time.
	Acknowledged int `json:"acknowledged"`
	Duplicates   int `json:"duplicates"`
	Late         int `json:"late"`
	Reordered    int `json:"reordered"`
	// Retries counts posts that the server did not take.
	Retries int `json:"retries"`
	// HeldBack counts what is to be posted yet.
	HeldBack int `json:"held_back"`
}

// AgentTruth is what an agent does by the latest delivery that said so.
type AgentTruth struct {
	Name     string    `json:"name"`
	Activity string    `json:"activity"`
	Since    time.Time `json:"since"`
}

// Interaction is one contact. Its outcome is open and its reason empty until it ended.
type Interaction struct {
	ID      string `json:"id"`
	Channel string `json:"channel"`
	Role    string `json:"role"`
	// Queue is the latest one.
	Queue     string    `json:"queue"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	Outcome   string    `json:"outcome"`
	Reason    string    `json:"reason,omitzero"`
	// Settled says that nothing of it is held back.
	Settled bool  `json:"settled"`
	Works   []Row `json:"works"`
}

// Row is one work of an interaction, in the order of offers. ID and Agent are empty in
// the row that was added to an abandoned interaction which nobody was offered.
type Row struct {
	ID         string    `json:"id,omitzero"`
	Agent      string    `json:"agent,omitzero"`
	Queue      string    `json:"queue"`
	Status     string    `json:"status"`
	AssignedAt time.Time `json:"assigned_at,omitzero"`
	AcceptedAt time.Time `json:"accepted_at,omitzero"`
	EndedAt    time.Time `json:"ended_at,omitzero"`
}

// Truths are several centres' by the names of their sources.
type Truths map[string]Truth

// WriteJSON writes the truth as indented JSON.
func (t Truth) WriteJSON(w io.Writer) error { return writeJSON(w, t) }

// WriteJSON writes the truths as indented JSON.
func (t Truths) WriteJSON(w io.Writer) error { return writeJSON(w, t) }

func writeJSON(w io.Writer, v any) error {
	if err := json.MarshalWrite(w, v, json.Deterministic(true), jsontext.WithIndent("  ")); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// truth counts the ledger.
func (l *ledger) truth(heldBack int) Truth {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.forgotten
	t.Outcomes, t.Abandoned, t.Status = maps.Clone(t.Outcomes), maps.Clone(t.Abandoned), maps.Clone(t.Status)
	t.AsOf, t.Deliveries = l.asOf, l.tally
	t.Deliveries.HeldBack = heldBack
	for _, a := range l.accounts {
		if a == nil {
			continue
		}
		known := 0
		settled := true
		for _, e := range a.entries {
			if settled = settled && e.parts == 0; settled {
				known++
			}
		}
		if !settled {
			t.Unsettled++
		}
		if known > 0 {
			l.count(&t, a, known)
			t.Interactions[len(t.Interactions)-1].Settled = settled
		}
	}
	t.Settled = t.Unsettled == 0 && heldBack == 0
	t.agents(l.shifts)
	return t
}

// newTruth is that of nothing.
func newTruth() Truth {
	t := Truth{Outcomes: make(map[string]int), Abandoned: make(map[string]int), Status: make(map[string]int)}
	for _, o := range []interaction.Outcome{
		interaction.Answered, interaction.Abandoned, interaction.SelfServed, interaction.EndedBySystem, interaction.LostTrack,
	} {
		t.Outcomes[o.String()] = 0
	}
	for _, r := range interaction.AbandonedReasons {
		t.Abandoned[r] = 0
	}
	for _, s := range interaction.Statuses() {
		t.Status[s.String()] = 0
	}
	return t
}

// count judges what is known of an account and adds it. mu is held.
func (l *ledger) count(t *Truth, a *account, known int) {
	d := judge(l.vendor, a, known)
	if !d.ended {
		d.Outcome = interaction.Open.String()
		if l.lost(a, known) {
			d.Outcome, d.Reason, d.lost = interaction.LostTrack.String(), "silent", true
		}
	}
	d.Settled = true
	t.count(&d)
}

func (t *Truth) count(d *verdict) {
	t.Interactions = append(t.Interactions, d.Interaction)
	if d.Role != interaction.Customer.String() {
		t.OutOfScope++
		return
	}
	t.Started++
	if d.ended || d.lost {
		t.Outcomes[d.Outcome]++
	} else {
		t.Open++
	}
	if d.Outcome == interaction.Abandoned.String() {
		t.Abandoned[d.Reason]++
	}
	for _, r := range d.Works {
		// Nothing of what is lost is so now.
		if !d.lost || !r.EndedAt.IsZero() {
			t.Status[r.Status]++
		}
	}
	if d.waits() && !d.lost {
		t.Status[interaction.Waiting.String()]++
	}
}

// agents keeps the latest known activity of each agent, in the order of their ids.
func (t *Truth) agents(shifts []*shift) {
	latest := make(map[int]*shift)
	for _, s := range shifts {
		if s.parts == 0 && (latest[s.agent.ID] == nil || latest[s.agent.ID].at.Before(s.at)) {
			latest[s.agent.ID] = s
		}
	}
	for id := 1; id <= len(agentNames); id++ {
		if s := latest[id]; s != nil {
			t.Agents = append(t.Agents, AgentTruth{s.agent.Name, s.agent.Activity, s.at})
		}
	}
}
