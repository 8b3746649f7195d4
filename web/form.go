package web

import (
	"cmp"
	"errors"
	"mime"
	"net/http"

	"github.com/wallboard/wallboard/internal/access"
)

// maxForm is more than any form of ours has.
const maxForm = 64 << 10

var (
	onlyPosting = &problem{status: http.StatusMethodNotAllowed, title: "Method not allowed", field: "method", detail: "This address takes a form, by POST.", allow: "POST"}
	noForm      = &problem{status: http.StatusUnsupportedMediaType, title: "No form", field: "Content-Type", detail: "This address takes a form of a page of this site."}
	brokenForm  = &problem{status: http.StatusBadRequest, title: "Malformed form", field: "body", detail: "The form cannot be read; open the page again."}
	otherSite   = &problem{status: http.StatusForbidden, title: "Another site's form", field: "Origin", detail: "Forms are taken from pages of this site only. Open the page here and try again."}
)

// posting takes a form and nothing else. That it comes from a page of ours is checked
// before, for all routes at once.
func posting(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if r.Method != http.MethodPost {
			return onlyPosting
		}
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
			return noForm
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			return brokenForm
		}
		return h(w, r)
	}
}

// reads and posts tells the two apart, where a page shows the form that it takes.
func readOrPost(read, post handler) handler {
	read, post = reading(read), posting(post)
	return func(w http.ResponseWriter, r *http.Request) error {
		if r.Method == http.MethodPost {
			return post(w, r)
		}
		return read(w, r)
	}
}

// formWords are what forms call their fields, where that is not the field's name.
var formWords = map[string]string{
	"dim": "time in which it is dark", "scale": "size", "rotate": "time for each board", "board": "choice of boards", "code": "code on the screen",
}

// amiss is what to tell the person about a form, with its status; ok is false for what
// is not the person's to mend.
func amiss(w http.ResponseWriter, err error) (message string, status int, ok bool) {
	var field *access.FieldError
	var often *access.TooOftenError
	switch {
	case errors.As(err, &field):
		return "The " + cmp.Or(formWords[field.Field], field.Field) + " " + field.Remedy + ".", http.StatusUnprocessableEntity, true
	case errors.As(err, &often):
		w.Header().Set("Retry-After", retryAfter(often.After))
		return "Too many attempts. Wait " + retryAfter(often.After) + " s and try again.", http.StatusTooManyRequests, true
	case errors.Is(err, access.ErrSignIn):
		return "The name or the password is wrong.", http.StatusUnauthorized, true
	case errors.Is(err, access.ErrLastAdmin):
		return "This is the last admin. Make another one first.", http.StatusConflict, true
	}
	return "", 0, false
}

// done sends the browser from a form to a page, so that a reload does not send it again.
func done(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
