/* Vouchers: codes that turn into a guest's password. */
#include "core/service/vouchers.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/base/text.h"
#include "core/service/setup.h"

enum { PAGE = 1000 };

static enum err
plan_of(struct cli *c, struct uid *out)
{
	const char *text = cli_option(c, "plan");
	struct plan p;

	if (text == NULL)
		return why_set(&c->call.why, ERR_BAD_INPUT, "plan",
		    "--plan must be given: what the password is worth");
	if (plan_find(&c->call, text, &p) != ERR_OK)
		return why_set(&c->call.why, ERR_BAD_INPUT, "plan",
		    "there is no plan called %.60s", text);
	*out = p.id;
	return ERR_OK;
}

/* V holds the texts that O borrows. */
static enum err
order(struct cli *c, struct voucher *v, struct voucher_order *o, int64_t *count)
{
	static const char *const names[] = {
	    "name", "mail", "room", "host", "language", "arrival", "departure"};
	const char *uses = cli_option(c, "uses");
	const char *many = cli_option(c, "count");
	int64_t n = 1;
	enum err e;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *t = cli_option(c, names[i]);
		const struct field *f = field_find(voucher_fields, names[i]);

		if (t && (e = field_set(f, v, t, &c->call.why)))
			return e;
	}
	if (uses && !text_int(uses, 1, VOUCHERS_USES, &n))
		return why_set(&c->call.why, ERR_BAD_INPUT, "uses",
		    "a number from 1 to %d was expected", VOUCHERS_USES);
	if (many && !text_int(many, 1, VOUCHERS_BATCH, count))
		return why_set(&c->call.why, ERR_BAD_INPUT, "count",
		    "a number from 1 to %d was expected", VOUCHERS_BATCH);
	*o = (struct voucher_order){.name = v->name,
	    .mail = v->mail,
	    .room = v->room,
	    .host = v->host,
	    .language = v->language,
	    .arrival = v->arrival,
	    .departure = v->departure,
	    .uses = (int)n};
	return plan_of(c, &o->plan);
}

static void
print_codes(const struct cli *c, const struct voucher *v, size_t n,
    const struct secret *code)
{
	json_t *all = json_array();

	if (!c->json)
		(void)printf("number,code\n");
	for (size_t i = 0; i < n; i++) {
		if (code[i].len == 0)
			continue;
		if (!c->json)
			(void)printf(
			    "%d,%s\n", v[i].serial, secret_text(&code[i]));
		(void)json_array_append_new(
		    all, json_pack("{sisssssI}", "number", v[i].serial, "code",
			     secret_text(&code[i]), "id", v[i].id.s, "prints",
			     (json_int_t)v[i].prints));
	}
	if (c->json) {
		(void)json_dumpf(all, stdout, JSON_INDENT(2));
		(void)putchar('\n');
	}
	json_decref(all);
}

static int
codes_of(struct cli *c, const struct uid *batch)
{
	struct voucher *v = NULL;
	struct secret *code;
	size_t n = 0;
	enum err e = vouchers_of_batch(&c->call, batch, &v, &n);

	if (e != ERR_OK)
		return cli_fail(c, e);
	if ((code = calloc(n + 1, sizeof(*code))) == NULL)
		return cli_fail(c, ERR_NO_MEMORY);
	e = vouchers_codes(&c->call, v, n, "export", code);
	if (e == ERR_OK)
		print_codes(c, v, n, code);
	secret_wipe(code, n * sizeof(*code));
	free(code);
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

static int
one(struct cli *c, const struct voucher_order *o)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher v;
	enum err e = vouchers_make(&c->call, o, &v, &code);

	if (e != ERR_OK)
		return cli_fail(c, e);
	out_pairs(c, (const struct out_pair[]){{"id", v.id.s, 0},
			 {"code", secret_text(&code), 0}, {NULL, NULL, 0}});
	return 0;
}

int
verb_voucher_add(struct cli *c, const struct verb *v)
{
	struct voucher texts = {.uses = 0};
	struct voucher_order o;
	struct voucher_batch b;
	int64_t count = 0;
	enum err e;

	(void)v;
	if ((e = order(c, &texts, &o, &count)))
		return cli_fail(c, e);
	if (!cli_all_used(c))
		return 2;
	if (count == 0)
		return one(c, &o);
	if ((e = vouchers_batch(&c->call, &o, count, &b)))
		return cli_fail(c, e);
	return codes_of(c, &b.id);
}

int
verb_voucher_list(struct cli *c, const struct verb *v)
{
	const char *word = cli_option(c, "state");
	enum voucher_state state = VOUCHER_OPEN;
	struct voucher *all = NULL;
	size_t n = 0, total = 0;
	enum err e;

	if (!cli_all_used(c))
		return 2;
	if (word && !voucher_state_parse(word, &state))
		return cli_say(
		    c, 2, "--state: asked, open, used or over was expected");
	if ((e = vouchers_list(&c->call, c->nwords ? c->word[0] : "",
		 word ? (int)state : -1, 0, PAGE, &all, &n, &total)))
		return cli_fail(c, e);
	out_list(c, v->fields, all, n, sizeof(*all));
	if (total > n)
		(void)cli_say(c, 0, "%zu of %zu are shown", n, total);
	return 0;
}

int
verb_voucher_batches(struct cli *c, const struct verb *v)
{
#define F(member, kind)                                                        \
	{                                                                      \
#member, kind, FIELD_SHORT,                                    \
		    offsetof(struct voucher_batch, member),                    \
		    sizeof(((struct voucher_batch *)0)->member), NULL, ""      \
	}
	static const struct field fields[] = {F(id, FIELD_ID),
	    F(name, FIELD_TEXT), F(size, FIELD_LONG), F(left, FIELD_LONG),
	    F(redeemed, FIELD_LONG), F(created, FIELD_TIME), {0}};
#undef F
	struct voucher_batch *all = NULL;
	size_t n = 0;
	enum err e;

	(void)v;
	if (!cli_all_used(c))
		return 2;
	if ((e = vouchers_batches(&c->call, &all, &n)))
		return cli_fail(c, e);
	out_list(c, fields, all, n, sizeof(*all));
	return 0;
}

static enum err
batch(struct cli *c, const char *text, struct voucher_batch *out)
{
	enum err e = vouchers_batch_find(&c->call, text, out);

	return e == ERR_NOT_FOUND ? why_set(&c->call.why, e, "",
					"there is no batch called %.80s", text)
				  : e;
}

int
verb_voucher_codes(struct cli *c, const struct verb *v)
{
	struct voucher_batch b;
	enum err e;

	if (cli_words(c, v, 1))
		return 2;
	e = batch(c, c->word[0], &b);
	return e == ERR_OK ? codes_of(c, &b.id) : cli_fail(c, e);
}

int
verb_voucher_withdraw(struct cli *c, const struct verb *v)
{
	const char *many = cli_option(c, "batch");
	struct voucher_batch b;
	struct uid id;
	int64_t n;
	enum err e;

	if ((many != NULL) == (c->nwords == 1) || c->nwords > 1)
		return cli_usage(c, v);
	if (!cli_all_used(c))
		return 2;
	if (many) {
		if ((e = batch(c, many, &b)) ||
		    (e = vouchers_batch_end(&c->call, &b.id, &n)))
			return cli_fail(c, e);
		out_pairs(c, (const struct out_pair[]){
				 {"withdrawn", NULL, n}, {NULL, NULL, 0}});
		return 0;
	}
	if (!uid_parse(c->word[0], &id))
		return cli_say(c, 2,
		    "the id of a voucher was expected: see `latchkey voucher "
		    "list`");
	e = vouchers_withdraw(&c->call, &id);
	return e == ERR_OK ? 0 : cli_fail(c, e);
}
