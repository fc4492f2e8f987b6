package mongodb

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"endstate/labs/kit"
)

// Look queries a MongoDB server. It needs exactly one of `command`, `answer`, `contents` and
// `tries`. It observes:
//
//	docs      the documents found by the command or the answer; with contents or tries,
//	          one per collection or try
//	hidden    what it finds among given documents, on a separate server
//
// Documents are maps. The order of fields does not count, except in an index's key, which is
// a list of `{field, order}`. Integers are ints, doubles are doubles, dates are timestamps in
// UTC, and binary data is bytes. Every other type is a map: a Decimal128 is
// `{"decimal": "1.5"}` without trailing zeros, an ObjectId `{"objectId": "…"}`, binary data
// with a subtype `{"binary": …, "subtype": 4}`, a document with a duplicate key
// `{"fields": [["a", 1], ["a", 2]]}`, and a stored document that looks like one of these
// `{"embedded": {…}}`. So no value equals a value of another type.
//
// FerretDB replaces MongoDB where that is not available. Compare result sets with a stated
// order, and error codes; never compare messages.
type Look struct {
	// The database to ask; by default the param `database`, if there is one.
	Database string `yaml:"database,omitempty"`
	// A command that reads, as extended JSON, such as `{"find": "orders", "filter": {}}`:
	// find, aggregate, count, distinct, listCollections, listIndexes, collStats or dbStats.
	Command string `yaml:"command,omitempty"`
	// The name of a query that the learner recorded with `answer("q1", …)`. It is replayed.
	Answer string `yaml:"answer,omitempty"`
	// With `command` or `answer`: a long is `{"long": 1}` and a double `{"double": 1.0}`,
	// so that they differ from an int. By default numbers of equal value are equal.
	Exact bool `yaml:"exact,omitempty"`
	// Collections to compare as a whole: `{collection, documents, digest}` each. The digest
	// covers every byte of every document, in whatever order they are stored.
	Contents []string `yaml:"contents,omitempty"`
	// With `contents`: a filter, as extended JSON. Only documents that match it count.
	Where string `yaml:"where,omitempty"`
	// A file of documents to insert, one by one, into an empty copy of a collection with its
	// validator and unique indexes, on a separate server. The file is extended JSON, a list of
	// `{"document": {…}, …}`, and is named after the collection. Each try gives the other fields
	// of its entry, and `{accepted, code}`: 121 from a validator, 11000 from a unique index, 0 if
	// it was accepted.
	Tries string `yaml:"tries,omitempty"`
	// With `command` or `answer`: files of hidden documents, on which it runs too. Each is
	// extended JSON, a list, and is named after its collection.
	Given []string `yaml:"given,omitempty"`
	// The server's host, if there are several.
	Host string `yaml:"host,omitempty"`
}

// Variable returns the name of the observation in expectations.
func (l *Look) Variable() string { return "found" }

// AnswerName returns the name of the answer that the look replays.
func (l *Look) AnswerName() string { return l.Answer }

// AnswerUsage returns what records the answer in mongosh.
func (l *Look) AnswerUsage() string {
	return fmt.Sprintf(`answer("%s", db.collection.find({ … })) in mongosh`, l.Answer)
}

// ImageNames returns the image of the server for hidden documents.
func (l *Look) ImageNames() []string {
	if len(l.Given) == 0 && l.Tries == "" {
		return nil
	}
	return []string{serverImage}
}

// SetDefaults sets the database to the param of that name.
func (l *Look) SetDefaults(params map[string]any) {
	if name, ok := params["database"].(string); ok && l.Database == "" {
		l.Database = name
	}
}

// Validate returns an error if the fields make no sense.
func (l *Look) Validate() error {
	asked := 0
	for _, is := range []bool{l.Command != "", l.Answer != "", len(l.Contents) > 0, l.Tries != ""} {
		if is {
			asked++
		}
	}
	switch {
	case asked != 1:
		return errors.New("exactly one is needed: command, answer, contents or tries")
	case l.Database == "":
		return errors.New("database is needed: the scenario has no param of that name")
	case l.Exact && l.Command == "" && l.Answer == "":
		return errors.New("exact requires an answer or a command")
	case len(l.Given) > 0 && l.Command == "" && l.Answer == "":
		return errors.New("given requires an answer or a command")
	case l.Where != "" && len(l.Contents) == 0:
		return errors.New("where requires contents")
	case l.Where != "":
		_, err := parse("where", l.Where)
		return err
	case l.Command == "":
		return nil
	}
	command, err := parse("command", l.Command)
	if err != nil {
		return err
	}
	return allowed(command, readCommands)
}

// Observe asks the server.
func (l *Look) Observe(ctx context.Context, site kit.Site) (any, error) {
	host, err := kit.HostOf(site, l.Host, serverImage)
	if err != nil {
		return nil, err
	}
	server, err := pool(site, host, "")
	if err != nil {
		return nil, err
	}
	if _, err := kit.Once(site, "mongodb reached "+host.ID, func() (any, error) { return nil, server.reach(ctx) }); err != nil {
		return nil, err
	}
	if l.Tries != "" {
		docs, err := l.tryAll(ctx, site, server, host)
		return map[string]any{"docs": docs, "hidden": []any{}}, err
	}
	if len(l.Contents) > 0 {
		var docs []any
		err := server.ask(ctx, func(ctx context.Context, _ time.Duration) (err error) {
			docs, err = l.contents(ctx, server)
			return err
		})
		return map[string]any{"docs": docs, "hidden": []any{}}, err
	}
	command, err := l.command(ctx, site)
	if err != nil {
		return nil, err
	}
	docs, err := server.find(ctx, l.Database, command, l.Exact)
	if err != nil {
		return nil, err
	}
	hidden := []any{}
	if len(l.Given) > 0 {
		if hidden, err = l.findHidden(ctx, site, command); err != nil {
			return nil, err
		}
	}
	return map[string]any{"docs": docs, "hidden": hidden}, nil
}

// command returns the command to run: the look's own, or the learner's answer.
func (l *Look) command(ctx context.Context, site kit.Site) (bson.D, error) {
	if l.Command != "" {
		return parse("command", l.Command)
	}
	data, err := kit.RecordedAnswer(ctx, site, l.Answer, ".json")
	if err != nil {
		return nil, err
	}
	return l.recorded(data)
}

// recorded reads what answer() recorded, or whatever somebody put in its place.
func (l *Look) recorded(data []byte) (bson.D, error) {
	var answer struct {
		Database string
		Command  bson.D
	}
	if err := bson.UnmarshalExtJSON(data, false, &answer); err != nil {
		return nil, &kit.Obstacle{Message: fmt.Sprintf("What is recorded as %s can't be read. Record it again.", l.Answer), Err: err}
	}
	if answer.Database != l.Database {
		return nil, &kit.Obstacle{Message: fmt.Sprintf("What is recorded as %s asks the database `%s`, not `%s`.", l.Answer, answer.Database, l.Database)}
	}
	if err := allowed(answer.Command, answerCommands); err != nil {
		return nil, &kit.Obstacle{Message: fmt.Sprintf("What is recorded as %s is not accepted: %v.", l.Answer, err), Err: err}
	}
	return answer.Command, nil
}

// parse parses a field in extended JSON.
func parse(field, text string) (bson.D, error) {
	var document bson.D
	if err := bson.UnmarshalExtJSON([]byte(text), false, &document); err != nil {
		return nil, fmt.Errorf("%s is not extended JSON: %w", field, err)
	}
	return document, nil
}

// collectionOf returns the name of the collection that a file is for.
func collectionOf(file string) string { return strings.TrimSuffix(path.Base(file), ".json") }
