package forward

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/go-json-experiment/json"
)

// recall brings the list of calls, which is stored now and then, up to what lies in the outbox
// behind it: a crash must not have a call told again that was told, or its end forgotten.
func (f *Forwarder) recall() error {
	events, err := f.outbox.after(f.calls.through)
	if err != nil {
		return fmt.Errorf("read the outbox: %w", err)
	}
	for i := range events {
		at, err := time.Parse(time.RFC3339Nano, events[i].Time)
		if err != nil {
			continue
		}
		if at.After(f.calls.last) {
			f.calls.last = at
		}
		if f.o.Vendor == "freeswitch" {
			f.calls.freeswitch(events[i].Data, at)
		} else {
			f.calls.asterisk(events[i].Data, at)
		}
	}
	return nil
}

// after returns the events whose sequence is beyond n, in order. It looks into the last two files:
// the list of calls is stored whenever a file begins.
func (o *Outbox) after(n int64) ([]cloudEvent, error) {
	o.mu.Lock()
	files := o.segments[max(0, len(o.segments)-2):]
	o.mu.Unlock()
	var events []cloudEvent
	for _, number := range files {
		b, err := os.ReadFile(o.path(number))
		if err != nil {
			return nil, err
		}
		for line := range bytes.Lines(b) {
			var e cloudEvent
			if json.Unmarshal(line, &e) == nil && e.number() > n {
				events = append(events, e)
			}
		}
	}
	return events, nil
}

// end is the sequence of the last event, and the file in which it lies.
func (o *Outbox) end() (sequence, file int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.state.Sequence, o.last()
}
