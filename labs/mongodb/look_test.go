package mongodb

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
)

func TestLooksThatMakeNoSense(t *testing.T) {
	for name, look := range map[string]Look{
		"nothing is asked":             {Database: "shop"},
		"two things at once":           {Database: "shop", Contents: []string{"orders"}, Tries: "hidden/orders.json"},
		"no database":                  {Tries: "hidden/orders.json"},
		"given to contents":            {Database: "shop", Contents: []string{"orders"}, Given: []string{"orders.json"}},
		"given to tries":               {Database: "shop", Tries: "hidden/orders.json", Given: []string{"orders.json"}},
		"where with a command":         {Database: "shop", Command: `{"find": "orders"}`, Where: `{}`},
		"where is not extended JSON":   {Database: "shop", Contents: []string{"orders"}, Where: `{a: 1}`},
		"command is not extended JSON": {Database: "shop", Command: `find`},
		"command writes":               {Database: "shop", Command: `{"drop": "orders"}`},
	} {
		if err := look.Validate(); err == nil {
			t.Errorf("%s: it is accepted", name)
		}
	}
}

func TestLooksThatAskOneThing(t *testing.T) {
	for name, look := range map[string]Look{
		"contents":           {Database: "shop", Contents: []string{"orders"}},
		"a part of contents": {Database: "shop", Contents: []string{"orders"}, Where: `{"sold": false}`},
		"tries":              {Database: "shop", Tries: "hidden/orders.json"},
		"indexes":            {Database: "shop", Command: `{"listIndexes": "orders"}`},
		"hidden documents":   {Database: "shop", Answer: "q1", Given: []string{"orders.json"}},
	} {
		if err := look.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTriesNeedTheServersImage(t *testing.T) {
	if got := (&Look{Tries: "hidden/orders.json"}).ImageNames(); !cmp.Equal(got, []string{serverImage}) {
		t.Errorf("the images are %v", got)
	}
	if got := (&Look{Contents: []string{"orders"}}).ImageNames(); got != nil {
		t.Errorf("a look without a scratch server needs %v", got)
	}
}

func TestEqualDecimalsAreWrittenAlike(t *testing.T) {
	for text, want := range map[string]string{
		"1.50": "1.5", "1.5": "1.5", "1E+3": "1000", "1000": "1000", "0.00": "0", "0E+5": "0", "-2.10": "-2.1",
		"0.05": "0.05", "NaN": "NaN", "Infinity": "Infinity", "1E+6000": "1E+6000",
		"1234567890123456789012345678901234": "1234567890123456789012345678901234",
	} {
		decimal, err := bson.ParseDecimal128(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := shortest(decimal); got != want {
			t.Errorf("%s is written %s, not %s", text, got, want)
		}
	}
}

// Storing what a look shows of a value is not the same as storing the value.
func TestDocumentsAreNotTakenForOtherValues(t *testing.T) {
	decimal, err := bson.ParseDecimal128("1.5")
	if err != nil {
		t.Fatal(err)
	}
	for _, real := range []any{
		decimal, bson.NewObjectID(),
		bson.Regex{Pattern: "^a", Options: "i"},
		bson.Timestamp{T: 1, I: 2},
		bson.MinKey{},
		bson.D{{Key: "decimal", Value: "1.5"}},
	} {
		seen := value(real)
		fields, ok := seen.(map[string]any)
		if !ok {
			t.Fatalf("%v is observed as %v", real, seen)
		}
		var copied bson.D
		for name, field := range fields {
			copied = append(copied, bson.E{Key: name, Value: bsonOf(field)})
		}
		if got := value(copied); cmp.Equal(got, seen) {
			t.Errorf("the document %v is observed as %v", copied, real)
		}
	}
	plain := bson.D{{Key: "decimal", Value: "1.5"}, {Key: "other", Value: "x"}}
	if diff := cmp.Diff(map[string]any{"decimal": "1.5", "other": "x"}, value(plain)); diff != "" {
		t.Errorf("a document that looks like nothing else: %s", diff)
	}
}

// bsonOf converts a map of strings back into a document.
func bsonOf(v any) any {
	fields, ok := v.(map[string]any)
	if !ok {
		return v
	}
	var doc bson.D
	for name, field := range fields {
		doc = append(doc, bson.E{Key: name, Value: field})
	}
	return doc
}

func TestAnIndexKeepsTheOrderOfItsKey(t *testing.T) {
	index := bson.D{{Key: "name", Value: "n"}, {Key: "key", Value: bson.D{{Key: "z", Value: int32(1)}, {Key: "a", Value: int32(-1)}}}}
	want := map[string]any{"name": "n", "key": []any{
		map[string]any{"field": "z", "order": int32(1)}, map[string]any{"field": "a", "order": int32(-1)},
	}}
	if diff := cmp.Diff(want, value(ordered(index))); diff != "" {
		t.Error(diff)
	}
	if _, still := index[1].Value.(bson.D); !still {
		t.Error("the definition itself was changed")
	}
}

func TestExactTellsNumbersApart(t *testing.T) {
	doc := bson.D{{Key: "beds", Value: bson.A{int32(2), int64(2), 2.0}}, {Key: "drawn", Value: bson.D{{Key: "long", Value: int32(2)}}}}
	drawn := map[string]any{"embedded": map[string]any{"long": int32(2)}}
	want := map[string]any{"beds": []any{int32(2), map[string]any{"long": int64(2)}, map[string]any{"double": 2.0}}, "drawn": drawn}
	if diff := cmp.Diff(want, valueOf(doc, true)); diff != "" {
		t.Error(diff)
	}
	want["beds"] = []any{int32(2), int64(2), 2.0}
	if diff := cmp.Diff(want, value(doc)); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals(t *testing.T) {
	refused := func(codes ...int) error {
		var all mongo.BulkWriteException
		for _, code := range codes {
			all.WriteErrors = append(all.WriteErrors, mongo.BulkWriteError{WriteError: mongo.WriteError{Code: code, Index: 1}})
		}
		return all
	}
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"accepted":                      {nil, 0},
		"by a unique index":             {refused(11000), 11000},
		"by mongod's validator":         {refused(121), 121},
		"by FerretDB's validator":       {refused(refusedByFerretDB), 121},
		"of a document of a wrong kind": {refused(2), 2},
	} {
		if got, err := refusals(c.err); err != nil || got[0] != 0 || got[1] != c.want {
			t.Errorf("%s: %v, %v; want %d of the second", name, got, err, c.want)
		}
	}
	for name, err := range map[string]error{"no answer": errors.New("connection lost"), "no reason": refused()} {
		if _, got := refusals(err); got == nil {
			t.Errorf("%s: it counts as a verdict", name)
		}
	}
}

func TestDatabaseComesFromParams(t *testing.T) {
	params := map[string]any{"database": "shop"}
	look := Look{Contents: []string{"orders"}}
	if look.SetDefaults(params); look.Database != "shop" || look.Validate() != nil {
		t.Errorf("the database is %q: %v", look.Database, look.Validate())
	}
	look = Look{Contents: []string{"orders"}, Database: "archive"}
	if look.SetDefaults(params); look.Database != "archive" {
		t.Errorf("the database is %q, not the look's own", look.Database)
	}
	look = Look{Contents: []string{"orders"}}
	if look.SetDefaults(map[string]any{"database": int64(1)}); look.Validate() == nil {
		t.Error("a look without a database is accepted")
	}
}
