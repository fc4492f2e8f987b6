// Package feed has what happens in a lab while its pages are open: the messages of the act that runs
// there, for any number of pages, which may come late or come back.
package feed

import (
	"slices"
	"sync"
)

// Message is something that happened, as a piece of a page.
type Message struct {
	ID   int    // grows by one with each message
	Kind string // what a page does with it
	Key  string // a later message of the same kind and key replaces it; may be empty
	Data string
}

// Limit is how many messages a feed keeps; it drops the oldest.
const Limit = 500

// Feed is the messages of one act after the other. The zero value is ready to use.
type Feed struct {
	// Tell is told each message, in order, for pages at other servers; nil: there are none. It must not wait.
	Tell func(Message)

	mu       sync.Mutex
	last     int // the ID of the last message
	act      string
	running  bool
	messages []Message     // of the act that runs, or that ran last
	changed  chan struct{} // closed when there is news
}

// Begin begins an act, and forgets the messages of the one before. It returns false if an act is
// running.
func (f *Feed) Begin(act string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running {
		return false
	}
	f.act, f.running, f.messages = act, true, nil
	f.say(Message{Kind: "begin", Data: act})
	return true
}

// Send adds a message.
func (f *Feed) Send(kind, key, data string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.say(Message{Kind: kind, Key: key, Data: data})
}

// Hear adds a message from the feed of the same thing at another server, which nobody else is told.
func (f *Feed) Hear(m Message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.add(m)
}

// End ends the act.
func (f *Feed) End() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = false
	f.say(Message{Kind: "end", Data: f.act})
}

func (f *Feed) say(m Message) {
	f.add(m)
	if f.Tell != nil {
		f.Tell(m)
	}
}

func (f *Feed) add(m Message) {
	if m.Key != "" {
		f.messages = slices.DeleteFunc(f.messages, func(old Message) bool { return old.Kind == m.Kind && old.Key == m.Key })
	}
	f.last++
	m.ID = f.last
	f.messages = append(f.messages, m)
	f.messages = f.messages[max(0, len(f.messages)-Limit):]
	if f.changed != nil {
		close(f.changed)
		f.changed = nil
	}
}

// State is a feed at one moment.
type State struct {
	Last     int    // the ID of the last message
	Act      string // that runs, or ran last
	Running  bool
	Messages []Message // of that act
}

// Now returns the feed as it is.
func (f *Feed) Now() State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return State{Last: f.last, Act: f.act, Running: f.running, Messages: slices.Clone(f.messages)}
}

// After returns the messages after the one with an ID, and a channel that is closed when there are
// more. An ID that is still to come is that of an earlier server: then it returns all messages.
func (f *Feed) After(id int) ([]Message, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if id > f.last {
		id = 0
	}
	if f.changed == nil {
		f.changed = make(chan struct{})
	}
	return slices.DeleteFunc(slices.Clone(f.messages), func(m Message) bool { return m.ID <= id }), f.changed
}
