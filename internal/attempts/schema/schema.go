// Package schema has the tables of the store, as the migrations that lead to them.
package schema

import "fmt"

// Migrations lead from each version of the store to the next, in SQLite's SQL. A store's version is the number of
// migrations applied to it. Never change a migration that was released. [Postgres] translates later ones
// for PostgreSQL.
var Migrations = []string{
	firstVersion, secondVersion, examTables, seenVisits, rehearsalTables, freeHints, waitingShells, browserSessions, classTables, accountTables, identities, blueprintTables,
	pendingExams,
}

// Tables are all tables, each after those that it refers to.
var Tables = []string{
	"attempts", "checks", "events", "spans", "visits", "explanations", "exams", "scripts", "recitals", "companies", "blueprints",
	"accounts", "invitations", "sessions", "classes", "members", "assignments", "messages",
}

// Check returns an error if a store has a version that this program does not know.
func Check(version int) error {
	if version > len(Migrations) {
		return fmt.Errorf("it has version %d, from a newer endstate; this one reads version %d", version, len(Migrations))
	}
	return nil
}
