/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_READER_SQL_H
#define EF_AUDIT_READER_SQL_H

/*
 * The queries of reader_page.c: ?1 is the session, ?2 the number after which
 * the page begins, ?3 how many rows it has, ?4 the time that none is before.
 */
#define WHERE " WHERE session = ?1 AND seq > ?2 AND at_ms >= ?4"

/* The columns of a row, of which kind it may be; the joins come behind. */
#define ROWS                                                                   \
	"SELECT t.type, t.seq, t.at_ms, t.pid, t.tid, t.stage, t.proto, "      \
	"n.name, t.name_source, "                                              \
	"CASE WHEN json_valid(t.candidates) THEN (SELECT "                     \
	"group_concat(c.name, "                                                \
	"' ') FROM json_each(t.candidates) AS j JOIN names AS c ON c.id = "    \
	"j.value) END, "                                                       \
	"a.address, t.port, h.address, t.qtype, t.syscall, t.detail, "         \
	"t.netns, "                                                            \
	"t.verdict, t.action, t.reason, t.door, t.probe, t.held_ms, t.count, " \
	"t.errno, t.duration_ns, r.text, r.reason, r.line, v.path, p.ppid, "   \
	"p.uid, p.comm, p.exe, p.cwd, p.argv, s.address, t.answer, t.rcode, "  \
	"t.answers, t.kind, t.text, t.about FROM ("

#define ATTEMPTS                                                               \
	"SELECT 2 AS type, seq, at_ms, process, pid, tid, revision, stage, "   \
	"proto, name, name_source, candidates, address, port, placeholder, "   \
	"qtype, syscall, detail, foreign_netns AS netns, verdict, action, "    \
	"rule, reason, door, probe, held_ms, count, errno, duration_ns, "      \
	"NULL AS server, NULL AS rcode, 0 AS answers, NULL AS answer, "        \
	"NULL AS kind, NULL AS text, 0 AS about FROM attempts"

#define NAMES                                                                  \
	" ORDER BY seq LIMIT ?3) AS t "                                        \
	"LEFT JOIN names AS n ON n.id = t.name "                               \
	"LEFT JOIN addresses AS a ON a.id = t.address "                        \
	"LEFT JOIN addresses AS h ON h.id = t.placeholder "                    \
	"LEFT JOIN addresses AS s ON s.id = t.server "                         \
	"LEFT JOIN rules AS r ON r.id = t.rule "                               \
	"LEFT JOIN revisions AS v ON v.id = t.revision "                       \
	"LEFT JOIN processes AS p ON p.id = t.process ORDER BY t.seq"

static const char page_sql[] = ROWS ATTEMPTS WHERE
	" UNION ALL "
	"SELECT 1, seq, at_ms, process, pid, tid, revision, 'dns', proto, "
	"name, NULL, NULL, NULL, port, placeholder, qtype, 0, 0, 0, verdict, "
	"NULL, rule, reason, NULL, 0, 0, 1, NULL, NULL, server, rcode, "
	"answers, answer, NULL, NULL, 0 FROM questions" WHERE " UNION ALL "
	"SELECT 4, seq, at_ms, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, "
	"NULL, 0, NULL, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, "
	"NULL, NULL, NULL, NULL, 0, NULL, kind, detail, 0 FROM events" WHERE
	" UNION ALL "
	"SELECT 3, seq, at_ms, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, "
	"NULL, 0, NULL, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, "
	"NULL, NULL, NULL, NULL, 0, NULL, answer, scope || ' by ' || by, "
	"attempt FROM decisions" WHERE NAMES;

/* Attempts alone, up to a number, by a condition that is put in. */
static const char where_sql[] =
	ROWS ATTEMPTS WHERE " AND seq <= ?5 AND (%s)" NAMES;

#endif
