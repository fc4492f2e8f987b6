package mysql

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"endstate/labs"
)

// Look asks a MySQL server. What it observes has the name rows: a list of maps, one
// a row, from column name to value. Whole numbers are ints, FLOAT and DOUBLE are
// doubles, DECIMAL is a string with all its digits, binary columns, GEOMETRY and VECTOR
// are bytes, NULL is null, all else is a string. DATE, DATETIME and TIMESTAMP are
// timestamps in UTC; what no calendar has, as 0000-00-00 or 2024-00-00, is a string. Text
// that is not UTF-8 is bytes.
//
// With contents, there is one row a table: {database, name, rows, digest}. Equal digests mean
// equal rows, in whatever order they are stored.
//
// With structure, there is one row a thing that the databases are made of: {database,
// kind, table, name, detail}. The kinds are database, table, column, index, foreign key,
// check, view, trigger, routine, event, and definer for one of these four that fails when
// it is used, as the account whose rights it runs with is not there or lacks a right; its
// detail says why. Else, whose they are (DEFINER) is no part of it. With contents and
// structure, the rows of both.
//
// With accounts, there is one row a login, role or right: {account, detail}.
//
// With tries, there is one row a statement: {statement, accepted, code, changed}. The code
// is the server's, as 1062 of a key that is there already; 0 if the statement was accepted.
// changed is how many rows it changed.
//
// Nothing is left behind: given and tries are rolled back. What a rollback would not take
// back is not tried at all, and the check fails with the reason: a table of MyISAM, a
// procedure with COMMIT, a trigger that draws a number from an AUTO_INCREMENT.
type Look struct {
	// Query is one SQL statement that reads.
	Query string `yaml:"query,omitempty"`
	// Digest makes one row, {rows, digest}, of all that the query gives, as with contents.
	Digest bool `yaml:"digest,omitempty"`
	// Given lists INSERT, UPDATE, DELETE and REPLACE statements that come before the
	// query or the tries, in the same transaction. Keys that AUTO_INCREMENT would give are
	// stated, and lower than those there are.
	Given []string `yaml:"given,omitempty"`
	// Tries lists statements that the server must accept or refuse: INSERT, UPDATE, DELETE,
	// REPLACE, SELECT or CALL. Each is tried for itself.
	Tries []string `yaml:"tries,omitempty"`
	// Contents lists databases whose tables' contents are compared.
	Contents []string `yaml:"contents,omitempty"`
	// Structure lists databases whose definitions are compared.
	Structure []string `yaml:"structure,omitempty"`
	// Accounts tells that accounts, their logins, roles and rights are compared.
	Accounts bool `yaml:"accounts,omitempty"`
	// Logins, with accounts, are those whose passwords the task tells: to set such a
	// password again changes nothing.
	Logins []Account `yaml:"logins,omitempty"`
	// Host is the server's; it need not be said if there is only one.
	Host string `yaml:"host,omitempty"`
	// As is whose login is used; the grader's if it is not said.
	As *Account `yaml:"as,omitempty"`
}

// Variable is the name of what is observed.
func (l *Look) Variable() string { return "rows" }

// SetShorthand takes the query.
func (l *Look) SetShorthand(text string) { l.Query = text }

var (
	// changes is a statement that Given may hold: one that a rollback undoes.
	changes = regexp.MustCompile(`(?i)^\s*(INSERT|UPDATE|DELETE|REPLACE)\s`)
	// triable is one that Tries may hold.
	triable = regexp.MustCompile(`(?i)^\s*(INSERT|UPDATE|DELETE|REPLACE|SELECT|CALL)\s`)
	calls   = regexp.MustCompile(`(?i)^\s*CALL\s`)
)

// Validate reports fields that make no sense.
func (l *Look) Validate() error {
	asked := 0
	for _, given := range []bool{l.Query != "", len(l.Tries) > 0, len(l.Contents)+len(l.Structure) > 0, l.Accounts} {
		if given {
			asked++
		}
	}
	switch {
	case asked != 1:
		return errors.New("one is needed: a query, tries, accounts, or contents, structure or both")
	case l.Digest && l.Query == "":
		return errors.New("digest goes with a query")
	case len(l.Logins) > 0 && !l.Accounts:
		return errors.New("logins go with accounts")
	case len(l.Given) > 0 && l.Query == "" && len(l.Tries) == 0:
		return errors.New("given goes with a query or with tries")
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
func (l *Look) Observe(ctx context.Context, site *labs.Site) (any, error) {
	host, err := site.HostOf(l.Host, serverImage)
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
	known, err := l.known(ctx, site, host)
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
func (l *Look) undoable(ctx context.Context, site *labs.Site, host labs.Host) error {
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
	defer r.end(ctx, l.Query != "" || len(l.Tries) > 0)
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
