// Package eventbridge is what sources behind Amazon EventBridge share: the
// envelope of an event, the checks of a body that an API destination posts, and
// JSON values read with tolerance.
//
// # Tolerance
//
// Vendors mix forms: a number as a string, an array where there was an object,
// null for absent. [Instant], [One] and [Many] read all of them, and source.Text does,
// and take what makes no sense for absent; an event is refused only where a name stands
// twice or the text is not UTF-8. Names are matched whatever their case.
package eventbridge
