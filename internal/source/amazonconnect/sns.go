package amazonconnect

import (
	"crypto"
	"crypto/rsa"
	_ "crypto/sha1" // version 1 of SNS's signatures
	_ "crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/source"
)

// Limits of the requests that a message can cause. A confirmation is good for
// confirmationAge and no longer, so that an old one cannot be played back; notifications
// are never refused by age, because a retry after an outage is as true as the first.
const (
	confirmationAge = time.Hour
	clockSkew       = 5 * time.Minute
	maxConfirmed    = 64
)

// sns checks messages of Amazon SNS: the topic against the list, then the RSA signature
// by the certificate that the message names, which must be on the SNS host of the topic's
// own region. A confirmation whose signature is right is confirmed by one request.
type sns struct {
	// Static after construction.
	hosts        map[string]string // SNS host by topic ARN
	web          fetcher
	certificates *certificates

	// Guarded by mu.
	mu        sync.Mutex
	confirmed []string // message ids, the latest last
}

// message is the envelope, by SNS's own names and case.
type message struct {
	Type             string
	MessageID        string `json:"MessageId"`
	Token            string
	TopicARN         string `json:"TopicArn"`
	Subject          *string
	Message          string
	Timestamp        string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
	SubscribeURL     string
}

func (v *sns) Verify(d *source.Delivery) error {
	refused := func(why string) error { return fmt.Errorf("%w: %s", source.ErrUnauthenticated, why) }
	if strings.EqualFold(d.Header.Get("X-Amz-Sns-Rawdelivery"), "true") {
		return refused("the message has no signature; turn raw message delivery off for this subscription")
	}
	var m message
	if err := json.Unmarshal(d.Body, &m); err != nil {
		return refused("the body is no SNS message")
	}
	host, listed := v.hosts[m.TopicARN]
	if !listed {
		return refused("TopicArn: is missing or not among auth.topics")
	}
	signed, ok := m.signed()
	if !ok {
		return refused("Type: is not one that SNS sends")
	}
	hash := map[string]crypto.Hash{"1": crypto.SHA1, "2": crypto.SHA256}[m.SignatureVersion]
	if hash == 0 {
		return refused("SignatureVersion: is neither 1 nor 2")
	}
	signature, err := base64.StdEncoding.DecodeString(m.Signature)
	if err != nil || len(signature) == 0 {
		return refused("Signature: is missing or not base64")
	}
	address, ok := certificateURL(m.SigningCertURL, host)
	if !ok {
		return refused("SigningCertURL: is not a certificate on the SNS host of the topic's region")
	}
	key, err := v.certificates.key(address)
	if err != nil {
		return err
	}
	h := hash.New()
	h.Write([]byte(signed))
	if rsa.VerifyPKCS1v15(key, hash, h.Sum(nil), signature) != nil {
		return refused("Signature: is wrong")
	}
	if m.Type == "SubscriptionConfirmation" {
		return v.confirm(&m, host, d.Received)
	}
	return nil
}

// signed is the text that a message's signature covers: names and values, each with a
// line feed. ok is false for a type that is not signed.
func (m *message) signed() (s string, ok bool) {
	var b strings.Builder
	put := func(name, value string) { b.WriteString(name + "\n" + value + "\n") }
	put("Message", m.Message)
	put("MessageId", m.MessageID)
	switch m.Type {
	case "Notification":
		if m.Subject != nil {
			put("Subject", *m.Subject)
		}
	case "SubscriptionConfirmation", "UnsubscribeConfirmation":
		put("SubscribeURL", m.SubscribeURL)
	default:
		return "", false
	}
	put("Timestamp", m.Timestamp)
	if m.Type != "Notification" {
		put("Token", m.Token)
	}
	put("TopicArn", m.TopicARN)
	put("Type", m.Type)
	return b.String(), true
}

// certificateForm is the path of a certificate of SNS.
var certificateForm = regexp.MustCompile(`^/SimpleNotificationService-[0-9a-fA-F]{32}\.pem$`)

// onHost parses a URL that must be https on just this host: no user, no port, no
// fragment, no other spelling.
func onHost(address, host string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host != host || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return nil, false
	}
	return u, true
}

// certificateURL checks a SigningCertURL, and returns what is fetched and cached under.
func certificateURL(address, host string) (string, bool) {
	u, ok := onHost(address, host)
	if !ok || u.RawQuery != "" || u.ForceQuery || u.RawPath != "" || !certificateForm.MatchString(u.Path) {
		return "", false
	}
	return u.String(), true
}

// confirm asks for the subscription's SubscribeURL, once for a message. The signature was
// right, and still the URL must be on the topic's host and confirm this very topic.
func (v *sns) confirm(m *message, host string, received time.Time) error {
	refused := func(why string) error { return fmt.Errorf("%w: %s", source.ErrUnauthenticated, why) }
	at, err := time.Parse(time.RFC3339, m.Timestamp)
	if age := received.Sub(at); err != nil || age > confirmationAge || age < -clockSkew {
		return refused("Timestamp: is not of the last hour; request the confirmation again")
	}
	u, ok := onHost(m.SubscribeURL, host)
	if !ok || u.Path != "/" {
		return refused("SubscribeURL: is not on the SNS host of the topic's region")
	}
	if q := u.Query(); q.Get("Action") != "ConfirmSubscription" || q.Get("TopicArn") != m.TopicARN {
		return refused("SubscribeURL: does not confirm this topic's subscription")
	}
	if !v.first(m.MessageID) {
		return nil
	}
	if _, err := v.web.fetch(u.String()); err != nil {
		v.forget(m.MessageID)
		return fmt.Errorf("%w: the subscription could not be confirmed", source.ErrUnavailable)
	}
	return nil
}

// first notes a message's confirmation and reports whether it is the first.
func (v *sns) first(id string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if slices.Contains(v.confirmed, id) {
		return false
	}
	if len(v.confirmed) >= maxConfirmed {
		v.confirmed = append(v.confirmed[:0], v.confirmed[1:]...)
	}
	v.confirmed = append(v.confirmed, id)
	return true
}

func (v *sns) forget(id string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.confirmed = slices.DeleteFunc(v.confirmed, func(c string) bool { return c == id })
}
