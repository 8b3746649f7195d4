package views

import (
	"strings"
	"unicode"
)

// people are the agents that the board may tell apart; none where names are hidden.
func (b Board) people() []Person {
	if b.Names != NamesFull && b.Names != NamesInitials {
		return nil
	}
	return b.People
}

// personName is an agent's name as the board shows it.
func (b Board) personName(i int) string {
	if b.Names == NamesFull {
		return b.People[i].Name
	}
	return initials(b.People[i].Name)
}

// initials are the first letters of a name's first and last word: "AL" of "Ada Lovelace".
// Of an address they are those of what stands before the @.
func initials(name string) string {
	name, _, _ = strings.Cut(name, "@")
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) })
	if len(words) == 0 {
		return "?"
	}
	first := []rune(words[0])[:1]
	if len(words) > 1 {
		first = append(first, []rune(words[len(words)-1])[0])
	}
	return strings.ToUpper(string(first))
}
