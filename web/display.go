package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wallboard/wallboard/views"
)

// displayOf reads from an address how its board is shown. What is given has to be one of
// what there is; an address that was mistyped must not hang on a wall unnoticed.
func displayOf(r *http.Request) (views.Display, error) {
	var d views.Display
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return d, badDisplay("query", "is not a query string; write name=value pairs with & between them")
	}
	for _, p := range []struct {
		name string
		into *string
		of   []string
	}{
		{"theme", &d.Theme, []string{"auto", views.ThemeLight, views.ThemeDark}},
		{"lang", &d.Locale, views.Locales},
		{"names", &d.Names, []string{views.NamesFull, views.NamesInitials, views.NamesHidden}},
	} {
		switch given := q[p.name]; {
		case len(given) == 0:
		case len(given) > 1 || !slices.Contains(p.of, given[0]):
			return d, badDisplay(p.name, "is not one of "+strings.Join(p.of, ", "))
		default:
			*p.into = given[0]
		}
	}
	if d.Theme == "auto" {
		d.Theme = ""
	}
	if given := q["scale"]; len(given) > 0 {
		n, err := strconv.Atoi(given[0])
		if err != nil || len(given) > 1 || n < views.ScaleLeast || n > views.ScaleMost || n%views.ScaleStep != 0 || given[0] != strconv.Itoa(n) {
			return d, badDisplay("scale", fmt.Sprintf("is not one of %d, %d, … %d; it is in percent", views.ScaleLeast, views.ScaleLeast+views.ScaleStep, views.ScaleMost))
		}
		d.Scale = n
	}
	return d, nil
}

func badDisplay(field, detail string) error {
	return &problem{status: http.StatusBadRequest, title: "Bad parameter", field: field, detail: field + " " + detail + "."}
}
