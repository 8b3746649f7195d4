package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/wallboard/wallboard/internal/source"
)

// keyForm is what a key looks like that can be printed as it is.
var keyForm = regexp.MustCompile(`^[A-Za-z0-9_.${}-]{1,64}$`)

// unknown notes every key below a node for which what it is read into, of type t, has no place.
// One that is almost a key of that place is read as that key, so that the rest of the file is
// checked in the same round.
func (c *checker) unknown(path string, n ast.Node, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		c.unknown(path, n.Value, t)
	case *ast.SequenceNode:
		if t.Kind() == reflect.Slice {
			for i, v := range n.Values {
				c.unknown(fmt.Sprintf("%s[%d]", path, i), v, t.Elem())
			}
		}
	case *ast.MappingNode:
		c.unknownIn(path, n.Values, t)
	case *ast.MappingValueNode:
		c.unknownIn(path, []*ast.MappingValueNode{n}, t)
	}
}

// unknownIn does so for the pairs of one mapping.
func (c *checker) unknownIn(path string, pairs []*ast.MappingValueNode, t reflect.Type) {
	below := func(key string) string { return strings.TrimPrefix(path+"."+key, ".") }
	var names []string
	types := make(map[string]reflect.Type)
	if t.Kind() == reflect.Struct {
		for f := range t.Fields() {
			names = append(names, f.Tag.Get("yaml"))
			types[f.Tag.Get("yaml")] = f.Type
		}
	}
	written := make(map[string]bool)
	for _, pair := range pairs {
		written[keyText(pair)] = true
	}
	for _, pair := range pairs {
		key := keyText(pair)
		switch {
		case pair.Key.IsMergeKey():
			c.unknown(path, pair.Value, t)
		case t.Kind() == reflect.Map:
			c.unknown(below(key), pair.Value, t.Elem())
		case types[key] != nil:
			c.unknown(below(key), pair.Value, types[key])
		case t.Kind() == reflect.Struct:
			if len(c.errs) >= maxUnknown {
				return
			}
			shown, like, known := key, nearest(key, names), "known here are "
			if !keyForm.MatchString(key) {
				shown = strconv.Quote(source.Clip(key))
			}
			if like != "" {
				known = "did you mean " + like + "? Known here are "
			}
			c.errs = append(c.errs, &Problem{c.name, pair.Key.GetToken().Position.Line, below(shown), "is an unknown key; " + known + strings.Join(names, ", ")})
			s, ok := pair.Key.(*ast.StringNode)
			if !ok { // the decoder gives up a mapping that has another key
				s = ast.String(pair.Key.GetToken())
				pair.Key = s
			}
			if like != "" && !written[like] {
				written[like] = true
				s.Value, s.Token.Value = like, like
				c.unknown(below(like), pair.Value, types[like])
			}
		}
	}
}

func keyText(pair *ast.MappingValueNode) string {
	if s, ok := pair.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return pair.Key.String()
}

// nearest is the name that a mistyped key most likely means, or "".
func nearest(key string, names []string) string {
	key = strings.ReplaceAll(strings.ToLower(key), "-", "_")
	if len(key) > maxText {
		return ""
	}
	found, least := "", (len(key)+2)/4
	for _, name := range names {
		if d := distance(key, name); d <= least && (found == "" || d < least) {
			found, least = name, d
		}
	}
	return found
}

// distance counts the bytes to put in, take out, replace or swap with the next, to make one text
// of another.
func distance(a, b string) int {
	var before, last []int // rows of the table, for two bytes and for one byte less of a
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
