package mongodb

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"endstate/labs"
)

// Look asks a MongoDB server. What it observes has the name found:
//
//	docs      the documents that the command, or the recorded answer, finds; of
//	          contents, one of each collection: {collection, documents, digest};
//	          of tries, one of each try: its own fields and {accepted, code}
//	hidden    what it finds among the given documents, on a server made for that
//
// Documents are maps, in which the order of fields does not count. Whole numbers are
// ints, doubles doubles, dates timestamps in UTC, binary data bytes. Every other type is
// a map with fields of its own: a Decimal128 is {"decimal": "1.5"}, without zeros at its
// end, as MongoDB holds 1.50 and 1.5 equal; an ObjectId is {"objectId": "…"}; binary data
// of a subtype is {"binary": …, "subtype": 4}; a document that has a key twice is
// {"fields": [["a", 1], ["a", 2]]}. So all types differ from one another. A document that
// has just such fields, stored by somebody who would have it taken for one, is
// {"embedded": {…}}. An index's key, whose order counts, is a list of {field, order}.
type Look struct {
	// Database that is asked.
	Database string `yaml:"database"`
	// Command is a command that reads, as extended JSON: find, aggregate, count,
	// distinct, listCollections, listIndexes, collStats, dbStats.
	Command string `yaml:"command,omitempty"`
	// Answer is the name under which the learner recorded a query with answer().
	Answer string `yaml:"answer,omitempty"`
	// Exact tells an int, a long and a double of the same value apart: an int is a whole
	// number, a long is {"long": 1}, a double {"double": 1.0}.
	Exact bool `yaml:"exact,omitempty"`
	// Contents lists collections that are observed as a whole. The digest is over every
	// byte of every document, whatever their order.
	Contents []string `yaml:"contents,omitempty"`
	// Where narrows contents to the documents that match it: a filter, as extended JSON.
	Where string `yaml:"where,omitempty"`
	// Tries is a file of documents that are tried on a copy of a collection, which has
	// its validator and its unique indexes but none of its documents, on a server made
	// for that. It is extended JSON, a list of {"document": {…}, …}, inserted one after
	// the other; what stands beside a document is observed too. The file's name is the
	// collection's. The code of a refusal is MongoDB's: 121 of a validator, 11000 of a
	// unique index; 0 if it was accepted.
	Tries string `yaml:"tries,omitempty"`
	// Given lists files of hidden documents, extended JSON, one list a file; the
	// file's name is the collection's.
	Given []string `yaml:"given,omitempty"`
	// Host is the server's; it need not be said if there is only one.
	Host string `yaml:"host,omitempty"`
}

// answersDir is where answer() puts what it records.
const answersDir = labs.LearnerHome + "/answers"

// Variable is the name of what is observed.
func (l *Look) Variable() string { return "found" }

// ImageNames returns the image of the server for hidden documents.
func (l *Look) ImageNames() []string {
	if len(l.Given) == 0 && l.Tries == "" {
		return nil
	}
	return []string{serverImage}
}

// Validate reports fields that make no sense.
func (l *Look) Validate() error {
	asked := 0
	for _, is := range []bool{l.Command != "", l.Answer != "", len(l.Contents) > 0, l.Tries != ""} {
		if is {
			asked++
		}
	}
	switch {
	case asked != 1:
		return errors.New("one of command, answer, contents and tries is needed")
	case l.Database == "":
		return errors.New("database is needed")
	case l.Exact && l.Command == "" && l.Answer == "":
		return errors.New("exact goes with an answer or a command")
	case len(l.Given) > 0 && l.Command == "" && l.Answer == "":
		return errors.New("given goes with an answer or a command")
	case l.Where != "" && len(l.Contents) == 0:
		return errors.New("where goes with contents")
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
func (l *Look) Observe(ctx context.Context, site *labs.Site) (any, error) {
	host, err := site.HostOf(l.Host, serverImage)
	if err != nil {
		return nil, err
	}
	server, err := pool(site, host, "")
	if err != nil {
		return nil, err
	}
	if _, err := site.Once("mongodb reached "+host.ID, func() (any, error) { return nil, server.reach(ctx) }); err != nil {
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

// command returns what is to be asked: the look's own command, or the learner's.
func (l *Look) command(ctx context.Context, site *labs.Site) (bson.D, error) {
	if l.Command != "" {
		return parse("command", l.Command)
	}
	host, err := site.Lab.Host(labs.Workspace)
	if err != nil {
		return nil, err
	}
	files, err := site.Files(ctx, host, answersDir)
	if err != nil && !errors.Is(err, labs.ErrNotFound) {
		return nil, err
	}
	for _, file := range files {
		if file.Path == l.Answer+".json" && file.Mode.IsRegular() {
			return l.recorded(file.Data)
		}
	}
	return nil, &labs.Obstacle{Message: fmt.Sprintf("Nothing is recorded as %s yet.", l.Answer)}
}

// recorded reads what answer() recorded, or what somebody made in its place.
func (l *Look) recorded(data []byte) (bson.D, error) {
	var answer struct {
		Database string
		Command  bson.D
	}
	if err := bson.UnmarshalExtJSON(data, false, &answer); err != nil {
		return nil, &labs.Obstacle{Message: fmt.Sprintf("What is recorded as %s can't be read. Record it again.", l.Answer), Err: err}
	}
	if answer.Database != l.Database {
		return nil, &labs.Obstacle{Message: fmt.Sprintf("What is recorded as %s asks the database `%s`, not `%s`.", l.Answer, answer.Database, l.Database)}
	}
	if err := allowed(answer.Command, answerCommands); err != nil {
		return nil, &labs.Obstacle{Message: fmt.Sprintf("What is recorded as %s is not accepted: %v.", l.Answer, err), Err: err}
	}
	return answer.Command, nil
}

// parse reads a field that is extended JSON.
func parse(field, text string) (bson.D, error) {
	var document bson.D
	if err := bson.UnmarshalExtJSON([]byte(text), false, &document); err != nil {
		return nil, fmt.Errorf("%s is no extended JSON: %w", field, err)
	}
	return document, nil
}

// collectionOf returns the collection whose documents a file holds.
func collectionOf(file string) string { return strings.TrimSuffix(path.Base(file), ".json") }
