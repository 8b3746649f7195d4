package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/simulate"
)

// Options say where recordings go.
type Options struct {
	// To is the server's URL, without the hook's path.
	To string
	// Source is the configured source that receives the deliveries.
	Source string
	// Secret signs claims, and Twilio's deliveries anew, and takes the place of a recorded
	// secret in a header X-Api-Key. "" posts what was recorded as it is, and fails for claims.
	Secret string
	// PublicURL is the server's URL as vendors call it, which Twilio's signature covers.
	// "" means To.
	PublicURL string
	// AllowRemote lets To be something else than a loopback address.
	AllowRemote bool
	// Out is told the status of each delivery; nil means nobody.
	Out io.Writer
}

// Result counts what was posted.
type Result struct {
	Files, Posted, Accepted, Refused int
	// Statuses counts the answers by status code.
	Statuses map[int]int
}

// The errors of Files that callers may tell apart.
var (
	// ErrRemote says that To is no loopback address, and that this was not allowed.
	ErrRemote = errors.New("the server is not a loopback address; recordings go to others only when that is allowed")
	// ErrRefused says that all was posted, but the server did not accept all of it.
	ErrRefused = errors.New("the server refused deliveries")
)

// requestTimeout bounds one delivery.
const requestTimeout = 30 * time.Second

// Files posts the deliveries of the files in their order, one at a time. All files are
// read before the first is posted. A refused delivery does not stop the others; Files
// then fails with ErrRefused. A server that does not answer stops it.
func Files(ctx context.Context, o Options, paths []string) (Result, error) {
	result := Result{Statuses: make(map[int]int)}
	p, err := newPlayer(o)
	if err != nil {
		return result, err
	}
	defer p.client.CloseIdleConnections()
	recordings := make([]*recording, len(paths))
	for i, path := range paths {
		if recordings[i], err = read(path); err != nil {
			return result, err
		}
	}
	for i, r := range recordings {
		result.Files++
		for j := range r.Deliveries {
			status, err := p.post(ctx, r.Vendor, &r.Deliveries[j])
			if err != nil {
				return result, fmt.Errorf("replay: %s, delivery %d: %w", paths[i], j+1, err)
			}
			result.Posted++
			result.Statuses[status]++
			if status/100 == 2 {
				result.Accepted++
			} else {
				result.Refused++
			}
			if o.Out != nil {
				fmt.Fprintf(o.Out, "%s %d/%d %d %s\n", paths[i], j+1, len(r.Deliveries), status, http.StatusText(status))
			}
		}
	}
	if result.Refused > 0 {
		return result, fmt.Errorf("replay: %w: %d of %d", ErrRefused, result.Refused, result.Posted)
	}
	return result, nil
}

// player posts to one hook.
type player struct {
	hook, public string // without a query
	secret       string
	client       *http.Client
}

func newPlayer(o Options) (*player, error) {
	to, err := url.Parse(o.To)
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" || to.RawQuery != "" || to.Fragment != "" {
		return nil, errors.New("replay: the server's url must be http or https, without a query")
	}
	if o.Source == "" || url.PathEscape(o.Source) != o.Source {
		return nil, errors.New("replay: the source must be the name of a configured source")
	}
	if !o.AllowRemote && !loopback(to.Hostname()) {
		return nil, fmt.Errorf("replay: %w", ErrRemote)
	}
	public := o.PublicURL
	if public == "" {
		public = o.To
	}
	path := "/hooks/" + o.Source
	return &player{
		hook: strings.TrimRight(o.To, "/") + path, public: strings.TrimRight(public, "/") + path, secret: o.Secret,
		client: &http.Client{
			Transport: &http.Transport{}, Timeout: requestTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// unsent are headers of a recording that belong to its connection.
var unsent = []string{"Host", "Content-Length", "Connection", "Transfer-Encoding"}

func (p *player) post(ctx context.Context, vendor string, d *recorded) (status int, err error) {
	body, err := d.bytes(p.secret)
	if err != nil {
		return 0, err
	}
	query, err := d.query()
	if err != nil {
		return 0, err
	}
	header := make(http.Header)
	for name, value := range d.Headers {
		header.Set(name, value)
	}
	for _, name := range unsent {
		header.Del(name)
	}
	if p.secret != "" && vendor == "twilio" {
		query = signTwilio(header, p.public, query, body, p.secret)
	}
	if p.secret != "" && header.Get(simulate.ConnectHeader) != "" {
		header.Set(simulate.ConnectHeader, p.secret)
	}
	method := http.MethodPost
	if d.Method != "" {
		method = d.Method
	}
	req, err := http.NewRequestWithContext(ctx, method, withQuery(p.hook, query), bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the method or the url makes no request")
	}
	req.Header = header
	resp, err := p.client.Do(req)
	if err != nil {
		// The client's error names the URL, whose query is part of the recording.
		if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return 0, err
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
