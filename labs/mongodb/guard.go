package mongodb

import (
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// What a scenario, or a learner's answer, may ask.
var (
	readCommands   = []string{"find", "aggregate", "count", "distinct", "listCollections", "listIndexes", "collStats", "dbStats"}
	answerCommands = []string{"find", "aggregate"}
)

// Allowed fields of a command. Others, such as a read concern or a comment, can't be part
// of an answer.
var commandFields = []string{
	"filter", "pipeline", "sort", "projection", "limit", "skip", "collation", "hint", "min", "max", "let", "query", "key",
	"cursor", "nameOnly", "singleBatch",
}

// Stages that only read.
var readStages = []string{
	"$addFields", "$bucket", "$bucketAuto", "$count", "$densify", "$documents", "$facet", "$fill", "$geoNear", "$graphLookup",
	"$group", "$limit", "$lookup", "$match", "$project", "$redact", "$replaceRoot", "$replaceWith", "$sample", "$set",
	"$setWindowFields", "$skip", "$sort", "$sortByCount", "$unionWith", "$unset", "$unwind",
}

// Operators that run code, anywhere in a command.
var codeOperators = []string{"$where", "$function", "$accumulator", "$eval"}

const maxDepth = 60

// allowed says why a command may not be run, or returns nil if it may.
func allowed(command bson.D, names []string) error {
	if len(command) == 0 || !slices.Contains(names, command[0].Key) {
		return fmt.Errorf("it is not one of %v", names)
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

// harmless checks every part of a command, because stages may contain pipelines, and
// operators that run code may be anywhere.
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
			// The branches of $facet are pipelines with arbitrary names.
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
