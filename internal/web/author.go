package web

import "endstate/internal/web/author"

// authors returns the room for authors of scenarios.
func (s *Server) authors() *author.Room {
	return author.New(author.Door{
		Desk: s.Desk, Context: s.ctx, Working: &s.working, Write: s.write, Fail: s.fail,
		Problem: s.problem, Warning: s.warning, Piece: s.piece, Stream: s.stream,
	})
}
