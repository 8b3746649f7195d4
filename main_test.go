package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/internal/config"
)

// TestCommands: exit codes and what is said.
func TestCommands(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("listen: 127.0.0.1:0\ndata_dir: ./d\nsources: [{name: a, vendor: b}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	forwards := filepath.Join(t.TempDir(), "forward.yaml")
	if err := os.WriteFile(forwards, []byte(`data_dir: ./d
forward: [{name: pbx, vendor: asterisk, address: "127.0.0.1:1", username: u, secret: s, hook: "http://127.0.0.1:1/hooks/pbx", hook_secret: dGVzdC1zZWNyZXQ=}]
`), 0o600); err != nil {
		t.Fatal(err)
	}
	none := func(string) (string, bool) { return "", false }
	for _, tc := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"version"}, 0, "wallboard dev"},
		{[]string{"serve"}, 2, "wallboard.example.yaml"},
		{[]string{"config", "check", "--config", "wallboard.example.yaml"}, 0, "ok, 1 source and 1 board"},
		{[]string{"config", "check", "--config", bad}, 2, "bad.yaml:3: sources[0].vendor"},
		{[]string{"config", "check"}, 2, "WALLBOARD_CONFIG"},
		{[]string{"config", "check", "--config", "none.yaml"}, 2, "none.yaml: cannot be read"},
		{[]string{"config"}, 2, `"check"`},
		{[]string{"--help"}, 0, "Usage: wallboard"},
		{[]string{"serve", "--help"}, 0, "--config"},
		{[]string{"serve", "--log-format", "xml"}, 2, "log-format"},
		{[]string{"replay", "--to", "http://192.0.2.1", "--source", "lab", "none.json"}, 1, "not a loopback address"},
		{[]string{"simulate", "--to", "http://192.0.2.1", "--source", "lab"}, 1, "not a loopback address"},
		{[]string{"demo", "--listen", "0.0.0.0:0"}, 1, "listen is not a loopback address"},
		{[]string{"forward", "nonsense"}, 2, "asterisk"},
		{[]string{"forward", "asterisk"}, 2, "WALLBOARD_CONFIG"},
		{[]string{"forward", "asterisk", "--config", "wallboard.example.yaml"}, 2, "docs/vendors/asterisk.md shows one"},
		{[]string{"forward", "freeswitch", "--config", forwards}, 2, "docs/vendors/freeswitch.md shows one"},
		{[]string{"forward", "asterisk", "--name", "other", "--config", forwards}, 2, "no such entry"},
		{[]string{"serve", "--config", forwards}, 2, "listen and sources are needed"},
		{[]string{"config", "check", "--config", forwards}, 0, "ok, 1 telephone system to forward from"},
		{[]string{"nonsense"}, 2, "nonsense"},
	} {
		var out bytes.Buffer
		if code := run(context.Background(), tc.args, none, &out, &out); code != tc.code || !strings.Contains(out.String(), tc.want) {
			t.Errorf("%q: exit %d, %s", tc.args, code, out.String())
		}
	}
}

// TestConnections: few open files are told of at the start, too few stop it.
func TestConnections(t *testing.T) {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
			t.Error(err)
		}
	})
	var out bytes.Buffer
	for _, tc := range []struct {
		files     uint64
		most      int
		said, why string
	}{
		{1024, 924, "files=1024 connections=924 screens=462", ""},
		{200, 0, "", "allow 256 at least"},
	} {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: tc.files, Max: files.Max}); err != nil {
			t.Fatal(err)
		}
		out.Reset()
		most, err := connections(slog.New(slog.NewTextHandler(&out, nil)))
		if most != tc.most || !strings.Contains(out.String(), tc.said) || (err == nil) != (tc.why == "") || err != nil && !strings.Contains(err.Error(), tc.why) {
			t.Errorf("%d files: %d connections, %v, said %q", tc.files, most, err, out.String())
		}
	}
}

// TestReachable: what is printed can be opened.
func TestReachable(t *testing.T) {
	for address, want := range map[string]string{
		"[::]:8080": "localhost:8080", "0.0.0.0:8080": "localhost:8080", "127.0.0.1:8080": "127.0.0.1:8080", "[::1]:8080": "[::1]:8080",
	} {
		if got := reachable(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

// TestConfigFromEnvironment: the settings file's name may come from there.
func TestConfigFromEnvironment(t *testing.T) {
	getenv := func(name string) (string, bool) { return "wallboard.example.yaml", name == "WALLBOARD_CONFIG" }
	var out bytes.Buffer
	if code := run(t.Context(), []string{"config", "check"}, getenv, &out, &out); code != 0 {
		t.Errorf("exit %d, %s", code, out.String())
	}
}

// TestReadmeSettings: the settings and the targets that the README shows are real.
func TestReadmeSettings(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(b), "```yaml\n")
	settings, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("README.md shows no settings")
	}
	getenv := func(name string) (string, bool) { return "0123456789abcdef", name == "TWILIO_AUTH_TOKEN" }
	if _, err := config.Parse("README.md", []byte(settings), getenv); err != nil {
		t.Error(err)
	}
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := regexp.MustCompile(`(?m)^make ([a-z]+)`).FindAllStringSubmatch(string(b), -1)
	if len(targets) < 3 {
		t.Errorf("README.md names %d targets of make, want at least 3", len(targets))
	}
	for _, m := range targets {
		if !bytes.Contains(makefile, []byte("\n"+m[1]+":")) {
			t.Errorf("the Makefile has no target %s", m[1])
		}
	}
}

// TestGate: while stored events are counted the program lives, is not ready, and takes and
// shows nothing.
func TestGate(t *testing.T) {
	g := &gate{site: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })}
	ask := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w
	}
	if w := ask("GET", "/healthz"); w.Code != 200 {
		t.Errorf("healthz: got %d, want 200", w.Code)
	}
	for _, r := range [][2]string{{"GET", "/readyz"}, {"POST", "/hooks/lab"}, {"GET", "/boards/all"}, {"GET", "/api/v1/boards/all"}} {
		if w := ask(r[0], r[1]); w.Code != 503 || w.Header().Get("Retry-After") == "" || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d, %v, want a problem of 503 with Retry-After", r[1], w.Code, w.Header())
		}
	}
	w, page := httptest.NewRecorder(), httptest.NewRequest("GET", "/boards/all", nil)
	page.Header.Set("Accept", "text/html,*/*")
	if g.ServeHTTP(w, page); w.Code != 503 || w.Header().Get("Refresh") == "" || !strings.Contains(w.Body.String(), "<h1>Starting</h1>") {
		t.Errorf("a browser: got %d, %v, want a page of 503 that comes again", w.Code, w.Header())
	}
	g.open.Store(true)
	if w := ask("GET", "/boards/all"); w.Code != http.StatusTeapot {
		t.Errorf("open: got %d, want the site's answer", w.Code)
	}
}

// TestEndToEnd: the real binary on a free port takes a real delivery, sends it to a real
// socket, and stops cleanly when it is told to; the socket learns that it went.
func TestEndToEnd(t *testing.T) {
	dir := t.TempDir()
	binary, settings := filepath.Join(dir, "wallboard"), filepath.Join(dir, "wallboard.yaml")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(settings, fmt.Appendf(nil, `listen: 127.0.0.1:0
data_dir: %q
access: {mode: open}
sources: [{name: lab, vendor: cloudevents, auth: {scheme: none}}]
`, filepath.Join(dir, "data")), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "serve", "--config", settings)
	var logged bytes.Buffer
	cmd.Stderr = &logged
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("it printed no board: %v, %s", err, logged.String())
	}
	page := strings.TrimSpace(strings.TrimPrefix(line, "board: "))

	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(page, "http")+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	res.Body.Close()
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	body := fmt.Sprintf(`{"specversion":"1.0","id":"1","source":"test","type":"org.wallboard.interaction.queued","subject":"I1","time":%q,"data":{"channel":"voice","queue":"Billing"}}`,
		time.Now().UTC().Format(time.RFC3339Nano))
	posted, err := http.Post(strings.Replace(page, "/boards/all", "/hooks/lab", 1), "application/cloudevents+json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	posted.Body.Close()
	if posted.StatusCode != http.StatusNoContent {
		t.Fatalf("the delivery got %d, want 204", posted.StatusCode)
	}
	for waiting := ""; waiting != "1"; {
		var f struct {
			Cells map[string]struct {
				Text string `json:"text"`
			} `json:"cells"`
		}
		_, b, err := conn.ReadMessage()
		if err != nil {
			t.Fatalf("no frame shows the customer who waits: %v", err)
		}
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatal(err)
		}
		waiting = f.Cells["status.Waiting"].Text
	}

	recount := func(when string, flags ...string) {
		out, err := exec.Command(binary, append([]string{"recount", "--config", settings}, flags...)...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "recounted 1 events of 1 contacts, up to position 1: 0 differences") {
			t.Errorf("recount of the %s server: %v, %s", when, err, out)
		}
	}
	recount("running")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for err = nil; err == nil; {
		_, _, err = conn.ReadMessage()
	}
	if !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
		t.Errorf("the socket ended with %v, want 1012", err)
	}
	io.Copy(io.Discard, lines)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it stopped with %v, want exit code 0", err)
	}
	recount("stopped")
	recount("stopped", "--rebuild")
	if logged.Len() > 0 {
		t.Errorf("it logged %s, want nothing", logged.String())
	}
}
