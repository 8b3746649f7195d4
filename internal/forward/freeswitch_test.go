package forward

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/simulate"
)

// freeswitchPBX is a FreeSWITCH with the ways to speak of its calls.
type freeswitchPBX struct {
	*simulate.Switch
	sequence int
}

func newFreeswitchPBX(t *testing.T) *freeswitchPBX {
	t.Helper()
	s, err := simulate.NewSwitch("127.0.0.1:0", "test-esl-secret")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &freeswitchPBX{Switch: s}
}

func (p *freeswitchPBX) options(w *wallboard, dir string) Options {
	return Options{Vendor: "freeswitch", Address: p.Address(), Secret: "test-esl-secret", Hook: w.URL + "/hooks/fs", DataDir: dir}
}

func (p *freeswitchPBX) tell(fields ...string) {
	p.sequence++
	now := time.Now()
	m := map[string]string{
		"Event-Name": "CUSTOM", "Event-Subclass": "callcenter::info", "Event-Date-Timestamp": fmt.Sprint(now.UnixMicro()), "Core-UUID": "core",
		"Event-Sequence": fmt.Sprint(p.sequence), "variable_secret": "nobody's business",
	}
	for i := 0; i+1 < len(fields); i += 2 {
		m[fields[i]] = fields[i+1]
	}
	p.Tell(m)
}

// caller tells of a caller's stay in a queue.
func (p *freeswitchPBX) caller(action, session string, more ...string) {
	p.tell(append(more, "CC-Action", action, "CC-Queue", "support@default", "CC-Member-Session-UUID", session, "CC-Member-UUID", "m-"+session)...)
}

func (p *freeswitchPBX) hangsUp(session string) {
	p.caller("member-queue-end", session, "CC-Cause", "Cancel", "CC-Cancel-Reason", "BREAK_OUT", "Answer-State", "hangup")
}

func (p *freeswitchPBX) listens(t *testing.T) { t.Helper(); pbx{}.heard(t, p.Logins()) }

// TestFreeswitch: events in order and once, over an absence; what is found and what is gone after
// it; and nothing of calls that came to no queue.
func TestFreeswitch(t *testing.T) {
	p, w, dir := newFreeswitchPBX(t), newWallboard(t), t.TempDir()
	p.tell("CC-Action", "agent-status-change", "CC-Agent", "1001", "CC-Agent-Status", "Available")
	r := run(t, p.options(w, dir))
	p.listens(t)
	p.caller("member-queue-start", "s1")
	p.caller("member-queue-start", "s2")
	p.caller("bridge-agent-start", "s2", "CC-Agent", "1001")
	p.caller("member-queue-start", "s3")
	p.tell("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Event-Subclass", "", "Unique-ID", "other")
	p.tell("Event-Name", "CHANNEL_EXECUTE", "Event-Subclass", "", "Unique-ID", "other", "Application", "voicemail")
	p.tell("Event-Name", "CHANNEL_EXECUTE", "Event-Subclass", "", "Unique-ID", "s3", "Application", "playback")
	p.tell("Event-Subclass", "vm::maintenance", "VM-Action", "leave-message", "Unique-ID", "other")
	p.tell("CC-Action", "members-count")
	p.tell("Event-Name", "HEARTBEAT", "Event-Subclass", "")
	w.has(t, 5)
	r.stop(t)
	p.hangsUp("s1")
	p.caller("bridge-agent-end", "s2", "CC-Agent", "1001")
	p.caller("member-queue-end", "s2", "CC-Cause", "Terminated")
	p.caller("member-queue-start", "s4")
	p.caller("agent-offering", "s4", "CC-Agent", "1001")
	p.caller("member-queue-start", "s5", "Event-Date-Timestamp", "1790000000000000")
	p.caller("bridge-agent-start", "s5", "CC-Agent", "1002", "Event-Date-Timestamp", "1790000007000000")
	p.caller("member-queue-start", "s6")
	p.hangsUp("s6")
	before := len(w.names())
	r = run(t, p.options(w, dir))
	p.listens(t)
	w.until(t, func(names []string) bool { return strings.Contains(strings.Join(names, ","), "lost s2") })
	p.hangsUp("s3")
	w.until(t, func(names []string) bool { return names[len(names)-1] == "member-queue-end s3" })
	r.stop(t)
	want := []string{
		"", "agent-status-change 1001", "member-queue-start s4", "member-queue-start s5", "bridge-agent-start s5 1002", "lost s1 waiting", "lost s2 talking",
		"member-queue-end s3",
	}
	if got := w.names()[before:]; fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if before != 5 {
		t.Errorf("before the absence there was %q", w.names()[:before])
	}
	for _, e := range w.got {
		if e.Data["variable_secret"] != "" {
			t.Error("it forwards what nobody asked for")
		}
		// An answer is dated behind its second, since the offer lies before it.
		want := map[string]string{"member-queue-start": "1790000000000000", "bridge-agent-start": "1790000008000000"}[e.Data["CC-Action"]]
		if got := e.Data["Event-Date-Timestamp"]; e.Data["CC-Member-Session-UUID"] == "s5" && got != want {
			t.Errorf("the %s that was found is of %s, want %s", e.Data["CC-Action"], got, want)
		}
	}
}

func TestFreeswitchRefuses(t *testing.T) {
	p, w := newFreeswitchPBX(t), newWallboard(t)
	o := p.options(w, t.TempDir())
	o.Name, o.HookSecret, o.Logger, o.Secret = "fs", hookSecret, slog.New(slog.DiscardHandler), "wrong"
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.connect(t.Context()); !errors.Is(err, errRefused) {
		t.Errorf("got %v", err)
	}
}

// TestTable: a name or a contact with the list's own divider in it does not make a caller lost.
func TestTable(t *testing.T) {
	got := fmt.Sprint(
		table([]byte("queue|uuid|session_uuid|cid_number|cid_name|joined_epoch|state\nq|m1|s1|4155550134|a|b|c|1790000000|Waiting\nq|m2|s2|4155550135|x|1790000000|Trying\n+OK\n")),
		table([]byte("name|type|contact|status|state\n1001|callback|user/1001|user/1002|Available|Waiting\n+OK\n")),
		table([]byte("+OK\n")), table(nil),
	)
	want := fmt.Sprint(
		[]message{
			{"queue": "q", "uuid": "m1", "session_uuid": "s1", "cid_number": "4155550134", "cid_name": "c", "joined_epoch": "1790000000", "state": "Waiting"},
			{"queue": "q", "uuid": "m2", "session_uuid": "s2", "cid_number": "4155550135", "cid_name": "x", "joined_epoch": "1790000000", "state": "Trying"},
		},
		[]message{{"name": "1001", "type": "callback", "contact": "user/1002", "status": "Available", "state": "Waiting"}},
		[]message(nil), []message(nil),
	)
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
