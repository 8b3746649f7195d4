package salesforce

import (
	"cmp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/source"
)

// flow reads a record as a Flow's callout or Apex sends it: {"object": "AgentWork", "time": …,
// "change": "created", "record": {…}}. The record's fields may also stand beside, and the object
// in Salesforce's own "attributes".
func (x decoder) flow(out *source.Decoded, f fields, received int64, problem func(string)) {
	r := record{object: objectName(f.text("object", "sobject", "sobjecttype", "objectname", "entityname")), fields: f}
	if v, ok := f.within("record", "fields", "sobject"); ok {
		inner, ok := readFields(v)
		if !ok {
			problem("record: has a name twice")
			return
		}
		r.fields = inner
	}
	for _, g := range [...]fields{r.fields, f} {
		if a, ok := g.within("attributes"); ok && r.object == "" {
			if attributes, ok := readFields(a); ok {
				r.object = objectName(attributes.text("type"))
			}
		}
	}
	r.id = cmp.Or(r.text("id"), f.text("id", "recordid"))
	switch f.word("change", "changetype") {
	case "created", "create", "insert":
		r.created = true
	}
	r.nonce = f.text("eventid", "key")
	r.stamp(cmp.Or(f.time("time", "at", "timestamp"), stamp(r.fields)), received)
	x.tell(out, r, problem)
}

// stamp dates a record that tells all its fields, which the vendor dated thus or, if 0, not at all.
func (r *record) stamp(at, received int64) {
	r.dated, r.version = at != 0, at
	r.at = cmp.Or(at, received)
	r.order = r.version
}

// flowRecords reads several records of one object.
func (x decoder) flowRecords(out *source.Decoded, f fields, received int64, problem func(string)) {
	var all []jsontext.Value
	if json.Unmarshal(f["records"].raw, &all) != nil {
		problem("records: is no array")
		return
	}
	for _, v := range all {
		inner, ok := readFields(v)
		if !ok {
			problem("records: has something that is no object")
			continue
		}
		for _, name := range [...]string{"object", "time", "change"} {
			if _, ok := inner[name]; !ok {
				inner[name] = f[name]
			}
		}
		x.flow(out, inner, received, problem)
	}
}

// plain is a field's name without what a data model adds to it.
func plain(name, object string) string {
	name = strings.ToLower(name)
	if i := strings.Index(name, "__dlm_"); i >= 0 {
		name = name[i+len("__dlm_"):]
	}
	for _, prefix := range [...]string{object + "_", "ssot__", "std__"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return strings.TrimRight(strings.TrimSuffix(name, "__c"), "_")
}
