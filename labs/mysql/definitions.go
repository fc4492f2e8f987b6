package mysql

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"endstate/labs"
	"endstate/labs/kit"
)

// maxDefinitions is how many tables, views, triggers and routines a database that is copied may have.
const maxDefinitions = 200

// defined queries what a database consists of, in the order in which it is created. Triggers of
// the same event run in the order in which they were created.
const defined = `
SELECT 1 AS place, 'TABLE' AS kind, table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'
 UNION ALL
SELECT 2, routine_type, routine_name FROM information_schema.routines WHERE routine_schema = ?
 UNION ALL
SELECT 3, 'VIEW', table_name FROM information_schema.views WHERE table_schema = ?
 UNION ALL
SELECT 3 + action_order, 'TRIGGER', trigger_name FROM information_schema.triggers WHERE trigger_schema = ?
 ORDER BY place, kind, name`

// definer matches the owner in a statement that creates a program. In a copy, whoever runs the
// statement is the owner.
var definer = regexp.MustCompile("^(CREATE(?: ALGORITHM=\\w+)?) DEFINER=`(?:[^`]|``)*`@`(?:[^`]|``)*`")

// statement creates one part of a database. SQLMode is the mode that a program was created with; nil
// for anything else.
type statement struct {
	SQLMode any    `json:"sqlMode"`
	SQL     string `json:"sql"`
}

// Definitions returns the statements that create a database without its rows, as JSON: tables,
// routines, views and triggers. Their owners are left out. A [kit.Obstacle]: there is no such
// database, or it has too many parts.
func Definitions(ctx context.Context, site kit.Site, host labs.Host, database string) ([]byte, error) {
	if err := intact(ctx, site, host); err != nil {
		return nil, err
	}
	var made []statement
	err := visit(ctx, site, host, grader(site), false, func(ctx context.Context, r reader) (err error) {
		made, err = r.definitions(ctx, host, database)
		return err
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(made)
}

func (r reader) definitions(ctx context.Context, host labs.Host, database string) ([]statement, error) {
	create, err := r.creation(ctx, "DATABASE", quote(database), "Create Database")
	if err != nil {
		return nil, err
	}
	parts, err := r.rows(ctx, defined, database, database, database, database)
	if err != nil {
		return nil, err
	}
	if len(parts) > maxDefinitions {
		return nil, &kit.Obstacle{Finding: true, Message: fmt.Sprintf(
			"`%s` on `%s` has %d tables, views, triggers and routines; %d are enough for anything that is asked.", database, host.Name, len(parts), maxDefinitions)}
	}
	made := []statement{create}
	for _, part := range parts {
		row, _ := part.(map[string]any)
		kind, name := fmt.Sprint(row["kind"]), fmt.Sprint(row["name"])
		one, err := r.creation(ctx, kind, quote(database)+"."+quote(name), columns[kind])
		if err != nil {
			return nil, err
		}
		made = append(made, one)
	}
	return made, nil
}

// columns are the columns of SHOW CREATE that hold the statement.
var columns = map[string]string{
	"TABLE": "Create Table", "VIEW": "Create View", "FUNCTION": "Create Function", "PROCEDURE": "Create Procedure",
	"TRIGGER": "SQL Original Statement",
}

// creation returns the statement that creates an object.
func (r reader) creation(ctx context.Context, kind, name, column string) (statement, error) {
	rows, err := r.rows(ctx, "SHOW CREATE "+kind+" "+name)
	if err != nil {
		return statement{}, err
	}
	row, _ := rows[0].(map[string]any)
	sql, ok := row[column].(string)
	if !ok {
		return statement{}, fmt.Errorf("SHOW CREATE %s %s has no column %q", kind, name, column)
	}
	return statement{SQLMode: row["sql_mode"], SQL: definer.ReplaceAllString(sql, "$1")}, nil
}
