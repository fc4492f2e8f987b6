package schema

// browserSessions are the sessions of those who were let in with a browser.
const browserSessions = `
CREATE TABLE sessions (
	token   TEXT PRIMARY KEY, -- a hash of what the browser has
	data    BLOB NOT NULL,
	expires INTEGER NOT NULL
) STRICT;
`

// accountTables is the migration that adds the accounts of those who sign in, and invitations.
const accountTables = `
CREATE TABLE accounts (
	id       INTEGER PRIMARY KEY,
	name     TEXT NOT NULL,
	likeness TEXT NOT NULL UNIQUE, -- the same for names that look alike
	role     TEXT NOT NULL,
	password TEXT NOT NULL, -- a hash
	created  INTEGER NOT NULL,
	disabled INTEGER,
	epoch    INTEGER NOT NULL DEFAULT 0 -- sessions of earlier epochs have ended
) STRICT;
CREATE TABLE invitations (
	id      INTEGER PRIMARY KEY,
	key     TEXT NOT NULL UNIQUE, -- a hash of what the link has
	role    TEXT NOT NULL,
	name    TEXT NOT NULL, -- of the account; empty: whoever accepts chooses it
	account INTEGER REFERENCES accounts (id), -- whose password is replaced; NULL: a new account
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL
) STRICT;
`

// classTables is the migration that adds groups, what is assigned to them, and messages.
const classTables = `
CREATE TABLE classes (
	id      INTEGER PRIMARY KEY,
	name    TEXT NOT NULL,
	leader  TEXT NOT NULL,
	watch   INTEGER NOT NULL, -- the leader may watch terminals
	created INTEGER NOT NULL
) STRICT;
CREATE TABLE members (
	class INTEGER NOT NULL REFERENCES classes (id) ON DELETE CASCADE,
	name  TEXT NOT NULL,
	PRIMARY KEY (class, name)
) STRICT;
CREATE INDEX members_by_name ON members (name);
CREATE TABLE assignments (
	id      INTEGER PRIMARY KEY,
	class   INTEGER NOT NULL REFERENCES classes (id) ON DELETE CASCADE,
	what    TEXT NOT NULL, -- JSON
	created INTEGER NOT NULL
) STRICT;
CREATE INDEX assignments_by_class ON assignments (class);
CREATE TABLE messages (
	id        INTEGER PRIMARY KEY,
	sender    TEXT NOT NULL,
	recipient TEXT NOT NULL,
	text      TEXT NOT NULL,
	at        INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_recipient ON messages (recipient);
`

// identities records as whom an account signs in at a provider of OpenID Connect.
const identities = `
ALTER TABLE accounts ADD COLUMN issuer TEXT NOT NULL DEFAULT ''; -- empty: it has no such identity
ALTER TABLE accounts ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX accounts_by_identity ON accounts (issuer, subject) WHERE issuer <> '';
`
