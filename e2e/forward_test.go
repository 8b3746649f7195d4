package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/simulate"
)

// TestAsteriskPage follows the page of Asterisk: its settings, its sample, its command.
func TestAsteriskPage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/asterisk.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("PBX_SECRET", secret)
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 204") {
		t.Errorf("the documented request:\n%s", out)
	}
	if list := s.list("pbx"); len(list) != 1 || list[0].ID != "1790000000.220" {
		t.Errorf("after the documented request there is %+v", list)
	}
	t.Setenv("PBX_SECRET", "YW5vdGhlci1zZWNyZXQtYW5vdGhlci1zZWNyZXQtYW4=")
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 401") {
		t.Errorf("with another secret:\n%s", out)
	}
}

// forwarder is a running `wallboard forward`.
type forwarder struct {
	t              *testing.T
	cmd            *exec.Cmd
	vendor, config string
}

// startForwarder runs one from a manager to a server's source pbx.
func startForwarder(t *testing.T, m *simulate.Manager, s *server) *forwarder {
	t.Helper()
	dir := t.TempDir()
	f := &forwarder{t: t, vendor: "asterisk", config: filepath.Join(dir, "forward.yaml")}
	settings := fmt.Sprintf(`data_dir: %s
forward:
  - {name: pbx, vendor: asterisk, address: "%s", username: wallboard, secret: "${AMI_SECRET}", hook: "http://%s/hooks/pbx", hook_secret: %q}
`, filepath.Join(dir, "data"), m.Address(), s.address, secret)
	if err := os.WriteFile(f.config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	f.launch(m)
	t.Cleanup(func() { f.kill() })
	return f
}

// launch starts it and waits until it is logged in.
func (f *forwarder) launch(m *simulate.Manager) {
	f.t.Helper()
	f.begin()
	f.loggedIn(m)
}

func (f *forwarder) begin() {
	f.t.Helper()
	look()
	f.cmd = exec.Command(binary, "forward", f.vendor, "--config", f.config, "--log-level", "error")
	f.cmd.Env = append(os.Environ(), "AMI_SECRET=test-ami-secret")
	f.cmd.Stderr = os.Stderr
	if err := f.cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
}

func (f *forwarder) loggedIn(m *simulate.Manager) {
	f.t.Helper()
	select {
	case <-m.Logins():
	case <-time.After(time.Minute):
		f.t.Fatal("the forwarder does not log in")
	}
}

func (f *forwarder) kill() {
	f.cmd.Process.Kill()
	f.cmd.Wait()
}

const pbxSettings = `access: {mode: open}
sources:
  - {name: pbx, vendor: asterisk, auth: {scheme: standard-webhooks, secret: %q}}
boards:
  - {name: all, window: last_hour}
`

// TestForwardedCall: a call comes from a telephone system through the forwarder onto the board,
// also when the server was away, and the forwarder killed, meanwhile.
func TestForwardedCall(t *testing.T) {
	m, err := simulate.NewManager("127.0.0.1:0", "wallboard", "test-ami-secret")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s := startWith(t, fmt.Sprintf(pbxSettings, secret))
	f := startForwarder(t, m, s)
	tell := func(name, unique string, more ...string) {
		now := time.Now()
		e := map[string]string{
			"Event": name, "Timestamp": fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000), "Uniqueid": unique, "Linkedid": unique,
			"Channel": "PJSIP/trunk-00000001", "Queue": "support",
		}
		for i := 0; i+1 < len(more); i += 2 {
			e[more[i]] = more[i+1]
		}
		m.Tell(e)
	}
	tell("QueueMemberStatus", "", "Interface", "PJSIP/201", "MemberName", "Ada", "Status", "1", "Paused", "0")
	tell("QueueMemberPause", "", "Interface", "PJSIP/202", "MemberName", "Ben", "Status", "1", "Paused", "1", "PausedReason", "Lunch")
	s.until("one agent is available and one away", func(b board) bool { return b.Agents["available"] == 1 && b.Agents["away"] == 1 })
	tell("QueueCallerJoin", "1.1")
	tell("AgentCalled", "1.1", "DestUniqueid", "1.2", "DestChannel", "PJSIP/201-00000002", "Interface", "PJSIP/201", "MemberName", "Ada")
	s.until("the call waits", func(b board) bool { return b.Status["Assigned"] == 1 })
	s.cmd.Process.Kill()
	s.cmd.Wait()
	tell("QueueCallerAbandon", "1.1")
	tell("Hangup", "1.1", "Cause", "16")
	tell("QueueCallerJoin", "2.1")
	s.launch()
	s.until("the call is abandoned", func(b board) bool { return b.Reasons["before_accept"] == 1 && b.Status["Waiting"] == 1 })
	f.kill()
	tell("Hangup", "2.1", "Cause", "16") // which nobody hears
	f.launch(m)
	s.until("nobody knows what became of the other", func(b board) bool { return b.Customers["lost_track"] == 1 && b.Status["Waiting"] == 0 })
	if b := s.board(); b.Customers["abandoned"] != 1 || b.Customers["started"] != 2 {
		t.Errorf("the board has %+v", b)
	}
}

// until waits until the board is so.
func (s *server) until(what string, so func(board) bool) { s.t.Helper(); s.untilOf("all", what, so) }

func (s *server) untilOf(name, what string, so func(board) bool) {
	s.t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(time.Minute); !so(s.boardOf(name)); <-look.C {
		if time.Now().After(deadline) {
			s.t.Fatalf("%s: not within a minute; the board has %+v", what, s.boardOf(name))
		}
	}
}

// TestForwardedHour: an hour of a telephone system comes through the forwarder, whose connection
// ends again and again, to a server that is killed and away in the middle of it. What the server
// says of each call is the truth that was played: nothing is lost, and nothing counts twice.
func TestForwardedHour(t *testing.T) {
	m, err := simulate.NewManager("127.0.0.1:0", "wallboard", "test-ami-secret")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	m.Chunk(700) // lines come in parts
	s := startWith(t, fmt.Sprintf(pbxSettings, secret))
	startForwarder(t, m, s)
	rates := simulate.DefaultRates()
	rates.Duplicate, rates.Late, rates.Reorder = 0, 0, 0 // it is one stream
	told := 0
	zone, err := simulate.ZoneAt(time.Now(), "11:00")
	if err != nil {
		t.Fatal(err)
	}
	centre := simulate.New(simulate.Options{
		Seed: 7, Format: simulate.Asterisk, Rates: rates, Zone: zone, Concurrency: 1,
		Deliver: func(ctx context.Context, at time.Time, h http.Header, body []byte) error {
			switch told++; {
			case told%300 == 0:
				m.Finish()
			case told == 700:
				s.cmd.Process.Kill()
				s.cmd.Wait()
			case told == 1300:
				s.launch()
			}
			return m.Deliver(ctx, at, h, body)
		},
	})
	now := time.Now()
	if err := centre.PlayPast(t.Context(), now.Add(-time.Hour), now); err != nil {
		t.Fatal(err)
	}
	if err := centre.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	truth := centre.Truth()
	if !truth.Settled || truth.Started < 100 || told < 1500 {
		t.Fatalf("the truth is not settled, or of %d calls in %d events only", truth.Started, told)
	}
	want := make(map[string]string)
	for _, in := range truth.Interactions {
		one := toldOf(in)
		want[one.ID] = line(one)
	}
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(time.Minute); !cmp.Equal(want, s.interactions()) && time.Now().Before(deadline); {
		<-look.C
	}
	if d := cmp.Diff(want, s.interactions()); d != "" {
		t.Errorf("(-truth +server):\n%.3000s", d)
	}
}

func toldOf(in simulate.Interaction) told {
	one := told{ID: in.ID, Outcome: in.Outcome, Reason: in.Reason}
	for _, r := range in.Works {
		one.Works = append(one.Works, toldWork{Status: r.Status})
	}
	return one
}
