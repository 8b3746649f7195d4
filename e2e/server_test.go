package e2e

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

const secret = "dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdA=="

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	// The parallel tests wait for numbers to grow old, which needs no processor.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "wallboard-e2e-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "wallboard")
	build := exec.Command("go", "build", "-o", binary, "..")
	build.Stderr = os.Stderr
	code := 1
	if build.Run() == nil {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// look looks at all that the program is made of: the go command keeps a test's result for as
// long as what the test looked at stays the same, and does not see what it builds.
var look = sync.OnceFunc(func() {
	filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if err == nil {
			os.Stat(path)
		}
		return nil
	})
})

// server is a running wallboard.
type server struct {
	t       *testing.T
	cmd     *exec.Cmd
	scheme  string // https where it speaks TLS
	address string
	config  string
	files   int    // how many it may open; 0 for as many as the test itself
	setUp   string // what it printed to set up the first admin; "" where everybody may look
}

// start runs a wallboard with two sources and a board of its own folder. At the test's end
// it is stopped.
func start(t *testing.T) *server {
	t.Helper()
	return startWith(t, fmt.Sprintf(`public_url: https://wallboard.example.org
access: {mode: open}
sources:
  - name: twilio
    vendor: twilio
    auth: {scheme: twilio, secret: "research-token-0123456789abcdef"}
  - name: lab
    vendor: cloudevents
    auth: {scheme: standard-webhooks, secret: "%s"}
boards:
  - {name: all, title: All queues, window: today, time_zone: Europe/Paris}
`, secret))
}

// startWith runs a wallboard of these settings, which leave listen and data_dir out.
func startWith(t *testing.T, settings string) *server {
	t.Helper()
	dir := t.TempDir()
	s := &server{t: t, config: filepath.Join(dir, "wallboard.yaml"), address: "127.0.0.1:0"}
	settings = "data_dir: " + filepath.Join(dir, "data") + "\n" + settings
	s.write(settings)
	s.launch()
	s.write(settings) // a restart listens at the same address
	t.Cleanup(func() { s.cmd.Process.Kill(); s.cmd.Wait() })
	return s
}

func (s *server) write(settings string) {
	s.t.Helper()
	if err := os.WriteFile(s.config, []byte("listen: "+s.address+"\n"+settings), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) launch() {
	s.t.Helper()
	look()
	settings, err := os.ReadFile(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	required := strings.Contains(string(settings), "mode: required") && s.setUp == ""
	s.cmd = exec.Command(binary, "serve", "--config", s.config)
	if s.files != 0 {
		s.cmd = exec.Command("sh", "-c", fmt.Sprintf(`ulimit -n %d; exec "$0" "$@"`, s.files), binary, "serve", "--config", s.config)
	}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	s.setUp = ""
	for !strings.HasPrefix(lines.Text(), "on a television: ") {
		if !lines.Scan() {
			s.t.Fatalf("it printed no board: %v", lines.Err())
		}
		if url, ok := strings.CutPrefix(lines.Text(), "board: "); ok {
			s.scheme, url, _ = strings.Cut(url, "://")
			s.address, _, _ = strings.Cut(url, "/")
		}
	}
	if required && lines.Scan() {
		_, s.setUp, _ = strings.Cut(lines.Text(), "): ")
	}
	go io.Copy(io.Discard, out)
}

// client takes the certificates that tests make for themselves.
var client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}

// post sends a neutral event, signed, and returns the status.
func (s *server) post(id, kind, subject string, at time.Time, data string) int {
	s.t.Helper()
	return s.deliver("lab", id, "application/cloudevents+json", neutral(id, kind, subject, at, data))
}

// neutral is an event of our own format.
func neutral(id, kind, subject string, at time.Time, data string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"test","type":"org.wallboard.interaction.%s","subject":%q,"time":%q,"data":%s}`,
		id, kind, subject, at.UTC().Format(time.RFC3339Nano), data)
}

// deliver sends a signed body to a source and returns the status.
func (s *server) deliver(source, id, contentType, body string) int {
	s.t.Helper()
	stamp := fmt.Sprint(time.Now().Unix())
	key, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		s.t.Fatal(err)
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + stamp + "." + body))
	h := http.Header{
		"Content-Type": {contentType}, "Webhook-Id": {id}, "Webhook-Timestamp": {stamp},
		"Webhook-Signature": {"v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))},
	}
	return s.do("POST", "/hooks/"+source, h, body, nil)
}

// do makes a request, reads JSON into into where that is given, and returns the status.
func (s *server) do(method, path string, h http.Header, body string, into any) int {
	s.t.Helper()
	r, err := http.NewRequest(method, s.scheme+"://"+s.address+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	maps.Copy(r.Header, h)
	res, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(b, into); err != nil {
			s.t.Fatalf("%s %s: %d %s: %v", method, path, res.StatusCode, bytes.TrimSpace(b), err)
		}
	}
	return res.StatusCode
}

// board is the part of the board's JSON that tests look at.
type board struct {
	Seq       int64            `json:"seq"`
	Epoch     string           `json:"epoch"`
	Status    map[string]int64 `json:"agent_work_status"`
	Reasons   map[string]int64 `json:"abandoned_by_reason"`
	Customers map[string]int64 `json:"customers"`
	Agents    map[string]int64 `json:"agents"`
	Sources   []boardSource    `json:"sources"`
}

type boardSource struct {
	Name string `json:"name"`
}

func (s *server) board() board { s.t.Helper(); return s.boardOf("all") }

func (s *server) boardOf(name string) board {
	s.t.Helper()
	var b board
	if code := s.do("GET", "/api/v1/boards/"+name, nil, "", &b); code != 200 {
		s.t.Fatalf("the board %s answers %d", name, code)
	}
	return b
}
