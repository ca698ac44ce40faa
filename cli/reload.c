#include "cli/reload.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "core/base/buf.h"

/* The file as a hash: it may name secrets, so nothing of it is kept. */
static bool
hash_of(const char *path, uint8_t out[static HASH_LEN])
{
	OWN(buf) struct buf b = BUF(RELOAD_MAX);
	char part[4096];
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_add(&b, part, (size_t)n);
	(void)close(fd);
	return n == 0 && b.err == ERR_OK &&
	       hash_sha256(buf_str(&b), b.len, out) == ERR_OK;
}

void
reload_seen(const char *path, uint8_t seen[static HASH_LEN])
{
	if (!hash_of(path, seen))
		memset(seen, 0, HASH_LEN);
}

enum reload
reload_look(
    const char *path, uint8_t seen[static HASH_LEN], char why[static CONF_WHY])
{
	struct conf *conf = NULL;
	uint8_t now[HASH_LEN];
	bool fine;

	why[0] = '\0';
	if (hash_of(path, now) && memcmp(now, seen, HASH_LEN) == 0)
		return RELOAD_SAME;
	fine = conf_load(path, &conf, why) == ERR_OK &&
	       cli_check_files(conf, why) == ERR_OK;
	conf_free(conf);
	if (!fine)
		return RELOAD_BAD;
	reload_seen(path, seen);
	return RELOAD_NEW;
}
