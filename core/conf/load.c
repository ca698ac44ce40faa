/* Configuration and secrets from files, with what may be wrong about those. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/conf/table.h"

static void
fd_own(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

enum err
conf_say(char why[static CONF_WHY], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, CONF_WHY, fmt, ap);
	va_end(ap);
	return ERR_CONFIG;
}

static ssize_t
read_all(int fd, char *out, size_t room)
{
	size_t n = 0;

	while (n < room) {
		ssize_t got = read(fd, out + n, room - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

/* Plain, and closed to those who are neither owner nor group. */
static enum err private(
    const char *file, const struct stat *s, char why[static CONF_WHY]) {
	if (!S_ISREG(s->st_mode)) return conf_say(
	    why, "%s: a plain file was expected", file);
	if (s->st_mode & (S_IRWXO | S_IWGRP)) return conf_say(why,
	    "%s: others may read or change this secret: run `chmod "
	    "o-rwx,g-w %s`",
	    file, file);
	return ERR_OK;
}

/* Runs EACH over every secret file that is named. */
static enum err
each_file(const struct conf *c, bool secrets, char why[static CONF_WHY],
    enum err (*each)(const char *file, char why[static CONF_WHY]))
{
	enum err e;

	for (size_t i = 0; i < conf_nsections; i++) {
		const struct conf_section *s = &conf_sections[i];
		size_t n = s->titled ? c->nprovider : 1;
		const char *base = (const char *)c + s->offset;

		if (s->titled)
			base = (const char *)c->provider;
		for (size_t k = 0; k < n * s->nrows; k++) {
			const struct conf_row *row = &s->rows[k % s->nrows];
			const char *file;

			if (row->kind != CONF_SECRET &&
			    (secrets || row->kind != CONF_PATH_))
				continue;
			memcpy(&file,
			    base + k / s->nrows * s->size + row->offset,
			    sizeof(file));
			if (file[0] && (e = each(file, why)))
				return e;
		}
	}
	return ERR_OK;
}

static enum err
not_open(const char *file, char why[static CONF_WHY])
{
	struct stat s;

	return stat(file, &s) == 0 ? private(file, &s, why) : ERR_OK;
}

enum err
conf_load(const char *path, struct conf **out, char why[static CONF_WHY])
{
	OWN(mem) char *text = malloc(CONF_FILE_MAX + 2);
	OWN(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	enum err e;

	*out = NULL;
	if (text == NULL)
		return ERR_NO_MEMORY;
	if (fd < 0)
		return conf_say(
		    why, "%s: cannot be read: %s", path, strerror(errno));
	if ((n = read_all(fd, text, CONF_FILE_MAX + 1)) < 0)
		return conf_say(
		    why, "%s: cannot be read: %s", path, strerror(errno));
	if ((e = conf_parse(path, text, (size_t)n, out, why)))
		return e;
	if ((e = each_file(*out, true, why, not_open))) {
		conf_free(*out);
		*out = NULL;
	}
	return e;
}

static enum err
readable(const char *file, char why[static CONF_WHY])
{
	if (access(file, R_OK) == 0)
		return ERR_OK;
	return conf_say(why, "%s: cannot be read: %s", file, strerror(errno));
}

/* Files that are made while running need not be there. */
enum err
conf_check_files(const struct conf *c, char why[static CONF_WHY])
{
	const char *const paths[] = {
	    c->portal.certificate, c->portal.chroot, c->portal.acme_webroot};
	enum err e;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (paths[i][0] && (e = readable(paths[i], why)))
			return e;
	for (size_t i = 0; i < c->nprovider; i++)
		if (c->provider[i].ca_file[0] &&
		    (e = readable(c->provider[i].ca_file, why)))
			return e;
	return each_file(c, true, why, readable);
}

enum err
conf_secret(const char *file, struct secret *out, char why[static CONF_WHY])
{
	char text[SECRET_MAX + 3];
	OWN(fd)
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat s;
	ssize_t n;
	enum err e;

	*out = SECRET_NONE;
	if (fd < 0 || fstat(fd, &s) != 0)
		return conf_say(
		    why, "%s: cannot be read: %s", file, strerror(errno));
	if ((e = private(file, &s, why)))
		return e;
	if ((n = read_all(fd, text, sizeof(text) - 1)) < 0)
		return conf_say(
		    why, "%s: cannot be read: %s", file, strerror(errno));
	text[n] = '\0';
	if (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	if (n > 0 && text[n - 1] == '\r')
		text[--n] = '\0';
	if (n == 0 || n > SECRET_MAX || strlen(text) != (size_t)n ||
	    strchr(text, '\n'))
		e = conf_say(why, "%s: one line of 1 to %d octets was expected",
		    file, SECRET_MAX);
	else
		e = secret_set(out, text, (size_t)n);
	secret_wipe(text, sizeof(text));
	return e;
}
