package salesforce

import (
	"cmp"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
)

// dataActions reads a webhook of Data 360: events in the format of DataObjectDataChgEvent.
func (x decoder) dataActions(out *source.Decoded, events jsontext.Value, received int64, problem func(string)) {
	var all []jsontext.Value
	if json.Unmarshal(events, &all) != nil {
		problem("events: is no array")
		return
	}
	for _, v := range all {
		f, ok := readFields(v)
		if !ok {
			problem("events: has something that is no object")
			continue
		}
		x.dataAction(out, f, received, problem)
	}
}

// findAction finds a data action, also in what the event bus wraps around it.
func findAction(f fields, depth int) (fields, bool) {
	if f["payloadcurrentvalue"].raw != nil {
		return f, true
	}
	v, ok := f.within("payload", "data", "detail")
	if !ok || depth == maxWrapped {
		return nil, false
	}
	inner, ok := readFields(v)
	if !ok {
		return nil, false
	}
	return findAction(inner, depth+1)
}

// dataAction reads one event: a record of a data model or data lake object, whose fields have names
// a little other than in Salesforce itself.
func (x decoder) dataAction(out *source.Decoded, f fields, received int64, problem func(string)) {
	if f.word("eventprompt") == "delete" {
		out.Ignore("DELETE")
		return
	}
	v, ok := f.within("payloadcurrentvalue")
	if !ok {
		problem("PayloadCurrentValue: is missing, or no object")
		return
	}
	named, ok := readFields(v)
	if !ok {
		problem("PayloadCurrentValue: has a name twice")
		return
	}
	source := f.text("sourceobjectdevelopername")
	r := record{object: objectName(source), nonce: f.text("eventuuid"), created: f.word("eventprompt") == "insert"}
	r.fields = make(fields, len(named))
	for name, v := range named {
		name = plain(name, word(source))
		if had, ok := r.fields[name]; !ok || had.text == "" {
			r.fields[name] = v
		}
	}
	r.id = r.text("id")
	r.stamp(cmp.Or(stamp(r.fields), f.time("eventcreationdatetime", "eventpublishdatetime")), received)
	x.tell(out, r, problem)
}
