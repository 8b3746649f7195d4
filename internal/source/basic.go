package source

import (
	"fmt"
	"net/http"
)

// basic checks HTTP basic authentication.
func basic(a Auth) Verifier {
	names, secrets := NewSecrets([]string{a.Username}), NewSecrets(a.Secrets)
	return verifierFunc(func(d *Delivery) error {
		r := http.Request{Header: d.Header}
		user, password, ok := r.BasicAuth()
		if !ok || !names.Has(user) {
			return fmt.Errorf("%w: the user name is missing or wrong", ErrUnauthenticated)
		}
		return secrets.check(password)
	})
}
