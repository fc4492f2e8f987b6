package mongodb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"endstate/labs"
	"endstate/labs/kit"
)

// find runs a command that reads, and returns its documents.
func (c *client) find(ctx context.Context, database string, command bson.D, exact bool) (docs []any, err error) {
	err = c.ask(ctx, func(ctx context.Context, limit time.Duration) (err error) {
		docs, err = c.findWithin(ctx, limit, database, command, exact)
		return err
	})
	return docs, err
}

func (c *client) findWithin(ctx context.Context, limit time.Duration, database string, command bson.D, exact bool) (docs []any, err error) {
	command = append(bson.D{}, command...)
	name := command[0].Key
	if name == "aggregate" && !has(command, "cursor") {
		command = append(command, bson.E{Key: "cursor", Value: bson.D{}})
	}
	command = append(command, bson.E{Key: "maxTimeMS", Value: (limit - limit/8).Milliseconds()})
	r := &reading{budget: c.budget(kit.DocumentLimits), exact: exact, indexes: name == "listIndexes"}
	switch name {
	case "find", "aggregate", "listCollections", "listIndexes":
		err = c.each(ctx, database, command, r.add)
	default:
		var answer bson.Raw
		if answer, err = c.Database(database).RunCommand(ctx, command).Raw(); err == nil {
			err = r.add(ctx, answer)
		}
	}
	if err != nil {
		r.budget.Release()
		return nil, err
	}
	return r.docs, nil
}

// each passes on a command's documents one by one.
func (c *client) each(ctx context.Context, database string, command bson.D, read func(context.Context, bson.Raw) error) error {
	cursor, err := c.Database(database).RunCommandCursor(ctx, command)
	if err != nil {
		return err
	}
	defer cursor.Close(context.WithoutCancel(ctx))
	for cursor.Next(ctx) {
		if err := read(ctx, cursor.Current); err != nil {
			return err
		}
	}
	return cursor.Err()
}

// budget returns a budget for the server's answers.
func (c *client) budget(limits kit.Limits) *kit.Budget {
	return c.dialer.site.Budget("What "+c.shortName()+" answers", limits)
}

// reading collects documents in the form that expectations use.
type reading struct {
	budget  *kit.Budget
	exact   bool
	indexes bool // the documents are definitions of indexes
	docs    []any
}

// add adds a document. It computes the size in memory before decoding.
func (r *reading) add(ctx context.Context, raw bson.Raw) error {
	if err := r.budget.Take(ctx, "", int64(len(raw)+kit.ValueBytes*valuesIn(raw, 0))); err != nil {
		return err
	}
	var doc bson.D
	if err := bson.Unmarshal(raw, &doc); err != nil {
		return err
	}
	if r.indexes {
		doc = ordered(doc)
	}
	r.docs = append(r.docs, valueOf(doc, r.exact))
	return nil
}

// valuesIn counts the values in a document, including nested ones.
func valuesIn(raw []byte, depth int) int {
	count := 0
	_, rest, ok := bsoncore.ReadLength(raw)
	for ok && depth < deepest {
		var element bsoncore.Element
		if element, rest, ok = bsoncore.ReadElement(rest); !ok {
			break
		}
		count++
		if inner, isDocument := documentOf(element.Value()); isDocument {
			count += valuesIn(inner, depth+1)
		}
	}
	return count
}

func documentOf(value bsoncore.Value) ([]byte, bool) {
	if doc, ok := value.DocumentOK(); ok {
		return doc, true
	}
	return value.ArrayOK()
}

// deepest limits the nesting of documents, as MongoDB does.
const deepest = 200

func has(command bson.D, name string) bool {
	for _, field := range command {
		if field.Key == name {
			return true
		}
	}
	return false
}

// findHidden runs a command on the given documents, on a server without a network that is
// made for the round, where nobody in the lab can see them.
func (l *Look) findHidden(ctx context.Context, site kit.Site, command bson.D) (docs []any, err error) {
	err = l.askHidden(ctx, site, func(server *client) (err error) {
		docs, err = server.find(ctx, l.Database, command, l.Exact)
		return err
	})
	return docs, err
}

// askHidden asks the server of hidden documents. If there was no answer while others were
// asking, which may have been the reason, it asks once more, alone, on a working server. It
// returns a [kit.Obstacle] if the server refuses the command, or if it takes too much even
// then.
func (l *Look) askHidden(ctx context.Context, site kit.Site, ask func(*client) error) error {
	err := l.turn(ctx, site, false, func() (*client, error) { return l.sharedServer(ctx, site) }, func(shared *client) error {
		return ask(&client{Client: shared.Client, dialer: shared.dialer, hasty: true})
	})
	var obstacle *kit.Obstacle
	if err == nil || ctx.Err() != nil || errors.As(err, &obstacle) && obstacle.Finding {
		return err
	}
	err = l.turn(ctx, site, true, func() (*client, error) { return l.hiddenServer(ctx, site) }, ask)
	if errors.As(err, &obstacle) && !obstacle.Finding {
		return &kit.Obstacle{Message: "On other documents it takes too long, or too much memory, or finds too much.", Err: err}
	}
	return err
}

// turn asks a server when it is this question's turn.
func (l *Look) turn(ctx context.Context, site kit.Site, alone bool, server func() (*client, error), ask func(*client) error) error {
	done, err := site.Turn(ctx, serverImage, l.holds(), alone)
	if err != nil {
		return err
	}
	defer done()
	one, err := server()
	if err != nil {
		return fmt.Errorf("make the server of hidden documents: %w", hideObstacle(err))
	}
	return ask(one)
}

// hideObstacle turns an obstacle about the grader's own server into an error of the
// grader's.
func hideObstacle(err error) error {
	var obstacle *kit.Obstacle
	if errors.As(err, &obstacle) {
		return errors.New(obstacle.Message)
	}
	return err
}

// holds distinguishes servers with different hidden documents.
func (l *Look) holds() string { return fmt.Sprint(l.Database, l.Given) }

// sharedServer returns the round's server with the given documents.
func (l *Look) sharedServer(ctx context.Context, site kit.Site) (*client, error) {
	return kit.Once(site, fmt.Sprintf("mongodb hidden %v", l.Given), func() (*client, error) { return l.hiddenServer(ctx, site) })
}

// Prepare starts the server with the given documents, once per round.
func (l *Look) Prepare(ctx context.Context, site kit.Site) error {
	if len(l.Given) == 0 && l.Tries == "" {
		return nil
	}
	_, err := l.sharedServer(ctx, site)
	return err
}

// hiddenServer returns a client for a server with the hidden documents.
func (l *Look) hiddenServer(ctx context.Context, site kit.Site) (*client, error) {
	host, err := site.Server(ctx, serverImage, l.holds(), func(ctx context.Context, host labs.Host, empty bool) error {
		server, err := pool(site, host, hidden)
		if err != nil {
			return err
		}
		if !empty {
			return server.reach(ctx)
		}
		if err := server.awake(ctx); err != nil {
			return fmt.Errorf("wait for the server of hidden documents: %w", err)
		}
		for _, file := range l.Given {
			if err := server.give(ctx, site, l.Database, file); err != nil {
				return fmt.Errorf("give %s: %w", file, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return pool(site, host, hidden)
}

// give inserts the documents in a file of the scenario.
func (c *client) give(ctx context.Context, site kit.Site, database, file string) error {
	given, err := readList(site, file)
	if err != nil {
		return err
	}
	docs := make([]any, len(given))
	for i := range given {
		docs[i] = given[i]
	}
	_, err = c.Database(database).Collection(collectionOf(file)).InsertMany(ctx, docs)
	return err
}

// readList reads a file of the scenario that contains a list of documents.
func readList(site kit.Site, file string) ([]bson.D, error) {
	data, err := fs.ReadFile(site.Given(), file)
	if err != nil {
		return nil, err
	}
	var wrapped struct{ Docs []bson.D }
	if err := bson.UnmarshalExtJSON([]byte(`{"docs": `+string(data)+`}`), false, &wrapped); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return wrapped.Docs, nil
}
