package mongodb

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"endstate/labs"
	"endstate/labs/kit"
)

// Answers that only read are accepted.
func TestAllowed(t *testing.T) {
	for _, text := range []string{
		`{"find": "orders"}`,
		`{"find": "orders", "filter": {"a": {"$gt": 1}, "$expr": {"$eq": ["$a", "$b"]}}, "projection": {"_id": 0}, "sort": {"a": 1}, "limit": 5, "skip": 1}`,
		`{"find": "orders", "filter": {"out": "$out", "pipeline": "x"}, "collation": {"locale": "de"}, "hint": {"a": 1}}`,
		`{"find": "orders", "limit": 6, "singleBatch": true}`, // limit(-6)
		`{"aggregate": "orders", "pipeline": []}`,
		`{"aggregate": "orders", "pipeline": [{"$match": {}}, {"$lookup": {"from": "x", "pipeline": [{"$project": {"a": 1}}], "as": "x"}}]}`,
		`{"aggregate": "orders", "pipeline": [{"$facet": {"a": [{"$count": "n"}], "b": [{"$sort": {"a": 1}}]}}]}`,
		`{"aggregate": "orders", "pipeline": [{"$unionWith": {"coll": "x", "pipeline": [{"$limit": 1}]}}]}`,
	} {
		command, err := parse("command", text)
		if err != nil {
			t.Fatal(err)
		}
		if err := allowed(command, answerCommands); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Answers that write, run code or contain more than a question are refused.
func TestNotAllowed(t *testing.T) {
	for text, reason := range map[string]string{
		`{}`:                                       "not one of",
		`{"insert": "orders"}`:                     "not one of",
		`{"dropDatabase": 1}`:                      "not one of",
		`{"filter": {}, "find": "x"}`:              "not one of",
		`{"find": "x", "$db": "other"}`:            "`$db`",
		`{"find": "x", "tailable": true}`:          "`tailable`",
		`{"find": "x", "comment": "c"}`:            "`comment`",
		`{"find": "x", "maxTimeMS": 0}`:            "`maxTimeMS`",
		`{"find": "x", "batchSize": 1}`:            "`batchSize`",
		`{"find": "x", "filter": {"$where": "1"}}`: "`$where`",
		`{"find": "x", "filter": {"$or": [{"a": 1}, {"$where": {"$code": "1"}}]}}`:                                               "`$where`",
		`{"find": "x", "filter": {"a": {"$code": "1"}}}`:                                                                         "code",
		`{"find": "x", "filter": {"$expr": {"$function": {"body": "f"}}}}`:                                                       "`$function`",
		`{"find": "x", "projection": {"a": {"$function": {}}}}`:                                                                  "`$function`",
		`{"aggregate": "x", "pipeline": {}}`:                                                                                     "list of stages",
		`{"aggregate": "x", "pipeline": [1]}`:                                                                                    "one name",
		`{"aggregate": "x", "pipeline": [{"$match": {}, "$out": "y"}]}`:                                                          "one name",
		`{"aggregate": "x", "pipeline": [{"$out": "y"}]}`:                                                                        "`$out`",
		`{"aggregate": "x", "pipeline": [{"$merge": {"into": "y"}}]}`:                                                            "`$merge`",
		`{"aggregate": "x", "pipeline": [{"$currentOp": {}}]}`:                                                                   "`$currentOp`",
		`{"aggregate": "x", "pipeline": [{"$listSessions": {}}]}`:                                                                "`$listSessions`",
		`{"aggregate": "x", "pipeline": [{"$lookup": {"from": "x", "pipeline": [{"$out": "y"}]}}]}`:                              "`$out`",
		`{"aggregate": "x", "pipeline": [{"$unionWith": {"coll": "x", "pipeline": [{"$merge": "y"}]}}]}`:                         "`$merge`",
		`{"aggregate": "x", "pipeline": [{"$facet": {"a": [{"$out": "y"}]}}]}`:                                                   "`$out`",
		`{"aggregate": "x", "pipeline": [{"$facet": {"a": [{"$lookup": {"from": "x", "pipeline": [{"$changeStream": {}}]}}]}}]}`: "`$changeStream`",
		`{"aggregate": "x", "pipeline": [{"$group": {"_id": 1, "a": {"$accumulator": {}}}}]}`:                                    "`$accumulator`",
		`{"aggregate": "x", "pipeline": [{"$match": ` + strings.Repeat(`{"$and": [`, 80) + strings.Repeat(`]}`, 80) + `}]}`:      "nested",
	} {
		command, err := parse("command", text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := allowed(command, answerCommands); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v, want a refusal for %s", text, err, reason)
		}
	}
}

// The answers' folder may contain anything.
func TestRecorded(t *testing.T) {
	look := &Look{Database: "shop", Answer: "q1"}
	command, err := look.recorded([]byte(`{"name": "q1", "database": "shop", "command": {"find": "orders", "filter": {"at": {"$date": "2026-01-01T00:00:00Z"}}}}`))
	want := bson.D{{Key: "find", Value: "orders"}, {Key: "filter", Value: bson.D{{Key: "at", Value: bson.NewDateTimeFromTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))}}}}
	if err != nil || !cmp.Equal(want, command) {
		t.Errorf("got %v and %v, want %v", command, err, want)
	}
	for text, reason := range map[string]string{
		``: "can't be read", `[]`: "can't be read", `{"database": 7}`: "can't be read", `{"command": "find"}`: "can't be read", "\x00\xff": "can't be read",
		`{"database": "other", "command": {"find": "x"}}`: "asks the database `other`", `{"command": {"find": "x"}}`: "asks the database",
		`{"database": "shop"}`: "not accepted", `{"database": "shop", "command": {"drop": "x"}}`: "not accepted",
	} {
		_, err := look.recorded([]byte(text))
		var obstacle *kit.Obstacle
		if !errors.As(err, &obstacle) || !strings.Contains(obstacle.Message, reason) {
			t.Errorf("%q: %v, want an obstacle that says %q", text, err, reason)
		}
	}
}

// Values keep their types, so that expectations can tell apart 1, 1.0, "1" and a decimal
// where they need to.
func TestValue(t *testing.T) {
	decimal, err := bson.ParseDecimal128("1.50")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 2, 28, 23, 59, 59, 999_000_000, time.UTC)
	id := bson.ObjectID{1, 2, 255}
	got := value(bson.D{
		{Key: "int", Value: int32(1)},
		{Key: "long", Value: int64(1)},
		{Key: "double", Value: 1.0},
		{Key: "text", Value: "1"},
		{Key: "decimal", Value: decimal},
		{Key: "at", Value: bson.NewDateTimeFromTime(at)},
		{Key: "id", Value: id},
		{Key: "null", Value: nil},
		{Key: "list", Value: bson.A{bson.D{{Key: "a", Value: true}}, bson.Null{}}},
		{Key: "bytes", Value: bson.Binary{Data: []byte{0}}},
		{Key: "regex", Value: bson.Regex{Pattern: "^a", Options: "i"}},
		{Key: "stamp", Value: bson.Timestamp{T: 5, I: 6}},
		{Key: "max", Value: bson.MaxKey{}},
	})
	want := map[string]any{
		"int": int32(1), "long": int64(1), "double": 1.0, "text": "1", "decimal": map[string]any{"decimal": "1.5"}, "at": at,
		"id": map[string]any{"objectId": "0102ff000000000000000000"}, "null": nil, "list": []any{map[string]any{"a": true}, nil}, "bytes": []byte{0},
		"regex": map[string]any{"regex": "^a", "options": "i"}, "stamp": map[string]any{"timestamp": int64(5), "increment": int64(6)}, "max": map[string]any{"key": "greatest"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
	if _, err := labs.Normal(got); err != nil {
		t.Errorf("can't be observed: %v", err)
	}
}
