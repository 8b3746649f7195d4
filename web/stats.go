package web

// Stats are what the server sent since the start, and what it shows now.
type Stats struct {
	Boards  int
	Sockets int // screens that are connected or on their way
	Queued  int // screens for which something waits to be written
	Encoded uint64
	Frames  uint64 // that were written to a screen
	Bytes   uint64 // of those frames, without the socket's own
}

// Stats returns them. The numbers may be of slightly different times.
func (s *Server) Stats() Stats {
	boards := s.boards.all()
	out := Stats{Boards: len(boards), Frames: s.hub.sentFrames.Load(), Bytes: s.hub.sentBytes.Load()}
	for _, p := range boards {
		out.Encoded += uint64(p.encodings.Load())
	}
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	out.Sockets, out.Queued = s.hub.total, len(s.hub.queue)
	return out
}
