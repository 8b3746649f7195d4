// Package replay posts recorded deliveries to a wallboard's hook.
//
// A recording is a JSON file of one vendor's deliveries in the order in which they
// came: their headers, the url to which they were sent, and the body: text, which is
// posted byte for byte, or a JSON value, which is posted compactly. Instead of a body a
// delivery may have claims, which are posted as a JSON Web Token.
//
// A file never says where its deliveries go: of its url only the query is taken.
// Deliveries go to loopback addresses only, unless Options.AllowRemote is set, and
// redirects are not followed.
package replay
