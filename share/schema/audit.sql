-- SPDX-License-Identifier: MIT
-- The record of egress-filter, schema 1: egress-filter-audit(5) tells each
-- table and column. Built into the program; times are milliseconds since
-- 1970-01-01T00:00:00Z, text of a target is its raw bytes.

-- One supervised execution. What stands after "tags" is filled in at its end.
CREATE TABLE sessions (
	id INTEGER PRIMARY KEY,
	uuid TEXT NOT NULL UNIQUE,
	host_id TEXT NOT NULL,
	argv BLOB NOT NULL,
	cwd TEXT NOT NULL,
	mode TEXT NOT NULL,
	version TEXT NOT NULL,
	started_ms INTEGER NOT NULL,
	pid INTEGER NOT NULL,
	pid_start INTEGER NOT NULL,
	boot_id TEXT NOT NULL,
	name TEXT NOT NULL,
	tags TEXT NOT NULL,
	ended_ms INTEGER,
	exit_code INTEGER,
	signal INTEGER,
	last_seq INTEGER,
	allowed INTEGER,
	denied INTEGER,
	would INTEGER,
	held INTEGER,
	questions INTEGER,
	digest TEXT,
	altered INTEGER NOT NULL DEFAULT 0
);

-- The policy as it was judged by, once for each load.
CREATE TABLE revisions (
	id INTEGER PRIMARY KEY,
	session INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	path TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	default_policy TEXT NOT NULL,
	text BLOB NOT NULL
);

-- The rules that some row names; the others are in the text above.
CREATE TABLE rules (
	id INTEGER PRIMARY KEY,
	revision INTEGER NOT NULL,
	position INTEGER NOT NULL,
	kind TEXT NOT NULL,
	line INTEGER NOT NULL,
	col INTEGER NOT NULL,
	text TEXT NOT NULL,
	reason TEXT,
	UNIQUE (revision, position)
);

-- A process as it was when first seen with this executable and arguments.
CREATE TABLE processes (
	id INTEGER PRIMARY KEY,
	session INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	pid INTEGER NOT NULL,
	start_ticks INTEGER NOT NULL,
	exe_dev INTEGER NOT NULL,
	exe_ino INTEGER NOT NULL,
	ppid INTEGER NOT NULL,
	parent INTEGER,
	uid INTEGER NOT NULL,
	comm TEXT NOT NULL,
	exe TEXT NOT NULL,
	cwd TEXT NOT NULL,
	argv BLOB NOT NULL,
	argv_cut INTEGER NOT NULL
);
CREATE INDEX processes_by_pid ON processes (session, pid, start_ticks);

-- Domain names (kind "dns") and names of unix sockets (kind "unix").
CREATE TABLE names (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	UNIQUE (name, kind)
);

CREATE TABLE addresses (
	id INTEGER PRIMARY KEY,
	address TEXT NOT NULL UNIQUE
);

-- Questions to name servers; from "rcode" on, what came of them.
CREATE TABLE questions (
	session INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	process INTEGER,
	pid INTEGER NOT NULL,
	tid INTEGER NOT NULL,
	revision INTEGER,
	server INTEGER,
	port INTEGER NOT NULL,
	proto TEXT NOT NULL,
	name INTEGER,
	qtype INTEGER NOT NULL,
	dns_id INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	reason TEXT NOT NULL,
	rule INTEGER,
	placeholder INTEGER,
	rcode INTEGER,
	answers INTEGER,
	answer TEXT,
	PRIMARY KEY (session, seq)
) WITHOUT ROWID;

-- Which address belonged to which name, and until when.
CREATE TABLE bindings (
	id INTEGER PRIMARY KEY,
	session INTEGER NOT NULL,
	question INTEGER,
	at_ms INTEGER NOT NULL,
	until_ms INTEGER NOT NULL,
	name INTEGER NOT NULL,
	address INTEGER NOT NULL,
	source TEXT NOT NULL
);

-- Judged calls; from "count" on, what came of them.
CREATE TABLE attempts (
	session INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	process INTEGER,
	pid INTEGER NOT NULL,
	tid INTEGER NOT NULL,
	revision INTEGER,
	stage TEXT NOT NULL,
	proto TEXT NOT NULL,
	name INTEGER,
	name_source TEXT NOT NULL,
	candidates TEXT,
	address INTEGER,
	port INTEGER NOT NULL,
	placeholder INTEGER,
	qtype INTEGER NOT NULL,
	syscall INTEGER NOT NULL,
	detail INTEGER NOT NULL,
	foreign_netns INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	action TEXT NOT NULL,
	rule INTEGER,
	reason TEXT NOT NULL,
	door TEXT,
	probe INTEGER NOT NULL,
	held_ms INTEGER NOT NULL,
	count INTEGER NOT NULL DEFAULT 1,
	errno INTEGER,
	duration_ns INTEGER,
	resolved INTEGER,
	PRIMARY KEY (session, seq)
) WITHOUT ROWID;

-- Answers of a person to held calls.
CREATE TABLE decisions (
	session INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	attempt INTEGER NOT NULL,
	answer TEXT NOT NULL,
	scope TEXT NOT NULL,
	by TEXT NOT NULL,
	PRIMARY KEY (session, seq)
) WITHOUT ROWID;

-- What happened to the session itself: reloads, limits, alterations.
CREATE TABLE events (
	session INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	kind TEXT NOT NULL,
	detail TEXT NOT NULL,
	PRIMARY KEY (session, seq)
) WITHOUT ROWID;
