package mongodb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math/big"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"endstate/labs/kit"
)

// contents observes whole collections, or the part that matches a filter.
func (l *Look) contents(ctx context.Context, c *client) ([]any, error) {
	where := bson.D{}
	if l.Where != "" {
		var err error
		if where, err = parse("where", l.Where); err != nil {
			return nil, err
		}
	}
	observed, budget := make([]any, len(l.Contents)), c.budget(kit.DigestLimits)
	for i, name := range l.Contents {
		documents, digest, err := c.digest(ctx, l.Database, name, where, budget)
		if err != nil {
			return nil, err
		}
		observed[i] = map[string]any{"collection": name, "documents": documents, "digest": digest}
	}
	return observed, nil
}

// digest counts a collection's documents and adds up their hashes, so that neither order
// nor storage matters, and duplicates count twice.
func (c *client) digest(ctx context.Context, database, collection string, where bson.D, budget *kit.Budget) (int, string, error) {
	documents := c.Database(database).Collection(collection)
	// Counting costs the server far less than sending, so don't start reading what can't be
	// read in full.
	expected, err := documents.CountDocuments(ctx, where, options.Count().SetLimit(budget.Limits().Items+1))
	if err != nil {
		return 0, "", err
	}
	if err := budget.Expect(expected); err != nil {
		return 0, "", err
	}
	cursor, err := documents.Find(ctx, where)
	if err != nil {
		return 0, "", err
	}
	defer cursor.Close(context.WithoutCancel(ctx))
	count, sum, hash := 0, new(big.Int), new(big.Int)
	for cursor.Next(ctx) {
		if err := budget.Take(ctx, "", int64(len(cursor.Current))); err != nil {
			return 0, "", err
		}
		one := sha256.Sum256(cursor.Current)
		sum.Add(sum, hash.SetBytes(one[:]))
		count++
	}
	one := sha256.Sum256(sum.Bytes())
	return count, hex.EncodeToString(one[:]), cursor.Err()
}
