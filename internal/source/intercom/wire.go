package intercom

import (
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
)

// notification is the envelope of every webhook.
type notification struct {
	Topic     source.Text `json:"topic"`
	ID        source.Text `json:"id"` // null for a ping
	CreatedAt source.Text `json:"created_at"`
	Data      source.One[struct {
		Item source.One[item] `json:"item"`
	}] `json:"data"`
}

// item is what the notification is about: a conversation, or for the topics of
// teammates an admin.
type item struct {
	Type      source.Text `json:"type"`
	ID        source.Text `json:"id"`
	CreatedAt source.Text `json:"created_at"`
	UpdatedAt source.Text `json:"updated_at"`

	AdminAssignee source.Text         `json:"admin_assignee_id"` // 0 for nobody
	TeamAssignee  source.Text         `json:"team_assignee_id"`
	Assignee      source.One[party]   `json:"assignee"` // in place of admin_assignee_id, in older apps
	User          source.One[party]   `json:"user"`     // in place of contacts, in older apps
	Source        source.One[message] `json:"source"`
	Contacts      source.One[struct {
		Contacts list[party] `json:"contacts"`
	}] `json:"contacts"`
	Statistics source.One[statistics] `json:"statistics"`
	AIAgent    source.One[struct {
		ResolutionState source.Text `json:"resolution_state"`
	}] `json:"ai_agent"`
	Parts source.One[struct {
		Parts list[part] `json:"conversation_parts"`
	}] `json:"conversation_parts"`

	// Of an admin.
	Name            source.Text `json:"name"`
	AwayModeEnabled source.Text `json:"away_mode_enabled"`
}

// part is the step of the conversation that caused the notification.
type part struct {
	ID         source.Text       `json:"id"`
	Type       source.Text       `json:"part_type"`
	Body       source.Text       `json:"body"`
	CreatedAt  source.Text       `json:"created_at"`
	AssignedTo source.One[party] `json:"assigned_to"`
	Author     source.One[party] `json:"author"`
}

// party is a teammate, a team, a bot or a customer.
type party struct {
	Type        source.Text `json:"type"`
	ID          source.Text `json:"id"`
	Name        source.Text `json:"name"`
	FromAIAgent source.Text `json:"from_ai_agent"`
}

type message struct {
	Author source.One[party] `json:"author"`
}

type statistics struct {
	FirstAdminReplyAt source.Text `json:"first_admin_reply_at"`
	LastAdminReplyAt  source.Text `json:"last_admin_reply_at"` // not in every app's bodies
	LastCloseAt       source.Text `json:"last_close_at"`
	CountReopens      source.Text `json:"count_reopens"`
}

// bot reports whether the party is a machine.
func (p party) bot() bool { return p.Type.Lower() == "bot" || p.FromAIAgent == "true" }

// customer reports whether the party is on the customer's side.
func (p party) customer() bool {
	switch p.Type.Lower() {
	case "user", "lead", "contact", "visitor":
		return true
	}
	return false
}

// last is the part of the notification; of several, the latest.
func (i *item) last() part {
	parts := i.Parts.Value.Parts
	if len(parts) == 0 {
		return part{}
	}
	return parts[len(parts)-1]
}

// assignee is the id of the teammate who has the conversation, "" for nobody.
func (i *item) assignee() string {
	if id := id(i.AdminAssignee); id != "" {
		return id
	}
	if a := i.Assignee.Value; a.Type.Lower() == "admin" {
		return id(a.ID)
	}
	return ""
}

// customer identifies the customer, as far as the body does.
func (i *item) customer() string {
	if cs := i.Contacts.Value.Contacts; len(cs) > 0 {
		return id(cs[0].ID)
	}
	if id := id(i.User.Value.ID); id != "" {
		return id
	}
	if a := i.Source.Value.Author.Value; a.customer() {
		return id(a.ID)
	}
	return ""
}

// resolvedByBot reports whether Intercom says that its AI agent answered the customer. It
// goes on saying so when the customer comes back, so it is asked the first time only.
func (i *item) resolvedByBot() bool {
	switch i.AIAgent.Value.ResolutionState.Lower() {
	case "assumed_resolution", "confirmed_resolution":
		return whole(i.Statistics.Value.CountReopens) == 0
	}
	return false
}

// id is an id; Intercom writes 0 for none.
func id(t source.Text) string {
	if t == "0" {
		return ""
	}
	return string(t)
}

// whole is a whole number from 0; 0 is what else stands there.
func whole(t source.Text) int64 {
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil {
		return 0
	}
	return max(0, n)
}

// list is the objects of an array. What is none has none.
type list[T any] []T

// UnmarshalJSON reads it.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	if jsontext.Value(b).Kind() != '[' {
		return nil
	}
	var values []source.One[T]
	if err := json.Unmarshal(b, &values); err != nil {
		return err
	}
	for _, v := range values {
		if v.Is {
			*l = append(*l, v.Value)
		}
	}
	return nil
}
