// Package access says who may look at what: people with roles, their sessions,
// screens, share links, and the trail of what people did.
//
// # Expected use
//
// What a browser holds is a token. [Access.Visitor] turns it into the [Visitor]
// that it stands for, or into [ErrNoVisitor]; the visitor's methods say what it
// may do. A visitor is a person with a [Role], or a screen or guest of a share
// link, which read their own boards and nothing else. All that changes anything
// takes the visitor who does it, and leaves a line in the trail, in the same
// transaction; whether that visitor may do it is the caller's to check, by
// [Visitor.May].
//
// # Tokens
//
// A token has 128 random bits at least and is stored as its SHA-256 alone.
// Sessions of people end when they were idle for [SessionIdle], and after
// [SessionLife] in any case; invitations after [InvitationLife]; screens and
// guests end when they are revoked. Whatever ends a token before its time also
// tells the function given to [Access.OnEnd], so that live sockets are closed at
// once.
//
// # Passwords
//
// Passwords are hashed by argon2id, two at a time at most. A wrong name takes as
// long as a wrong password and gets the same error. Attempts slow down by
// address and by account, in memory: a restart forgets them.
//
// # Concurrency
//
// All methods may be called by many goroutines at once. Writes share the
// database's one writing connection with the journal and are few and small.
package access
