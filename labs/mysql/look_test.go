package mysql

import "testing"

func TestLookValidate(t *testing.T) {
	for name, test := range map[string]struct {
		look Look
		good bool
	}{
		"query":                           {Look{Query: "SELECT 1"}, true},
		"query with digest":               {Look{Query: "SELECT 1", Digest: true}, true},
		"contents":                        {Look{Contents: []string{"shop"}}, true},
		"structure":                       {Look{Structure: []string{"shop"}}, true},
		"accounts":                        {Look{Accounts: true}, true},
		"accounts and structure":          {Look{Accounts: true, Structure: []string{"shop"}}, false},
		"nothing":                         {Look{}, false},
		"two":                             {Look{Query: "SELECT 1", Contents: []string{"shop"}}, false},
		"digest of contents":              {Look{Contents: []string{"shop"}, Digest: true}, false},
		"given without query":             {Look{Structure: []string{"shop"}, Given: []string{"DELETE FROM a"}}, false},
		"given that is undone":            {Look{Query: "SELECT 1", Given: []string{"insert into a values (1)", " UPDATE a SET b = 1"}}, true},
		"given that commits":              {Look{Query: "SELECT 1", Given: []string{"TRUNCATE a"}}, false},
		"given that may commit":           {Look{Query: "SELECT 1", Given: []string{"CALL close_day()"}}, false},
		"query of a database":             {Look{Query: "SELECT 1", Database: "shop"}, true},
		"contents of a default database":  {Look{Contents: []string{"shop"}, Database: "shop"}, false},
		"given that ends the transaction": {Look{Query: "SELECT 1", Given: []string{"COMMIT"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := test.look.Validate(); (err == nil) != test.good {
				t.Errorf("Validate() = %v, good = %v", err, test.good)
			}
		})
	}
}

func TestDefaultsComeFromParams(t *testing.T) {
	for name, test := range map[string]struct {
		look   Look
		params map[string]any
		want   string
	}{
		"query":           {Look{Query: "SELECT 1"}, map[string]any{"database": "shop"}, "shop"},
		"tries":           {Look{Tries: []string{"DELETE FROM a"}}, map[string]any{"database": "shop"}, "shop"},
		"its own":         {Look{Query: "SELECT 1", Database: "archive"}, map[string]any{"database": "shop"}, "archive"},
		"contents":        {Look{Contents: []string{"shop"}}, map[string]any{"database": "shop"}, ""},
		"no such param":   {Look{Query: "SELECT 1"}, map[string]any{"word": "shop"}, ""},
		"param of a list": {Look{Query: "SELECT 1"}, map[string]any{"database": []any{"shop"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if test.look.SetDefaults(test.params); test.look.Database != test.want {
				t.Errorf("the database is %q, want %q", test.look.Database, test.want)
			}
			if err := test.look.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}
