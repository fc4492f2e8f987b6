package mysql

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// program is a view, trigger, routine or event that runs with the rights of its definer.
type program struct {
	kind, table, name string // the trigger's table, or the view's name
	definer           string // user@host
	text              string
}

// programs queries the programs in a database that run with their definers' rights.
const programs = `
SELECT 'view', table_name, '', definer, view_definition FROM information_schema.views WHERE table_schema = ? AND security_type = 'DEFINER'
 UNION ALL
SELECT 'trigger', event_object_table, trigger_name, definer, action_statement FROM information_schema.triggers WHERE trigger_schema = ?
 UNION ALL
SELECT LOWER(routine_type), '', routine_name, definer, IFNULL(routine_definition, '')
  FROM information_schema.routines WHERE routine_schema = ? AND security_type = 'DEFINER'
 UNION ALL
SELECT 'event', '', event_name, definer, event_definition FROM information_schema.events WHERE event_schema = ?
 ORDER BY 1, 2, 3`

// rights queries the rights of all accounts: user@host, privilege, and the object unless
// the right is for everything. Rights of an account's default roles count, too.
const rights = `
SELECT CONCAT(user, '@', host), '', '', '' FROM mysql.user
 UNION ALL
SELECT a.account, privilege_type, schema_name, object_name FROM
 (SELECT grantee, privilege_type, '' AS schema_name, '' AS object_name FROM information_schema.user_privileges
   UNION ALL SELECT grantee, privilege_type, table_schema, '' FROM information_schema.schema_privileges
   UNION ALL SELECT grantee, privilege_type, table_schema, table_name FROM information_schema.table_privileges
   UNION ALL SELECT grantee, privilege_type, table_schema, table_name FROM information_schema.column_privileges) p
 JOIN (SELECT CONCAT(user, '@', host) AS account, CONCAT("'", user, "'@'", host, "'") AS grantee FROM mysql.user) a USING (grantee)
 UNION ALL
SELECT CONCAT(user, '@', host), 'EXECUTE', db, routine_name FROM mysql.procs_priv WHERE FIND_IN_SET('Execute', proc_priv)
 UNION ALL
SELECT CONCAT(to_user, '@', to_host), 'ROLE', CONCAT(from_user, '@', from_host), '' FROM mysql.role_edges
  JOIN mysql.default_roles d ON d.user = to_user AND d.host = to_host AND default_role_user = from_user AND default_role_host = from_host
 UNION ALL
SELECT CONCAT(to_user, '@', to_host), 'ROLE', CONCAT(from_user, '@', from_host), '' FROM mysql.role_edges
 WHERE EXISTS (SELECT 1 FROM mysql.default_roles d WHERE d.default_role_user = to_user AND d.default_role_host = to_host)`

// named queries all tables and routines that a program's text may name.
const named = `
SELECT 'table', table_schema, table_name FROM information_schema.tables WHERE table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')
 UNION ALL
SELECT 'routine', routine_schema, routine_name FROM information_schema.routines WHERE routine_schema NOT IN ('mysql', 'sys')`

// right is a privilege on an object in a database; empty means every object.
type right struct{ privilege, database, object string }

// grants are the rights of accounts.
type grants map[string][]right

// holds reports whether an account has a right, itself or through a role.
func (g grants) holds(account string, want right) bool { return g.search(account, want, nil) }

func (g grants) search(account string, want right, seen []string) bool {
	if slices.Contains(seen, account) {
		return false
	}
	seen = append(seen, account)
	return slices.ContainsFunc(g[account], func(r right) bool {
		if r.privilege == "ROLE" {
			return g.search(r.database, want, seen)
		}
		return r.privilege == want.privilege && (r.database == "" || r.database == want.database) && (r.object == "" || r.object == want.object)
	})
}

// definers returns a row of structure for every program in a database that can't run as its
// definer, because that account does not exist or lacks a right.
func (r reader) definers(ctx context.Context, database string) ([]any, error) {
	all, err := r.programs(ctx, database)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	held, objects := grants{}, map[string]bool{}
	if err := r.each(ctx, rights, nil, func(rows *sql.Rows) error {
		var account string
		var one right
		err := rows.Scan(&account, &one.privilege, &one.database, &one.object)
		held[account] = append(held[account], one)
		return err
	}); err != nil {
		return nil, err
	}
	if err := r.each(ctx, named, nil, func(rows *sql.Rows) error {
		var kind, schema, name string
		err := rows.Scan(&kind, &schema, &name)
		objects[kind+" "+schema+"."+name] = true
		return err
	}); err != nil {
		return nil, err
	}
	found := []any{}
	for _, p := range all {
		if why := p.failing(database, held, objects); why != "" {
			found = append(found, map[string]any{
				"kind": "definer", "database": database, "table": p.table, "name": p.name, "detail": fmt.Sprintf("%s %s: %s", p.kind, cmp.Or(p.name, p.table), why),
			})
		}
	}
	return found, nil
}

func (r reader) programs(ctx context.Context, database string) (all []program, err error) {
	err = r.each(ctx, programs, []any{database, database, database, database}, func(rows *sql.Rows) error {
		var p program
		err := rows.Scan(&p.kind, &p.table, &p.name, &p.definer, &p.text)
		all = append(all, p)
		return err
	})
	return all, err
}

// failing says why a program can't run as its definer, or returns "".
func (p program) failing(database string, held grants, objects map[string]bool) string {
	if _, ok := held[p.definer]; !ok {
		return fmt.Sprintf("`%s` does not exist", p.definer)
	}
	for _, need := range p.needs(database, objects) {
		if !held.holds(p.definer, need) {
			return fmt.Sprintf("`%s` lacks the right %s", p.definer, strings.TrimSuffix(need.privilege+" on "+need.object, " on "))
		}
	}
	return ""
}

// needs returns the rights that a program needs, judging by its text.
func (p program) needs(database string, objects map[string]bool) []right {
	var needed []right
	switch p.kind {
	case "trigger":
		needed = append(needed, right{"TRIGGER", database, p.table})
	case "event":
		needed = append(needed, right{"EVENT", database, ""})
	case "procedure", "function":
		needed = append(needed, right{"EXECUTE", database, p.name})
	}
	text := words(p.text, true)
	for i, w := range text {
		needed = append(needed, p.uses(text, i, w, database, objects)...)
	}
	return needed
}

// uses returns the rights needed by the word at i.
func (p program) uses(text []word, i int, w word, database string, objects map[string]bool) []right {
	next := wordAt(text, i+1)
	if p.kind == "trigger" && w.is("NEW", "OLD") && next.is(".") {
		if wordAt(text, i-1).is("SET", ",") && wordAt(text, i+3).is("=", ":") {
			return []right{{"UPDATE", database, p.table}}
		}
		return []right{{"SELECT", database, p.table}}
	}
	before := wordAt(text, i-1)
	if before.is(".") {
		database, before = wordAt(text, i-2).text, wordAt(text, i-3)
	}
	switch {
	case next.is("(") && objects["routine "+database+"."+w.text]:
		return []right{{"EXECUTE", database, w.text}}
	case !objects["table "+database+"."+w.text] || next.is("."): // in t.column, t is only a qualifier
		return nil
	}
	switch verb := verbBefore(text, i); {
	case verb == "" && before.is("FROM", "JOIN", "STRAIGHT_JOIN", ",", "("):
		return []right{{"SELECT", database, w.text}}
	case verb == "": // a column's name
		return nil
	case verb == "REPLACE":
		return []right{{"INSERT", database, w.text}, {"DELETE", database, w.text}}
	case verb != "INSERT" && chooses(text[i:]):
		return []right{{verb, database, w.text}, {"SELECT", database, w.text}}
	default:
		return []right{{verb, database, w.text}}
	}
}

// chooses reports whether a statement that changes rows also reads them.
func chooses(text []word) bool {
	for _, w := range text {
		if w.is(";", "WHERE") {
			return w.is("WHERE")
		}
	}
	return false
}
