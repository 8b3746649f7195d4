package salesforce

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/wallboard/wallboard/internal/source"
)

func generated(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func inPEM(t *testing.T, kind string, der []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func public(t *testing.T, key any) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	return inPEM(t, "PUBLIC KEY", der, err)
}

func TestToken(t *testing.T) {
	key, other := generated(t, 2048), generated(t, 2048)
	v, err := newTokens([]string{public(t, &other.PublicKey), public(t, &key.PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(key any, method jwt.SigningMethod, change func(jwt.MapClaims)) string {
		claims := jwt.MapClaims{
			"iss": "00D000000000001AAA", "sub": "AcmeCC", "jti": "1", "iat": received.Unix(), "exp": received.Add(time.Hour).Unix(),
		}
		change(claims)
		s, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	as := func(name string, v any) func(jwt.MapClaims) {
		return func(c jwt.MapClaims) {
			if c[name] = v; v == nil {
				delete(c, name)
			}
		}
	}
	good := sign(key, jwt.SigningMethodRS256, as("x", 1))
	for name, tc := range map[string]struct {
		header string
		ok     bool
	}{
		"good":                    {"Bearer " + good, true},
		"another case":            {"bearer " + good, true},
		"the other key":           {"Bearer " + sign(other, jwt.SigningMethodRS256, as("x", 1)), true},
		"Salesforce's audience":   {"Bearer " + sign(key, jwt.SigningMethodRS256, as("aud", "https://scrt.salesforce.com")), true},
		"audiences":               {"Bearer " + sign(key, jwt.SigningMethodRS256, as("aud", []string{"x", "https://scrt.salesforce.com"})), true},
		"expired within the skew": {"Bearer " + sign(key, jwt.SigningMethodRS256, as("exp", received.Add(-30*time.Second).Unix())), true},
		"no header":               {"", false},
		"no scheme":               {good, false},
		"basic":                   {"Basic " + good, false},
		"no token":                {"Bearer ", false},
		"two tokens":              {"Bearer " + good + " " + good, false},
		"cut":                     {"Bearer " + good[:len(good)-4], false},
		"changed":                 {"Bearer " + strings.Replace(good, ".", ".A", 1), false},
		"a third key":             {"Bearer " + sign(generated(t, 2048), jwt.SigningMethodRS256, as("x", 1)), false},
		"RS512":                   {"Bearer " + sign(key, jwt.SigningMethodRS512, as("x", 1)), false},
		"PS256":                   {"Bearer " + sign(key, jwt.SigningMethodPS256, as("x", 1)), false},
		"HS256 by the public key": {"Bearer " + sign([]byte(public(t, &key.PublicKey)), jwt.SigningMethodHS256, as("x", 1)), false},
		"none":                    {"Bearer " + sign(jwt.UnsafeAllowNoneSignatureType, jwt.SigningMethodNone, as("x", 1)), false},
		"expired":                 {"Bearer " + sign(key, jwt.SigningMethodRS256, as("exp", received.Add(-2*time.Minute).Unix())), false},
		"no exp":                  {"Bearer " + sign(key, jwt.SigningMethodRS256, as("exp", nil)), false},
		"issued in the future":    {"Bearer " + sign(key, jwt.SigningMethodRS256, as("iat", received.Add(time.Hour).Unix())), false},
		"no iss":                  {"Bearer " + sign(key, jwt.SigningMethodRS256, as("iss", nil)), false},
		"no sub":                  {"Bearer " + sign(key, jwt.SigningMethodRS256, as("sub", nil)), false},
		"another audience":        {"Bearer " + sign(key, jwt.SigningMethodRS256, as("aud", "https://example.com")), false},
	} {
		d := post("{}")
		if tc.header != "" {
			d.Header.Set("Authorization", tc.header)
		}
		err := v.Verify(d)
		if (err == nil) != tc.ok || err != nil && !errors.Is(err, source.ErrUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && tc.header != "" && strings.Contains(err.Error(), good[:20]) {
			t.Errorf("%s: the error tells the token", name)
		}
	}
}

// TestKeys: what the settings may hold, and what is refused with a remedy.
func TestKeys(t *testing.T) {
	key := generated(t, 2048)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now()}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	certificate := inPEM(t, "CERTIFICATE", der, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ secret, remedy string }{
		"public key":       {public(t, &key.PublicKey), ""},
		"PKCS 1":           {inPEM(t, "RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&key.PublicKey), nil), ""},
		"certificate":      {certificate, ""},
		"escaped breaks":   {strings.ReplaceAll(certificate, "\n", `\n`), ""},
		"no PEM":           {"salesforce-test-key", "is no PEM"},
		"private key":      {inPEM(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil), "never a private key"},
		"elliptic curve":   {public(t, &curve.PublicKey), "no RSA public key"},
		"short key":        {public(t, &generated(t, 1024).PublicKey), "less than 2048 bits"},
		"broken":           {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "no RSA public key"},
		"broken, of certs": {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "no RSA public key"},
	} {
		_, err := Vendor.NewVerifier(source.Settings{Auth: source.Auth{Scheme: "jwt", Secrets: []string{tc.secret}}})
		if (err == nil) != (tc.remedy == "") || err != nil && (!strings.HasPrefix(err.Error(), "auth.secret: ") || !strings.Contains(err.Error(), tc.remedy)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignature(t *testing.T) {
	const body = `{"events":[{"name":"é/\n\"x\"😀"}]}`
	v, err := Vendor.NewVerifier(source.Settings{Auth: source.Auth{Scheme: "data360", Secrets: []string{"new", "old"}}})
	if err != nil {
		t.Fatal(err)
	}
	sum := func(key, of string) []byte {
		m := hmac.New(sha256.New, []byte(key))
		m.Write([]byte(of))
		return m.Sum(nil)
	}
	b64 := base64.StdEncoding.EncodeToString
	for name, tc := range map[string]struct {
		signature string
		ok        bool
	}{
		"good":                {b64(sum("new", body)), true},
		"the old key":         {b64(sum("old", body)), true},
		"escaped":             {b64(sum("new", `{\"events\":[{\"name\":\"é/\\n\\\"x\\\"😀\"}]}`)), true},
		"escaped as in Java":  {b64(sum("new", `{\"events\":[{\"name\":\"\u00E9\/\\n\\\"x\\\"\uD83D\uDE00\"}]}`)), true},
		"none":                {"", false},
		"another key":         {b64(sum("x", body)), false},
		"another body":        {b64(sum("new", body+" ")), false},
		"hex":                 {hex.EncodeToString(sum("new", body)), false},
		"cut":                 {b64(sum("new", body)[:31]), false},
		"URL-safe, if it can": {strings.NewReplacer("+", "-", "/", "_").Replace("+" + b64(sum("new", body))[1:]), false},
	} {
		d := post(body)
		if tc.signature != "" {
			d.Header.Set("x-signature", tc.signature)
		}
		if err := v.Verify(d); (err == nil) != tc.ok || err != nil && !errors.Is(err, source.ErrUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
