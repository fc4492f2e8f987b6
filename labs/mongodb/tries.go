package mongodb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"endstate/labs"
	"endstate/labs/kit"
)

const (
	refusedByValidator = 121
	// FerretDB's own code for the same.
	refusedByFerretDB = 525074461
)

// Options of a collection that decide which documents it accepts.
var validation = []string{"validator", "validationLevel", "validationAction"}

// Fields of an index that decide what it rejects.
var enforcing = []string{"key", "name", "unique", "partialFilterExpression", "sparse", "collation"}

// tryAll tries the documents on a copy of the collection, once per round for all checks
// that ask the same.
func (l *Look) tryAll(ctx context.Context, site kit.Site, server *client, host labs.Host) (any, error) {
	return kit.Once(site, "mongodb tries "+host.ID+" "+l.Database+" "+l.Tries, func() (any, error) {
		rules, err := server.rulesOf(ctx, l.Database, collectionOf(l.Tries))
		if err != nil {
			return nil, err
		}
		tries, err := readList(site, l.Tries)
		if err != nil {
			return nil, err
		}
		var docs []any
		err = l.askHidden(ctx, site, func(scratch *client) error {
			return scratch.ask(ctx, func(ctx context.Context, _ time.Duration) (err error) {
				docs, err = rules.tryOn(ctx, scratch.Database("try-"+strings.ToLower(rand.Text()[:12])), tries)
				return err
			})
		})
		return docs, err
	})
}

// rules are what a collection enforces.
type rules struct {
	collection string
	options    bson.D
	unique     []bson.D // its unique indexes
}

// rulesOf reads what a collection enforces.
func (c *client) rulesOf(ctx context.Context, database, collection string) (found *rules, err error) {
	err = c.ask(ctx, func(ctx context.Context, _ time.Duration) (err error) {
		found, err = c.readRules(ctx, database, collection)
		return err
	})
	return found, err
}

func (c *client) readRules(ctx context.Context, database, collection string) (*rules, error) {
	db := c.Database(database)
	found, err := db.ListCollectionSpecifications(ctx, bson.D{{Key: "name", Value: collection}})
	if err != nil {
		return nil, err
	}
	if len(found) != 1 || found[0].Type != "collection" {
		return nil, &kit.Obstacle{Message: fmt.Sprintf("`%s` has no collection `%s`.", database, collection)}
	}
	r := &rules{collection: collection}
	options := found[0].Options
	if err := c.budget(kit.DocumentLimits).Take(ctx, "", int64(len(options)+kit.ValueBytes*valuesIn(options, 0))); err != nil {
		return nil, err
	}
	if len(options) > 0 {
		if err := bson.Unmarshal(options, &r.options); err != nil {
			return nil, err
		}
	}
	cursor, err := db.Collection(collection).Indexes().List(ctx)
	if err != nil {
		return nil, err
	}
	var indexes []bson.D
	if err := cursor.All(ctx, &indexes); err != nil {
		return nil, err
	}
	for _, index := range indexes {
		if has(index, "unique") {
			r.unique = append(r.unique, only(index, enforcing))
		}
	}
	return r, nil
}

// only returns the fields of a document with the given names.
func only(document bson.D, names []string) bson.D {
	kept := bson.D{}
	for _, field := range document {
		if slices.Contains(names, field.Key) {
			kept = append(kept, field)
		}
	}
	return kept
}

// tryOn creates a collection with the same rules and inserts documents into it.
func (r *rules) tryOn(ctx context.Context, db *mongo.Database, tries []bson.D) ([]any, error) {
	if err := r.copyTo(ctx, db); err != nil {
		return nil, err
	}
	documents := make([]any, len(tries))
	for i, try := range tries {
		document := only(try, []string{"document"})
		if len(document) != 1 {
			return nil, fmt.Errorf("try %d has no document", i+1)
		}
		documents[i] = document[0].Value
	}
	// They are inserted in order, without waiting for each answer.
	_, err := db.Collection(r.collection).InsertMany(ctx, documents, options.InsertMany().SetOrdered(false))
	codes, err := refusals(err)
	if err != nil {
		return nil, err
	}
	observed := make([]any, len(tries))
	for i, try := range tries {
		one, ok := value(try).(map[string]any)
		if !ok {
			return nil, fmt.Errorf("try %d is not a document", i+1)
		}
		one["accepted"], one["code"] = codes[i] == 0, codes[i]
		observed[i] = one
	}
	return observed, nil
}

// copyTo creates the collection. It sets the validator afterwards, because FerretDB does
// not take one with create.
func (r *rules) copyTo(ctx context.Context, db *mongo.Database) error {
	if err := db.CreateCollection(ctx, r.collection); err != nil {
		return err
	}
	if modified := only(r.options, validation); len(modified) > 0 {
		command := append(bson.D{{Key: "collMod", Value: r.collection}}, modified...)
		if err := db.RunCommand(ctx, command).Err(); err != nil {
			return err
		}
	}
	if len(r.unique) == 0 {
		return nil
	}
	return db.RunCommand(ctx, bson.D{{Key: "createIndexes", Value: r.collection}, {Key: "indexes", Value: r.unique}}).Err()
}

// refusals returns the codes of the rejected documents, by index, or the error of an insert
// that did not finish.
func refusals(err error) (map[int]int, error) {
	var refused mongo.BulkWriteException
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &refused) && len(refused.WriteErrors) > 0 && refused.WriteConcernError == nil:
	default:
		return nil, err
	}
	codes := map[int]int{}
	for _, one := range refused.WriteErrors {
		codes[one.Index] = one.Code
		if one.Code == refusedByFerretDB {
			codes[one.Index] = refusedByValidator
		}
	}
	return codes, nil
}
