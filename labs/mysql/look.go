package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"

	"endstate/labs"
)

// Look asks a MySQL server. What it observes has the name rows: a list of maps, one
// a row, from column name to value. Whole numbers are ints, FLOAT and DOUBLE are
// doubles, DECIMAL is a string with all its digits, DATE, DATETIME and TIMESTAMP are
// timestamps in UTC, binary columns are bytes, NULL is null, all else is a string.
//
// With contents, there is one row a table: {database, name, rows, digest}. Equal digests mean
// equal rows, in whatever order they are stored.
//
// With structure, there is one row a thing that the databases are made of: {database,
// kind, table, name, detail}. The kinds are database, table, column, index, foreign key,
// check, view, trigger, routine, event, and definer for one of these four that runs as an
// account that does not exist. Else, whose they are (DEFINER, SQL SECURITY) is no part of
// it. With contents and structure, the rows of both.
//
// With accounts, there is one row a login, role or right: {account, detail}.
type Look struct {
	// Query is one SQL statement that reads.
	Query string `yaml:"query,omitempty"`
	// Digest makes one row, {rows, digest}, of all that the query gives, as with contents.
	Digest bool `yaml:"digest,omitempty"`
	// Given lists INSERT, UPDATE, DELETE and REPLACE statements that come before the
	// query, in a transaction that is rolled back. What a table gives out next by
	// AUTO_INCREMENT is not: statements say their keys, lower than those there are.
	Given []string `yaml:"given,omitempty"`
	// Contents lists databases whose tables' contents are compared.
	Contents []string `yaml:"contents,omitempty"`
	// Structure lists databases whose definitions are compared.
	Structure []string `yaml:"structure,omitempty"`
	// Accounts tells that accounts, their logins, roles and rights are compared.
	Accounts bool `yaml:"accounts,omitempty"`
	// Host is the server's; it need not be said if there is only one.
	Host string `yaml:"host,omitempty"`
	// As is whose login is used; the grader's if it is not said.
	As *Account `yaml:"as,omitempty"`
}

// Variable is the name of what is observed.
func (l *Look) Variable() string { return "rows" }

// SetShorthand takes the query.
func (l *Look) SetShorthand(text string) { l.Query = text }

// changes is a statement that Given may hold: one that a rollback undoes.
var changes = regexp.MustCompile(`(?i)^\s*(INSERT|UPDATE|DELETE|REPLACE)\s`)

// Validate reports fields that make no sense.
func (l *Look) Validate() error {
	asked := 0
	for _, given := range []bool{l.Query != "", len(l.Contents)+len(l.Structure) > 0, l.Accounts} {
		if given {
			asked++
		}
	}
	switch {
	case asked != 1:
		return errors.New("either a query is needed, or contents, structure or both, or accounts")
	case l.Query == "" && (l.Digest || len(l.Given) > 0):
		return errors.New("digest and given go with a query")
	}
	for _, statement := range l.Given {
		if !changes.MatchString(statement) {
			return fmt.Errorf("given may only insert, update, delete and replace: %q", statement)
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
	account := grader(site)
	if l.As != nil {
		account = *l.As
	}
	var rows []any
	err = ask(ctx, site, host, account, len(l.Given) > 0, func(ctx context.Context, conn *sql.Conn) (err error) {
		rows, err = l.ask(ctx, conn)
		return err
	})
	return rows, err
}

// ask asks in a transaction that is rolled back, and can only read if nothing is given.
func (l *Look) ask(ctx context.Context, conn *sql.Conn) ([]any, error) {
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: len(l.Given) == 0})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	for _, statement := range l.Given {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	switch {
	case l.Digest:
		count, digest, err := digestOf(ctx, tx, l.Query)
		return []any{map[string]any{"rows": count, "digest": digest}}, err
	case l.Query != "":
		return query(ctx, tx, l.Query)
	case l.Accounts:
		return query(ctx, tx, accounts)
	}
	rows, err := contents(ctx, tx, l.Contents)
	if err != nil {
		return nil, err
	}
	made, err := structure(ctx, tx, l.Structure)
	return append(rows, made...), err
}

// What an answer may hold before it is not read on.
const maxRows = 100_000

func query(ctx context.Context, tx *sql.Tx, statement string, args ...any) ([]any, error) {
	rows, err := tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	all := []any{}
	for rows.Next() {
		if len(all) == maxRows {
			return nil, &labs.Obstacle{Message: fmt.Sprintf("The server holds more than %d rows of what is asked for.", maxRows)}
		}
		row, err := scan(rows, types)
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}
