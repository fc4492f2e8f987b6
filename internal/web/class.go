package web

import "endstate/internal/web/class"

// classes returns the room for classes.
func (s *Server) classes() *class.Room {
	return class.New(class.Door{Desk: s.Desk, Clock: s.Clock, Write: s.write, Fail: s.fail, Ask: s.askFor, Piece: s.piece})
}
