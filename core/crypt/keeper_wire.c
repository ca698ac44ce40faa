#include "core/crypt/keeper_wire.h"

#include <string.h>

enum { VERSION = 1, ERRS = ERR_COUNT };

static uint8_t *
put_number(uint8_t *w, uint64_t n)
{
	for (int i = 0; i < 8; i++)
		*w++ = (uint8_t)(n >> (56 - 8 * i));
	return w;
}

static uint64_t
get_number(const uint8_t *p)
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 8 | p[i];
	return n;
}

size_t
keeper_put_question(
    const struct keeper_question *q, uint8_t out[static KEEPER_QUESTION_MAX])
{
	const char *part[] = {q->at.table, q->at.row, q->at.column};
	uint8_t *w = out;

	*w++ = VERSION;
	*w++ = (uint8_t)q->act;
	w = put_number(w, q->nonce);
	w = put_number(w, (uint64_t)q->at.generation);
	for (int i = 0; i < 3; i++) {
		size_t len = part[i] ? strlen(part[i]) : 0;

		if (len > KEEPER_PLACE_MAX)
			return 0;
		*w++ = (uint8_t)len;
	}
	for (int i = 0; i < 3; i++) {
		size_t len = part[i] ? strlen(part[i]) : 0;

		memcpy(w, part[i] ? part[i] : "", len + 1);
		w += len + 1;
	}
	if (q->len > KEEPER_DATA_MAX)
		return 0;
	if (q->len > 0)
		memcpy(w, q->data, q->len);
	return (size_t)(w - out) + q->len;
}

/* One part of the place: LEN octets without NUL, then one. */
static const char *
get_part(const uint8_t **p, const uint8_t *end, size_t len)
{
	const char *part = (const char *)*p;

	if (len > KEEPER_PLACE_MAX || (size_t)(end - *p) < len + 1 ||
	    strnlen(part, len + 1) != len)
		return NULL;
	*p += len + 1;
	return part;
}

bool
keeper_get_question(const uint8_t *p, size_t n, struct keeper_question *q)
{
	const uint8_t *end = p + n, *len = p + 18;

	*q = (struct keeper_question){0};
	if (n < 21 || n > KEEPER_QUESTION_MAX || p[0] != VERSION ||
	    p[1] < KEEPER_HELLO || p[1] > KEEPER_RENEW)
		return false;
	q->act = (enum keeper_act)p[1];
	q->nonce = get_number(p + 2);
	q->at.generation = (int64_t)get_number(p + 10);
	p += 21;
	if ((q->at.table = get_part(&p, end, len[0])) == NULL ||
	    (q->at.row = get_part(&p, end, len[1])) == NULL ||
	    (q->at.column = get_part(&p, end, len[2])) == NULL)
		return false;
	q->data = p;
	q->len = (size_t)(end - p);
	return q->len <= KEEPER_DATA_MAX;
}

void
keeper_put_answer(
    const struct keeper_answer *a, uint8_t out[static KEEPER_ANSWER_HEAD])
{
	out[0] = VERSION;
	out[1] = (uint8_t)a->err;
	(void)put_number(out + 2, a->nonce);
}

bool
keeper_get_answer(const uint8_t *p, size_t n, struct keeper_answer *a)
{
	*a = (struct keeper_answer){.err = ERR_INTERNAL};
	if (n < KEEPER_ANSWER_HEAD || n > KEEPER_ANSWER_MAX ||
	    p[0] != VERSION || p[1] >= ERRS)
		return false;
	a->err = (enum err)p[1];
	a->nonce = get_number(p + 2);
	a->data = p + KEEPER_ANSWER_HEAD;
	a->len = n - KEEPER_ANSWER_HEAD;
	return true;
}
