#include "core/model/zone.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/model/zone_rule.h"

#define FOLDER "/usr/share/zoneinfo/"

enum { TYPES_MAX = 256, RULE_MAX = 128 };

struct zone {
	struct zone *next;
	char name[ZONE_NAME_MAX + 1];
	int64_t *at; /* when the offset changes, ascending */
	uint8_t *to; /* to which type */
	size_t n;
	int32_t offset[TYPES_MAX];
	bool has_rule;
	struct zone_rule rule;
};

/* Every zone that was asked for. One per process, as a program that is locked
 * into a directory cannot read the database again. */
static struct {
	pthread_mutex_t lock;
	struct zone *first;
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

void
zone_free(struct zone *z)
{
	if (z == NULL)
		return;
	free(z->at);
	free(z->to);
	free(z);
}

/* RFC 8536 3.1 */
struct header {
	uint8_t version;
	uint32_t isut, isstd, leaps, changes, types, chars;
};

static bool
read_header(struct reader *r, struct header *h)
{
	const uint8_t *magic = reader_take(r, 4);

	if (magic == NULL || memcmp(magic, "TZif", 4) != 0)
		return false;
	h->version = reader_u8(r);
	reader_take(r, 15);
	h->isut = reader_be32(r);
	h->isstd = reader_be32(r);
	h->leaps = reader_be32(r);
	h->changes = reader_be32(r);
	h->types = reader_be32(r);
	h->chars = reader_be32(r);
	return reader_ok(r) && h->version >= '2' && h->types >= 1 &&
	       h->types <= TYPES_MAX && h->changes <= ZONE_CHANGES_MAX &&
	       h->chars <= ZONE_FILE_MAX && h->leaps <= ZONE_CHANGES_MAX &&
	       h->isut <= TYPES_MAX && h->isstd <= TYPES_MAX;
}

static bool
read_types(struct reader *r, const struct header *h, struct zone *z)
{
	for (uint32_t i = 0; i < h->types; i++) {
		z->offset[i] = (int32_t)reader_be32(r);
		reader_take(r, 2);
		if (z->offset[i] < -26 * 3600 || z->offset[i] > 26 * 3600)
			return false;
	}
	return reader_ok(r);
}

static bool
read_changes(struct reader *r, const struct header *h, struct zone *z)
{
	z->n = h->changes;
	z->at = calloc(z->n + 1, sizeof(*z->at));
	z->to = calloc(z->n + 1, sizeof(*z->to));
	if (z->at == NULL || z->to == NULL)
		return false;
	for (size_t i = 0; i < z->n; i++) {
		z->at[i] = (int64_t)reader_be64(r);
		if (i > 0 && z->at[i] <= z->at[i - 1])
			return false;
	}
	for (size_t i = 0; i < z->n; i++)
		if ((z->to[i] = reader_u8(r)) >= h->types)
			return false;
	return reader_ok(r);
}

static bool
read_rule(struct reader *r, struct zone *z)
{
	char text[RULE_MAX];
	size_t n = 0;
	uint8_t c;

	if (reader_u8(r) != '\n')
		return false;
	while ((c = reader_u8(r)) != '\n' && reader_ok(r) && n < RULE_MAX - 1)
		text[n++] = (char)c;
	text[n] = '\0';
	z->has_rule = n > 0;
	return reader_ok(r) && c == '\n' &&
	       (n == 0 || zone_rule_parse(text, &z->rule));
}

static bool
read_zone(struct reader *r, struct zone *z)
{
	struct header h;

	/* the block with 32-bit times is for programs of another age */
	if (!read_header(r, &h))
		return false;
	reader_take(r, h.changes * 5 + h.types * 6 + h.chars + h.leaps * 8 +
			   h.isstd + h.isut);
	if (!read_header(r, &h) || !read_changes(r, &h, z) ||
	    !read_types(r, &h, z))
		return false;
	reader_take(r, h.chars + h.leaps * 12 + h.isstd + h.isut);
	return read_rule(r, z);
}

enum err
zone_parse(const void *octets, size_t len, struct zone **out)
{
	OWN(zone) struct zone *z = calloc(1, sizeof(*z));
	struct reader r = reader_of(octets, len);

	*out = NULL;
	if (z == NULL)
		return ERR_NO_MEMORY;
	if (!read_zone(&r, z))
		return ERR_CORRUPT;
	*out = give(z);
	return ERR_OK;
}

static bool
name_ok(const char *name)
{
	size_t len = strnlen(name, ZONE_NAME_MAX + 1);

	return len <= ZONE_NAME_MAX && *name != '/' &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789+-_/") == len;
}

static enum err
read_file(const char *name, struct zone **out)
{
	char path[sizeof(FOLDER) + ZONE_NAME_MAX];
	OWN(mem) uint8_t *b = malloc(ZONE_FILE_MAX);
	size_t len = 0;
	ssize_t n = 1;
	int fd;

	if (b == NULL)
		return ERR_NO_MEMORY;
	text_copy(path, sizeof(path), FOLDER);
	text_copy(path + sizeof(FOLDER) - 1, ZONE_NAME_MAX + 1, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return ERR_NOT_FOUND;
	while (len < ZONE_FILE_MAX &&
	       (n = read(fd, b + len, ZONE_FILE_MAX - len)) > 0)
		len += (size_t)n;
	close(fd);
	if (n < 0) /* a folder, such as Europe */
		return ERR_NOT_FOUND;
	return zone_parse(b, len, out);
}

static enum err
get(const char *name, const struct zone **out)
{
	struct zone *z;
	enum err e;

	for (z = all.first; z != NULL; z = z->next)
		if (strcmp(z->name, name) == 0) {
			*out = z;
			return ERR_OK;
		}
	if ((e = read_file(name, &z)))
		return e;
	text_copy(z->name, sizeof(z->name), name);
	z->next = all.first;
	all.first = z;
	*out = z;
	return ERR_OK;
}

enum err
zone_get(const char *name, const struct zone **out)
{
	enum err e;

	*out = NULL;
	if (*name == '\0' || strcmp(name, "UTC") == 0)
		name = "Etc/UTC";
	if (!name_ok(name))
		return ERR_BAD_INPUT;
	pthread_mutex_lock(&all.lock);
	e = get(name, out);
	pthread_mutex_unlock(&all.lock);
	return e;
}

int32_t
zone_offset(const void *zone, int64_t when)
{
	const struct zone *z = zone;
	size_t lo = 0, hi;

	if (z == NULL)
		return 0;
	if (z->n > 0 && when < z->at[0])
		return z->offset[0]; /* RFC 8536 3.2: type 0 before the first */
	if (z->has_rule && (z->n == 0 || when >= z->at[z->n - 1]))
		return zone_rule_offset(&z->rule, when);
	if (z->n == 0)
		return z->offset[0];
	hi = z->n; /* at[lo] <= WHEN < at[hi] */
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->at[mid] <= when)
			lo = mid;
		else
			hi = mid;
	}
	return z->offset[z->to[lo]];
}

static int64_t
day_of(const struct zone *z, int64_t when)
{
	int64_t t = when + zone_offset(z, when);

	return t / 86400 - (t % 86400 < 0);
}

int64_t
zone_day_end(const struct zone *z, int64_t now)
{
	int64_t today = day_of(z, now), lo = now, hi = now + 3 * 86400;

	/* no formula: midnight itself may be skipped (Beirut, Santiago) */
	while (hi - lo > 1) {
		int64_t mid = lo + (hi - lo) / 2;

		if (day_of(z, mid) > today)
			hi = mid;
		else
			lo = mid;
	}
	return hi;
}
