package schema

const firstVersion = `
CREATE TABLE attempts (
	id       INTEGER PRIMARY KEY,
	lab      TEXT NOT NULL,
	scenario TEXT NOT NULL,
	seed     TEXT NOT NULL,
	owner    TEXT NOT NULL,
	started  TEXT NOT NULL,
	ended    TEXT,
	hints    INTEGER NOT NULL DEFAULT 0,
	assisted INTEGER NOT NULL DEFAULT 0,
	resets   INTEGER NOT NULL DEFAULT 0,
	UNIQUE (lab, started)
) STRICT;
CREATE TABLE checks (
	id      INTEGER PRIMARY KEY,
	attempt INTEGER NOT NULL REFERENCES attempts (id),
	at      TEXT NOT NULL,
	score   INTEGER,
	report  TEXT NOT NULL
) STRICT;
CREATE INDEX checks_by_attempt ON checks (attempt);
`

// secondVersion recreates both tables, because SQLite can't drop a constraint: once
// attempts are imported, labs of two machines may have the same ID and start in the same
// second. Times are milliseconds since 1970. What is read for thousands of attempts at once
// is stored in their rows, and every change keeps it up to date.
const secondVersion = `
CREATE TABLE new_attempts (` + attemptColumns + `) STRICT;
CREATE TABLE new_checks (
	id      INTEGER PRIMARY KEY,
	attempt INTEGER NOT NULL REFERENCES new_attempts (id),
	at      INTEGER NOT NULL,
	score   INTEGER,
	report  TEXT NOT NULL
) STRICT;
INSERT INTO new_attempts (id, uid, lab, scenario, seed, owner, started, ended, ending, changed, worked, hints, assisted, resets, checks, ungraded, score, took, unaided)
	SELECT id, lower(hex(randomblob(16))), lab, scenario, seed, owner, unixepoch(started) * 1000, unixepoch(ended) * 1000,
		iif(ended IS NULL, '', 'stopped'), unixepoch(coalesce(ended, started)) * 1000,
		(SELECT max(unixepoch(started), coalesce(max(unixepoch(at)), 0)) * 1000 FROM checks WHERE attempt = attempts.id), hints, assisted, resets,
		(SELECT count(*) FROM checks WHERE attempt = attempts.id),
		(SELECT count(*) FROM checks WHERE attempt = attempts.id AND score IS NULL),
		(SELECT max(score) FROM checks WHERE attempt = attempts.id),
		(SELECT max(0, unixepoch(at) - unixepoch(started)) * 1000 FROM checks WHERE attempt = attempts.id AND score IS NOT NULL ORDER BY score DESC, id LIMIT 1),
		(SELECT max(score) FROM checks WHERE attempt = attempts.id
			AND coalesce(json_array_length(report, '$.hints'), 0) = 0 AND NOT coalesce(json_extract(report, '$.assisted'), 0))
	FROM attempts;
INSERT INTO new_checks SELECT id, attempt, CAST(round(unixepoch(at, 'subsec') * 1000) AS INTEGER), score, report FROM checks;
DROP TABLE checks;
DROP TABLE attempts;
ALTER TABLE new_attempts RENAME TO attempts;
ALTER TABLE new_checks RENAME TO checks;
` + attemptIndexes + partTables

const attemptColumns = `
	id       INTEGER PRIMARY KEY,
	uid      TEXT NOT NULL UNIQUE,
	imported INTEGER NOT NULL DEFAULT 0, -- from another store
	lab      TEXT NOT NULL,
	scenario TEXT NOT NULL,
	hash     TEXT NOT NULL DEFAULT '',
	title    TEXT NOT NULL DEFAULT '',
	topic    TEXT NOT NULL DEFAULT '',
	level    INTEGER NOT NULL DEFAULT 0,
	minutes  INTEGER NOT NULL DEFAULT 0,
	seed     TEXT NOT NULL,
	owner    TEXT NOT NULL,
	engine   TEXT NOT NULL DEFAULT '',
	images   TEXT NOT NULL DEFAULT '[]', -- JSON
	started  INTEGER NOT NULL,
	expires  INTEGER NOT NULL DEFAULT 0,
	ended    INTEGER,
	ending   TEXT NOT NULL DEFAULT '',
	changed  INTEGER NOT NULL DEFAULT 0,
	worked   INTEGER NOT NULL DEFAULT 0, -- the last sign of life
	hints    INTEGER NOT NULL DEFAULT 0,
	assisted INTEGER NOT NULL DEFAULT 0,
	resets   INTEGER NOT NULL DEFAULT 0,
	active   INTEGER NOT NULL DEFAULT 0,
	checks   INTEGER NOT NULL DEFAULT 0,
	ungraded INTEGER NOT NULL DEFAULT 0,
	score    INTEGER, -- the best
	took     INTEGER, -- active time until the best score
	unaided  INTEGER  -- the best without help
`

const attemptIndexes = `
CREATE UNIQUE INDEX attempts_by_lab ON attempts (lab, started) WHERE imported = 0;
CREATE INDEX attempts_by_owner ON attempts (owner, scenario, started);
CREATE INDEX checks_by_attempt ON checks (attempt);
`

// partTables are the tables of an attempt's parts, other than checks.
const partTables = `
-- Everything that happened, other than checks.
CREATE TABLE events (
	id      INTEGER PRIMARY KEY,
	attempt INTEGER NOT NULL REFERENCES attempts (id),
	at      INTEGER NOT NULL,
	kind    TEXT NOT NULL,
	number  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX events_by_attempt ON events (attempt);
-- Periods in which the learner was working.
CREATE TABLE spans (
	id      INTEGER PRIMARY KEY,
	attempt INTEGER NOT NULL REFERENCES attempts (id),
	began   INTEGER NOT NULL,
	ended   INTEGER NOT NULL,
	closed  INTEGER NOT NULL DEFAULT 0 -- the clock was stopped: never extended again
) STRICT;
CREATE INDEX spans_by_attempt ON spans (attempt);
-- Sessions in shells of the lab.
CREATE TABLE visits (
	id        INTEGER PRIMARY KEY,
	attempt   INTEGER NOT NULL REFERENCES attempts (id),
	host      TEXT NOT NULL,
	began     INTEGER NOT NULL,
	ended     INTEGER,
	recording TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX visits_by_attempt ON visits (attempt);
CREATE TABLE explanations (
	id      INTEGER PRIMARY KEY,
	attempt INTEGER NOT NULL REFERENCES attempts (id),
	at      INTEGER NOT NULL,
	text    TEXT NOT NULL,
	points  TEXT NOT NULL -- JSON
) STRICT;
CREATE INDEX explanations_by_attempt ON explanations (attempt);
`

// seenVisits records when a client was last at its terminal. If the client is killed, its
// visit ends there.
const seenVisits = `
ALTER TABLE visits ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
CREATE INDEX visits_open ON visits (id) WHERE ended IS NULL;
`

// freeHints records when an attempt was first solved, and how many hints were opened before
// that: later ones are free.
const freeHints = freeHintColumns + `
UPDATE attempts SET charged = hints, solved = iif(score = 100, took, NULL);
`

const freeHintColumns = `
ALTER TABLE attempts ADD COLUMN charged INTEGER NOT NULL DEFAULT 0; -- the hints that cost points
ALTER TABLE attempts ADD COLUMN solved INTEGER; -- active time until everything was first solved
`

// waitingShells records which shell a visit was in, and whether that waits for its owner if the
// client is gone.
const waitingShells = `
ALTER TABLE visits ADD COLUMN shell TEXT NOT NULL DEFAULT '';
ALTER TABLE visits ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
CREATE INDEX visits_waiting ON visits (shell) WHERE waits = 1;
`
