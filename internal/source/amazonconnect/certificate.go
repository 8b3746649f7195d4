package amazonconnect

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/wallboard/wallboard/internal/source"
)

// Limits of what is fetched. SNS waits 15 s for its answer, which fetchTimeout must leave
// room for twice: a confirmation may need a certificate first.
const (
	fetchTimeout    = 5 * time.Second
	maxFetched      = 64 << 10
	maxCertificates = 16
	maxFetches      = 4  // at once
	maxWaiting      = 32 // deliveries for fetches at once; no more hold a place of the intake
)

// fetcher makes the two requests that an SNS source may cause. Tests give it another
// network.
type fetcher struct{ *http.Client }

// client is the fetcher of the real network. That the right host answers is what TLS is
// for; an address of this machine or link, where the metadata services of clouds are, is
// refused before anything is sent. Private addresses are not: inside a VPC, SNS has one.
func client() fetcher {
	dialer := &net.Dialer{Timeout: fetchTimeout, Control: func(_, address string, _ syscall.RawConn) error { return public(address) }}
	return newFetcher(&http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: fetchTimeout, DisableKeepAlives: true})
}

func newFetcher(t http.RoundTripper) fetcher {
	return fetcher{&http.Client{
		Transport: t, Timeout: fetchTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// public refuses addresses that SNS never has.
func public(address string) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if ip := a.Addr().Unmap(); ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return errors.New("the SNS host has an address of this machine or link")
	}
	return nil
}

// fetch returns the body of a 200. A redirect is not followed, and is no 200.
func (f fetcher) fetch(address string) ([]byte, error) {
	res, err := f.Get(address)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", res.StatusCode)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxFetched+1))
	if err == nil && len(b) > maxFetched {
		err = errors.New("longer than it may be")
	}
	return b, err
}

// certificates keeps the keys of signing certificates by their URLs, the latest few.
type certificates struct {
	web fetcher // static after construction
	now func() time.Time

	// Guarded by mu.
	mu      sync.Mutex
	byURL   map[string]*certificate
	urls    []string // of those that were fetched, the oldest first
	fetches int
	waiting int
}

// certificate is one that is fetched or being fetched.
type certificate struct {
	done         chan struct{} // closed by its fetcher
	key          *rsa.PublicKey
	since, until time.Time
	err          error // set before done is closed, as the fields above
}

func newCertificates(web fetcher) *certificates {
	return &certificates{web: web, now: time.Now, byURL: make(map[string]*certificate)}
}

// key returns the key of the certificate at an address that was checked. What may go away
// by itself wraps source.ErrUnavailable: SNS tries again after a 5xx, and never after
// a 4xx.
func (s *certificates) key(address string) (*rsa.PublicKey, error) {
	s.mu.Lock()
	c := s.byURL[address]
	switch {
	case c == nil && s.fetches >= maxFetches, s.waiting >= maxWaiting && !c.ready():
		s.mu.Unlock()
		return nil, fmt.Errorf("%w: too many certificates are being fetched", source.ErrUnavailable)
	case c == nil:
		c = &certificate{done: make(chan struct{})}
		s.byURL[address] = c
		s.fetches++
		s.mu.Unlock()
		c.read(s.web.fetch(address))
		s.keep(address, c)
	default:
		s.waiting++
		s.mu.Unlock()
		<-c.done
		s.mu.Lock()
		s.waiting--
		s.mu.Unlock()
	}
	if c.err != nil {
		return nil, c.err
	}
	if now := s.now(); now.Before(c.since) || now.After(c.until) {
		return nil, fmt.Errorf("%w: the signing certificate is not valid at this time", source.ErrUnauthenticated)
	}
	return c.key, nil
}

// ready reports whether the certificate is there already.
func (c *certificate) ready() bool {
	if c == nil {
		return false
	}
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// keep ends a fetch: a certificate stays, and the oldest makes room for it; a failure is
// forgotten, so that the next message tries again.
func (s *certificates) keep(address string, c *certificate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetches--
	close(c.done)
	if c.err != nil {
		delete(s.byURL, address)
		return
	}
	if len(s.urls) >= maxCertificates {
		delete(s.byURL, s.urls[0])
		s.urls = append(s.urls[:0], s.urls[1:]...)
	}
	s.urls = append(s.urls, address)
}

// read takes what was fetched.
func (c *certificate) read(body []byte, err error) {
	if err != nil {
		c.err = fmt.Errorf("%w: the signing certificate could not be fetched", source.ErrUnavailable)
		return
	}
	c.err = fmt.Errorf("%w: what SigningCertURL names is no certificate with an RSA key", source.ErrUnauthenticated)
	block, _ := pem.Decode(body)
	if block == nil {
		return
	}
	x, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return
	}
	if key, ok := x.PublicKey.(*rsa.PublicKey); ok {
		c.key, c.since, c.until, c.err = key, x.NotBefore, x.NotAfter, nil
	}
}
