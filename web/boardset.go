package web

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/wallboard/wallboard/internal/board"
)

// boardSet has the boards that there are now, in their order: those of the settings file,
// then those that people made.
type boardSet struct {
	mu     sync.RWMutex
	byName map[string]*published
	order  []*published // replaced, never changed
}

// published is a board and its newest moment. A board that is changed stays the same one, so
// that its screens do, and its views go on in number.
type published struct {
	encodings  atomic.Int64 // frames encoded so far
	definition atomic.Pointer[board.Definition]

	mu     sync.Mutex
	shown  *board.Definition // by which moment was made
	moment *moment
	alarms map[string]board.Alarm // by metric, for those that have thresholds
	faces  map[manner]*face

	housed *board.Definition // by which its screens have their faces; owned by Server.Run
}

// def is what the board is now.
func (p *published) def() *board.Definition { return p.definition.Load() }

// find returns the named board, or nil.
func (b *boardSet) find(name string) *published {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.byName[name]
}

// all are the boards in order, for reading.
func (b *boardSet) all() []*published {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.order
}

// definitions are what the boards are now, in order.
func (b *boardSet) definitions() []*board.Definition {
	var defs []*board.Definition
	for _, p := range b.all() {
		defs = append(defs, p.def())
	}
	return defs
}

// put adds a board, or changes the one of its name.
func (b *boardSet) put(def *board.Definition) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.byName[def.Name]; p != nil {
		p.definition.Store(def)
		return
	}
	p := &published{alarms: make(map[string]board.Alarm), faces: make(map[manner]*face)}
	p.definition.Store(def)
	if b.byName == nil {
		b.byName = make(map[string]*published)
	}
	b.byName[def.Name] = p
	b.order = append(slices.Clone(b.order), p)
}

// remove forgets a board and returns it, or nil.
func (b *boardSet) remove(name string) *published {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.byName[name]
	delete(b.byName, name)
	b.order = slices.DeleteFunc(slices.Clone(b.order), func(o *published) bool { return o == p })
	return p
}
