package salesforce

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/source"
)

// Limits of one change event.
const (
	maxWrapped = 5   // envelopes around it: EventBridge, CometD, a relay's own
	maxRecords = 500 // that one transaction may have changed alike
)

// change is a change event: the fields that changed, and the header.
type change struct{ header, payload fields }

// findChange finds the change event in what wraps it: EventBridge's detail, CometD's data, and their
// payload.
func findChange(f fields, depth int) (change, bool) {
	if h, ok := f.within("changeeventheader"); ok {
		header, ok := readFields(h)
		return change{header, f}, ok
	}
	if depth == maxWrapped {
		return change{}, false
	}
	for _, name := range [...]string{"detail", "data", "event", "message", "payload"} {
		v, ok := f.within(name)
		if !ok {
			continue
		}
		if inner, ok := readFields(v); ok {
			if c, ok := findChange(inner, depth+1); ok {
				return c, true
			}
		}
	}
	return change{}, false
}

// change tells what a change event shows of each of its records.
func (x decoder) change(out *source.Decoded, c change, wrap fields, received int64, problem func(string)) {
	h := c.header
	object := objectName(h.text("entityname"))
	if object == "" {
		problem("ChangeEventHeader.entityName: is missing")
		return
	}
	kind := strings.ToUpper(h.text("changetype"))
	switch {
	case strings.HasPrefix(kind, "GAP_"):
		// It has no fields: what was missed is not known, and the next change tells the state.
		out.Ignore("GAP")
		return
	case kind == "CREATE", kind == "UPDATE":
	case kind == "DELETE", kind == "UNDELETE":
		out.Ignore(kind)
		return
	default:
		problem("ChangeEventHeader.changeType: is missing or not known")
		return
	}
	ids := texts(h["recordids"])
	if len(ids) == 0 && c.payload.text("id") != "" {
		ids = []string{c.payload.text("id")}
	}
	if len(ids) == 0 {
		problem("ChangeEventHeader.recordIds: is missing")
		return
	}
	if len(ids) > maxRecords {
		problem("ChangeEventHeader.recordIds: are more than a transaction changes alike")
		return
	}
	number, _ := strconv.ParseInt(h.text("commitnumber"), 10, 64)
	place, _ := strconv.ParseInt(h.text("sequencenumber"), 10, 64)
	r := record{object: object, fields: c.payload, created: kind == "CREATE", delta: true}
	r.at = cmp.Or(h.time("committimestamp"), c.payload.time("lastmodifieddate", "systemmodstamp"), wrap.time("time"))
	r.dated = r.at != 0
	r.at = cmp.Or(r.at, received)
	r.version = commitOrder(number, place)
	if r.version == 0 && r.dated {
		r.version = r.at
	}
	r.order = r.version
	if key := h.text("transactionkey"); key != "" {
		r.nonce = key + "-" + strconv.FormatInt(place, 10)
	}
	c.dropUnchanged(kind)
	for _, id := range ids {
		if strings.Contains(id, "*") {
			out.Ignore("wildcard of records")
			continue
		}
		r.id = id
		x.tell(out, r, problem)
	}
}

// commitOrder is the order of commits: by number, and by place within one transaction.
func commitOrder(number, place int64) int64 {
	const places, most = 1 << 12, 1 << 50
	if number <= 0 {
		return 0
	}
	return min(number, most)*places + max(0, min(place, places-1))
}

// dropUnchanged takes out the members that are null because nothing was said of them. Read from
// Avro, an event has all fields of its object; only those that are listed as changed were emptied.
func (c *change) dropUnchanged(kind string) {
	changed := texts(c.header["changedfields"])
	nulled := texts(c.header["nulledfields"])
	bitmaps := len(changed) > 0 && strings.HasPrefix(changed[0], "0x")
	named := make(map[string]bool, len(changed)+len(nulled))
	for _, n := range append(changed, nulled...) {
		named[strings.ToLower(n)] = true
	}
	for name, v := range c.payload {
		if v.null && (kind == "CREATE" || bitmaps && !named[name] || len(named) > 0 && !named[name]) {
			delete(c.payload, name)
		}
	}
}

// texts are the strings of an array, or one string alone.
func texts(v value) []string {
	if v.raw.Kind() != '[' {
		if v.text == "" {
			return nil
		}
		return []string{v.text}
	}
	var all []source.Text
	if json.Unmarshal(v.raw, &all) != nil {
		return nil
	}
	var some []string
	for _, t := range all {
		if t != "" {
			some = append(some, string(t))
		}
	}
	return some
}
