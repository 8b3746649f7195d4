package e2e

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// asterisk and freeswitch are telephone systems, whose forwarders sign by Standard Webhooks.
var (
	asterisk = vendor{
		folder: "asterisk", source: fmt.Sprintf("vendor: asterisk, auth: {scheme: standard-webhooks, secret: %q}", secret),
		prepare: standardWebhooks, shift: shifter(`"(?i:timestamp)": ?"(\d+)`, 1),
	}
	freeswitch = vendor{
		folder: "freeswitch", source: fmt.Sprintf("vendor: freeswitch, auth: {scheme: standard-webhooks, secret: %q}", secret),
		prepare: standardWebhooks, shift: shifter(`"Event-Date-Timestamp": ?"(\d+)`, 1_000_000),
	}
)

// shifter moves the times of a body that a pattern finds, in so many parts of a second.
func shifter(pattern string, second int64) func(string, time.Duration) (string, error) {
	found := regexp.MustCompile(pattern)
	return func(body string, by time.Duration) (string, error) {
		m := found.FindStringSubmatchIndex(body)
		if m == nil {
			return "", fmt.Errorf("no time in %s", body)
		}
		// A wrapping's own time comes first, and is another form.
		if t := body[m[2]:m[3]]; len(t) < 9 {
			m = found.FindAllStringSubmatchIndex(body, 2)[1]
		}
		n, err := strconv.ParseInt(body[m[2]:m[3]], 10, 64)
		if err != nil {
			return "", err
		}
		return body[:m[2]] + strconv.FormatInt(n+int64(by/time.Second)*second, 10) + body[m[3]:], nil
	}
}
