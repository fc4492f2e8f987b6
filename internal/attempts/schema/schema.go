// Package schema has the tables of the store, as the migrations that lead to them.
package schema

// Migrations lead from each version of the store to the next, in SQL. A store's version is the number of
// migrations applied to it. Never change a migration that was released.
var Migrations = []string{
	firstVersion, secondVersion, examTables, seenVisits, rehearsalTables, freeHints, waitingShells, browserSessions, classTables, accountTables, identities, blueprintTables,
}
