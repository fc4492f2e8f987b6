package mongodb

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"endstate/labs"
)

// What an answer may hold before it is not read on.
const (
	maxDocs  = 20_000
	maxBytes = 32 << 20
)

// find runs a command that reads and returns its documents.
func (c *client) find(ctx context.Context, database string, command bson.D, exact bool) (docs []any, err error) {
	err = c.ask(ctx, func(ctx context.Context, limit time.Duration) (err error) {
		docs, err = c.findWithin(ctx, limit, database, command, exact)
		return err
	})
	return docs, err
}

func (c *client) findWithin(ctx context.Context, limit time.Duration, database string, command bson.D, exact bool) ([]any, error) {
	command = append(bson.D{}, command...)
	name := command[0].Key
	if name == "aggregate" && !has(command, "cursor") {
		command = append(command, bson.E{Key: "cursor", Value: bson.D{}})
	}
	command = append(command, bson.E{Key: "maxTimeMS", Value: (limit - 500*time.Millisecond).Milliseconds()})
	db := c.Database(database)
	switch name {
	case "find", "aggregate", "listCollections", "listIndexes":
	default:
		var answer bson.D
		if err := db.RunCommand(ctx, command).Decode(&answer); err != nil {
			return nil, err
		}
		return []any{valueOf(answer, exact)}, nil
	}
	cursor, err := db.RunCommandCursor(ctx, command)
	if err != nil {
		return nil, err
	}
	defer cursor.Close(context.WithoutCancel(ctx))
	docs, size := []any{}, 0
	for cursor.Next(ctx) {
		if size += len(cursor.Current); len(docs) == maxDocs || size > maxBytes {
			return nil, &labs.Obstacle{Message: fmt.Sprintf("It finds more than %d documents, or more than %d MiB.", maxDocs, maxBytes>>20)}
		}
		var doc bson.D
		if err := cursor.Decode(&doc); err != nil {
			return nil, err
		}
		if name == "listIndexes" {
			doc = ordered(doc)
		}
		docs = append(docs, valueOf(doc, exact))
	}
	return docs, cursor.Err()
}

func has(command bson.D, name string) bool {
	for _, field := range command {
		if field.Key == name {
			return true
		}
	}
	return false
}

// findHidden runs a command over the given documents, on a server without a network
// that is made for the round: nobody in the lab ever sees them.
func (l *Look) findHidden(ctx context.Context, site *labs.Site, command bson.D) ([]any, error) {
	server, err := l.sharedServer(ctx, site)
	if err != nil {
		return nil, err
	}
	return server.find(ctx, l.Database, command, l.Exact)
}

// sharedServer returns the round's server that holds the given documents.
func (l *Look) sharedServer(ctx context.Context, site *labs.Site) (*client, error) {
	shared, err := site.Once(fmt.Sprintf("mongodb hidden %v", l.Given), func() (any, error) { return l.hiddenServer(ctx, site) })
	if err != nil {
		return nil, err
	}
	server, ok := shared.(*client)
	if !ok {
		return nil, fmt.Errorf("the server for hidden documents is a %T", shared)
	}
	return server, nil
}

// hiddenServer returns a client of a server that holds the hidden documents.
func (l *Look) hiddenServer(ctx context.Context, site *labs.Site) (*client, error) {
	host, err := site.Server(ctx, serverImage, fmt.Sprint(l.Database, l.Given), func(ctx context.Context, host labs.Host, empty bool) error {
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

// give inserts the documents of a file of the scenario.
func (c *client) give(ctx context.Context, site *labs.Site, database, file string) error {
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

// readList reads a file of the scenario that is a list of documents.
func readList(site *labs.Site, file string) ([]bson.D, error) {
	data, err := site.ReadGiven(file)
	if err != nil {
		return nil, err
	}
	var wrapped struct{ Docs []bson.D }
	if err := bson.UnmarshalExtJSON([]byte(`{"docs": `+string(data)+`}`), false, &wrapped); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return wrapped.Docs, nil
}
