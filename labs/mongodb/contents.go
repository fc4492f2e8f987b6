package mongodb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"

	"go.mongodb.org/mongo-driver/v2/bson"

	"endstate/labs"
)

// What a collection may hold before it is not read on.
const (
	maxContents      = 300_000
	maxContentsBytes = 128 << 20
)

// contents observes collections as a whole, or that part of them which is asked for.
func (l *Look) contents(ctx context.Context, c *client) ([]any, error) {
	where := bson.D{}
	if l.Where != "" {
		var err error
		if where, err = parse("where", l.Where); err != nil {
			return nil, err
		}
	}
	observed := make([]any, len(l.Contents))
	for i, name := range l.Contents {
		documents, digest, err := c.digest(ctx, l.Database, name, where)
		if err != nil {
			return nil, err
		}
		observed[i] = map[string]any{"collection": name, "documents": documents, "digest": digest}
	}
	return observed, nil
}

// digest counts a collection's documents and adds up their hashes, so that neither
// order nor how they are stored matters, and a document that stands twice counts twice.
func (c *client) digest(ctx context.Context, database, collection string, where bson.D) (int, string, error) {
	cursor, err := c.Database(database).Collection(collection).Find(ctx, where)
	if err != nil {
		return 0, "", err
	}
	defer cursor.Close(context.WithoutCancel(ctx))
	count, size, sum, hash := 0, 0, new(big.Int), new(big.Int)
	for cursor.Next(ctx) {
		if size += len(cursor.Current); count == maxContents || size > maxContentsBytes {
			return 0, "", &labs.Obstacle{Message: fmt.Sprintf("`%s` holds more than %d documents, or more than %d MiB.", collection, maxContents, maxContentsBytes>>20)}
		}
		one := sha256.Sum256(cursor.Current)
		sum.Add(sum, hash.SetBytes(one[:]))
		count++
	}
	one := sha256.Sum256(sum.Bytes())
	return count, hex.EncodeToString(one[:]), cursor.Err()
}
