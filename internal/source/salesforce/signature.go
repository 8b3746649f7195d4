package salesforce

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wallboard/wallboard/internal/source"
)

// signatures checks the x-signature of a Data 360 webhook: base64 of HMAC-SHA256 over the body. The
// documentation asks for JSON escaping first, without saying which, so that the body is
// taken as it is and escaped; each is as hard to forge.
type signatures struct{ keys []string }

// Verify checks the signature by every key, in constant time.
func (v signatures) Verify(d *source.Delivery) error {
	got, err := base64.StdEncoding.DecodeString(strings.TrimSpace(d.Header.Get("X-Signature")))
	if err != nil || len(got) != sha256.Size {
		return fmt.Errorf("%w: x-signature: is missing, or not base64 of 32 bytes", source.ErrUnauthenticated)
	}
	bodies := [][]byte{d.Body}
	if utf8.Valid(d.Body) {
		bodies = append(bodies, escaped(d.Body, false), escaped(d.Body, true))
	}
	found := false
	for _, k := range v.keys {
		for _, b := range bodies {
			m := hmac.New(sha256.New, []byte(k))
			m.Write(b)
			if hmac.Equal(m.Sum(nil), got) {
				found = true
			}
		}
	}
	if !found {
		return fmt.Errorf("%w: x-signature: is wrong; check the signing key of the data action target", source.ErrUnauthenticated)
	}
	return nil
}

// escaped is a text as it stands between the quotes of a JSON string. java also escapes the slash
// and what is not ASCII, as a common library of Java does.
func escaped(body []byte, java bool) []byte {
	out := make([]byte, 0, len(body)+len(body)/4)
	for _, r := range string(body) {
		switch {
		case r == '"' || r == '\\' || java && r == '/':
			out = append(out, '\\', byte(r))
		case r == '\n':
			out = append(out, `\n`...)
		case r == '\r':
			out = append(out, `\r`...)
		case r == '\t':
			out = append(out, `\t`...)
		case r == '\b':
			out = append(out, `\b`...)
		case r == '\f':
			out = append(out, `\f`...)
		case r < ' ' || java && r > '~' && r < 0x10000:
			out = fmt.Appendf(out, `\u%04X`, r)
		case java && r >= 0x10000:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04X\u%04X`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}
