package mongodb

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"endstate/labs"
)

// Look asks a MongoDB server. What it observes has the name found:
//
//	docs      the documents that the command, or the recorded answer, finds; of
//	          contents, one of each collection: {collection, documents, digest}
//	hidden    what it finds among the given documents, on a server made for that
//
// Documents are maps. Whole numbers are ints, doubles doubles, dates timestamps in
// UTC, binary data bytes. A Decimal128 is {"decimal": "1.50"}, an ObjectId
// {"objectId": "…"}, so that they differ from strings.
type Look struct {
	// Database that is asked.
	Database string `yaml:"database"`
	// Command is a command that reads, as extended JSON: find, aggregate, count,
	// distinct, listCollections, listIndexes, collStats, dbStats.
	Command string `yaml:"command,omitempty"`
	// Answer is the name under which the learner recorded a query with answer().
	Answer string `yaml:"answer,omitempty"`
	// Contents lists collections that are observed as a whole. The digest is over every
	// byte of every document, whatever their order.
	Contents []string `yaml:"contents,omitempty"`
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
	if len(l.Given) == 0 {
		return nil
	}
	return []string{serverImage}
}

// Validate reports fields that make no sense.
func (l *Look) Validate() error {
	asked := 0
	for _, is := range []bool{l.Command != "", l.Answer != "", len(l.Contents) > 0} {
		if is {
			asked++
		}
	}
	switch {
	case asked != 1:
		return errors.New("one of command, answer and contents is needed")
	case l.Database == "":
		return errors.New("database is needed")
	case len(l.Given) > 0 && len(l.Contents) > 0:
		return errors.New("given goes with an answer or a command")
	case l.Command == "":
		return nil
	}
	command, err := parseCommand(l.Command)
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
	server, err := pool(site, host)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if len(l.Contents) > 0 {
		docs, err := server.contents(ctx, l.Database, l.Contents)
		return map[string]any{"docs": docs, "hidden": []any{}}, server.explain(ctx, host, err)
	}
	command, err := l.command(ctx, site)
	if err != nil {
		return nil, err
	}
	docs, err := server.find(ctx, l.Database, command)
	if err != nil {
		return nil, server.explain(ctx, host, err)
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
		return parseCommand(l.Command)
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

func parseCommand(text string) (bson.D, error) {
	var command bson.D
	if err := bson.UnmarshalExtJSON([]byte(text), false, &command); err != nil {
		return nil, fmt.Errorf("command is no extended JSON: %w", err)
	}
	return command, nil
}

// collectionOf returns the collection whose documents a file holds.
func collectionOf(file string) string { return strings.TrimSuffix(path.Base(file), ".json") }
