package wallboard

import (
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
)

// Stray is a stored event that is not in its contact's set: its key is there already, under
// another time, or a limit was reached. It is stored as long as its contact.
type Stray struct {
	Source, Interaction string
	Position            int64
}

// stray notes those of a contact's events that are not in its set. One that was only applied
// again is. The caller holds mu.
func (w *Wallboard) stray(src *source, c *classify.Contact, events []interaction.Event) {
	if w.archive == nil {
		return
	}
	in := make(map[int64]struct{}, len(c.Events()))
	for i := range c.Events() {
		in[c.Events()[i].Position] = struct{}{}
	}
	for i := range events {
		e := &events[i]
		if _, ok := in[e.Position]; !ok && e.Position != 0 {
			w.strays = append(w.strays, Stray{src.name, e.Interaction, e.Position})
		}
	}
}

// HeldRow reports whether a row of the archive is in memory, is part of a contact that is, or
// may have strays of which the archive does not know yet.
func (w *Wallboard) HeldRow(row int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, absorbed := w.absorbed[row]
	return w.rows[row] != nil || absorbed || len(w.strays) > 0
}
