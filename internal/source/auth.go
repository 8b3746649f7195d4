package source

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// SharedSchemes are the schemes that go with every vendor.
var SharedSchemes = []string{"none", "header", "basic"}

// NewVerifier makes the verifier for the scheme of the settings; without one, for
// the vendor's default. Its error names the setting and the remedy.
func NewVerifier(v Vendor, s Settings) (Verifier, error) {
	if s.Auth.Scheme == "" && len(v.Schemes) > 0 {
		s.Auth.Scheme = v.Schemes[0]
	}
	switch {
	case s.Auth.Scheme == "none":
		return verifierFunc(func(*Delivery) error { return nil }), nil
	case s.Auth.Scheme == "header":
		if s.Auth.Header == "" {
			return nil, errors.New("auth.header: is missing; name the header that carries the secret")
		}
		if err := CheckSecrets(s.Auth); err != nil {
			return nil, err
		}
		secrets := NewSecrets(s.Auth.Secrets)
		return verifierFunc(func(d *Delivery) error { return secrets.check(d.Header.Get(s.Auth.Header)) }), nil
	case s.Auth.Scheme == "basic":
		if s.Auth.Username == "" {
			return nil, errors.New("auth.username: is missing; give the user name that the vendor sends")
		}
		if err := CheckSecrets(s.Auth); err != nil {
			return nil, err
		}
		return basic(s.Auth), nil
	case slices.Contains(v.Schemes, s.Auth.Scheme):
		if err := CheckSecrets(s.Auth); err != nil && !slices.Contains(v.Keyless, s.Auth.Scheme) {
			return nil, err
		}
		return v.NewVerifier(s)
	}
	own := slices.DeleteFunc(slices.Clone(v.Schemes), func(name string) bool { return slices.Contains(SharedSchemes, name) })
	return nil, fmt.Errorf("auth.scheme: is not one of %q", append(own, SharedSchemes...))
}

// CheckSecrets refuses no secret, and an empty one, which anybody could use.
func CheckSecrets(a Auth) error {
	if len(a.Secrets) == 0 || slices.Contains(a.Secrets, "") {
		return errors.New("auth.secret: is missing or empty; set it, as in \"${NAME}\" from the environment")
	}
	return nil
}

type verifierFunc func(*Delivery) error

func (f verifierFunc) Verify(d *Delivery) error { return f(d) }

// Secrets are texts of which a sender shows one.
type Secrets [][sha256.Size]byte

// NewSecrets takes the texts in.
func NewSecrets(texts []string) Secrets {
	var s Secrets
	for _, t := range texts {
		s = append(s, sha256.Sum256([]byte(t)))
	}
	return s
}

// Has compares with every one in constant time, by digests of one length.
func (s Secrets) Has(shown string) bool {
	got, found := sha256.Sum256([]byte(shown)), false
	for _, want := range s {
		found = hmac.Equal(want[:], got[:]) || found
	}
	return found
}

// check is Has, as an error.
func (s Secrets) check(shown string) error {
	if !s.Has(shown) {
		return fmt.Errorf("%w: the secret is missing or wrong", ErrUnauthenticated)
	}
	return nil
}
