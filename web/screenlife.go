package web

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wallboard/wallboard/views"
)

// Limits of a rotation by address. A board needs some seconds to be read.
const (
	rotateLeast, rotateMost = 5, 3600 // seconds
	rotateDefault           = 20      // seconds
	maxRotation             = 20      // boards
)

// hours are from when to when: 22:00-06:00.
var hours = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$`)

// lifeOf reads from an address how a screen lives with its boards: which of them take turns
// (rotate=sales,support), how many seconds each has (every=30), and when it is dark
// (dim=22:00-06:00).
func (s *Server) lifeOf(r *http.Request, d *views.Display) error {
	q, name := r.URL.Query(), r.PathValue("board")
	for _, p := range []string{"dim", "every", "rotate"} {
		if len(q[p]) > 1 {
			return badDisplay(p, "is given twice")
		}
	}
	if q.Has("dim") {
		if d.Dim = q.Get("dim"); !hours.MatchString(d.Dim) {
			return badDisplay("dim", "is not from when to when, as 22:00-06:00")
		}
	}
	if q.Has("every") {
		n, err := strconv.Atoi(q.Get("every"))
		if err != nil || n < rotateLeast || n > rotateMost {
			return badDisplay("every", fmt.Sprintf("is not a whole number of seconds from %d to %d", rotateLeast, rotateMost))
		}
		d.RotateSeconds = n
	}
	if !q.Has("rotate") {
		return nil
	}
	names := strings.Split(q.Get("rotate"), ",")
	if !slices.Contains(names, name) {
		names = append([]string{name}, names...)
	}
	if len(names) > maxRotation {
		return badDisplay("rotate", fmt.Sprintf("names more than %d boards", maxRotation))
	}
	v := visitorOf(r)
	for _, name := range names {
		if s.boards.find(name) == nil || !v.MaySee(name) {
			return badDisplay("rotate", "names a board that there is not")
		}
		d.Rotation = append(d.Rotation, "/boards/"+name)
	}
	d.RotateSeconds = cmp.Or(d.RotateSeconds, rotateDefault)
	return nil
}
