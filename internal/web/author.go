package web

import "endstate/internal/web/author"

// authors returns the room for authors of scenarios.
func (s *Server) authors() *author.Room {
	return author.New(author.Door{
		House: s.house(), Desk: s.Desk, Context: s.ctx, Working: &s.working,
	})
}
