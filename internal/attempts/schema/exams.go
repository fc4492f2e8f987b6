package schema

// examTables is the migration that adds exams. A sitting is one JSON value because it is
// always read and changed as a whole; the other columns are there for queries.
const examTables = examTable + `
CREATE INDEX exams_pending ON exams (id) WHERE pending;
`

const examTable = `
CREATE TABLE exams (
	id        INTEGER PRIMARY KEY,
	owner     TEXT NOT NULL,
	candidate TEXT NOT NULL,
	created   TEXT NOT NULL,
	ended     TEXT,
	pending   INTEGER NOT NULL, -- not ended, or nobody has tried to grade it in full
	sitting   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_exam_at_a_time ON exams (owner, candidate) WHERE ended IS NULL;
`

// rehearsalTables is the migration that adds scripts, recitals of them, and notes on companies.
const rehearsalTables = `
CREATE TABLE scripts (
	id       INTEGER PRIMARY KEY,
	owner    TEXT NOT NULL,
	question INTEGER NOT NULL, -- of the interview; 0: it is for a scenario
	scenario TEXT NOT NULL,
	company  TEXT NOT NULL,
	tone     TEXT NOT NULL,
	text     TEXT NOT NULL,
	changed  INTEGER NOT NULL,
	UNIQUE (owner, question, scenario, company, tone)
) STRICT;
CREATE TABLE recitals (
	id      INTEGER PRIMARY KEY,
	script  INTEGER NOT NULL REFERENCES scripts (id) ON DELETE CASCADE,
	at      INTEGER NOT NULL,
	hidden  INTEGER NOT NULL, -- percent
	seconds REAL NOT NULL,
	percent INTEGER NOT NULL
) STRICT;
CREATE INDEX recitals_by_script ON recitals (script);
CREATE TABLE companies (
	owner TEXT NOT NULL,
	name  TEXT NOT NULL,
	notes TEXT NOT NULL, -- JSON
	PRIMARY KEY (owner, name)
) STRICT;
`

// blueprintTables is the migration that adds the blueprints of examiners.
const blueprintTables = `
CREATE TABLE blueprints (
	owner   TEXT NOT NULL,
	name    TEXT NOT NULL,
	text    TEXT NOT NULL, -- YAML
	changed INTEGER NOT NULL,
	PRIMARY KEY (owner, name)
) STRICT;
`

// pendingExams is the migration to a condition that PostgreSQL takes, too.
const pendingExams = `
DROP INDEX IF EXISTS exams_pending;
CREATE INDEX exams_pending ON exams (id) WHERE pending = 1;
`
