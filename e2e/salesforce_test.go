package e2e

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The five ways in, each with the authentication that belongs to it.
var (
	salesforceTelephony = vendor{
		folder: "salesforce/telephony", source: fmt.Sprintf("vendor: salesforce, auth: {scheme: jwt, secret: %q}", contactCentrePublic()),
		prepare: func(_ string, d *delivery) error {
			token, err := contactCentreToken(contactCentreKey, jwt.SigningMethodRS256, nil)
			d.header.Set("Authorization", "Bearer "+token)
			return err
		},
		shift: shiftSalesforce,
	}
	salesforceChanges = vendor{
		folder: "salesforce/changes", source: "vendor: salesforce, auth: {scheme: header, header: X-Api-Key, secret: salesforce-test-key}, " +
			"queues: {00G000000000001AAA: Billing}, activities: {0N5000000000009AAA: away}",
		prepare: salesforceHeader, shift: shiftSalesforce,
	}
	salesforceOutbound = vendor{folder: "salesforce/outbound", source: salesforceChanges.source, prepare: salesforceHeader, shift: shiftSalesforce}
	salesforceFlow     = vendor{folder: "salesforce/flow", source: salesforceChanges.source, prepare: salesforceHeader, shift: shiftSalesforce}
	salesforceData360  = vendor{
		folder: "salesforce/data360", source: "vendor: salesforce, auth: {scheme: data360, secret: data360-test-key}, queues: {00G000000000001AAA: Billing}",
		prepare: func(_ string, d *delivery) error {
			m := hmac.New(sha256.New, []byte("data360-test-key"))
			m.Write([]byte(d.body))
			d.header.Set("X-Signature", base64.StdEncoding.EncodeToString(m.Sum(nil)))
			return nil
		},
		shift: shiftSalesforce,
	}
)

func salesforceHeader(_ string, d *delivery) error {
	d.header.Set("X-Api-Key", "salesforce-test-key")
	return nil
}

// contactCentreKey is the private key of a contact centre, made anew for every run.
var contactCentreKey = func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}()

func contactCentrePublic() string {
	der, err := x509.MarshalPKIXPublicKey(&contactCentreKey.PublicKey)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// contactCentreToken signs a token as a vendor does for Salesforce, with other claims where given.
func contactCentreToken(key any, method jwt.SigningMethod, claims map[string]any) (string, error) {
	now := time.Now()
	all := jwt.MapClaims{
		"iss": "00D000000000001AAA", "sub": "AcmeCC", "jti": strconv.FormatInt(now.UnixNano(), 36),
		"iat": now.Unix(), "exp": now.Add(4 * time.Hour).Unix(),
	}
	for name, v := range claims {
		if all[name] = v; v == nil {
			delete(all, name)
		}
	}
	return jwt.NewWithClaims(method, all).SignedString(key)
}

var (
	salesforceTime = regexp.MustCompile(`20\d\d-\d\d-\d\dT[0-9:.]+Z`)
	commitTime     = regexp.MustCompile(`("commitTimestamp": ?)(\d{13})`)
)

// shiftSalesforce moves every time of a body, those of commits in milliseconds.
func shiftSalesforce(body string, by time.Duration) (string, error) {
	var failed error
	body = salesforceTime.ReplaceAllStringFunc(body, func(s string) string {
		at, err := time.Parse(time.RFC3339Nano, s)
		failed = errors.Join(failed, err)
		return at.Add(by).Format("2006-01-02T15:04:05.000Z")
	})
	body = commitTime.ReplaceAllStringFunc(body, func(s string) string {
		m := commitTime.FindStringSubmatch(s)
		ms, err := strconv.ParseInt(m[2], 10, 64)
		failed = errors.Join(failed, err)
		return m[1] + strconv.FormatInt(ms+by.Milliseconds(), 10)
	})
	return body, failed
}

// TestSalesforcePage follows the page: its settings, its record, its command.
func TestSalesforcePage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/salesforce.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("SALESFORCE_KEY", "test-key-of-the-page")
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	sample := bodyBlock.FindAllStringSubmatch(page, -1)
	if out := documented(t, s, strings.ReplaceAll(page, sample[0][0], "")); !strings.Contains(out, "HTTP/1.1 200") {
		t.Errorf("the documented request:\n%s", out)
	}
	const id = "0LQ000000000001AAA"
	list := s.list("salesforce")
	if len(list) != 1 || list[0].State != "assigned" || list[0].Works[0].Agent != "005000000000001AAA" {
		t.Errorf("after the documented request there is %+v", list)
	}
	if !strings.Contains(page, "/interactions/salesforce/"+id) || s.do("GET", "/interactions/salesforce/"+id, nil, "", nil) != 200 {
		t.Error("the page that the documentation names is not there")
	}
	t.Setenv("SALESFORCE_KEY", "another-key")
	if out := documented(t, s, strings.ReplaceAll(page, sample[0][0], "")); !strings.Contains(out, "HTTP/1.1 401") {
		t.Errorf("with another key:\n%s", out)
	}
}

// TestSalesforceRefusals: what is not authentic changes nothing, by each scheme, and what is authentic gets
// the answer that ends the retries.
func TestSalesforceRefusals(t *testing.T) {
	s := startWith(t, "access: {mode: open}\nsources:\n  - {name: calls, "+salesforceTelephony.source+"}\n  - {name: data, "+salesforceData360.source+"}\n  - {name: soap, "+salesforceOutbound.source+"}\n")
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	token := func(key any, method jwt.SigningMethod, claims map[string]any) string {
		signed, err := contactCentreToken(key, method, claims)
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + signed
	}
	const call = `{"callCenterApiName":"AcmeCC","vendorCallKey":"k1","initiationMethod":"Inbound","startTime":"2026-11-23T14:02:07Z"}`
	for name, authorization := range map[string]string{
		"no token":      "",
		"another key":   token(other, jwt.SigningMethodRS256, nil),
		"HS256":         token([]byte(contactCentrePublic()), jwt.SigningMethodHS256, nil),
		"none":          token(jwt.UnsafeAllowNoneSignatureType, jwt.SigningMethodNone, nil),
		"expired":       token(contactCentreKey, jwt.SigningMethodRS256, map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}),
		"no expiry":     token(contactCentreKey, jwt.SigningMethodRS256, map[string]any{"exp": nil}),
		"no issuer":     token(contactCentreKey, jwt.SigningMethodRS256, map[string]any{"iss": nil}),
		"no subject":    token(contactCentreKey, jwt.SigningMethodRS256, map[string]any{"sub": nil}),
		"for elsewhere": token(contactCentreKey, jwt.SigningMethodRS256, map[string]any{"aud": "https://example.com"}),
	} {
		h := http.Header{"Content-Type": {"application/json"}, "Authorization": {authorization}}
		for method, path := range map[string]string{"POST": "/hooks/calls/telephony/v1/voiceCalls", "PATCH": "/hooks/calls/telephony/v1/voiceCalls/k1"} {
			if code := s.do(method, path, h, call, nil); code != 401 {
				t.Errorf("%s, %s: got %d, want 401", name, method, code)
			}
		}
	}
	if code := s.do("POST", "/hooks/data", http.Header{"Content-Type": {"application/json"}, "X-Signature": {"AAAA"}}, `{"events":[]}`, nil); code != 401 {
		t.Errorf("a wrong signature got %d", code)
	}
	if code := s.do("POST", "/hooks/soap", http.Header{"Content-Type": {"text/xml"}, "X-Api-Key": {"wrong"}}, "<a/>", nil); code != 401 {
		t.Errorf("a wrong key got %d", code)
	}
	for _, source := range []string{"calls", "data", "soap"} {
		if list := s.list(source); len(list) != 0 {
			t.Errorf("%s has %+v", source, list)
		}
	}

	good := http.Header{"Content-Type": {"application/json"}, "Authorization": {token(contactCentreKey, jwt.SigningMethodRS256, nil)}}
	if code, body := s.answer("POST", "/hooks/calls/telephony/v1/voiceCalls", good, call); code != 200 || body != `{"voiceCallId":"k1","errors":[]}` {
		t.Errorf("a call got %d %s", code, body)
	}
	if code, body := s.answer("PATCH", "/hooks/calls/telephony/v1/voiceCalls/k1", good, `{"isActiveCall":true}`); code != 200 || body != `{"status":"pending"}` {
		t.Errorf("an update got %d %s", code, body)
	}
	const message = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">` +
		`<SessionId>test-session-token</SessionId><Notification><Id>04l1</Id></Notification></notifications></e:Body></e:Envelope>`
	if code, body := s.answer("POST", "/hooks/soap", http.Header{"Content-Type": {"text/xml"}, "X-Api-Key": {"salesforce-test-key"}}, message); code != 200 || !strings.Contains(body, "<Ack>true</Ack>") {
		t.Errorf("a message that is not understood got %d %s", code, body)
	}
}

// answer is the answer to a request, whole.
func (s *server) answer(method, path string, header http.Header, body string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequest(method, "http://"+s.address+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header = header
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}
