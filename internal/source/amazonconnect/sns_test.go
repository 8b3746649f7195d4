package amazonconnect

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/source"
)

const topic = "arn:aws:sns:eu-west-2:210987654321:connect-contact-events"

// refusing is a network on which nothing answers.
type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("no request is allowed here")
}

// amazon is a real HTTPS server in the place of SNS's, reached whatever host is asked for.
type amazon struct {
	fetcher
	mu   sync.Mutex
	seen []string
}

// newAmazon serves with the handler and notes what is asked for. TLS is checked, against the
// server's own certificate.
func newAmazon(t *testing.T, h http.HandlerFunc) *amazon {
	t.Helper()
	a := &amazon{}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.seen = append(a.seen, r.Host+r.URL.RequestURI())
		a.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(s.Close)
	roots := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	a.fetcher = newFetcher(&http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
		},
	})
	return a
}

func (a *amazon) requests() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seen
}

// serveCertificate answers as SNS does: the certificate, and 200 to a confirmation.
func serveCertificate(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, ".pem") {
		http.ServeFile(w, r, "testdata/sns/test-signing-cert.pem")
	}
}

func verifierAt(t *testing.T, web fetcher) *sns {
	t.Helper()
	v, err := newSNS([]string{topic}, web)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// message reads a fixture, with what edit does to it, as a delivery received a minute
// after its Timestamp.
func snsDelivery(t *testing.T, name string, edit func(map[string]any)) *source.Delivery {
	t.Helper()
	b, err := os.ReadFile("testdata/sns/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, m["Timestamp"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(m)
	}
	if b, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	return &source.Delivery{
		Method: "POST", Body: b, Received: at.Add(time.Minute),
		Header: http.Header{"Content-Type": {"text/plain; charset=UTF-8"}, "X-Amz-Sns-Message-Type": {m["Type"].(string)}},
	}
}

// TestSignatures: both versions verify, over just the text that SNS documents, and the
// certificate is fetched once.
func TestSignatures(t *testing.T) {
	web := newAmazon(t, serveCertificate)
	v := verifierAt(t, web.fetcher)
	for _, name := range []string{"notification-v1", "notification-v2"} {
		d := snsDelivery(t, name+".json", nil)
		if err := v.Verify(d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		d.Received = d.Received.Add(30 * 24 * time.Hour)
		if err := v.Verify(d); err != nil {
			t.Errorf("%s, a month later: %v", name, err)
		}
		var m message
		if err := json.Unmarshal(d.Body, &m); err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("testdata/sns/" + name + ".string-to-sign.txt")
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := m.signed(); !ok || got != string(want) {
			t.Errorf("%s: the text to sign is\n%q, want\n%q", name, got, want)
		}
		out, err := decoder{}.Decode(d)
		if err != nil || len(out.Events) != 3 || len(out.Problems) > 0 {
			t.Errorf("%s: %v %s", name, err, tell(out))
		}
	}
	if got := web.requests(); len(got) != 1 {
		t.Errorf("the certificate was fetched by %q", got)
	}
}

// TestRefused: each of these is 401, and none causes a request but for the certificate.
func TestRefused(t *testing.T) {
	set := func(name string, value any) func(map[string]any) {
		return func(m map[string]any) { m[name] = value }
	}
	for name, tc := range map[string]struct {
		edit    func(map[string]any)
		fetched int
		want    string
	}{
		"a changed message":       {set("Message", "{}"), 1, "Signature: is wrong"},
		"a changed time":          {set("Timestamp", "2026-11-20T09:15:47.221Z"), 1, "Signature: is wrong"},
		"an added subject":        {set("Subject", "x"), 1, "Signature: is wrong"},
		"another version":         {set("SignatureVersion", "1"), 1, "Signature: is wrong"},
		"no version":              {set("SignatureVersion", ""), 0, "SignatureVersion"},
		"version 3":               {set("SignatureVersion", "3"), 0, "SignatureVersion"},
		"no signature":            {set("Signature", ""), 0, "Signature: is missing"},
		"not base64":              {set("Signature", "§"), 0, "Signature: is missing"},
		"somebody else's topic":   {set("TopicArn", "arn:aws:sns:eu-west-2:999999999999:connect-contact-events"), 0, "TopicArn"},
		"no topic":                {func(m map[string]any) { delete(m, "TopicArn") }, 0, "TopicArn"},
		"another type":            {set("Type", "Other"), 0, "Type"},
		"an object for a version": {set("SignatureVersion", map[string]any{}), 0, "no SNS message"},
	} {
		web := newAmazon(t, serveCertificate)
		err := verifierAt(t, web.fetcher).Verify(snsDelivery(t, "notification-v2.json", tc.edit))
		if !errors.Is(err, source.ErrUnauthenticated) || !strings.Contains(err.Error(), tc.want) || len(web.requests()) != tc.fetched {
			t.Errorf("%s: got %v after %q, want %s", name, err, web.requests(), tc.want)
		}
	}
	v := verifierAt(t, newFetcher(refusing{}))
	raw := snsDelivery(t, "notification-v2.json", nil)
	raw.Header.Set("X-Amz-Sns-Rawdelivery", "true")
	if err := v.Verify(raw); !errors.Is(err, source.ErrUnauthenticated) || !strings.Contains(err.Error(), "raw message delivery") {
		t.Errorf("raw delivery: %v", err)
	}
	if err := v.Verify(delivery("[]")); !errors.Is(err, source.ErrUnauthenticated) {
		t.Errorf("no message: %v", err)
	}
}

// elsewhere are addresses that must never be asked, for a certificate and for a
// confirmation alike.
var elsewhere = []string{
	"", "http://sns.eu-west-2.amazonaws.com%s", "ftp://sns.eu-west-2.amazonaws.com%s", "file:///etc/hosts", "//sns.eu-west-2.amazonaws.com%s",
	"https://169.254.169.254%s", "https://[::1]%s", "https://[fe80::1%%25eth0]%s", "https://2130706433%s", "https://127.0.0.1%s", "https://localhost%s",
	"https://sns.us-east-1.amazonaws.com%s", "https://sns.eu-west-2.amazonaws.com.cn%s", "https://sns.eu-west-2.amazonaws.com.example.org%s",
	"https://example.org/sns.eu-west-2.amazonaws.com%s", "https://examplesns.eu-west-2.amazonaws.com%s", "https://sns.eu-west-2.amazonaws.com@example.org%s",
	"https://user:password@sns.eu-west-2.amazonaws.com%s", "https://@sns.eu-west-2.amazonaws.com%s", "https://sns.eu-west-2.amazonaws.com:443%s", "https://sns.eu-west-2.amazonaws.com:8443%s",
	"https://SNS.eu-west-2.amazonaws.com%s", "https://sns.eu-west-2.amazonaws.com.%s", "https://sns.eu-west-2.amazonaws.com\\@example.org%s",
	"https://bucket.s3.amazonaws.com%s", "https:sns.eu-west-2.amazonaws.com%s", "https://sns.eu-west-2.amazonaws.com%s#x", " https://sns.eu-west-2.amazonaws.com%s",
}

func TestForeignCertificates(t *testing.T) {
	const path = "/SimpleNotificationService-00000000000000000000000000000000.pem"
	var all []string
	for _, u := range elsewhere {
		all = append(all, strings.Replace(strings.ReplaceAll(u, "%%", "%"), "%s", path, 1))
	}
	const host = "https://sns.eu-west-2.amazonaws.com"
	all = append(all, host+"/", host+"/other.pem", host+"/SimpleNotificationService-1.pem", host+"/a"+path, host+path+"/", host+path+"?x=1", host+path+"?",
		host+"/../.."+path, host+"/SimpleNotificationService-%30000000000000000000000000000000.pem", host+"//SimpleNotificationService-00000000000000000000000000000000.pem")
	for _, u := range all {
		d := snsDelivery(t, "notification-v2.json", func(m map[string]any) { m["SigningCertURL"] = u })
		err := verifierAt(t, newFetcher(refusing{})).Verify(d)
		if !errors.Is(err, source.ErrUnauthenticated) || !strings.Contains(err.Error(), "SigningCertURL") {
			t.Errorf("%s: got %v", u, err)
		}
	}
}

// TestConfirmation: one request, after the signature was verified, and not for an old one.
func TestConfirmation(t *testing.T) {
	web := newAmazon(t, serveCertificate)
	v := verifierAt(t, web.fetcher)
	d := snsDelivery(t, "subscription-confirmation-v2.json", nil)
	for range 3 {
		if err := v.Verify(d); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := (decoder{}).Decode(d); err != nil || len(out.Events)+len(out.Problems) > 0 {
		t.Errorf("it decodes to %s (%v)", tell(out), err)
	}
	got := web.requests()
	if len(got) != 2 || !strings.HasPrefix(got[1], "sns.eu-west-2.amazonaws.com/?Action=ConfirmSubscription&") {
		t.Errorf("the requests were %q", got)
	}

	web = newAmazon(t, serveCertificate)
	v = verifierAt(t, web.fetcher)
	for _, age := range []time.Duration{61 * time.Minute, -7 * time.Minute} {
		d.Received = d.Received.Add(age)
		if err := v.Verify(d); !errors.Is(err, source.ErrUnauthenticated) || len(web.requests()) != 1 {
			t.Errorf("one %s old: %v, after %q", age, err, web.requests())
		}
		d.Received = d.Received.Add(-age)
	}
	forged := snsDelivery(t, "subscription-confirmation-v2.json", func(m map[string]any) { m["Token"] = "other" })
	if err := v.Verify(forged); !errors.Is(err, source.ErrUnauthenticated) || len(web.requests()) != 1 {
		t.Errorf("a forged one: %v, after %q", err, web.requests())
	}
}

// TestForeignConfirmations: also a right signature does not make another host be asked.
func TestForeignConfirmations(t *testing.T) {
	const query = "/?Action=ConfirmSubscription&TopicArn=" + topic + "&Token=t"
	const host = "https://sns.eu-west-2.amazonaws.com"
	all := []string{
		host + "/?Action=Unsubscribe&TopicArn=" + topic, host + "/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-2:1:other",
		host + "/x?Action=ConfirmSubscription&TopicArn=" + topic,
	}
	for _, u := range elsewhere {
		all = append(all, strings.Replace(strings.ReplaceAll(u, "%%", "%"), "%s", query, 1))
	}
	v := verifierAt(t, newFetcher(refusing{}))
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for _, u := range all {
		m := message{MessageID: "m", TopicARN: topic, Timestamp: now.Format(time.RFC3339), SubscribeURL: u}
		if err := v.confirm(&m, "sns.eu-west-2.amazonaws.com", now); !errors.Is(err, source.ErrUnauthenticated) {
			t.Errorf("%s: got %v", u, err)
		}
	}
}

// TestUnavailable: what may go away by itself is never 401, which SNS takes for final; and
// it is tried again.
func TestUnavailable(t *testing.T) {
	var broken bool
	var mu sync.Mutex
	web := newAmazon(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if broken {
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		serveCertificate(w, r)
	})
	v := verifierAt(t, web.fetcher)
	set := func(b bool) { mu.Lock(); broken = b; mu.Unlock() }
	confirmation := snsDelivery(t, "subscription-confirmation-v2.json", nil)
	set(true)
	if err := v.Verify(confirmation); !errors.Is(err, source.ErrUnavailable) {
		t.Errorf("no certificate: %v", err)
	}
	set(false)
	if err := v.Verify(snsDelivery(t, "notification-v1.json", nil)); err != nil {
		t.Errorf("again: %v", err)
	}
	set(true)
	if err := v.Verify(confirmation); !errors.Is(err, source.ErrUnavailable) {
		t.Errorf("no confirmation: %v", err)
	}
	set(false)
	if err := v.Verify(confirmation); err != nil {
		t.Errorf("confirmed again: %v", err)
	}
}

// TestCertificateAnswers: a redirect is not followed, what is too long or no certificate is
// not taken, nor one that is out of date.
func TestCertificateAnswers(t *testing.T) {
	for name, tc := range map[string]struct {
		answer   http.HandlerFunc
		want     error
		requests int
	}{
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://169.254.169.254/latest", http.StatusFound)
		}, source.ErrUnavailable, 1},
		"too long": {func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, maxFetched+1)) }, source.ErrUnavailable, 1},
		"no PEM":   {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) }, source.ErrUnauthenticated, 1},
		"no certificate": {func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
		}, source.ErrUnauthenticated, 1},
	} {
		web := newAmazon(t, tc.answer)
		if err := verifierAt(t, web.fetcher).Verify(snsDelivery(t, "notification-v2.json", nil)); !errors.Is(err, tc.want) || len(web.requests()) != tc.requests {
			t.Errorf("%s: got %v after %q", name, err, web.requests())
		}
	}
	web := newAmazon(t, serveCertificate)
	v := verifierAt(t, web.fetcher)
	for _, year := range []int{2025, 2047} {
		v.certificates.now = func() time.Time { return time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC) }
		if err := v.Verify(snsDelivery(t, "notification-v2.json", nil)); !errors.Is(err, source.ErrUnauthenticated) {
			t.Errorf("in %d: %v", year, err)
		}
	}
}

// TestCertificateLimits: the cache is bounded, and so are the fetches under way.
func TestCertificateLimits(t *testing.T) {
	web := newAmazon(t, serveCertificate)
	s := newCertificates(web.fetcher)
	const host = "https://sns.eu-west-2.amazonaws.com/"
	for i := range maxCertificates + 1 {
		if _, err := s.key(host + strings.Repeat("a", i+1) + ".pem"); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.byURL) != maxCertificates || len(s.urls) != maxCertificates {
		t.Errorf("%d certificates are kept, want %d", len(s.byURL), maxCertificates)
	}

	release := make(chan struct{})
	arrived := make(chan struct{}, maxFetches)
	slow := newAmazon(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-release
		serveCertificate(w, r)
	})
	s = newCertificates(slow.fetcher)
	var wait sync.WaitGroup
	for i := range maxFetches {
		wait.Go(func() {
			if _, err := s.key(host + strings.Repeat("a", i+1) + ".pem"); err != nil {
				t.Error(err)
			}
		})
	}
	for range maxFetches {
		<-arrived
	}
	if _, err := s.key(host + "one-more.pem"); !errors.Is(err, source.ErrUnavailable) {
		t.Errorf("one fetch more: %v", err)
	}
	close(release)
	wait.Wait()
}

func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{
		"127.0.0.1:443": false, "[::1]:443": false, "169.254.169.254:443": false, "[fe80::1]:443": false, "[::ffff:127.0.0.1]:443": false,
		"0.0.0.0:443": false, "224.0.0.1:443": false, "10.0.0.7:443": true, "203.0.113.7:443": true, "[2001:db8::7]:443": true,
	} {
		if err := public(address); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestTopics(t *testing.T) {
	for _, bad := range []string{"", "connect-contact-events", "arn:aws:sqs:eu-west-2:210987654321:t", "arn:aws:sns:eu-west-2:21:t", "arn:aws:sns:evil.example:210987654321:t", topic + "\n"} {
		if _, err := newSNS([]string{topic, bad}, newFetcher(refusing{})); err == nil || !strings.Contains(err.Error(), "auth.topics[1]") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
	if _, err := newSNS(nil, newFetcher(refusing{})); err == nil || !strings.Contains(err.Error(), "auth.topics: is missing") {
		t.Errorf("none: %v", err)
	}
	v, err := newSNS([]string{"arn:aws-cn:sns:cn-north-1:210987654321:t", "arn:aws-us-gov:sns:us-gov-west-1:210987654321:t"}, newFetcher(refusing{}))
	if err != nil || v.hosts["arn:aws-cn:sns:cn-north-1:210987654321:t"] != "sns.cn-north-1.amazonaws.com.cn" ||
		v.hosts["arn:aws-us-gov:sns:us-gov-west-1:210987654321:t"] != "sns.us-gov-west-1.amazonaws.com" {
		t.Errorf("%v: %+v", err, v)
	}
}
