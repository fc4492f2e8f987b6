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
		"given that ends the transaction": {Look{Query: "SELECT 1", Given: []string{"COMMIT"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := test.look.Validate(); (err == nil) != test.good {
				t.Errorf("Validate() = %v, good = %v", err, test.good)
			}
		})
	}
}
