package wallboard

// Stats are what the live state holds now. They are numbers of memory, for the operator;
// what they count is in Numbers.
type Stats struct {
	Contacts int   // in memory
	Unkept   int   // contacts whose newest change the archive has not
	Cells    int   // of counts, one for each source, channel and queue
	Agents   int   // whose state is known
	AsOf     int64 // through when deliveries were applied, microseconds since the Unix epoch
	// LastEvents has, by source, the time of its newest event in microseconds; 0 if it
	// had none.
	LastEvents map[string]int64
	// Audited is when the newest audit ended, microseconds since the Unix epoch, 0 if there
	// was none; Differing is how much it found to differ.
	Audited   int64
	Differing int
}

// Stats returns them; the caller owns the map.
func (w *Wallboard) Stats() Stats {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := Stats{
		Contacts: len(w.entries), Unkept: len(w.dirty), Cells: len(w.cells), Agents: len(w.agents), AsOf: w.asOf,
		LastEvents: make(map[string]int64, len(w.order)), Differing: w.verdict.Differing,
	}
	if !w.verdict.At.IsZero() {
		s.Audited = w.verdict.At.UnixMicro()
	}
	for _, src := range w.order {
		s.LastEvents[src.name] = src.lastEvent
	}
	return s
}
