package web

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/views"
)

// TestLifeOf: an address says how its screen lives with its boards, and one that was
// mistyped is refused.
func TestLifeOf(t *testing.T) {
	s := New(Options{Boards: []*board.Definition{{Name: "all"}, {Name: "sales"}, {Name: "support"}}})
	for query, want := range map[string]struct {
		display views.Display
		refused string
	}{
		"":                          {},
		"?dim=22:00-06:00":          {views.Display{Dim: "22:00-06:00"}, ""},
		"?rotate=sales,support":     {views.Display{Rotation: []string{"/boards/all", "/boards/sales", "/boards/support"}, RotateSeconds: 20}, ""},
		"?rotate=sales,all&every=5": {views.Display{Rotation: []string{"/boards/sales", "/boards/all"}, RotateSeconds: 5}, ""},
		"?rotate=none":              {views.Display{}, "rotate"},
		"?rotate=":                  {views.Display{}, "rotate"},
		"?rotate=sales&rotate=all":  {views.Display{}, "rotate"},
		"?rotate=sales&every=4":     {views.Display{}, "every"},
		"?rotate=sales&every=3601":  {views.Display{}, "every"},
		"?every=x":                  {views.Display{}, "every"},
		"?dim=22-6":                 {views.Display{}, "dim"},
		"?dim=24:00-06:00":          {views.Display{}, "dim"},
		"?rotate=" + strings.Repeat("all,", 20) + "all": {views.Display{}, "rotate"},
	} {
		r := httptest.NewRequest("GET", "/boards/all"+query, nil)
		r.SetPathValue("board", "all")
		r = known(r, access.Everyone())
		var got views.Display
		err := s.lifeOf(r, &got)
		var p *problem
		if refused := errors.As(err, &p); refused != (want.refused != "") || refused && p.field != want.refused {
			t.Errorf("%q: got %v, want a refusal of %q", query, err, want.refused)
		} else if diff := cmp.Diff(want.display, got); diff != "" && !refused {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
}

// TestRotationOfGuests: who may see one board is not told which others there are.
func TestRotationOfGuests(t *testing.T) {
	s := New(Options{Boards: []*board.Definition{{Name: "all"}, {Name: "sales"}}})
	var said []string
	for _, other := range []string{"sales", "none"} {
		r := httptest.NewRequest("GET", "/boards/all?rotate="+other, nil)
		r.SetPathValue("board", "all")
		err := s.lifeOf(known(r, access.Visitor{Kind: access.KindGuest, Boards: []string{"all"}}), new(views.Display))
		var p *problem
		if !errors.As(err, &p) {
			t.Fatalf("%s: got %v", other, err)
		}
		said = append(said, p.detail)
	}
	if said[0] != said[1] {
		t.Errorf("a board that there is makes a difference: %q", said)
	}
}
