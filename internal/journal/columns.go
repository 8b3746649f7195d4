package journal

import (
	"database/sql"

	"github.com/wallboard/wallboard/internal/interaction"
)

const eventColumns = `delivery, source, at, received, kind, interaction, sequence, version, retracted, leg, work, agent,
	agent_name, queue, queue_name, channel, direction, role, customer, to_kind, to_id, mode, why, moved, party, cause,
	reason, outcome, other, presence, key`

const (
	insertEvent  = "INSERT INTO events(" + eventColumns + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
	selectEvents = "SELECT position, " + eventColumns + " FROM events WHERE position > ? AND delivery <= ? ORDER BY position LIMIT ?"
)

// columns are an event's values in the order of eventColumns.
func columns(delivery int64, e *interaction.Event) []any {
	return []any{
		delivery, e.Source, e.At, e.Received, e.Kind.String(), e.Interaction, e.Sequence, e.Version, e.Retracted, e.Leg,
		e.Work, e.Agent, e.AgentName, e.Queue, e.QueueName, e.Channel.String(), e.Direction.String(), e.Role.String(),
		e.Customer, e.To.String(), e.ToID, e.Mode.String(), e.Why.String(), e.Moved, e.By.String(), e.Cause.String(),
		e.Reason, e.Outcome.String(), e.Other, e.Presence.String(), e.Key,
	}
}

// scan is the inverse of columns.
func scan(rows *sql.Rows) (s storedEvent, err error) {
	var kind, channel, direction, role, to, mode, why, by, cause, outcome, presence string
	e := &s.event
	if err := rows.Scan(&s.position, &s.delivery, &e.Source, &e.At, &e.Received, &kind, &e.Interaction, &e.Sequence, &e.Version,
		&e.Retracted, &e.Leg, &e.Work, &e.Agent, &e.AgentName, &e.Queue, &e.QueueName, &channel, &direction, &role, &e.Customer,
		&to, &e.ToID, &mode, &why, &e.Moved, &by, &cause, &e.Reason, &outcome, &e.Other, &presence, &e.Key); err != nil {
		return s, err
	}
	e.Position = s.position
	parse(&err, &e.Kind, interaction.ParseKind, kind)
	parse(&err, &e.Channel, interaction.ParseChannel, channel)
	parse(&err, &e.Direction, interaction.ParseDirection, direction)
	parse(&err, &e.Role, interaction.ParseRole, role)
	parse(&err, &e.To, interaction.ParseTarget, to)
	parse(&err, &e.Mode, interaction.ParseMode, mode)
	parse(&err, &e.Why, interaction.ParseWhy, why)
	parse(&err, &e.By, interaction.ParseParty, by)
	parse(&err, &e.Cause, interaction.ParseCause, cause)
	parse(&err, &e.Outcome, interaction.ParseOutcome, outcome)
	parse(&err, &e.Presence, interaction.ParsePresence, presence)
	return s, err
}

// parse reads one stored word, unless an earlier one failed.
func parse[T any](err *error, into *T, from func(string) (T, error), word string) {
	if *err == nil {
		*into, *err = from(word)
	}
}
