package dialpad

import (
	"bytes"
	"fmt"

	"github.com/golang-jwt/jwt/v5"

	"github.com/wallboard/wallboard/internal/source"
)

// Vendor is Dialpad.
var Vendor = source.Vendor{
	Name:        "dialpad",
	Schemes:     []string{"jwt"},
	NewVerifier: func(s source.Settings) (source.Verifier, error) { return newVerifier(s.Auth.Secrets), nil },
	NewDecoder:  func(source.Settings) (source.Decoder, error) { return decoder{}, nil },
}

// verifier checks that the body is a token signed by HS256 and by one of the secrets. The
// token's own word for the algorithm counts for nothing. Tokens have no times of their own,
// and an event's age is no reason to refuse it.
type verifier struct {
	parser *jwt.Parser
	keys   jwt.VerificationKeySet
}

func newVerifier(secrets []string) verifier {
	v := verifier{parser: jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithoutClaimsValidation())}
	for _, s := range secrets {
		v.keys.Keys = append(v.keys.Keys, []byte(s))
	}
	return v
}

func (v verifier) Verify(d *source.Delivery) error {
	token := string(bytes.TrimSpace(d.Body))
	_, err := v.parser.Parse(token, func(*jwt.Token) (any, error) { return v.keys, nil })
	if err != nil {
		// The library's error may hold parts of the token.
		return fmt.Errorf("%w: the body is no token of HS256 by the webhook's secret", source.ErrUnauthenticated)
	}
	return nil
}
