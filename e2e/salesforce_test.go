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
	"regexp"
	"strconv"
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
