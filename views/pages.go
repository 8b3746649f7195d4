package views

// BoardLink is one board in the list of boards.
type BoardLink struct {
	Name, Title, URL string
	Window           string // in words; may be empty
}

// word writes an API name for people: "after_decline" is "after decline", and
// nothing is "–".
func word(name string) string {
	if name == "" {
		return Unknown
	}
	b := []byte(name)
	for i, c := range b {
		if c == '_' {
			b[i] = ' '
		}
	}
	return string(b)
}

// statusLabel is Salesforce's label of a status.
func statusLabel(key string) string {
	for _, k := range StatusKeys {
		if k == key {
			return tongueOf("en").say("status." + k)
		}
	}
	return word(key)
}

func orUnknown(s string) string {
	if s == "" {
		return Unknown
	}
	return s
}
