package mysql

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	driver "github.com/go-sql-driver/mysql"

	"endstate/labs"
	"endstate/labs/kit"
)

// Look queries a MySQL server. It needs exactly one of `query`, `tries` and `accounts`, or
// one or both of `contents` and `structure`.
//
// The rows are a list of maps from column name to value. Integers are ints, FLOAT and DOUBLE
// are doubles, and DECIMAL is a string with all its digits. DATE, DATETIME and TIMESTAMP are
// timestamps in UTC; a date that does not exist (`0000-00-00`, `2024-00-00`) is a string.
// Binary columns, GEOMETRY, VECTOR, and text that is not UTF-8 are bytes. NULL is null.
// Everything else is a string.
//
// `given` and `tries` are rolled back. If a rollback would not undo everything, nothing is
// tried, and the check fails with the reason: a MyISAM table, a trigger that uses up an
// AUTO_INCREMENT number, or a procedure with COMMIT, even if they are only reached through
// triggers, views, functions or foreign keys.
//
// The server must still be as it was handed over: the rights of every account, the accounts
// with SYSTEM_USER, plugins, components, functions and settings. If one of them differs,
// every check of that server fails and names it. The learner's account can't change any of
// them, even though it is an administrator.
type Look struct {
	// A single SQL statement that reads.
	Query string `yaml:"query,omitempty"`
	// With `query` or `tries`: the database of tables that are named without one; by default
	// the param `database`, if there is one. It need not exist.
	Database string `yaml:"database,omitempty"`
	// With `query`: one row `{rows, digest}` for the whole result, in any order.
	Digest bool `yaml:"digest,omitempty"`
	// With `query` or `tries`: INSERT, UPDATE, DELETE and REPLACE statements that run first,
	// in the same transaction. State every AUTO_INCREMENT key, below those that exist: a
	// rollback does not reset the counter.
	Given []string `yaml:"given,omitempty"`
	// Statements that the server must accept or refuse: INSERT, UPDATE, DELETE, REPLACE,
	// SELECT or CALL. Each is tried on its own and gives one row: `{statement, accepted,
	// code, changed}`. `code` is the server's (1062: duplicate key), 0 if it accepted;
	// `changed` counts the rows that it changed.
	Tries []string `yaml:"tries,omitempty"`
	// Databases to compare by content: one row for each table, `{database, name, rows,
	// digest}`. Equal digests mean equal rows, in whatever order they are stored.
	Contents []string `yaml:"contents,omitempty"`
	// Databases to compare by definition: one row for each database, table, column, index,
	// foreign key, check, view, trigger, routine and event, `{database, kind, table, name,
	// detail}`. A row of the kind `definer` names a program that fails when it is used,
	// because the account whose rights it runs with is missing or lacks a right. Otherwise
	// the owner of a program (DEFINER) is not compared; SQL SECURITY is.
	Structure []string `yaml:"structure,omitempty"`
	// One row for each login, role and right of any account: `{account, detail}`.
	Accounts bool `yaml:"accounts,omitempty"`
	// With `accounts`: the logins whose passwords the task states. Setting such a password
	// again changes nothing.
	Logins []Account `yaml:"logins,omitempty"`
	// The server's host, if there are several.
	Host string `yaml:"host,omitempty"`
	// The login to ask with, from an address of the lab's network; by default the grader's.
	As *Account `yaml:"as,omitempty"`
}

// Variable returns the name of the observation in expectations.
func (l *Look) Variable() string { return "rows" }

// SetShorthand sets the query.
func (l *Look) SetShorthand(text string) { l.Query = text }

// SetDefaults sets the database to the param of that name.
func (l *Look) SetDefaults(params map[string]any) {
	if name, ok := params["database"].(string); ok && l.Database == "" && l.asks() {
		l.Database = name
	}
}

var (
	// changes matches the statements allowed in Given: those that a rollback undoes.
	changes = regexp.MustCompile(`(?i)^\s*(INSERT|UPDATE|DELETE|REPLACE)\s`)
	// triable matches the statements allowed in Tries.
	triable = regexp.MustCompile(`(?i)^\s*(INSERT|UPDATE|DELETE|REPLACE|SELECT|CALL)\s`)
	calls   = regexp.MustCompile(`(?i)^\s*CALL\s`)
)

// Validate returns an error if the fields make no sense.
func (l *Look) Validate() error {
	asked := 0
	for _, given := range []bool{l.Query != "", len(l.Tries) > 0, len(l.Contents)+len(l.Structure) > 0, l.Accounts} {
		if given {
			asked++
		}
	}
	switch {
	case asked != 1:
		return errors.New("exactly one is needed: query, tries, accounts, or contents, structure or both")
	case l.Database != "" && !l.asks():
		return errors.New("database requires a query or tries")
	case l.Digest && l.Query == "":
		return errors.New("digest requires a query")
	case len(l.Logins) > 0 && !l.Accounts:
		return errors.New("logins require accounts")
	case len(l.Given) > 0 && !l.asks():
		return errors.New("given requires a query or tries")
	}
	for _, statement := range l.Given {
		if !changes.MatchString(statement) {
			return fmt.Errorf("given may only insert, update, delete and replace: %q", statement)
		}
	}
	for _, statement := range l.Tries {
		if !triable.MatchString(statement) {
			return fmt.Errorf("tries may only insert, update, delete, replace, select and call: %q", statement)
		}
	}
	return nil
}

// Observe asks the server.
func (l *Look) Observe(ctx context.Context, site kit.Site) (any, error) {
	host, err := kit.HostOf(site, l.Host, serverImage)
	if err != nil {
		return nil, err
	}
	if err := intact(ctx, site, host); err != nil {
		return nil, err
	}
	if err := l.undoable(ctx, site, host); err != nil {
		return nil, err
	}
	account := grader(site)
	if l.As != nil {
		account = *l.As
		if err := unshadowed(ctx, site, host, account); err != nil {
			return nil, err
		}
	}
	known, err := l.loginAccounts(ctx, site, host)
	if err != nil {
		return nil, err
	}
	var rows []any
	err = visit(ctx, site, host, account, l.writes(), func(ctx context.Context, r reader) (err error) {
		rows, err = l.ask(ctx, r, known)
		return err
	})
	return rows, err
}

// undoable makes sure that what is set to work can be rolled back. What only reads is
// in a transaction that the server keeps from writing; a procedure alone could end it.
func (l *Look) undoable(ctx context.Context, site kit.Site, host labs.Host) error {
	statements, reads := slices.Concat(l.Given, l.Tries), !l.writes()
	if !reads || calls.MatchString(l.Query) {
		statements = append(statements, l.Query)
	}
	if len(statements) == 0 {
		return nil
	}
	return visit(ctx, site, host, grader(site), false, func(ctx context.Context, r reader) error {
		return r.undoable(ctx, host, statements, reads)
	})
}

// asks reports whether the look runs statements of the scenario.
func (l *Look) asks() bool { return l.Query != "" || len(l.Tries) > 0 }

func (l *Look) writes() bool { return len(l.Given)+len(l.Tries) > 0 }

// ask asks in a transaction that is rolled back, and can only read if nothing is tried.
func (l *Look) ask(ctx context.Context, r reader, known []string) ([]any, error) {
	begin := "START TRANSACTION READ ONLY"
	if l.writes() {
		begin = "START TRANSACTION READ WRITE"
	}
	if _, err := r.conn.ExecContext(ctx, begin); err != nil {
		return nil, err
	}
	defer r.end(ctx, l.asks())
	if l.Database == "" {
		return l.answer(ctx, r, known)
	}
	missing, err := r.use(ctx, l.Database)
	if err != nil {
		return nil, err
	}
	rows, err := l.answer(ctx, r, known)
	var refused *driver.MySQLError
	if missing != nil && errors.As(err, &refused) && refused.Number == codeNoDatabase {
		return nil, missing
	}
	return rows, err
}

// answer runs the statements of the look in its transaction.
func (l *Look) answer(ctx context.Context, r reader, known []string) ([]any, error) {
	for _, statement := range l.Given {
		if _, err := r.conn.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	switch {
	case l.Digest:
		count, digest, err := r.digest(ctx, l.Query)
		return []any{map[string]any{"rows": count, "digest": digest}}, err
	case l.Query != "":
		return r.rows(ctx, l.Query)
	case l.Accounts:
		return l.accounts(ctx, r, known)
	case len(l.Tries) > 0:
		return r.try(ctx, l.Tries)
	}
	rows, err := r.contents(ctx, l.Contents)
	if err != nil {
		return nil, err
	}
	made, err := r.structure(ctx, l.Structure)
	return append(rows, made...), err
}
