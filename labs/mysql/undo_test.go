package mysql

import (
	"strings"
	"testing"
)

func TestWhatWouldLast(t *testing.T) {
	insert := []string{"INSERT INTO shop.items (id) VALUES (1)"}
	for name, test := range map[string]struct {
		statements []string
		all        []object
		reads      bool
		want       string // part of the message; empty: it can be rolled back
	}{
		"nothing in the way":           {insert, []object{{"trigger", "items", "SET NEW.a = 1"}}, false, ""},
		"the table itself":             {insert, []object{{"engine", "items", "MyISAM"}}, false, "`items` is a table of MyISAM"},
		"another table":                {insert, []object{{"engine", "log", "MyISAM"}}, false, ""},
		"by a trigger":                 {insert, []object{{"trigger", "items", "INSERT INTO `log` VALUES (1)"}, {"engine", "log", "MEMORY"}}, false, "MEMORY"},
		"by a trigger of another case": {insert, []object{{"trigger", "ITEMS", "INSERT INTO Log VALUES (1)"}, {"engine", "log", "MEMORY"}}, false, "MEMORY"},
		"by a trigger, in a comment":   {insert, []object{{"trigger", "items", "SET @a = 'log' /* log */ -- log"}, {"engine", "log", "MEMORY"}}, false, ""},
		"in what is not a comment":     {insert, []object{{"trigger", "items", "/*!50003 INSERT INTO log VALUES (1) */"}, {"engine", "log", "MEMORY"}}, false, "MEMORY"},
		"by a cascade":                 {insert, []object{{"foreign key", "items", `"parts"`}, {"engine", "parts", "MyISAM"}}, false, "parts"},
		"by a view, a function, a trigger": {
			[]string{"UPDATE v SET a = 1"},
			[]object{{"view", "v", "select `f`() from `t`"}, {"routine", "f", "BEGIN UPDATE u SET a = 1; END"}, {"trigger", "u", "DELETE FROM `end`"}, {"engine", "end", "CSV"}},
			false, "CSV",
		},
		"by a backslash that escapes nothing": {insert, []object{{"trigger", "items", `SET @a = '\'; INSERT INTO log VALUES ('\')`}, {"engine", "log", "CSV"}}, false, "CSV"},
		"a counter of the statement's":        {insert, []object{{"counter", "items", ""}}, false, ""},
		"a counter of a trigger's":            {insert, []object{{"trigger", "items", "insert ignore into shop . log set a = 1"}, {"counter", "log", ""}}, false, "AUTO_INCREMENT"},
		"a counter that only is read":         {insert, []object{{"trigger", "items", "UPDATE log SET a = (SELECT 1 FROM log)"}, {"counter", "log", ""}}, false, ""},
		"a procedure that commits":            {[]string{"CALL p()"}, []object{{"routine", "p", "BEGIN commit; END"}}, true, "COMMIT"},
		"by another procedure":                {[]string{"CALL p()"}, []object{{"routine", "p", "CALL q()"}, {"routine", "q", "TRUNCATE t"}}, true, "TRUNCATE"},
		"what nobody can read":                {[]string{"CALL p()"}, []object{{"routine", "p", "PREPARE s FROM @s; EXECUTE s"}}, true, "PREPARE"},
		"a transaction of its own":            {[]string{"CALL p()"}, []object{{"routine", "p", "START TRANSACTION READ WRITE"}}, true, "TRANSACTION"},
		"autocommit":                          {[]string{"CALL p()"}, []object{{"routine", "p", "SET @@autocommit = 1"}}, true, "AUTOCOMMIT"},
		"words that only look like it": {
			[]string{"CALL p()"},
			[]object{{"routine", "p", "SELECT `commit`, t.drop, 'commit', TRUNCATE(a, 2), transaction FROM t LOCK IN SHARE MODE; CREATE TEMPORARY TABLE x (a INT)"}},
			true, "",
		},
		"a procedure that reads another engine": {[]string{"CALL p()"}, []object{{"routine", "p", "SELECT * FROM log"}, {"engine", "log", "CSV"}}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := lasting(test.statements, test.all, test.reads)
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestWhatAProgramNeeds(t *testing.T) {
	objects := map[string]bool{"table shop.orders": true, "table shop.log": true, "table other.log": true, "routine shop.tax": true, "table shop.name": true}
	for name, test := range map[string]struct {
		program program
		held    []right
		want    string // what it lacks
	}{
		"all":                     {program{"trigger", "orders", "t", "a@%", "INSERT INTO log VALUES (NEW.id)"}, []right{{"TRIGGER", "shop", ""}, {"SELECT", "shop", "orders"}, {"INSERT", "", ""}}, ""},
		"no trigger":              {program{"trigger", "orders", "t", "a@%", "SET @a = 1"}, []right{{"SELECT", "shop", ""}}, "TRIGGER on orders"},
		"no insert":               {program{"trigger", "orders", "t", "a@%", "INSERT INTO log VALUES (1)"}, []right{{"TRIGGER", "shop", "orders"}, {"SELECT", "shop", ""}}, "INSERT on log"},
		"insert elsewhere":        {program{"trigger", "orders", "t", "a@%", "INSERT INTO other.log VALUES (1)"}, []right{{"TRIGGER", "shop", ""}, {"INSERT", "shop", ""}}, "INSERT on log"},
		"a column set":            {program{"trigger", "orders", "t", "a@%", "SET NEW.a = 1"}, []right{{"TRIGGER", "", ""}, {"SELECT", "", ""}}, "UPDATE on orders"},
		"a view":                  {program{"view", "v", "", "a@%", "select `shop`.`tax`(`o`.`name`) AS `name` from `shop`.`orders` `o`"}, []right{{"SELECT", "shop", "orders"}, {"EXECUTE", "shop", "tax"}}, ""},
		"a view and its function": {program{"view", "v", "", "a@%", "select `shop`.`tax`(1) from `shop`.`orders`"}, []right{{"SELECT", "shop", ""}}, "EXECUTE on tax"},
		"rows chosen":             {program{"event", "", "e", "a@%", "DELETE FROM log WHERE id = 1"}, []right{{"EVENT", "shop", ""}, {"DELETE", "shop", "log"}}, "SELECT on log"},
		"all rows":                {program{"event", "", "e", "a@%", "DELETE FROM log; SELECT 1 FROM orders WHERE id = 1"}, []right{{"EVENT", "shop", ""}, {"DELETE", "shop", "log"}, {"SELECT", "shop", "orders"}}, ""},
		"an event":                {program{"event", "", "e", "a@%", "DELETE FROM log"}, []right{{"DELETE", "shop", "log"}}, "EVENT"},
		"by a role":               {program{"event", "", "e", "a@%", "DELETE FROM log"}, []right{{"ROLE", "r@%", ""}}, ""},
		"a table in a string":     {program{"function", "", "tax", "a@%", "RETURN 'log'"}, []right{{"EXECUTE", "shop", "tax"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			held := grants{"a@%": test.held, "r@%": {{"EVENT", "shop", ""}, {"DELETE", "", ""}, {"ROLE", "a@%", ""}}}
			got := test.program.failing("shop", held, objects)
			if (got == "") != (test.want == "") || !strings.HasSuffix(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if got := (program{kind: "view", definer: "x@y"}).failing("shop", grants{}, nil); got != "`x@y` does not exist" {
		t.Errorf("got %q", got)
	}
}
