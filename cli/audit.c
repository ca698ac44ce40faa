/* The record of acts. */
#include "core/service/audit.h"

#include <errno.h>
#include <jansson.h>
#include <stdio_ext.h>
#include <string.h>

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/base/clock.h"
#include "core/base/text.h"

enum { LATEST = 50, MOST = 10000, BATCH = 1000 };

int
verb_audit_verify(struct cli *c, const struct verb *v)
{
	const char *expect = cli_option(c, "head"), *at = cli_option(c, "seq");
	int64_t seq = 0, bad = 0, last = 0;
	char head[65] = "";
	enum err e;

	(void)v;
	if (!cli_all_used(c))
		return 2;
	if ((expect == NULL) != (at == NULL) ||
	    (at && !text_int(at, 1, INT64_MAX, &seq)))
		return cli_say(c, 2,
		    "--head HASH and --seq N go together: what an earlier "
		    "`latchkey audit verify` printed");
	e = audit_verify(&c->call, expect, seq, &bad, &last, head);
	if (e != ERR_OK && e != ERR_CORRUPT)
		return cli_fail(c, e);
	out_pairs(
	    c, (const struct out_pair[]){{"audit", bad ? "broken" : "whole", 0},
		   {"first_bad", NULL, bad}, {"seq", NULL, last},
		   {"head", head, 0}, {NULL, NULL, 0}});
	return bad || e ? 1 : 0;
}

static void
print_json(const struct audit_row *rows, size_t n)
{
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *detail =
		    json_loads(rows[i].detail ? rows[i].detail : "{}", 0, NULL);

		(void)json_array_append_new(all,
		    json_pack("{s:I,s:I,s:s,s:s,s:s,s:s,s:o}", "seq",
			(json_int_t)rows[i].seq, "at", (json_int_t)rows[i].at,
			"actor", rows[i].actor, "act", rows[i].act, "noun",
			noun_text(rows[i].noun), "id", rows[i].id.s, "detail",
			detail ? detail : json_null()));
	}
	(void)json_dumpf(all, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(all);
}

int
verb_audit_list(struct cli *c, const struct verb *v)
{
	const char *act = cli_option(c, "act"), *most = cli_option(c, "limit");
	struct audit_row *rows = NULL;
	int64_t limit = LATEST;
	size_t n = 0;
	char when[CLOCK_TEXT];
	enum err e;

	(void)v;
	if (!cli_all_used(c))
		return 2;
	if (most && !text_int(most, 1, MOST, &limit))
		return cli_say(
		    c, 2, "--limit: a number from 1 to %d was expected", MOST);
	if ((e = audit_list(
		 &c->call, act, NULL, INT64_MAX, (size_t)limit, &rows, &n)))
		return cli_fail(c, e);
	if (c->json) {
		print_json(rows, n);
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		clock_text(rows[i].at, when);
		(void)printf("%lld %s %s %s %s %s %s\n", (long long)rows[i].seq,
		    when, rows[i].actor, rows[i].act, noun_text(rows[i].noun),
		    rows[i].id.s, rows[i].detail ? rows[i].detail : "");
	}
	return 0;
}

/* --- export --- */

struct exported {
	int64_t last, n;
	char hash[65];
	int reason; /* why standard output took no more; 0: it did */
};

static int
export_failed(struct cli *c, const struct exported *x, enum err e)
{
	if (x->reason == 0)
		return cli_fail(c, e);
	__fpurge(stdout); /* said once, and what waits is not tried again */
	clearerr(stdout);
	return cli_say(
	    c, 1, "standard output cannot be written: %s", strerror(x->reason));
}

static enum err
print_line(void *ctx, const struct audit_line *l)
{
	OWN(buf) struct buf b = BUF(AUDIT_JSON_MAX);
	struct exported *x = ctx;
	enum err e = audit_line_json(l, &b);

	if (e)
		return e;
	if (puts(buf_str(&b)) < 0) {
		x->reason = errno;
		return ERR_IO;
	}
	x->last = l->seq;
	x->n++;
	text_copy(x->hash, sizeof(x->hash), l->hash);
	return ERR_OK;
}

/* The last line says where the chain stands, also when nothing is new. */
int
verb_audit_export(struct cli *c, const struct verb *v)
{
	const char *after = cli_option(c, "after");
	struct exported x = {0};
	int64_t before;
	enum err e;

	(void)v;
	if (!cli_all_used(c))
		return 2;
	if (after && !text_int(after, 0, INT64_MAX, &x.last))
		return cli_say(c, 2,
		    "--after: the number of a row was expected, as in seq");
	do {
		before = x.n;
		if ((e = audit_after(&c->call, x.last, BATCH, print_line, &x)))
			return export_failed(c, &x, e);
	} while (x.n > before);
	if (x.n == 0 && (e = audit_head(&c->call, &x.last, x.hash)))
		return cli_fail(c, e);
	if (printf("{\"head\":\"%s\",\"seq\":%lld}\n", x.hash,
		(long long)x.last) < 0 ||
	    fflush(stdout) != 0) {
		x.reason = errno;
		return export_failed(c, &x, ERR_IO);
	}
	return 0;
}
