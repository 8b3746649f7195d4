package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Stored is a delivery as it is kept.
type Stored struct {
	Position            int64
	Source              string
	Received            int64 // µs
	Method, Path, Query string
	Headers             map[string]string
	Body                []byte
	// Removed says that the body was removed for its age.
	Removed bool
	// Events are the positions of its events.
	Events []int64
	// Quarantined are the parts that did not decode.
	Quarantined []Quarantined
}

const selectDelivery = "SELECT position, source, received, method, path, query, headers, body, body IS NULL FROM deliveries "

// Deliveries reads the deliveries that brought events, by the positions of those, in the
// order in which they were stored: at most limit of them.
func Deliveries(ctx context.Context, tx *sql.Tx, events []int64, limit int) ([]Stored, error) {
	var list []Stored
	at := make(map[int64]int)
	for _, e := range events {
		var position int64
		err := tx.QueryRowContext(ctx, "SELECT delivery FROM events WHERE position = ?", e).Scan(&position)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("journal: reading deliveries: %w", err)
		}
		i, known := at[position]
		if !known {
			if len(list) == limit {
				continue
			}
			d, err := Delivery(ctx, tx, position)
			if err != nil {
				return nil, err
			}
			i = len(list)
			at[position], list = i, append(list, d)
		}
		list[i].Events = append(list[i].Events, e)
	}
	return list, nil
}

// Delivery reads one delivery by its position, without its events. It fails with ErrMissing
// where there is none.
func Delivery(ctx context.Context, tx *sql.Tx, position int64) (Stored, error) {
	rows, err := tx.QueryContext(ctx, selectDelivery+"WHERE position = ?", position)
	if err != nil {
		return Stored{}, fmt.Errorf("journal: reading a delivery: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return Stored{}, errors.Join(rows.Err(), ErrMissing)
	}
	return scanDelivery(rows)
}

func scanDelivery(rows *sql.Rows) (d Stored, err error) {
	var headers string
	err = rows.Scan(&d.Position, &d.Source, &d.Received, &d.Method, &d.Path, &d.Query, &headers, &d.Body, &d.Removed)
	if err == nil {
		err = json.UnmarshalRead(strings.NewReader(headers), &d.Headers, jsontext.AllowInvalidUTF8(true))
	}
	if err != nil {
		return d, fmt.Errorf("journal: reading a delivery: %w", err)
	}
	return d, nil
}
