package views

import (
	"strings"
	"testing"
)

// TestDisplayOnPage: what a screen was set to stands on the page, where style and script find it.
func TestDisplayOnPage(t *testing.T) {
	b := sample()
	plain := render(t, BoardPage(b))
	for _, absent := range []string{"data-theme", "data-scale", "data-rotation", "data-rotate-seconds", "data-screen"} {
		if strings.Contains(plain, absent) {
			t.Errorf("a plain page has %s", absent)
		}
	}
	b.Locale = "de"
	b.Display = Display{
		Theme: ThemeDark, Scale: 125, Locale: "de", Names: NamesInitials, Screen: true,
		Rotation: []string{"/boards/support", "/boards/sales"}, RotateSeconds: 30,
	}
	page := render(t, BoardPage(b))
	for _, want := range []string{
		`lang="de"`, `data-theme="dark"`, `data-scale="125"`, `data-rotation="/boards/support /boards/sales"`, `data-rotate-seconds="30"`, " data-screen",
		`data-live="/boards/support/live?lang=de&amp;names=initials"`, `data-frame="/boards/support/frame?lang=de&amp;names=initials"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	b.Display.Rotation = b.Display.Rotation[:1]
	if strings.Contains(render(t, BoardPage(b)), "data-rotat") {
		t.Error("a screen of one board rotates")
	}
}
