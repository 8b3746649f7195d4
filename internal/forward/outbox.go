package forward

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"
)

// segmentBytes is how large a file of the outbox grows before the next one begins.
const segmentBytes = 4 << 20

// ErrFull means that the outbox has reached its limit. There is room again once the wallboard
// has taken something.
var ErrFull = errors.New("the outbox is full")

// Event is one event of a telephone system.
type Event struct {
	// Type is the CloudEvents type.
	Type string
	Time time.Time
	// Data are the system's own fields.
	Data map[string]string
}

// cloudEvent is an event as it is stored and sent, one a line.
type cloudEvent struct {
	SpecVersion string            `json:"specversion"`
	ID          string            `json:"id"`
	Source      string            `json:"source"`
	Type        string            `json:"type"`
	Time        string            `json:"time"`
	Sequence    string            `json:"sequence"`
	ContentType string            `json:"datacontenttype"`
	Data        map[string]string `json:"data"`
}

func (e *cloudEvent) number() int64 {
	n, _ := strconv.ParseInt(e.Sequence, 10, 64)
	return n
}

// place is a position in the outbox: a file, and an offset in it.
type place struct {
	Segment int64 `json:"segment"`
	Offset  int64 `json:"offset"`
}

// state is what is kept beside the files. It may lag: then something is sent twice.
type state struct {
	// Epoch tells this outbox from one that was thrown away.
	Epoch    string `json:"epoch"`
	Sequence int64  `json:"sequence"`
	Sent     place  `json:"sent"`
}

// Outbox keeps events, in order, until the wallboard has them: append-only files of lines.
type Outbox struct {
	// Static after construction.
	dir, source string
	limit       int64
	lock        *os.File
	wake        chan struct{} // of capacity 1; signalled when there is more

	mu       sync.Mutex
	state    state
	segments []int64 // numbers, in order; the last one is written
	file     *os.File
	size     int64 // of the last segment, synced
	bytes    int64 // of all segments
	failed   error
}

// OpenOutbox opens the outbox in dir, making it where there is none, and cuts off what a crash
// left half written. source names its events; limit bounds its bytes.
func OpenOutbox(dir, source string, limit int64) (_ *Outbox, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the outbox: %w", err)
	}
	o := &Outbox{dir: dir, source: source, limit: limit, wake: make(chan struct{}, 1)}
	if o.lock, err = os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("open the outbox: %w", err)
	}
	defer func() {
		if err != nil {
			o.lock.Close()
		}
	}()
	if syscall.Flock(int(o.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return nil, fmt.Errorf("the outbox %s is in use by another forwarder; stop that one first", filepath.Base(dir))
	}
	if err := o.load(); err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return o, nil
}

func (o *Outbox) path(segment int64) string {
	return filepath.Join(o.dir, fmt.Sprintf("%012d.events", segment))
}

// load reads the state and finds the segments.
func (o *Outbox) load() error {
	b, err := os.ReadFile(filepath.Join(o.dir, "state.json"))
	switch {
	case errors.Is(err, os.ErrNotExist):
		o.state.Epoch = strings.ToLower(rand.Text()[:10])
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(b, &o.state); err != nil || o.state.Epoch == "" {
			return errors.New("state.json is damaged; move the folder away to begin anew, and what it holds is not sent")
		}
	}
	names, err := filepath.Glob(filepath.Join(o.dir, "*.events"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if n, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(name), ".events"), 10, 64); err == nil {
			o.segments = append(o.segments, n)
		}
	}
	slices.Sort(o.segments)
	if len(o.segments) == 0 {
		o.segments = []int64{max(1, o.state.Sent.Segment)}
	}
	if o.file, err = os.OpenFile(o.path(o.last()), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if err := o.mend(); err != nil {
		return err
	}
	for _, n := range o.segments {
		info, err := os.Stat(o.path(n))
		if err != nil {
			return err
		}
		o.bytes += info.Size()
	}
	if !slices.Contains(o.segments, o.state.Sent.Segment) {
		o.state.Sent = place{Segment: o.segments[0]}
	}
	if err := o.save(); err != nil {
		return err
	}
	return syncDir(o.dir)
}

func (o *Outbox) last() int64 { return o.segments[len(o.segments)-1] }

// mend cuts a half-written line off the last segment, and finds the last sequence.
func (o *Outbox) mend() error {
	b, err := io.ReadAll(o.file)
	if err != nil {
		return err
	}
	o.size = int64(bytes.LastIndexByte(b, '\n') + 1)
	if err := o.file.Truncate(o.size); err != nil {
		return err
	}
	if lines := bytes.Split(bytes.TrimSuffix(b[:o.size], []byte("\n")), []byte("\n")); o.size > 0 {
		var e cloudEvent
		if err := json.Unmarshal(lines[len(lines)-1], &e); err != nil {
			return errors.New("its last line is no event; the disk may be damaged")
		}
		o.state.Sequence = max(o.state.Sequence, e.number())
	}
	if o.last() == o.state.Sent.Segment {
		o.state.Sent.Offset = min(o.state.Sent.Offset, o.size)
	}
	return o.file.Sync()
}

// save writes the state beside the files. The caller holds mu, or is alone.
func (o *Outbox) save() error {
	b, err := json.Marshal(&o.state)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(o.dir, "state.json"), b)
}

// Append stores events durably, all or none. After an error that is not ErrFull the outbox
// takes nothing any more.
func (o *Outbox) Append(events []Event) error {
	if len(events) == 0 {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed != nil {
		return o.failed
	}
	var lines bytes.Buffer
	sequence := o.state.Sequence
	for i := range events {
		sequence++
		if err := o.line(&lines, &events[i], sequence); err != nil {
			return err
		}
	}
	// What was sent of the oldest file goes with that file, and does not count.
	if o.bytes-o.state.Sent.Offset+int64(lines.Len()) > o.limit {
		return ErrFull
	}
	if err := o.write(lines.Bytes()); err != nil {
		// What is on the disk now is not known; it is found out at the next start.
		o.failed = fmt.Errorf("write the outbox: %w", err)
		return o.failed
	}
	o.state.Sequence = sequence
	select {
	case o.wake <- struct{}{}:
	default:
	}
	return nil
}

func (o *Outbox) line(into io.Writer, e *Event, sequence int64) error {
	data := make(map[string]string, len(e.Data))
	for name, v := range e.Data {
		data[strings.ToValidUTF8(name, "�")] = strings.ToValidUTF8(v, "�")
	}
	number := fmt.Sprintf("%012d", sequence)
	b, err := json.Marshal(&cloudEvent{
		SpecVersion: "1.0", ID: o.state.Epoch + "-" + number, Source: o.source, Type: strings.ToValidUTF8(e.Type, "�"), Time: e.Time.UTC().Format(time.RFC3339Nano),
		Sequence: number, ContentType: "application/json", Data: data,
	}, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("encode an event: %w", err)
	}
	_, err = into.Write(append(b, '\n'))
	return err
}

// write appends to the last segment, or to a new one, and syncs.
func (o *Outbox) write(b []byte) error {
	if o.size >= segmentBytes {
		next := o.last() + 1
		f, err := os.OpenFile(o.path(next), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err != nil {
			return err
		}
		// The new file tells nothing of the sequence, so the state has to.
		if err := errors.Join(o.save(), syncDir(o.dir)); err != nil {
			return errors.Join(err, f.Close())
		}
		o.file.Close() // synced before
		o.file, o.size, o.segments = f, 0, append(o.segments, next)
	}
	if _, err := o.file.WriteAt(b, o.size); err != nil {
		return err
	}
	if err := o.file.Sync(); err != nil {
		return err
	}
	o.size += int64(len(b))
	o.bytes += int64(len(b))
	return nil
}

// Next returns the oldest events that were not sent, at most so many and about so many bytes,
// and the place behind them. There are none if the outbox is empty.
func (o *Outbox) Next(most, size int) (lines [][]byte, end place, err error) {
	o.mu.Lock()
	from, until, file := o.state.Sent, o.size, o.last()
	for from.Segment < file {
		info, err := os.Stat(o.path(from.Segment))
		if err != nil {
			o.mu.Unlock()
			return nil, from, err
		}
		if until = info.Size(); from.Offset < until {
			break
		}
		i := slices.Index(o.segments, from.Segment)
		from, until = place{Segment: o.segments[i+1]}, o.size
	}
	o.mu.Unlock()
	f, err := os.Open(o.path(from.Segment))
	if err != nil {
		return nil, from, err
	}
	defer f.Close()
	b := make([]byte, min(until-from.Offset, int64(size)))
	for {
		if _, err := f.ReadAt(b, from.Offset); err != nil && len(b) > 0 {
			return nil, from, err
		}
		// The first line may be longer than the size asked for.
		if bytes.IndexByte(b, '\n') >= 0 || int64(len(b)) == until-from.Offset {
			break
		}
		b = make([]byte, min(until-from.Offset, 4*int64(len(b))))
	}
	end = from
	for len(lines) < most {
		i := bytes.IndexByte(b, '\n')
		if i < 0 || len(lines) > 0 && end.Offset-from.Offset+int64(i) > int64(size) {
			break
		}
		lines = append(lines, b[:i])
		end.Offset += int64(i + 1)
		b = b[i+1:]
	}
	return lines, end, nil
}

// Done says that the wallboard has what lies before a place that Next returned. Files without
// anything else are removed.
func (o *Outbox) Done(end place) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.state.Sent = end
	if err := o.save(); err != nil {
		return fmt.Errorf("write the outbox: %w", err)
	}
	for len(o.segments) > 1 && o.segments[0] < end.Segment {
		info, err := os.Stat(o.path(o.segments[0]))
		if err == nil {
			err = os.Remove(o.path(o.segments[0]))
		}
		if err != nil {
			return fmt.Errorf("remove what was sent: %w", err)
		}
		o.bytes -= info.Size()
		o.segments = o.segments[1:]
	}
	return nil
}

// Wake is signalled when there is something to send.
func (o *Outbox) Wake() <-chan struct{} { return o.wake }

// Close gives the outbox free. It is called once, by its owner.
func (o *Outbox) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed = errors.New("the outbox is closed")
	return errors.Join(o.file.Close(), o.lock.Close())
}

// replaceFile puts a file in the place of another, durably, so that there is always one of both.
func replaceFile(path string, b []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// broken is why the outbox takes nothing any more; nil if it does.
func (o *Outbox) broken() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}
