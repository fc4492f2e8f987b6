package web

import (
	"context"
	"encoding/json"

	"endstate/internal/desk/operate"
	"endstate/internal/web/exam"
	"endstate/internal/web/feed"
)

// news is what pages at other servers of the same store are told.
type news struct {
	About   []string // the kind of thing, and its names
	Message feed.Message
}

// The kinds of things that news are about, besides exams.
const (
	newsOfLab    = "lab"    // the learner and the lab follow
	newsOfLetter = "letter" // the learner follows
)

// newsWaiting is how many news may wait until they are told. Further ones are dropped: pages look again anyway when
// something happens.
const newsWaiting = 1000

// tells returns what tells pages at other servers of a feed's messages, or nil if there are no other servers. What an
// act is doing is for the pages of its own server alone: if that is killed, nobody else would say that it ended.
func (s *Server) tells(about ...string) func(feed.Message) {
	if s.Desk.Store == "" {
		return nil
	}
	return func(m feed.Message) {
		switch m.Kind {
		case "begin", messageStep, messageVerdict:
			return
		}
		select {
		case s.news <- news{about, m}:
		default:
		}
	}
}

// tellOfLetter tells the pages of a learner that somebody wrote to them.
func (s *Server) tellOfLetter(name string) {
	s.benches.tell(name)
	if tell := s.tells(newsOfLetter, name); tell != nil {
		tell(feed.Message{})
	}
}

// joinOthers tells the other servers news and hears theirs, until the context is done.
func (s *Server) joinOthers(ctx context.Context) {
	if s.Desk.Store == "" {
		return
	}
	s.working.Go(func() { operate.Hear(ctx, s.Desk, s.hear) })
	s.working.Go(func() {
		for {
			select {
			case one := <-s.news:
				if text, err := json.Marshal(one); err == nil {
					operate.Tell(ctx, s.Desk, string(text))
				}
			case <-ctx.Done():
				return
			}
		}
	})
}

// hear tells pages here what another server told.
func (s *Server) hear(text string) {
	var one news
	if json.Unmarshal([]byte(text), &one) != nil || len(one.About) < 2 {
		return // from another version
	}
	name, rest := one.About[1], one.About[2:]
	switch {
	case one.About[0] == newsOfLetter:
		s.benches.tell(name)
	case one.About[0] == newsOfLab && len(rest) == 1:
		if at := s.benches.at(name, rest[0]); at != nil {
			at.Hear(one.Message)
		}
	case one.About[0] == exam.NewsOfExam && len(rest) == 1:
		s.exams.Hear(name, rest[0], one.Message)
	}
}
