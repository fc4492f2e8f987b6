package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

// object is a table, or something that statements trigger: a view, trigger, routine or
// foreign key.
type object struct {
	kind string
	name string // the table or routine whose use reaches it
	text string // its body; for a table, its engine
}

// objects queries what changes may reach: tables whose engine does not roll back, tables
// with counters, and everything that passes changes on.
const objects = `
SELECT 'engine', table_name, engine FROM information_schema.tables JOIN information_schema.engines USING (engine)
 WHERE table_type = 'BASE TABLE' AND transactions <> 'YES' AND ` + ours + `
 UNION ALL
SELECT 'counter', table_name, '' FROM information_schema.columns WHERE extra LIKE '%auto_increment%' AND ` + ours + `
 UNION ALL
SELECT 'view', table_name, view_definition FROM information_schema.views WHERE ` + ours + `
 UNION ALL
SELECT 'trigger', event_object_table, action_statement FROM information_schema.triggers WHERE event_object_schema NOT IN ('mysql', 'sys')
 UNION ALL
SELECT 'routine', routine_name, routine_definition FROM information_schema.routines WHERE routine_schema NOT IN ('mysql', 'sys')
 UNION ALL
SELECT 'foreign key', referenced_table_name, CONCAT('"', table_name, '"') FROM information_schema.referential_constraints`

const ours = "table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')"

// undoable checks in advance that everything statements may trigger can be rolled back. If
// not, it returns an Obstacle that says what can't.
func (r reader) undoable(ctx context.Context, host labs.Host, statements []string, reads bool) error {
	var all []object
	err := r.each(ctx, objects, nil, func(rows *sql.Rows) error {
		var one object
		var text sql.NullString
		err := rows.Scan(&one.kind, &one.name, &text)
		one.text = text.String
		all = append(all, one)
		return err
	})
	if err != nil {
		return err
	}
	if why := lasting(statements, all, reads); why != "" {
		return &kit.Obstacle{Finding: true, Message: fmt.Sprintf("This was not tried on `%s`, because it would leave something behind: %s.", host.Name, why)}
	}
	return nil
}

// lasting describes what statements would leave behind permanently, or returns "". It only
// looks at names, so it may find too much, but never too little. In a read-only
// transaction, only ending the transaction can leave something behind.
func lasting(statements []string, all []object, reads bool) string {
	reached, names := reach(statements, all)
	for _, one := range reached {
		if verb := ends(wordsOf(one.text)); verb != "" {
			return fmt.Sprintf("the %s that runs there uses %s, which ends the transaction", strings.TrimSpace(one.kind+" "+one.name), verb)
		}
	}
	for _, one := range all {
		switch {
		case reads || !names[strings.ToLower(one.name)]:
		case one.kind == "engine":
			return fmt.Sprintf("`%s` is a table of %s, which does not roll back", one.name, one.text)
		case one.kind == "counter" && slices.ContainsFunc(reached, func(by object) bool { return inserts(wordsOf(by.text), one.name) }):
			return fmt.Sprintf("`%s` would use up an AUTO_INCREMENT number", one.name)
		}
	}
	return ""
}

// reach returns the objects that statements reach, directly or through others, and all
// names in them.
func reach(statements []string, all []object) (reached []object, names map[string]bool) {
	names = map[string]bool{}
	note := func(text string) {
		for _, w := range wordsOf(text) {
			names[strings.ToLower(w.text)] = true
		}
	}
	for _, statement := range statements {
		note(statement)
	}
	taken := make([]bool, len(all))
	for more := true; more; {
		more = false
		for i, one := range all {
			if taken[i] || one.kind == "engine" || one.kind == "counter" || !names[strings.ToLower(one.name)] {
				continue
			}
			taken[i], more = true, true
			reached = append(reached, one)
			note(one.text)
		}
	}
	return reached, names
}

// wordsOf returns the words of a text, as read with either setting for backslashes in
// strings.
func wordsOf(text string) []word {
	found := words(text, true)
	if strings.Contains(text, `\`) {
		found = append(append(found, word{text: ";"}), words(text, false)...)
	}
	return found
}

// Keywords of statements that end a transaction, or that run unreadable code.
var ending = []string{
	"COMMIT", "ROLLBACK", "AUTOCOMMIT", "TRANSACTION", "TRANSACTION_READ_ONLY", "XA", "PREPARE", "EXECUTE", "LOCK", "UNLOCK",
	"CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "GRANT", "REVOKE", "FLUSH", "RESET", "ANALYZE", "OPTIMIZE", "REPAIR",
	"LOAD", "INSTALL", "UNINSTALL", "IMPORT", "PURGE", "KILL",
}

// ends returns the first keyword that ends a transaction, or "".
func ends(text []word) string {
	for i, w := range text {
		next, last := wordAt(text, i+1), wordAt(text, i-1)
		switch {
		case !w.is(ending...):
		case w.is("TRANSACTION") && !last.is("START", "SET", "SESSION"): // a column's name
		case w.is("CREATE", "DROP") && next.is("TEMPORARY"):
		case w.is("LOCK") && next.is("IN"): // LOCK IN SHARE MODE
		case w.is("TRUNCATE") && next.is("("): // the function
		case last.is("."): // likewise
		default:
			return strings.ToUpper(w.text)
		}
	}
	return ""
}

func wordAt(text []word, i int) word {
	if i < 0 || i >= len(text) {
		return word{}
	}
	return text[i]
}

// inserts reports whether a text inserts into a table with this name.
func inserts(text []word, name string) bool {
	for i, w := range text {
		if strings.EqualFold(w.text, name) && slices.Contains([]string{"INSERT", "REPLACE"}, verbBefore(text, i)) {
			return true
		}
	}
	return false
}

// verbBefore returns what is done to the table named at i: INSERT, REPLACE, UPDATE, DELETE,
// or "" if it is read.
func verbBefore(text []word, i int) string {
	if i >= 2 && text[i-1].is(".") {
		i -= 2
	}
	for i--; i >= 0; i-- {
		switch {
		case text[i].is("INSERT", "REPLACE", "UPDATE", "DELETE"):
			return strings.ToUpper(text[i].text)
		case !text[i].is("INTO", "IGNORE", "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "FROM"):
			return ""
		}
	}
	return ""
}
