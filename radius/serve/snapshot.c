#include "radius/serve/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"

enum { SNAPSHOT_FORMAT = 6 };

#define SNAPSHOT_MAX ((size_t)1 << 30)

static const struct seal_place place = {
    .table = "snapshot", .row = "radius", .column = "known"};

/* What the file begins with: it is read only when all is the same. */
struct head {
	char magic[16];
	char version[16];
	uint32_t format;
	uint32_t size[5]; /* of the records */
	uint64_t count[5];
	int64_t position;
	struct world_mark mark;
};

enum { NETWORKS, PLANS, APS, KEYS, DEVICES };

struct ap_row {
	struct world_ap ap;
	bool signs;
};

struct key_row {
	struct uid id;
	struct key_data data;
};

/* What is known of a device, and no more: there are many. */
struct device_row {
	struct uid id, network, key;
	struct mac mac;
	bool registered, blocked;
	uint32_t last_seen, site;
};

static void
head_fill(struct head *h)
{
	*h = (struct head){.magic = "latchkey-radius",
	    .format = SNAPSHOT_FORMAT,
	    .size = {sizeof(struct network), sizeof(struct plan),
		sizeof(struct ap_row), sizeof(struct key_row),
		sizeof(struct device_row)}};
	(void)snprintf(h->version, sizeof(h->version), "%s", LATCHKEY_VERSION);
}

/* --- writing --- */

struct writer {
	uint8_t *sealed; /* room for all of it, sealed in place */
	uint8_t *p;      /* the plain octets in it */
	size_t len, max;
	bool bad;
};

static void
put(struct writer *w, const void *v, size_t len)
{
	if (w->bad || w->max - w->len < len) {
		w->bad = true;
		return;
	}
	memcpy(w->p + w->len, v, len);
	w->len += len;
}

static void
put_networks(struct writer *w, struct known *k, struct head *h)
{
	for (size_t i = 0; k->networks != NULL && i < k->networks->n; i++) {
		put(w, &k->networks->v[i]->network, sizeof(struct network));
		h->count[NETWORKS]++;
	}
}

static void
put_plans(struct writer *w, struct known *k, struct head *h)
{
	const struct known_plan *p;

	for (size_t i = 0; (p = table_next(&k->plans, &i)) != NULL;) {
		put(w, &p->plan, sizeof(p->plan));
		h->count[PLANS]++;
	}
}

static void
put_aps(struct writer *w, struct known *k, struct head *h)
{
	const struct known_ap *a;

	for (size_t i = 0; (a = table_next(&k->aps_by_id, &i)) != NULL;) {
		struct ap_row row;

		/* what stands between members is written, too */
		memset(&row, 0, sizeof(row));
		row.ap.ap = a->ap;
		row.ap.secret = a->shared.secret;
		row.signs = a->signs;
		put(w, &row, sizeof(row));
		secret_wipe(&row, sizeof(row));
		h->count[APS]++;
	}
}

static void
put_keys(struct writer *w, struct known *k, struct head *h)
{
	const struct known_key *key;

	for (size_t i = 0; (key = table_next(&k->keys, &i)) != NULL;) {
		const struct key_data *d = known_key_data(key);
		struct key_row row;

		if (d == NULL)
			continue;
		memset(&row, 0, sizeof(row));
		row.id = key->id;
		memcpy(&row.data, d, key_data_size(d));
		put(w, &row, sizeof(row));
		secret_wipe(&row, sizeof(row));
		h->count[KEYS]++;
	}
}

static const struct network *
network_of(const struct known *k, uint32_t number)
{
	const struct known_networks *all = k->networks;

	for (size_t i = 0; all != NULL && i < all->n; i++)
		if (all->v[i]->number == number)
			return &all->v[i]->network;
	return NULL;
}

static void
put_devices(struct writer *w, struct known *k, struct head *h)
{
	const struct known_device *d;

	for (size_t i = 0; (d = table_next(&k->devices, &i)) != NULL;) {
		const struct network *n = network_of(k, d->network);
		struct device_row row;

		if (n == NULL)
			continue;
		memset(&row, 0, sizeof(row));
		row.id = d->id;
		row.network = n->id;
		row.key = d->key->id;
		row.mac = d->mac;
		row.registered = d->registered;
		row.blocked = d->blocked;
		row.last_seen = d->last_seen;
		row.site = d->site;
		put(w, &row, sizeof(row));
		h->count[DEVICES]++;
	}
}

static size_t
needed(const struct known *k)
{
	return sizeof(struct head) +
	       (k->networks == NULL ? 0 : k->networks->n) *
		   sizeof(struct network) +
	       k->plans.count * sizeof(struct plan) +
	       k->aps_by_id.count * sizeof(struct ap_row) +
	       k->keys.count * sizeof(struct key_row) +
	       k->devices.count * sizeof(struct device_row);
}

/* All of K as one run of octets; the lock keeps it still. */
static enum err
gather(struct known *k, const struct world_mark *mark, struct writer *w)
{
	struct head h;

	head_fill(&h);
	known_lock(k);
	w->max = needed(k);
	if (w->max <= SNAPSHOT_MAX &&
	    (w->sealed = malloc(SEAL_LEN(w->max))) != NULL) {
		w->p = w->sealed + SEAL_HEAD;
		w->len = sizeof(h);
		put_networks(w, k, &h);
		put_plans(w, k, &h);
		put_aps(w, k, &h);
		put_keys(w, k, &h);
		put_devices(w, k, &h);
		h.position = k->position;
		h.mark = *mark;
		memcpy(w->p, &h, sizeof(h));
	}
	known_unlock(k);
	return w->p == NULL || w->bad ? ERR_NO_MEMORY : ERR_OK;
}

static enum err
write_all(int fd, const uint8_t *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC; /* what else could it be */
		if (n <= 0)
			return ERR_IO;
		p += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0 ? ERR_OK : ERR_IO;
}

static enum err
replace(const char *path, const uint8_t *p, size_t len)
{
	char tmp[4096];
	enum err e;
	int fd;

	if (snprintf(tmp, sizeof(tmp), "%s.new", path) >= (int)sizeof(tmp))
		return ERR_TOO_BIG;
	(void)unlink(tmp);
	fd = open(
	    tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return ERR_IO;
	e = write_all(fd, p, len);
	if (close(fd) != 0 && e == ERR_OK)
		e = ERR_IO;
	if (e == ERR_OK && rename(tmp, path) != 0)
		e = ERR_IO;
	if (e) {
		int was = errno;

		(void)unlink(tmp);
		errno = was;
	}
	return e;
}

enum err
snapshot_save(struct state *st, struct known *k, const struct world_mark *mark)
{
	const char *path = st->conf->radius.snapshot;
	struct writer w = {.bad = false};
	int failed;
	enum err e;

	if (path[0] == '\0')
		return ERR_OK;
	if ((e = gather(k, mark, &w)) == ERR_OK)
		e = seal(st->ring, &place, w.p, w.len, w.sealed);
	if (e == ERR_OK)
		e = replace(path, w.sealed, SEAL_LEN(w.len));
	failed = errno;
	if (w.p != NULL) /* sealed, or not */
		secret_wipe(w.p, w.len);
	free(w.sealed);
	if (e)
		LOG(WARN, "radius.snapshot_not_written", LOG_S("file", path),
		    LOG_S(
			"error", e == ERR_IO ? strerror(failed) : err_name(e)));
	return e;
}

/* --- reading --- */

static enum err
slurp(const char *path, uint8_t **out, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat s;
	size_t at = 0;

	if (fd < 0)
		return ERR_NOT_FOUND;
	if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) ||
	    s.st_size < SEAL_OVERHEAD || (size_t)s.st_size > SNAPSHOT_MAX ||
	    (*out = malloc((size_t)s.st_size)) == NULL) {
		(void)close(fd);
		return ERR_CORRUPT;
	}
	*len = (size_t)s.st_size;
	while (at < *len) {
		ssize_t n = read(fd, *out + at, *len - at);

		if (n <= 0 && !(n < 0 && errno == EINTR))
			break;
		at += n > 0 ? (size_t)n : 0;
	}
	(void)close(fd);
	return at == *len ? ERR_OK : ERR_IO;
}

static enum err
take_device(struct known *k, const struct device_row *row)
{
	const struct device d = {.id = row->id,
	    .network = row->network,
	    .key = row->key,
	    .mac = row->mac,
	    .origin = row->registered ? DEVICE_REGISTERED : DEVICE_LEARNT,
	    .blocked = row->blocked,
	    .last_seen = row->last_seen};

	return known_put_device_at(k, &d, row->site);
}

static enum err
take_row(struct known *k, int kind, const uint8_t *p)
{
	union {
		struct network network;
		struct plan plan;
		struct ap_row ap;
		struct key_row key;
		struct device_row device;
	} row;
	struct known_ap *a;
	enum err e = ERR_OK;

	if (kind == NETWORKS) {
		memcpy(&row.network, p, sizeof(row.network));
		e = known_put_network(k, &row.network);
	} else if (kind == PLANS) {
		memcpy(&row.plan, p, sizeof(row.plan));
		e = known_put_plan(k, &row.plan);
	} else if (kind == APS) {
		memcpy(&row.ap, p, sizeof(row.ap));
		e = known_put_ap(k, &row.ap.ap);
		if (row.ap.signs &&
		    (a = known_ap_by_id(k, &row.ap.ap.ap.id)) != NULL)
			a->signs = true;
	} else if (kind == KEYS) {
		memcpy(&row.key, p, sizeof(row.key));
		e = row.key.data.passphrase_len >
			    sizeof(row.key.data.passphrase)
			? ERR_CORRUPT
			: known_put_key_data(k, &row.key.id, &row.key.data);
		if (e == ERR_OK)
			known_over(k, &row.key.id, clock_now());
	} else {
		memcpy(&row.device, p, sizeof(row.device));
		e = take_device(k, &row.device);
	}
	secret_wipe(&row, sizeof(row));
	return e;
}

static enum err
take(struct known *k, struct world_mark *mark, const uint8_t *p, size_t len)
{
	struct head want, h;
	size_t at = sizeof(h);
	enum err e;

	head_fill(&want);
	if (len < sizeof(h))
		return ERR_CORRUPT;
	memcpy(&h, p, sizeof(h));
	if (memcmp(&h, &want, offsetof(struct head, count)) != 0)
		return ERR_NOT_FOUND;
	if (h.count[KEYS] > len || h.count[DEVICES] > len ||
	    known_reserve(k, h.count[KEYS], h.count[DEVICES]))
		return ERR_CORRUPT;
	for (int kind = 0; kind < 5; kind++)
		for (uint64_t i = 0; i < h.count[kind]; i++) {
			if (len - at < h.size[kind])
				return ERR_CORRUPT;
			if ((e = take_row(k, kind, p + at)))
				return e;
			at += h.size[kind];
		}
	if ((e = known_settle(k)))
		return e;
	k->position = h.position;
	*mark = h.mark;
	return ERR_OK;
}

enum err
snapshot_load(struct state *st, struct known *k, struct world_mark *mark)
{
	const char *path = st->conf->radius.snapshot;
	OWN(mem) uint8_t *sealed = NULL;
	uint8_t *plain;
	size_t n = 0, len = 0;
	enum err e;

	if ((e = slurp(path, &sealed, &n)) == ERR_NOT_FOUND)
		return e;
	if (e == ERR_OK) {
		plain = sealed + SEAL_HEAD;
		if ((e = seal_open(st->ring, &place, sealed, n, plain, &len)) ==
		    ERR_OK)
			e = take(k, mark, plain, len);
		secret_wipe(plain, len);
	}
	if (e)
		LOG(WARN, "radius.snapshot_not_used", LOG_S("file", path),
		    LOG_S("error", err_name(e)));
	else
		LOG(INFO, "radius.snapshot", LOG_I("keys", k->live),
		    LOG_I("position", k->position));
	return e;
}
