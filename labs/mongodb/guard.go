package mongodb

import (
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// What may be asked: by a scenario, and by a learner's answer.
var (
	readCommands   = []string{"find", "aggregate", "count", "distinct", "listCollections", "listIndexes", "collStats", "dbStats"}
	answerCommands = []string{"find", "aggregate"}
)

// Fields of a command that may go with it. Whatever else a command could carry,
// such as a read concern or a comment, is not part of an answer.
var commandFields = []string{
	"filter", "pipeline", "sort", "projection", "limit", "skip", "collation", "hint", "min", "max", "let", "query", "key",
	"cursor", "nameOnly",
}

// Stages that read and only read.
var readStages = []string{
	"$addFields", "$bucket", "$bucketAuto", "$count", "$densify", "$documents", "$facet", "$fill", "$geoNear", "$graphLookup",
	"$group", "$limit", "$lookup", "$match", "$project", "$redact", "$replaceRoot", "$replaceWith", "$sample", "$set",
	"$setWindowFields", "$skip", "$sort", "$sortByCount", "$unionWith", "$unset", "$unwind",
}

// Operators that run code, wherever they stand.
var codeOperators = []string{"$where", "$function", "$accumulator", "$eval"}

const maxDepth = 60

// allowed reports why a command may not be run, nil if it may.
func allowed(command bson.D, names []string) error {
	if len(command) == 0 || !slices.Contains(names, command[0].Key) {
		return fmt.Errorf("it is none of %v", names)
	}
	for _, field := range command[1:] {
		if !slices.Contains(commandFields, field.Key) {
			return fmt.Errorf("`%s` is not allowed", field.Key)
		}
		if field.Key == "pipeline" {
			if err := allowedStages(field.Value); err != nil {
				return err
			}
		}
	}
	return harmless(command, 0)
}

func allowedStages(pipeline any) error {
	stages, ok := pipeline.(bson.A)
	if !ok {
		return errors.New("a pipeline must be a list of stages")
	}
	for _, one := range stages {
		stage, ok := one.(bson.D)
		if !ok || len(stage) != 1 {
			return errors.New("a stage must have one name")
		}
		if !slices.Contains(readStages, stage[0].Key) {
			return fmt.Errorf("the stage `%s` is not allowed", stage[0].Key)
		}
	}
	return nil
}

// harmless walks everything in a command: pipelines may stand in stages, and
// operators that run code anywhere.
func harmless(value any, depth int) error {
	if depth > maxDepth {
		return errors.New("it is nested too deeply")
	}
	switch v := value.(type) {
	case bson.D:
		for _, field := range v {
			if slices.Contains(codeOperators, field.Key) {
				return fmt.Errorf("`%s` is not allowed", field.Key)
			}
			if stages, ok := field.Value.(bson.A); ok && field.Key == "pipeline" {
				if err := allowedStages(stages); err != nil {
					return err
				}
			}
			if err := harmless(field.Value, depth+1); err != nil {
				return err
			}
		}
	case bson.A:
		for _, item := range v {
			// The branches of $facet are pipelines under names of their own.
			if stage, ok := item.(bson.D); ok && len(stage) == 1 && slices.Contains([]string{"$out", "$merge"}, stage[0].Key) {
				return fmt.Errorf("the stage `%s` is not allowed", stage[0].Key)
			}
			if err := harmless(item, depth+1); err != nil {
				return err
			}
		}
	case bson.JavaScript, bson.CodeWithScope:
		return errors.New("code is not allowed")
	}
	return nil
}
