package views

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Reader is who looks at a page, as far as its navigation depends on it.
type Reader struct {
	// Name is shown beside the way out, for a person who signed in.
	Name                      string
	Person, Supervisor, Admin bool
}

type readerKey struct{}

// WithReader puts the reader into the context that pages are rendered with.
func WithReader(ctx context.Context, r Reader) context.Context {
	return context.WithValue(ctx, readerKey{}, r)
}

func readerOf(ctx context.Context) Reader {
	r, _ := ctx.Value(readerKey{}).(Reader)
	return r
}

// SignIn is the form that lets people in.
type SignIn struct {
	Assets   Assets
	Next     string // the path to go on to
	Name     string // what was typed
	Message  string // what was wrong; "" at first
	Provider string // the name of another way in; "" where there is none
}

// Welcome is the form of who was invited, or of the first admin.
type Welcome struct {
	Assets Assets
	Token  string // "" while it is still in the page's address
	// Invited is the name of who was invited; "" for the first admin, who chooses Name.
	Invited, Name string
	Message       string
	MinPassword   int // characters
}

// Account is a person's own page.
type Account struct {
	Assets              Assets
	Name, Role, Message string
	MinPassword         int
	Done                bool // the password was just changed
}

// People lists who may sign in.
type People struct {
	Assets     Assets
	Open       bool // nobody has to sign in
	Roles      []string
	Rows       []PersonRow
	Message    string
	Name, Role string // what was typed, after an error
	// InvitationURL is shown once, to be given to who was invited.
	InvitationURL string
}

// PersonRow is one person.
type PersonRow struct {
	ID, Name, Role string
	State          string // how they sign in, in words
	Seen           string // how long ago; "" for never
	Self           bool
}

// Trail is what people did, newest first.
type Trail struct {
	Assets  Assets
	Zone    string // of the times
	Rows    []DeedRow
	NextURL string
}

// DeedRow is one deed. Object may be empty.
type DeedRow struct {
	At                             time.Time
	Actor, Address, Action, Object string
}

// TV is a screen that waits to be paired. Size and Dark are the QR code's modules.
type TV struct {
	Assets    Assets
	Code, URL string
	Size      int
	Dark      [][2]int // column and row
}

// Screens lists the screens and the share links, with the forms that make more.
type Screens struct {
	Assets    Assets
	Rows      []ScreenRow
	Links     []LinkRow
	Boards    []BoardLink
	Languages []string
	TVURL     string // what a television opens
	Message   string
	LinkURL   string // a new share link, shown once
	// What was typed, after an error.
	Code       string
	Typed      ScreenRow // its ID is that of the screen that was changed; "" where one was paired
	LinkName   string
	LinkChosen []string
}

// ScreenRow is one screen.
type ScreenRow struct {
	ID, Name        string
	Boards          []string
	Rotate, Scale   int
	Theme, Language string
	Dim             string // the hours in which it is dark
	Browser         string
	Seen            string // how long ago
	Here            bool   // it has a socket now
	Old             bool   // its page is of another version of the program
	Open            bool   // its settings are shown, because something is wrong with them
}

// LinkRow is one share link.
type LinkRow struct {
	ID, Name string
	Boards   []string
	Guests   int
	Seen     string // "" for never
}

// languageNames are the locales in their own words.
var languageNames = map[string]string{"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "ja": "日本語"}

// modules are the dark squares of a QR code as one path.
func modules(dark [][2]int) string {
	var b strings.Builder
	for _, d := range dark {
		fmt.Fprintf(&b, "M%d %dh1v1h-1z", d[0], d[1])
	}
	return b.String()
}

func numberOr(n int, or string) string {
	if n == 0 {
		return or
	}
	return strconv.Itoa(n)
}

func escapeQuery(s string) string { return url.QueryEscape(s) }
