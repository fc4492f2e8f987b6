package class

import (
	"context"
	"fmt"
	"strings"

	"endstate/internal/classes"
	"endstate/labs"
)

// Send writes a message to a member of a group, or to all of them if to is empty. It stays until it is read.
// It returns the names of those who get it.
func (d *Desk) Send(ctx context.Context, who labs.Learner, group int64, to, text string) ([]string, error) {
	g, store, err := d.group(ctx, who, group)
	if err == nil {
		err = classes.ValidateText(text)
	}
	if err != nil {
		return nil, err
	}
	names := g.Members
	if to != "" {
		if !g.Has(to) {
			return nil, notFound(fmt.Sprintf("%s is not a member of the group %s", to, g.Name))
		}
		names = []string{to}
	}
	var all []classes.Message
	for _, name := range names {
		all = append(all, classes.Message{From: who.Name, To: name, Text: strings.TrimSpace(text), At: d.parts.Now()})
	}
	return names, store.AddMessages(ctx, all)
}

// Messages returns what was written to a learner and not read yet, the oldest first. It does not create
// the store.
func (d *Desk) Messages(ctx context.Context, who labs.Learner) ([]classes.Message, error) {
	if !d.parts.Remembers() {
		return nil, nil
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	return store.Messages(ctx)
}

// Read removes a message to a learner, who has read it.
func (d *Desk) Read(ctx context.Context, who labs.Learner, id int64) error {
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return err
	}
	return store.DropMessage(ctx, id)
}
