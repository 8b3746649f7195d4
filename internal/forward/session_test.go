package forward

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// brokenLine is a connection that gives what it has, and does not take what has a word.
type brokenLine struct {
	net.Conn
	from *strings.Reader
	word string
}

var errBroken = errors.New("broken")

func (c *brokenLine) Read(b []byte) (int, error) { return c.from.Read(b) }
func (c *brokenLine) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(c.word)) {
		return 0, errBroken
	}
	return len(b), nil
}
func (c *brokenLine) SetReadDeadline(time.Time) error  { return nil }
func (c *brokenLine) SetWriteDeadline(time.Time) error { return nil }
func (c *brokenLine) Close() error                     { return nil }

// TestReadIsKept: a connection that breaks as we write to it had told something before, which was
// read together with the answers, and is kept.
func TestReadIsKept(t *testing.T) {
	event := func(body string) string {
		return fmt.Sprintf("Content-Length: %d\nContent-Type: text/event-json\n\n%s", len(body), body)
	}
	for vendor, tc := range map[string]struct{ stream, word string }{
		"asterisk": {
			"Asterisk Call Manager/9.0.0\r\nResponse: Success\r\nActionID: challenge\r\nChallenge: 1\r\n\r\nResponse: Success\r\nActionID: login\r\n\r\n" +
				"Event: QueueCallerJoin\r\nUniqueid: 1.1\r\nQueue: q\r\n\r\nEvent: Hangup\r\nUniqueid: 1.1\r\n\r\n", "QueueStatus",
		},
		"freeswitch": {
			"Content-Type: auth/request\n\nContent-Type: command/reply\nReply-Text: +OK accepted\n\n" +
				strings.Repeat("Content-Type: command/reply\nReply-Text: +OK\n\n", len(filters)+1) +
				event(`{"Event-Subclass":"callcenter::info","CC-Action":"member-queue-start","CC-Member-Session-UUID":"s","CC-Member-UUID":"m"}`) +
				event(`{"Event-Name":"CHANNEL_HANGUP_COMPLETE","Unique-ID":"s"}`), "queue list",
		},
	} {
		o := Options{Name: "pbx", Vendor: vendor, Hook: "http://127.0.0.1/hooks/pbx", HookSecret: hookSecret, DataDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)}
		f, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.session(t.Context(), &brokenLine{from: strings.NewReader(tc.stream), word: tc.word}); !errors.Is(err, errBroken) {
			t.Errorf("%s: it ends with %v", vendor, err)
		}
		if lines, _, err := f.outbox.Next(10, 1<<20); err != nil || len(lines) != 2 {
			t.Errorf("%s: the outbox has %d events, %v; want the 2 that were read", vendor, len(lines), err)
		}
		f.Close()
	}
}

// TestFullAndCut: the connection ends while the outbox is full. What was read waits for room, and
// no call is taken for lost.
func TestFullAndCut(t *testing.T) {
	w, ast, fs := newWallboard(t), newPBX(t), newFreeswitchPBX(t)
	other := newWallboard(t)
	w.answer(503)
	other.answer(503)
	o, dirs := options(ast, w, t.TempDir()), t.TempDir()
	o.OutboxBytes = 8_000
	a := run(t, o)
	o = fs.options(other, dirs)
	o.OutboxBytes = 8_000
	b := run(t, o)
	ast.listens(t)
	fs.listens(t)
	var want []string
	for n := range 30 {
		unique := fmt.Sprint(n)
		ast.joins(unique)
		ast.tell("Hangup", unique, "Cause", "16")
		fs.caller("member-queue-start", unique)
		fs.hangsUp(unique)
		want = append(want, unique, unique)
	}
	fs.stored(t, dirs)
	ast.Finish()
	fs.Finish()
	// It is refused again and again, with the telephone system gone.
	w.refuses(t, 2)
	other.refuses(t, 2)
	w.answer(204)
	other.answer(204)
	for name, w := range map[string]*wallboard{"asterisk": w, "freeswitch": other} {
		w.has(t, len(want))
		var got []string
		for _, s := range w.names()[:len(want)] {
			words := strings.Fields(s)
			got = append(got, words[len(words)-1])
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-told +got):\n%.2000s", name, d)
		}
	}
	ast.listens(t)
	fs.listens(t)
	a.stop(t)
	b.stop(t)
	for name, w := range map[string]*wallboard{"asterisk": w, "freeswitch": other} {
		if i := slices.IndexFunc(w.names(), func(s string) bool { return strings.Contains(strings.ToLower(s), "lost") }); i >= 0 {
			t.Errorf("%s: %q", name, w.names()[i])
		}
	}
}

// stored waits until the outbox in dir has something.
func (p *freeswitchPBX) stored(t *testing.T, dir string) { t.Helper(); pbx{}.stored(t, dir, 1) }

// TestManyMeanwhile: however much is told between a command and its answer, the answer comes.
func TestManyMeanwhile(t *testing.T) {
	p, w := newFreeswitchPBX(t), newWallboard(t)
	r := run(t, p.options(w, t.TempDir()))
	p.listens(t)
	for range 9000 {
		p.tell("CC-Action", "members-count")
	}
	p.caller("member-queue-start", "s1")
	w.has(t, 1)
	p.Finish()
	p.listens(t)
	p.hangsUp("s1")
	w.has(t, 3) // with the gap
	r.stop(t)
	got := w.names()
	slices.Sort(got)
	if want := []string{"", "member-queue-end s1", "member-queue-start s1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestListIsOlder: what was heard after a list was asked for is newer than the list. Who came
// meanwhile is not lost, though the list does not name him yet; who left does not wait, though it
// names him still; and an agent is what was heard of him.
func TestListIsOlder(t *testing.T) {
	now := time.Now()
	told := func(events []Event, names ...string) []string {
		var all []string
		for _, e := range events {
			words := []string{}
			for _, n := range names {
				words = append(words, e.Data[n])
			}
			all = append(all, strings.Join(words, " "))
		}
		return all
	}
	t.Run("freeswitch", func(t *testing.T) {
		c := &calls{byID: make(map[string]*call)}
		hear := func(action, session string, more ...string) {
			m := message{"Event-Subclass": "callcenter::info", "CC-Action": action, "CC-Queue": "q", "CC-Member-Session-UUID": session, "CC-Member-UUID": "m" + session}
			for i := 0; i+1 < len(more); i += 2 {
				m[more[i]] = more[i+1]
			}
			c.freeswitch(m, now)
		}
		hear("member-queue-start", "leaves")
		hear("member-queue-start", "gone")
		s := inventory{since: newSince(c), complete: true}
		hear("member-queue-start", "comes")
		hear("member-queue-end", "leaves", "CC-Cause", "Cancel", "Answer-State", "hangup")
		hear("agent-offering", "offered", "CC-Agent", "1001")
		s.hear(message{"CC-Action": "agent-status-change", "CC-Agent": "1001"})
		s.members = []message{
			{"queue": "q", "uuid": "mleaves", "session_uuid": "leaves", "state": "Waiting", "joined_epoch": "1790000000"},
			{"queue": "q", "uuid": "moffered", "session_uuid": "offered", "state": "Trying", "joined_epoch": "1790000000"},
		}
		s.agentRows = []message{{"name": "1001", "status": "Available"}, {"name": "1002", "status": "On Break"}}
		got := told(s.finish(c), "CC-Action", "Fact", "CC-Agent", "CC-Member-Session-UUID", "Unique-ID", "Event-Date-Timestamp")
		at := fmt.Sprint(s.asked.UnixMicro())
		// That the offered one came was never told, and is true.
		want := []string{"agent-status-change  1002   " + at, "member-queue-start   offered  1790000000000000", " lost   gone " + at}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
	t.Run("asterisk", func(t *testing.T) {
		c := &calls{byID: make(map[string]*call)}
		hear := func(event, unique string) {
			c.asterisk(message{"Event": event, "Queue": "q", "Uniqueid": unique, "Interface": "PJSIP/201"}, now)
		}
		hear("QueueCallerJoin", "leaves")
		hear("QueueCallerJoin", "gone")
		s := newStock(c)
		hear("QueueCallerJoin", "comes")
		hear("Hangup", "leaves")
		hear("AgentCalled", "offered")
		s.hear(message{"Event": "QueueMemberStatus", "Interface": "PJSIP/201"})
		f := &Forwarder{o: Options{Logger: slog.New(slog.DiscardHandler)}}
		for _, m := range []message{
			{"Event": "QueueMember", "Location": "PJSIP/201"},
			{"Event": "QueueMember", "Location": "PJSIP/202"},
			{"Event": "QueueEntry", "Queue": "q", "Uniqueid": "leaves", "Wait": "9"},
			{"Event": "QueueEntry", "Queue": "q", "Uniqueid": "offered", "Wait": "9"},
			{"Event": "QueueStatusComplete"},
		} {
			m["ActionID"] = stockQueues
			s.take(f, m)
		}
		s.take(f, message{"Event": "CoreShowChannelsComplete", "ActionID": stockChannels})
		got := told(s.finish(c), "Event", "Location", "Uniqueid", "Timestamp")
		at := fmt.Sprintf("%d.%06d", s.asked.Unix(), s.asked.Nanosecond()/1000)
		want := []string{"QueueMember PJSIP/202  " + at, "QueueEntry  offered " + at, "WallboardLost  gone " + at}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

// TestRecall: of a forwarder that crashed before it stored its list of calls the outbox tells what
// it knew.
func TestRecall(t *testing.T) {
	for vendor, told := range map[string][]message{
		"asterisk": {
			{"Event": "QueueCallerJoin", "Uniqueid": "waits", "Queue": "q"},
			{"Event": "QueueCallerJoin", "Uniqueid": "talks", "Queue": "q"},
			{"Event": "AgentConnect", "Uniqueid": "talks", "Queue": "q", "Interface": "PJSIP/201"},
			{"Event": "QueueEntry", "Uniqueid": "found", "Queue": "q", "WallboardSnapshot": "yes"},
			{"Event": "QueueCallerJoin", "Uniqueid": "lost", "Queue": "q"},
			{"Event": "WallboardLost", "Uniqueid": "lost", "WallboardSnapshot": "yes"},
		},
		"freeswitch": {
			{"Event-Subclass": "callcenter::info", "CC-Action": "member-queue-start", "CC-Member-Session-UUID": "waits", "CC-Member-UUID": "m1", "CC-Queue": "q"},
			{"Event-Subclass": "callcenter::info", "CC-Action": "bridge-agent-start", "CC-Member-Session-UUID": "talks", "CC-Member-UUID": "m2", "CC-Queue": "q", "CC-Agent": "1001"},
			{"Event-Subclass": "callcenter::info", "CC-Action": "member-queue-start", "CC-Member-Session-UUID": "found", "CC-Member-UUID": "m3", "CC-Queue": "q", "Wallboard-Snapshot": "yes"},
			{"Event-Subclass": "callcenter::info", "CC-Action": "member-queue-start", "CC-Member-Session-UUID": "lost", "CC-Member-UUID": "m4", "CC-Queue": "q"},
			{"Event-Subclass": "wallboard::fact", "Fact": "lost", "Unique-ID": "lost", "Wallboard-Snapshot": "yes"},
		},
	} {
		o := Options{Name: "pbx", Vendor: vendor, Hook: "http://127.0.0.1/hooks/pbx", HookSecret: hookSecret, DataDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)}
		f, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Now()
		for _, m := range told {
			if err := f.outbox.Append([]Event{{Type: "t", Time: at, Data: m}}); err != nil {
				t.Fatal(err)
			}
		}
		f.Close() // and nothing else is stored
		if f, err = New(o); err != nil {
			t.Fatal(err)
		}
		got := make(map[string]string)
		for _, one := range f.calls.list() {
			got[one.ID] = one.State
			if !one.Ended.IsZero() {
				got[one.ID] = "ended"
			}
		}
		if d := cmp.Diff(map[string]string{"waits": waiting, "talks": talking, "found": waiting, "lost": "ended"}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", vendor, d)
		}
		if !f.calls.last.Equal(at.Round(0)) {
			t.Errorf("%s: it was last heard at %v, want %v", vendor, f.calls.last, at)
		}
		// What the stored list knows is not told to it again.
		if err := f.calls.save(f.outbox); err != nil {
			t.Fatal(err)
		}
		f.Close()
		if f, err = New(o); err != nil {
			t.Fatal(err)
		}
		if f.calls.heard != 0 {
			t.Errorf("%s: the stored list hears %d events again", vendor, f.calls.heard)
		}
		f.Close()
	}
}
