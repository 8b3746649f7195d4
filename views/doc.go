// Package views has the pages: templ components and the view models that they
// show. It holds no rules and imports nothing of ours; package web fills the
// models.
//
// A board's page and its live frames are two encodings of one model: every
// number that changes is a [Cell] with an id, which the page shows as an
// element with that id in data-cell, and which a frame names.
package views
