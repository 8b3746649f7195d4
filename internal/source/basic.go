package source

import (
	"crypto/hmac"
	"fmt"
	"net/http"
)

// basic checks HTTP basic authentication.
func basic(a Auth) Verifier {
	return verifierFunc(func(d *Delivery) error {
		r := http.Request{Header: d.Header}
		user, password, ok := r.BasicAuth()
		if !ok || !hmac.Equal([]byte(user), []byte(a.Username)) {
			return fmt.Errorf("%w: the user name is missing or wrong", ErrUnauthenticated)
		}
		return anySecret(a.Secrets, password)
	})
}
