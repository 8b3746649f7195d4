package zendesk

import "github.com/wallboard/wallboard/internal/source"

// body is an event of Zendesk's, or what a trigger sends, which has a schema.
type body struct {
	ID      source.Text `json:"id"`
	Type    source.Text `json:"type"`
	Subject source.Text `json:"subject"` // zen:agent:10011
	Time    source.Text `json:"time"`
	Detail  source.One[struct {
		AgentID source.Text `json:"agent_id"`
	}] `json:"detail"`
	// Event is an object in Zendesk's events, and a word in a trigger's body.
	Event word `json:"event"`

	Schema source.Text `json:"schema"`
	ticket
}

// ticket is the body of a trigger, after the published template.
type ticket struct {
	TicketID     source.Text `json:"ticket_id"`
	Via          source.Text `json:"via"`
	Status       source.Text `json:"status"`
	AssigneeID   source.Text `json:"assignee_id"`
	AssigneeName source.Text `json:"assignee_name"`
	Group        source.Text `json:"group"`
	RequesterID  source.Text `json:"requester_id"`
	UpdatedAt    source.Text `json:"updated_at"`
}

// word is the text or the object that stands under event.
type word struct {
	name   source.Text
	change change
}

// UnmarshalJSON reads either.
func (w *word) UnmarshalJSON(b []byte) error {
	var o source.One[change]
	if err := o.UnmarshalJSON(b); err != nil {
		return err
	}
	w.change = o.Value
	return w.name.UnmarshalJSON(b)
}

// change is what happened to an agent or a work item.
type change struct {
	AgentID        source.Text `json:"agent_id"`
	WorkItemID     source.Text `json:"work_item_id"`
	Channel        source.Text `json:"channel"`
	Reason         source.Text `json:"reason"`
	PreviousReason source.Text `json:"previous_reason"`
	UpdatedAt      source.Text `json:"updated_at"`
	NewState       source.Text `json:"new_state"`
}
