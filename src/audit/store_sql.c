// SPDX-License-Identifier: MIT
// The statements of the store. An INSERT and the query that digests the same
// columns again stand side by side: their columns are the same, in the same
// order, but for rows of other tables, which the query resolves to text.
#include "audit/store_impl.h"

#define NAME_OF(col)	"(SELECT name FROM names WHERE id = " col ")"
#define ADDRESS_OF(col) "(SELECT address FROM addresses WHERE id = " col ")"
#define RULE_OF(col)	"(SELECT text FROM rules WHERE id = " col ")"

static const char *const statements[N_STMTS] = {
	[STMT_BEGIN] = "BEGIN IMMEDIATE",
	[STMT_COMMIT] = "COMMIT",
	[STMT_ROLLBACK] = "ROLLBACK",
	[STMT_ANCHOR] = "SELECT id FROM sessions",
	[STMT_SESSION] = "INSERT INTO sessions (uuid, host_id, argv, cwd, "
			 "mode, version, started_ms, pid, pid_start, boot_id, "
			 "name, tags) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[STMT_REVISION] = "INSERT INTO revisions (session, at_ms, path, "
			  "sha256, default_policy, text) VALUES (?,?,?,?,?,?)",
	[STMT_PROCESS] = "INSERT INTO processes (session, at_ms, pid, "
			 "start_ticks, exe_dev, exe_ino, ppid, parent, uid, "
			 "comm, exe, cwd, argv, argv_cut) "
			 "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[STMT_BINDING] = "INSERT INTO bindings (session, question, at_ms, "
			 "until_ms, name, address, source) "
			 "VALUES (?,?,?,?,?,?,?)",
	[STMT_QUESTION] = "INSERT INTO questions (session, seq, at_ms, "
			  "process, pid, tid, revision, server, port, proto, "
			  "name, qtype, dns_id, verdict, reason, rule, "
			  "placeholder) "
			  "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[STMT_ATTEMPT] = "INSERT INTO attempts (session, seq, at_ms, process, "
			 "pid, tid, revision, stage, proto, name, name_source, "
			 "candidates, address, port, placeholder, qtype, "
			 "syscall, detail, foreign_netns, verdict, action, "
			 "rule, reason, door, probe, held_ms) VALUES "
			 "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
			 "?)",
	[STMT_EVENT] = "INSERT INTO events (session, seq, at_ms, kind, detail) "
		       "VALUES (?,?,?,?,?)",
	[STMT_RULE] = "INSERT INTO rules (revision, position, kind, line, col, "
		      "text, reason) VALUES (?,?,?,?,?,?,?)",
	[STMT_RULE_FIND] = "SELECT id FROM rules WHERE revision = ? AND "
			   "position = ?",
	[STMT_NAME] = "INSERT INTO names (name, kind) VALUES (?,?)",
	[STMT_NAME_FIND] = "SELECT id FROM names WHERE name = ? AND kind = ?",
	[STMT_ADDRESS] = "INSERT INTO addresses (address) VALUES (?)",
	[STMT_ADDRESS_FIND] = "SELECT id FROM addresses WHERE address = ?",
	[STMT_PROCESS_FIND] = "SELECT id FROM processes WHERE session = ? AND "
			      "pid = ? AND start_ticks = ? AND exe_ino = ? AND "
			      "exe_dev = ? AND argv = ?",
	[STMT_OUTCOME] = "UPDATE attempts SET errno = ?, duration_ns = ? "
			 "WHERE session = ? AND seq = ?",
	[STMT_REPEAT] = "UPDATE attempts SET count = count + ? "
			"WHERE session = ? AND seq = ?",
	[STMT_RESOLVED] = "UPDATE attempts SET resolved = ? "
			  "WHERE session = ? AND seq = ?",
	[STMT_ANSWER] = "UPDATE questions SET rcode = ?, answers = ?, "
			"answer = ? WHERE session = ? AND seq = ?",
};

static const char *const digests[N_DIGESTS] = {
	[DIGEST_SESSION] = "SELECT uuid, host_id, argv, cwd, mode, version, "
			   "started_ms, pid, pid_start, boot_id "
			   "FROM sessions WHERE id = ?",
	[DIGEST_REVISIONS] = "SELECT session, at_ms, path, sha256, "
			     "default_policy, text FROM revisions "
			     "WHERE session = ? ORDER BY id",
	[DIGEST_PROCESSES] = "SELECT session, at_ms, pid, start_ticks, "
			     "exe_dev, exe_ino, ppid, parent, uid, comm, exe, "
			     "cwd, argv, argv_cut FROM processes "
			     "WHERE session = ? ORDER BY id",
	[DIGEST_BINDINGS] =
		"SELECT session, question, at_ms, until_ms, " NAME_OF("b.name") ", " ADDRESS_OF(
			"b.address") ", source "
				     "FROM bindings AS b WHERE session = ? "
				     "ORDER BY id",
	[DIGEST_QUESTIONS] =
		"SELECT session, seq, at_ms, process, pid, tid, "
		"revision, " ADDRESS_OF("q.server") ", port, proto, " NAME_OF("q.name") ", "
											"qtype, dns_id, verdict, reason, " RULE_OF(
												"q.rule") ", " ADDRESS_OF("q.placeholder") " FROM questions AS q "
																	   "WHERE session = ? ORDER BY seq",
	[DIGEST_ATTEMPTS] = "SELECT session, seq, at_ms, process, pid, tid, "
			    "revision, "
			    "stage, proto, " NAME_OF("a.name") ", name_source, "
							       "candidates,"
							       " " ADDRESS_OF("a.address") ", port, " ADDRESS_OF("a.placeholder") ", qtype, syscall, detail, foreign_netns, verdict, action, " RULE_OF(
								       "a.rule") ", reason, door, probe, held_ms "
										 "FROM attempts AS a WHERE session = ? ORDER BY seq",
	[DIGEST_EVENTS] = ("SELECT session, seq, at_ms, kind, detail "
			   "FROM events WHERE session = ? ORDER BY seq"),
};

const char *store_digest_sql(enum digest_table table)
{
	return digests[table];
}

int store_prepare(struct store *st)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < N_STMTS; i++)
		rc = sqlite3_prepare_v3(st->db, statements[i], -1,
					SQLITE_PREPARE_PERSISTENT, &st->stmt[i],
					NULL);
	return rc;
}
