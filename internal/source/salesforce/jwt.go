package salesforce

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/wallboard/wallboard/internal/source"
)

const (
	// audience is that of Salesforce's telephony API. Newer tokens have none.
	audience = "https://scrt.salesforce.com"
	// clockSkew is how far the vendor's clock may be off.
	clockSkew = time.Minute
	// leastBits is the shortest key that Salesforce takes.
	leastBits = 2048
)

// tokens checks the JWT that a telephony vendor signs for Salesforce: RS256 and no other algorithm,
// by the private key of the contact centre's certificate.
type tokens struct{ keys []*rsa.PublicKey }

func newTokens(secrets []string) (source.Verifier, error) {
	var v tokens
	for _, s := range secrets {
		key, err := publicKey(s)
		if err != nil {
			return nil, fmt.Errorf("auth.secret: %w", err)
		}
		v.keys = append(v.keys, key)
	}
	return v, nil
}

// publicKey reads a public key or a certificate in PEM, also with \n for its line breaks, as a
// variable of the environment may have it.
func publicKey(s string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(strings.ReplaceAll(strings.TrimSpace(s), `\n`, "\n") + "\n"))
	if block == nil {
		return nil, errors.New("is no PEM; give the public key or the certificate of the contact centre, with its BEGIN and END lines")
	}
	var parsed any
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		parsed, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		var c *x509.Certificate
		if c, err = x509.ParseCertificate(block.Bytes); err == nil {
			parsed = c.PublicKey
		}
	default:
		return nil, errors.New("is a PEM of another kind; give a PUBLIC KEY or a CERTIFICATE, and never a private key")
	}
	key, ok := parsed.(*rsa.PublicKey)
	if err != nil || !ok {
		return nil, errors.New("holds no RSA public key; Salesforce's telephony signs by RS256")
	}
	if key.N.BitLen() < leastBits {
		return nil, fmt.Errorf("is a key of less than %d bits, which Salesforce does not take either", leastBits)
	}
	return key, nil
}

// Verify checks the token: its signature, that it has not expired, and whom it is from and for. The
// issuer is the organisation and the subject the contact centre.
func (v tokens) Verify(d *source.Delivery) error {
	refused := func(why string) error { return fmt.Errorf("%w: authorization: %s", source.ErrUnauthenticated, why) }
	scheme, token, _ := strings.Cut(strings.TrimSpace(d.Header.Get("Authorization")), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return refused("is missing, or no Bearer token")
	}
	now := d.Received
	if now.IsZero() {
		now = time.Now()
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(clockSkew), jwt.WithTimeFunc(func() time.Time { return now }), jwt.WithStrictDecoding(),
	)
	why := "the token's signature is wrong"
	for _, key := range v.keys {
		var c jwt.RegisteredClaims
		_, err := parser.ParseWithClaims(strings.TrimSpace(token), &c, func(*jwt.Token) (any, error) { return key, nil })
		switch {
		case errors.Is(err, jwt.ErrTokenSignatureInvalid):
			continue
		case errors.Is(err, jwt.ErrTokenExpired):
			return refused("the token has expired")
		case err != nil:
			return refused("the token is not one of RS256 with exp")
		case c.Issuer == "" || c.Subject == "":
			return refused("the token has no iss or sub: the organisation and the contact centre")
		case len(c.Audience) > 0 && !slices.Contains(c.Audience, audience):
			return refused("the token is for another audience")
		}
		return nil
	}
	return refused(why)
}
