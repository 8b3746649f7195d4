package e2e

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// aircallToken is the token in the bodies of the recordings.
const aircallToken = "aircall-test-token-7f3d"

var aircall = vendor{
	folder: "aircall", source: "vendor: aircall, auth: {scheme: token, secret: " + aircallToken + "}",
	prepare: func(string, *delivery) error { return nil },
	shift:   shiftUnix,
}

// unixTime is a time of the recordings in seconds, or in milliseconds with its last digits,
// in a body of JSON.
var unixTime = regexp.MustCompile(`\b(179\d{7})(\d{3})?\b`)

// shiftUnix moves every time of a body. The recordings begin at 1,790,000,000, which is taken
// for the time from which the shift counts.
func shiftUnix(body string, by time.Duration) (string, error) {
	by += time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC).Sub(time.Unix(1_790_000_000, 0))
	return unixTime.ReplaceAllStringFunc(body, func(s string) string {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			panic(err) // the pattern has digits only
		}
		if len(s) > 10 {
			return strconv.FormatInt(n+by.Milliseconds(), 10)
		}
		return strconv.FormatInt(n+int64(by/time.Second), 10)
	}), nil
}

// TestAircallPage follows the page of Aircall, and looks for the token in what is kept.
func TestAircallPage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/aircall.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("AIRCALL_TOKEN", aircallToken)
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	if out := documented(t, s, page); !strings.Contains(out, "HTTP/1.1 200") {
		t.Errorf("the documented request:\n%s", out)
	}
	if list := s.list("aircall-7c1f9e"); len(list) != 1 || list[0].State != "ended" || list[0].Outcome != "abandoned" {
		t.Errorf("after the documented request there is %+v", list)
	}
	const hook = "/hooks/aircall-7c1f9e"
	for name, body := range map[string]string{
		"another token": `{"token":"another","event":"call.created"}`, "no token": `{"event":"call.created"}`,
		"no JSON": "token=" + aircallToken, "a token twice": `{"token":"` + aircallToken + `","token":"x"}`,
	} {
		if code := s.do("POST", hook, nil, body, nil); code != 401 {
			t.Errorf("%s got %d, want 401", name, code)
		}
	}
	// Authentic and not decodable: kept, but never with the token.
	odd := `{"event":"call.created","timestamp":1790000000,"token":"` + aircallToken + `","data":null,"more":{"token":"` + aircallToken + `"}}`
	if code := s.do("POST", hook, http.Header{"Content-Type": {"application/json"}}, odd, nil); code != 200 {
		t.Errorf("what does not decode got %d, want 200", code)
	}
	for _, path := range []string{"/interactions", "/interactions/aircall-7c1f9e/990012", "/api/v1/interactions/aircall-7c1f9e/990012"} {
		res, err := http.Get("http://" + s.address + path)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if _, err := got.ReadFrom(res.Body); err != nil || res.StatusCode != 200 || strings.Contains(got.String(), aircallToken) {
			t.Errorf("%s: %d, %v, or it shows the token", path, res.StatusCode, err)
		}
		res.Body.Close()
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(s.config), "data", "wallboard.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no database: %v", err)
	}
	redacted := false
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		redacted = redacted || bytes.Contains(b, []byte(`"token":"redacted"`))
		if bytes.Contains(b, []byte(aircallToken)) {
			t.Errorf("%s holds the token", filepath.Base(name))
		}
	}
	if !redacted {
		t.Error("no body is kept")
	}
}
