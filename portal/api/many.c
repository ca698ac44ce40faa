/* Many vouchers, and many passwords renewed. */
#include "portal/api/many.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/csv.h"
#include "core/service/rotations.h"
#include "core/service/vouchers.h"
#include "portal/api/api.h"

/* A batch as it is asked for, and as it is. */
struct batch {
	struct voucher_batch b;
	int uses;
	int64_t arrival, departure;
};

struct job {
	struct rotation r;
	struct uid network, plan, unit;
	char group[GROUP_MAX + 1];
};

#define ROW(type, name, member, kind, flags, help)                             \
	{                                                                      \
		name, kind, flags, offsetof(struct type, member),              \
		    sizeof(((struct type *)0)->member), NULL, help             \
	}
#define MUST (FIELD_SET | FIELD_REQUIRED)
#define MAY FIELD_SET

const struct field api_batch_fields[] = {
    ROW(batch, "id", b.id, FIELD_ID, 0, "its identifier"),
    ROW(batch, "name", b.name, FIELD_TEXT, MUST, "what they are for"),
    ROW(batch, "plan", b.plan, FIELD_ID, MUST, "what a password is worth"),
    ROW(batch, "size", b.size, FIELD_LONG, MUST, "how many, at most 5,000"),
    ROW(batch, "uses_max", uses, FIELD_INT, MAY, "guests per code; 1"),
    ROW(batch, "arrival", arrival, FIELD_TIME, MAY, "from when"),
    ROW(batch, "departure", departure, FIELD_TIME, MAY, "until when"),
    ROW(batch, "left", b.left, FIELD_LONG, 0, "how many are open"),
    ROW(batch, "redeemed", b.redeemed, FIELD_LONG, 0, "how many were used"),
    ROW(batch, "created", b.created, FIELD_TIME, 0, "when it was made"), {0}};

const struct field api_job_fields[] = {
    ROW(job, "id", r.id, FIELD_ID, 0, "its identifier"),
    ROW(job, "name", r.name, FIELD_TEXT, MUST, "why"),
    ROW(job, "per_hour", r.per_hour, FIELD_LONG, MUST, "passwords an hour"),
    ROW(job, "overlap", r.overlap, FIELD_LONG, MAY, "seconds both work"),
    ROW(job, "hours", r.hours, FIELD_TEXT, MAY, "as a plan's schedule"),
    ROW(job, "network", network, FIELD_ID, MAY, "those of this network"),
    ROW(job, "plan", plan, FIELD_ID, MAY, "those of this plan"),
    ROW(job, "unit", unit, FIELD_ID, MAY, "those of this unit"),
    ROW(job, "group", group, FIELD_TEXT, MAY, "those of people in it"),
    ROW(job, "state", r.state, FIELD_TEXT, 0,
	"running, stopped, moving or done"),
    ROW(job, "total", r.total, FIELD_LONG, 0, "passwords of it"),
    ROW(job, "rotated", r.rotated, FIELD_LONG, 0, "renewed"),
    ROW(job, "skipped", r.skipped, FIELD_LONG, 0, "left out"),
    ROW(job, "closed", r.closed, FIELD_LONG, 0, "old ones that have closed"),
    ROW(job, "waiting", r.waiting, FIELD_LONG, 0, "devices on old ones"),
    ROW(job, "moved", r.moved, FIELD_LONG, 0, "devices on new ones"),
    ROW(job, "created", r.created, FIELD_TIME, 0, "when it started"),
    ROW(job, "finished", r.finished, FIELD_TIME, 0, "when it was done"), {0}};

static enum err
answer(struct api *a, const struct field *fields, const void *noun,
    const struct uid *id)
{
	api_done(a, id, 0);
	a->out = api_object(fields, noun);
	return a->out ? ERR_OK : ERR_NO_MEMORY;
}

/* --- vouchers ---------------------------------------------------------------
 */

enum err
api_batch_list(struct api *a)
{
	struct voucher_batch *all = NULL;
	struct batch *v;
	size_t n = 0;
	enum err e = vouchers_batches(a->c, &all, &n);

	if (e)
		return e;
	if ((v = arena_array(a->c->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i].b = all[i];
	return api_list(a, api_batch_fields, v, n, sizeof(*v), true);
}

enum err
api_batch_make(struct api *a)
{
	struct batch v = {.uses = 0};
	struct voucher_order o;
	struct voucher_batch made;
	enum err e;

	if ((e = api_read(a, api_batch_fields, &v, true)))
		return e;
	o = (struct voucher_order){.plan = v.b.plan,
	    .name = v.b.name,
	    .arrival = v.arrival,
	    .departure = v.departure,
	    .uses = v.uses};
	if ((e = vouchers_batch(a->c, &o, v.b.size, &made)))
		return e;
	v.b = made;
	return answer(a, api_batch_fields, &v, &v.b.id);
}

static void
codes_own(struct secret **s)
{
	free(*s); /* wiped by those who know how many */
}

static void
table(const struct voucher *v, const struct secret *code, size_t n,
    struct buf *out, int64_t *count)
{
	char serial[16];

	buf_text(out, "number,code\r\n");
	for (size_t i = 0; i < n; i++) {
		if (code[i].len == 0)
			continue;
		(void)snprintf(serial, sizeof(serial), "%d", v[i].serial);
		csv_put(out, serial, ',');
		csv_put(out, secret_text(&code[i]), '\n');
		++*count;
	}
}

enum err
api_batch_codes(struct api *a)
{
	OWN(buf) struct buf out = BUF(1 << 20);
	OWN(codes) struct secret *code = NULL;
	struct voucher *v = NULL;
	int64_t count = 0;
	size_t n = 0;
	enum err e;

	if ((e = vouchers_of_batch(a->c, &a->id, &v, &n)))
		return e;
	if (n == 0)
		return ERR_NOT_FOUND;
	if ((code = calloc(n, sizeof(*code))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = vouchers_codes(a->c, v, n, "export", code)) == ERR_OK)
		table(v, code, n, &out, &count);
	secret_wipe(code, n * sizeof(*code));
	if (e || (e = out.err))
		return e;
	a->out = json_pack(
	    "{sI ss}", "count", (json_int_t)count, "text", buf_str(&out));
	return a->out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
api_batch_end(struct api *a)
{
	int64_t n;

	return vouchers_batch_end(a->c, &a->id, &n);
}

/* --- rotations --- */

enum err
api_job_list(struct api *a)
{
	struct rotation *all = NULL;
	struct job *v;
	size_t n = 0;
	enum err e = rotations_list(a->c, &all, &n);

	if (e)
		return e;
	if ((v = arena_array(a->c->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i].r = all[i];
	return api_list(a, api_job_fields, v, n, sizeof(*v), true);
}

enum err
api_job_get(struct api *a)
{
	struct job v = {.group = ""};
	enum err e = rotations_get(a->c, &a->id, &v.r);

	return e ? e : answer(a, api_job_fields, &v, &v.r.id);
}

enum err
api_job_start(struct api *a)
{
	struct job v = {.r = {.overlap = 86400}};
	struct rotation_order o;
	struct rotation made;
	enum err e;

	if ((e = api_read(a, api_job_fields, &v, true)))
		return e;
	o = (struct rotation_order){.name = v.r.name,
	    .group = v.group,
	    .hours = v.r.hours,
	    .network = v.network,
	    .plan = v.plan,
	    .unit = v.unit,
	    .per_hour = v.r.per_hour,
	    .overlap = v.r.overlap};
	if ((e = rotations_start(a->c, &o, &made)))
		return e;
	v.r = made;
	return answer(a, api_job_fields, &v, &v.r.id);
}

static enum err
act(struct api *a, enum err (*run)(struct call *c, const struct uid *id))
{
	enum err e = run(a->c, &a->id);

	if (e)
		return e;
	api_done(a, &a->id, 0);
	return api_job_get(a);
}

enum err
api_job_stop(struct api *a)
{
	return act(a, rotations_stop);
}

enum err
api_job_go_on(struct api *a)
{
	return act(a, rotations_go_on);
}

enum err
api_job_end(struct api *a)
{
	return act(a, rotations_end);
}
