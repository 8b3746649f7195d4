package forward

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// How much is posted at once, and how it is tried again. The pause doubles from the first to the
// longest; the answer's own Retry-After may lengthen it to the longest.
const (
	batchEvents  = 200
	batchBytes   = 256 << 10
	postTimeout  = 20 * time.Second
	firstPause   = 250 * time.Millisecond
	longestPause = 15 * time.Second
)

// poster empties an outbox into a hook.
type poster struct {
	// Static after construction.
	outbox *Outbox
	hook   string
	sign   *webhooks.Webhook
	client *http.Client
	logger *slog.Logger
}

func newPoster(o *Outbox, hook, secret string, logger *slog.Logger) (*poster, error) {
	sign, err := webhooks.NewWebhook(secret)
	if err != nil {
		return nil, errors.New("hook_secret: is not base64, as Standard Webhooks secrets are (with or without whsec_ before it)")
	}
	return &poster{outbox: o, hook: hook, sign: sign, logger: logger, client: &http.Client{
		Timeout: postTimeout,
		// A redirect could lead what is posted elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// run posts until the context ends. Nothing but an acknowledgement takes an event out of the
// outbox, so whatever else is answered is tried again.
func (p *poster) run(ctx context.Context) error {
	pause, trouble, most := firstPause, "", batchEvents
	for {
		lines, end, err := p.outbox.Next(most, batchBytes)
		if err != nil {
			return fmt.Errorf("read the outbox: %w", err)
		}
		if len(lines) == 0 {
			select {
			case <-p.outbox.Wake():
				continue
			case <-ctx.Done():
				return nil
			}
		}
		after, err := p.post(ctx, lines)
		switch {
		case err == nil:
			if trouble != "" {
				p.logger.Info("the wallboard takes events again")
			}
			if err := p.outbox.Done(end); err != nil {
				return err
			}
			pause, trouble, most = firstPause, "", min(batchEvents, most*2)
			continue
		case ctx.Err() != nil:
			return nil
		}
		if s := err.Error(); s != trouble {
			trouble = s
			p.logger.Warn("the wallboard takes no events; they wait in the outbox", "cause", err)
		}
		most = max(1, most/2) // one that is refused holds up few
		timer := time.NewTimer(min(max(pause, after), longestPause))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		pause *= 2
	}
}

// post sends one delivery. after is how long the answer asks to wait.
func (p *poster) post(ctx context.Context, lines [][]byte) (after time.Duration, err error) {
	body := append([]byte("["), bytes.Join(lines, []byte(","))...)
	body = append(body, ']')
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.hook, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the hook's address makes no request")
	}
	now := time.Now()
	id := fmt.Sprintf("%x", now.UnixNano())
	signature, err := p.sign.Sign(id, now, body)
	if err != nil {
		return 0, errors.New("the delivery cannot be signed")
	}
	r.Header.Set("Content-Type", "application/cloudevents-batch+json")
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", signature)
	res, err := p.client.Do(r)
	if err != nil {
		// The client's error names the address, which may hold a secret.
		if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return 0, err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // what is left unread would cost the connection
	if res.StatusCode/100 == 2 {
		return 0, nil
	}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 && s < 3600 {
		after = time.Duration(s) * time.Second
	}
	switch res.StatusCode {
	case http.StatusUnauthorized:
		return longestPause, errors.New("the hook answered 401: hook_secret is not that of the source, or a clock is wrong")
	case http.StatusNotFound:
		return longestPause, errors.New("the hook answered 404: no source has the name at the end of hook")
	}
	return after, fmt.Errorf("the hook answered %d", res.StatusCode)
}
