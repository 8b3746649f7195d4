package simulate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// How retries are spaced. The first pause doubles up to the longest; a longer
// Retry-After is cut to the longest, too.
const (
	requestTimeout = 15 * time.Second // as Twilio's
	firstPause     = 100 * time.Millisecond
	longestPause   = 5 * time.Second
)

// poster posts deliveries to one URL, over connections that are kept.
type poster struct {
	url      string
	attempts int
	longest  time.Duration // pause
	client   *http.Client
	retried  func()
}

func newPoster(o *Options, retried func()) *poster {
	transport := &http.Transport{MaxIdleConnsPerHost: o.Concurrency, MaxConnsPerHost: o.Concurrency}
	return &poster{url: o.URL, attempts: o.Attempts, longest: o.LongestPause, retried: retried, client: &http.Client{
		Transport: transport, Timeout: requestTimeout,
		// A vendor does not follow redirects, and they could lead elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// post returns nil once the server acknowledged. The same body is posted again after
// 429, 5xx and broken connections.
func (p *poster) post(ctx context.Context, d *delivery) error {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		after, again, err := p.try(ctx, d)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !again || attempt == p.attempts {
			return fmt.Errorf("post a delivery, attempt %d: %w", attempt, err)
		}
		p.retried()
		timer := time.NewTimer(min(max(pause, after), p.longest))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		pause *= 2
	}
}

// remedies are what to do about a refusal that no further attempt mends.
var remedies = map[int]string{
	http.StatusUnauthorized: ": give the source's --secret and --vendor, and --public-url where it is another than --to",
	http.StatusNotFound:     ": the server has no source of the name that --source gives",
	http.StatusBadRequest:   ": is the source of the vendor that --vendor names?",
}

func (p *poster) try(ctx context.Context, d *delivery) (after time.Duration, again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(d.body))
	if err != nil {
		return 0, false, errors.New("the hook's url makes no request")
	}
	req.Header = d.header.Clone()
	resp, err := p.client.Do(req)
	if err != nil {
		// The client's error names the URL, which may hold a secret.
		if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return 0, true, err
	}
	defer resp.Body.Close()
	// What is left unread would cost the connection.
	io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode/100 == 2 {
		return 0, false, nil
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 && s < 3600 {
		after = time.Duration(s) * time.Second
	}
	again = resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests
	return after, again, fmt.Errorf("the hook answered %d%s", resp.StatusCode, remedies[resp.StatusCode])
}
