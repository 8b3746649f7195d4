package views

import (
	"net/url"
	"strconv"
	"strings"
)

// Display is how one screen shows a board. Its zero value is a browser on somebody's desk
// that follows its own system. Theme, scale and rotation are of the page alone; locale and
// names also change what cells say.
type Display struct {
	// Theme is ThemeLight or ThemeDark; "" follows the system.
	Theme string
	// Scale is the size of all text in percent of what fits the screen, one of Scales; 0 is 100.
	Scale int
	// Locale is one of Locales; "" is the board's own.
	Locale string
	// Names is how agents are named, one of the constants; "" is as the board has it. It can
	// only hide more than the board does.
	Names string
	// Opens says that numbers lead to their lists, which not everybody may read.
	Opens bool
	// Rotation are the paths of the boards that the screen shows in turn, this one among
	// them, each for RotateSeconds. Fewer than two are no rotation.
	Rotation      []string
	RotateSeconds int
	// Dim are the hours in which the screen is dark unless there is an alert, in the board's
	// zone, as 22:00-06:00; "" is never.
	Dim string
	// Screen tells a screen that hangs on a wall, with nobody who signed in.
	Screen bool
}

// The themes that a display may ask for.
const (
	ThemeLight = "light"
	ThemeDark  = "dark"
)

// The ways to name agents, from the least to the most that is told.
const (
	NamesHidden   = "hidden"
	NamesInitials = "initials"
	NamesFull     = "full"
)

// Locales are the languages of boards; the first is the default.
var Locales = []string{"en", "de", "fr", "es", "ja"}

// Scales are the sizes of text, in percent, from the least to the greatest in steps of
// ScaleStep. The style sheet has a rule for each.
const (
	ScaleLeast = 50
	ScaleMost  = 200
	ScaleStep  = 5
)

// cells are the parameters on which the text of cells depends.
func (d Display) cells() url.Values {
	q := make(url.Values)
	if d.Locale != "" {
		q.Set("lang", d.Locale)
	}
	if d.Names != "" {
		q.Set("names", d.Names)
	}
	return q
}

func question(q url.Values) string {
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// withCells adds to a path what the text of cells depends on.
func (d Display) withCells(path string) string {
	if path == "" {
		return ""
	}
	return path + question(d.cells())
}

// scaleText is the scale as an attribute, "" if it is the usual one.
func (d Display) scaleText() string {
	if d.Scale == 0 || d.Scale == 100 {
		return ""
	}
	return strconv.Itoa(d.Scale)
}

// rotationText is the rotation as an attribute: paths between spaces.
func (d Display) rotationText() string {
	if len(d.Rotation) < 2 {
		return ""
	}
	return strings.Join(d.Rotation, " ")
}
