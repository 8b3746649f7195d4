// Package views is what people see: the pages' components and the view models
// that they show. It formats, and decides nothing.
//
// # One view model, two encodings
//
// A [Board] is the view model of a board's page and of its live frames. Every
// value that can change is a [Cell]: [Board.Cells] gives them all, a frame sends
// them by id, and the page shows each in an element with data-cell="id". What
// is not a cell (titles, labels, which rows there are) is structure;
// [Board.Layout] names it, and a browser whose layout differs needs
// [BoardRegion] again.
//
// A cell may be drawn instead of read, as a bar or a curve: its text is then the
// width or the path, in a hidden element beside the drawing, whose data-draw names
// it and whose data-as names the attribute that the script keeps alike.
//
// # Tiles and languages
//
// A board shows its tiles in their order; band.go says which stand beside each
// other and what a wall has room for. All texts of boards come from the catalogues
// in locales, by key; the script gets those that it writes with the page.
//
// # Pages
//
// A page is complete without script and holds no inline script or style, so
// that a strict Content-Security-Policy can stand. The stylesheet and script
// are named by the [Assets] that the caller passes. The *_templ.go files are
// generated from the *.templ files by go tool templ generate.
package views
