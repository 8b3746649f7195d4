package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// masked stands for what is not shown.
const masked = "•••"

var (
	// number, sip and mail are customers' addresses wherever they stand.
	number = regexp.MustCompile(`\+\d[\d ().-]{4,}\d`)
	sip    = regexp.MustCompile(`(?i)\b(sips?|tel|whatsapp):[^\s"\\,;<>]+`)
	mail   = regexp.MustCompile(`[\w.+-]+@[\w-]+(\.[\w-]+)+`)
	// named are the values of fields whose names tell that they are a customer's, a message's
	// or a secret. The field may stand in JSON within JSON, whose quotes are escaped.
	named = regexp.MustCompile(`(?i)((?:from|to|ani|dnis|caller\w*|called\w*|phone\w*|\w*number|msisdn|customer\w*|visitor\w*|end_?user\w*|` +
		`e?mail\w*|\w*address|first_?name|last_?name|display_?name|contact_?name|body|text|message|content|subject|transcript|` +
		`\w*token|\w*secret|password|signature|authorization|api_?key)\\?"?[ \t]*[:=][ \t]*)(\\?"[^"\\]+|[^"\\\s{}\[\],][^"\\\n,}]*)`)
)

// readable is a body as people read it, laid out and with customers and secrets masked: at
// most limit bytes, and whether something was cut. customers are those that the decoder found.
func readable(contentType string, body []byte, customers []string, limit int) (text string, cut bool) {
	switch {
	case strings.HasPrefix(contentType, "application/x-www-form-urlencoded"):
		text = form(string(body))
	default:
		v := jsontext.Value(slices.Clone(body))
		if v.Indent(jsontext.WithIndent("  ")) != nil {
			v = body
		}
		text = string(v)
	}
	text = clean(text)
	// The longest first, so that none leaves a part of another.
	slices.SortFunc(customers, func(a, b string) int { return len(b) - len(a) })
	for _, c := range customers {
		text = strings.ReplaceAll(text, c, masked)
	}
	for _, r := range []*regexp.Regexp{sip, mail, number} {
		text = r.ReplaceAllString(text, masked)
	}
	text = named.ReplaceAllStringFunc(text, func(m string) string {
		sub := named.FindStringSubmatch(m)
		quote := ""
		for _, q := range []string{`\"`, `"`} {
			if strings.HasPrefix(sub[2], q) {
				quote = q
				break
			}
		}
		return sub[1] + quote + masked
	})
	if len(text) > limit {
		return strings.ToValidUTF8(text[:limit], ""), true
	}
	return text, false
}

// form lays out an encoded form, one field a line in the order of the body.
func form(body string) string {
	var lines []string
	for pair := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
		if v, err := url.QueryUnescape(value); err == nil {
			value = v
		}
		lines = append(lines, name+": "+value)
	}
	return strings.Join(lines, "\n")
}

// clean leaves out what a page cannot show.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
}
