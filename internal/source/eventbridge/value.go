package eventbridge

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
)

// AnyCase reads names whatever their case: AWS's own samples mix agentInfo and AgentInfo.
var AnyCase = json.MatchCaseInsensitiveNames(true)

// Instant is a time in microseconds since the Unix epoch, as [source.Text.Micros] reads it.
// 0 is never: absent, null, no time, or one of the year 1970, by which vendors say that
// something has not happened.
type Instant int64

// UnmarshalJSON fails where a text does.
func (i *Instant) UnmarshalJSON(b []byte) error {
	*i = 0
	var t source.Text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	if at := t.Micros(); time.UnixMicro(at).UTC().Year() > 1970 {
		*i = Instant(at)
	}
	return nil
}

// Key is the instant in a key.
func (i Instant) Key() string { return strconv.FormatInt(int64(i), 10) }

// One is an object; of an array its first element; otherwise nothing.
type One[T any] struct {
	Value T
	Is    bool
}

// UnmarshalJSON fails where T does.
func (o *One[T]) UnmarshalJSON(b []byte) error {
	*o = One[T]{}
	v := jsontext.Value(b)
	if v.Kind() == '[' {
		var vs []jsontext.Value
		if err := json.Unmarshal(v, &vs); err != nil {
			return err
		}
		if len(vs) == 0 {
			return nil
		}
		v = vs[0]
	}
	if v.Kind() != '{' {
		return nil
	}
	o.Is = true
	return json.Unmarshal(v, &o.Value, AnyCase)
}

// Many is an array; of an object itself alone; otherwise nothing. Elements that are no
// objects are left out.
type Many[T any] []T

// UnmarshalJSON fails where T does.
func (m *Many[T]) UnmarshalJSON(b []byte) error {
	*m = nil
	vs := []jsontext.Value{b}
	if jsontext.Value(b).Kind() == '[' {
		if err := json.Unmarshal(b, &vs); err != nil {
			return err
		}
	}
	for _, v := range vs {
		if v.Kind() != '{' {
			continue
		}
		var t T
		if err := json.Unmarshal(v, &t, AnyCase); err != nil {
			return err
		}
		*m = append(*m, t)
	}
	return nil
}
