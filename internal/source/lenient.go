package source

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Text is a JSON string, or a number or boolean as it is written: vendors are not of one
// mind about ids. Null and what else may stand there are nothing.
type Text string

// UnmarshalJSON reads it.
func (t *Text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch jsontext.Value(b).Kind() {
	case '"':
		var s string
		err := json.Unmarshal(b, &s)
		*t = Text(s)
		return err
	case '0', 't', 'f':
		*t = Text(b)
	}
	return nil
}

// Lower is the text as a word of an enumeration.
func (t Text) Lower() string { return strings.ToLower(strings.TrimSpace(string(t))) }

// Upper is the same where the vendor writes its words so.
func (t Text) Upper() string { return strings.ToUpper(strings.TrimSpace(string(t))) }

// True reports whether it says so.
func (t Text) True() bool { return t.Lower() == "true" }

// Micros is a time in microseconds since the Unix epoch, out of RFC 3339, or of seconds,
// milliseconds or microseconds, told apart by their size. 0 is none, or no time.
func (t Text) Micros() int64 {
	if at, err := time.Parse(time.RFC3339Nano, string(t)); err == nil {
		return at.UnixMicro()
	}
	n, err := strconv.ParseFloat(string(t), 64)
	switch {
	case err != nil || !(n > 0) || n > 1e17:
		return 0
	case n < 1e11:
		return int64(n * 1e6)
	case n < 1e14:
		return int64(n * 1e3)
	}
	return int64(n)
}

// One is a JSON object. What is none is not there.
type One[T any] struct {
	Value T
	Is    bool
}

// UnmarshalJSON reads it.
func (o *One[T]) UnmarshalJSON(b []byte) error {
	*o = One[T]{}
	if jsontext.Value(b).Kind() != '{' {
		return nil
	}
	o.Is = true
	return json.Unmarshal(b, &o.Value)
}

// Clip shortens a vendor's name to what an event may hold, between letters.
func Clip(s string) string {
	if len(s) <= interaction.MaxName {
		return s
	}
	n := interaction.MaxName
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Ignore counts a part that is understood and not needed.
func (d *Decoded) Ignore(name string) {
	if d.Ignored == nil {
		d.Ignored = make(map[string]int)
	}
	d.Ignored[name]++
}

// Add adds an event of a vendor that has no id for it. Its key is made of all that it says
// but the customer: whoever tells the same gives the same key, and what differs is another
// fact, so that it does not depend on arrival which of two is kept.
func (d *Decoded) Add(e interaction.Event) {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d %t %q %q %q %q %q %q %q %d %d %d %d %q %d %d %t %d %d %q %d %d",
		e.Sequence, e.Version, e.Retracted, e.Leg, e.Queue, e.QueueName, e.Work, e.Agent, e.AgentName, e.ToID,
		e.Channel, e.Direction, e.Role, e.To, e.Other, e.Mode, e.Why, e.Moved, e.By, e.Cause, e.Reason, e.Outcome, e.Presence)
	subject := e.Interaction
	if e.Kind == interaction.AgentState {
		subject = e.Agent
	}
	e.Key = fmt.Sprintf("%s/%s/%d/%s", subject, e.Kind, e.At, hex.EncodeToString(h.Sum(nil)[:8]))
	d.Events = append(d.Events, e)
}
