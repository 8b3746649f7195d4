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
	selectEvents = "SELECT " + eventColumns + " FROM events WHERE delivery > ? ORDER BY position"
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
func scan(rows *sql.Rows) (delivery int64, e interaction.Event, err error) {
	var kind, channel, direction, role, to, mode, why, by, cause, outcome, presence string
	if err := rows.Scan(&delivery, &e.Source, &e.At, &e.Received, &kind, &e.Interaction, &e.Sequence, &e.Version, &e.Retracted,
		&e.Leg, &e.Work, &e.Agent, &e.AgentName, &e.Queue, &e.QueueName, &channel, &direction, &role, &e.Customer, &to, &e.ToID,
		&mode, &why, &e.Moved, &by, &cause, &e.Reason, &outcome, &e.Other, &presence, &e.Key); err != nil {
		return 0, e, err
	}
	for _, parse := range []func() error{
		func() (err error) { e.Kind, err = interaction.ParseKind(kind); return },
		func() (err error) { e.Channel, err = interaction.ParseChannel(channel); return },
		func() (err error) { e.Direction, err = interaction.ParseDirection(direction); return },
		func() (err error) { e.Role, err = interaction.ParseRole(role); return },
		func() (err error) { e.To, err = interaction.ParseTarget(to); return },
		func() (err error) { e.Mode, err = interaction.ParseMode(mode); return },
		func() (err error) { e.Why, err = interaction.ParseWhy(why); return },
		func() (err error) { e.By, err = interaction.ParseParty(by); return },
		func() (err error) { e.Cause, err = interaction.ParseCause(cause); return },
		func() (err error) { e.Outcome, err = interaction.ParseOutcome(outcome); return },
		func() (err error) { e.Presence, err = interaction.ParsePresence(presence); return },
	} {
		if err := parse(); err != nil {
			return 0, e, err
		}
	}
	return delivery, e, nil
}
