package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/simulate"
)

// vendor is one whose recordings lie in testdata/<folder>. Each recording is posted to a
// source of its own.
type vendor struct {
	folder string
	source string // vendor and auth of a source, as in the settings file
	// prepare makes a recorded delivery what the vendor would send to the source: signed.
	prepare func(source string, d *delivery) error
	// shift moves the times of a body; without it they stay as recorded, and the board,
	// which shows the last hour, is not compared.
	shift func(body string, by time.Duration) (string, error)
}

// vendors are those with recordings.
var vendors = []vendor{
	{
		folder: "neutral", source: fmt.Sprintf("vendor: cloudevents, auth: {scheme: standard-webhooks, secret: %q}", secret),
		prepare: standardWebhooks, shift: shiftNeutral,
	},
	{
		folder: "amazon-connect",
		source: "vendor: amazon-connect, auth: {scheme: header, header: X-Api-Key, secret: connect-test-key}, " +
			`queues: {"arn:aws:connect:eu-west-2:210987654321:instance/6f0d2c1e-77aa-4b8e-9a55-0c2d3e4f5a61/queue/b1c2d3e4-0001-4aaa-8bbb-1234567890ab": Support}`,
		prepare: func(string, *delivery) error { return nil },
		shift:   shiftConnect,
	},
	asterisk, freeswitch,
	{
		folder: "genesys", source: genesysSource,
		prepare: func(string, *delivery) error { return nil },
		shift:   shiftGenesys,
	},
	{
		folder: "twilio", source: "vendor: twilio, auth: {scheme: twilio, secret: research-token-0123456789abcdef}",
		prepare: func(source string, d *delivery) error {
			d.header.Set("X-Twilio-Signature", simulate.SignTwilioForm("https://wallboard.example.org"+d.target, d.body, "research-token-0123456789abcdef"))
			return nil
		},
	},
	aircall,
	dialpad,
	intercom,
	ringcentral,
	zendesk,
	zoom,
	salesforceTelephony, salesforceChanges, salesforceOutbound, salesforceFlow, salesforceData360,
}

// recording is a file of testdata: deliveries, and what becomes of them. One that lists
// no interactions says only whether its one customer is abandoned or not_abandoned.
type recording struct {
	Scenario string         `json:"scenario"`
	Expected string         `json:"expected"`
	Policies map[string]any `json:"policies"`
	// Uncounted interactions are in no number of the last hour: another role, or too old.
	Uncounted    bool               `json:"uncounted"`
	Deliveries   []recordedDelivery `json:"deliveries"`
	Interactions []interaction      `json:"interactions"`
}

type recordedDelivery struct {
	Method  string            `json:"method"`
	Headers map[string]string `json:"headers"`
	URL     string            `json:"url"`
	Path    string            `json:"path"` // below the hook
	Body    jsontext.Value    `json:"body"`
	Claims  jsontext.Value    `json:"claims"` // in place of a body, to be signed
}

// interaction is one as the API shows it, as far as the recordings speak of it. Pointers
// that a recording leaves nil are not compared.
type interaction struct {
	ID          string   `json:"id"`
	State       string   `json:"state"`
	Outcome     string   `json:"outcome"`
	Reason      *string  `json:"reason"`
	WaitSeconds *float64 `json:"wait_seconds"`
	Queue       *string  `json:"queue"`
	Works       []work   `json:"works"`
	Corrections *int     `json:"corrections"` // compared where deliveries come in order
	Aliases     []string `json:"aliases"`     // of recordings only
}

type work struct {
	ID     *string `json:"id"`
	Agent  agent   `json:"agent"`
	Status string  `json:"status"`
}

// agent is an agent's id; the API's object has it as a member.
type agent string

func (a *agent) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '{' {
		return json.Unmarshal(b, (*string)(a))
	}
	var o struct {
		ID string `json:"id"`
	}
	err := json.Unmarshal(b, &o)
	*a = agent(o.ID)
	return err
}

// delivery is one request that is ready to be posted.
type delivery struct {
	method, target string
	header         http.Header
	body           string
}

// post sends it and returns an error unless the answer is a 2xx.
func (d *delivery) post(address string) error {
	r, err := http.NewRequest(d.method, "http://"+address+d.target, strings.NewReader(d.body))
	if err != nil {
		return err
	}
	r.Header = d.header
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("a delivery got %d", res.StatusCode)
	}
	return nil
}

// recordings reads those of a vendor, by the names of their sources.
func recordings(t *testing.T, v *vendor) map[string]*recording {
	t.Helper()
	paths, err := filepath.Glob("testdata/" + v.folder + "/*.seq.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recordings of %s: %v", v.folder, err)
	}
	all := make(map[string]*recording)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		q := new(recording)
		if err := json.Unmarshal(b, q); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if q.Scenario+".seq.json" != filepath.Base(path) {
			t.Errorf("%s has the scenario %q", path, q.Scenario)
		}
		all[strings.ToLower(q.Scenario)] = q
	}
	return all
}

// delivery makes the i-th delivery ready for a source.
func (q *recording) delivery(v *vendor, source string, i int, shift time.Duration) (*delivery, error) {
	r := &q.Deliveries[i]
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	d := &delivery{method: "POST", target: "/hooks/" + source + r.Path, header: http.Header{}, body: string(r.Body)}
	if r.Method != "" {
		d.method = r.Method
	}
	if u.RawQuery != "" {
		d.target += "?" + u.RawQuery
	}
	for name, value := range r.Headers {
		d.header.Set(name, value)
	}
	if len(r.Claims) > 0 {
		d.body = string(r.Claims)
	}
	if r.Body.Kind() == '"' {
		if err := json.Unmarshal(r.Body, &d.body); err != nil {
			return nil, err
		}
	}
	if v.shift != nil {
		if d.body, err = v.shift(d.body, shift); err != nil {
			return nil, err
		}
	}
	return d, v.prepare(source, d)
}

// standardWebhooks signs a delivery as of now.
func standardWebhooks(_ string, d *delivery) error {
	key, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		return err
	}
	id, stamp := fmt.Sprintf("msg-%x", sha256.Sum256([]byte(d.body)))[:20], fmt.Sprint(time.Now().Unix())
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + stamp + "." + d.body))
	d.header.Set("Webhook-Id", id)
	d.header.Set("Webhook-Timestamp", stamp)
	d.header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(m.Sum(nil)))
	return nil
}

var neutralTime = regexp.MustCompile(`"time": ?"([^"]*)"`)

func shiftNeutral(body string, by time.Duration) (string, error) {
	m := neutralTime.FindStringSubmatchIndex(body)
	if m == nil {
		return "", errors.New("a neutral event without a time")
	}
	at, err := time.Parse(time.RFC3339Nano, body[m[2]:m[3]])
	if err != nil {
		return "", err
	}
	return body[:m[2]] + at.Add(by).Format(time.RFC3339Nano) + body[m[3]:], nil
}

var connectTime = regexp.MustCompile(`"20\d\d-\d\d-\d\dT[0-9:.]+Z"`)

// shiftConnect moves every time of a body but those of 1970, which are none.
func shiftConnect(body string, by time.Duration) (string, error) {
	var failed error
	body = connectTime.ReplaceAllStringFunc(body, func(s string) string {
		at, err := time.Parse(`"`+time.RFC3339Nano+`"`, s)
		failed = errors.Join(failed, err)
		return at.Add(by).Format(`"2006-01-02T15:04:05.000Z"`)
	})
	return body, failed
}
