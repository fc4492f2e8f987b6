package web

import (
	"context"

	"endstate/internal/classes"
	classdesk "endstate/internal/desk/class"
	"endstate/internal/web/class"
	"endstate/labs"
)

// classes returns the room for classes.
func (s *Server) classes() *class.Room {
	return class.New(class.Door{
		House: s.house(), Desk: s.Desk, Clock: s.Clock, Event: writeEvent, Tell: s.tellOfLetter,
	})
}

// messages returns what was written to a learner and not read yet.
func (s *Server) messages(who labs.Learner) []classes.Message {
	if who.Name == "" {
		return nil
	}
	found, err := classdesk.New(s.Desk).Messages(s.ctx, who)
	if err != nil {
		s.Log.Warn("read messages", "error", err)
	}
	return found
}

// watchers returns who may watch a learner's terminals. If that can't be read, nobody can watch.
func (s *Server) watchers(ctx context.Context, who labs.Learner) []string {
	found, err := classdesk.New(s.Desk).Watchers(ctx, who)
	if err != nil {
		s.Log.Warn("read who may watch", "error", err)
	}
	return found
}
