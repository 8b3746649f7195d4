package e2e

import (
	"testing"
	"time"
)

// TestFromNumberToDelivery walks in a browser from a board's Abandoned number to the list of
// what it counts, to the interaction with its rule, and to the delivery that caused its
// correction.
func TestFromNumberToDelivery(t *testing.T) {
	t.Parallel() // it mostly waits
	s := start(t)
	at := time.Now().Add(-time.Minute)
	s.post("1", "started", "I1", at, `{"channel":"voice","customer":"+33612345678"}`)
	s.post("2", "queued", "I1", at.Add(time.Second), `{"queue":"Billing"}`)
	s.post("3", "disconnected", "I1", at.Add(9*time.Second), `{"by":"customer"}`)
	s.post("4", "assigned", "I1", at.Add(5*time.Second), `{"work":"w1","agent":"a1"}`)
	w := open(t, "http://"+s.address+"/boards/all")
	has := func(selector, text string) string {
		return `(document.querySelector('` + selector + `') || {textContent: ''}).textContent.indexOf('` + text + `') >= 0`
	}
	click := func(what, expression string) {
		t.Helper()
		w.wait(what, `(function () { var a = `+expression+`; if (!a) { return false; } a.click(); return true; })()`)
	}
	w.wait("the mark of a correction", `document.querySelector('[data-cell="status.Abandoned"]').getAttribute('data-corrected') === '1'`)
	click("the Abandoned number", `document.querySelector('[data-cell="status.Abandoned"]').closest('a')`)
	w.wait("the list", `document.querySelector('[data-total]') && document.querySelector('[data-total]').getAttribute('data-total') === '1'`)
	click("the interaction", `document.querySelector('.list tbody th a')`)
	w.wait("the rule", has(".why .rule", "the customer left before the agent accepted"))
	w.wait("the picture", `document.querySelectorAll('svg.timeline .span').length >= 2`)
	click("the correction's event", `document.querySelector('.list a[href^="#event-"]')`)
	w.wait("the event", `/^#event-/.test(location.hash)`)
	click("its delivery", `document.querySelector(location.hash + ' a[href^="#delivery-"]')`)
	click("the delivery's body", `document.querySelector(location.hash + ' summary')`)
	w.wait("the delivery", `(function () { var d = document.querySelector(location.hash); return d && d.open && d.textContent.indexOf('assigned') >= 0 && d.textContent.indexOf('stored') >= 0; })()`)
	w.wait("the customer masked", `document.body.textContent.indexOf('612345678') < 0 && document.body.textContent.indexOf('•••') >= 0`)
}
