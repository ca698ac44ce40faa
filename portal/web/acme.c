#include "portal/web/acme.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE "/.well-known/acme-challenge/"
#define BASE64URL                                                              \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

enum { LINE_END = 2, SAFELY = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC };

bool
acme_path(const char *path)
{
	return strncmp(path, PLACE, strlen(PLACE)) == 0;
}

const char *
acme_token(const char *path)
{
	const char *token = path + strlen(PLACE);
	size_t n;

	if (!acme_path(path))
		return NULL;
	n = strspn(token, BASE64URL);
	return n > 0 && n <= ACME_TOKEN_MAX && token[n] == '\0' ? token : NULL;
}

static size_t
without_line_end(const char *text, size_t len)
{
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len > 0 && text[len - 1] == '\r')
		len--;
	return len;
}

size_t
acme_says(const char *token, const char *text, size_t len)
{
	const size_t n = strlen(token), whole = n + 1 + ACME_HASH;

	len = without_line_end(text, len);
	if (len != whole || strncmp(text, token, n) != 0 || text[n] != '.')
		return 0;
	for (size_t i = n + 1; i < whole; i++)
		if (text[i] == '\0' || strchr(BASE64URL, text[i]) == NULL)
			return 0;
	return whole;
}

static enum err
not_open(void)
{
	switch (errno) {
	case ENOENT:
		return ERR_NOT_FOUND;
	case ELOOP:   /* a link */
	case ENOTDIR: /* or one in place of a directory */
	case ENXIO:   /* a socket */
		return ERR_BAD_INPUT;
	default:
		return ERR_IO;
	}
}

static enum err
take(int fd, const char *token, char out[static ACME_SAYS_MAX], size_t *len)
{
	char text[ACME_SAYS_MAX + LINE_END + 1];
	struct stat s;
	ssize_t n;

	if (fstat(fd, &s) != 0)
		return ERR_IO;
	if (!S_ISREG(s.st_mode))
		return ERR_BAD_INPUT;
	if ((n = read(fd, text, sizeof(text))) < 0)
		return ERR_IO;
	if ((*len = acme_says(token, text, (size_t)n)) == 0)
		return ERR_BAD_INPUT;
	memcpy(out, text, *len);
	return ERR_OK;
}

/* NAME below the directory AT, which is closed. */
static int
down(int at, const char *name, int how)
{
	int fd = at < 0 ? -1 : openat(at, name, how | O_RDONLY | SAFELY);
	const int why = errno;

	if (at >= 0)
		close(at);
	errno = why;
	return fd;
}

enum err
acme_read(const char *webroot, const char *token,
    char out[static ACME_SAYS_MAX], size_t *len)
{
	int fd = open(webroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
	enum err e;

	if (fd < 0)
		return ERR_CONFIG;
	fd = down(fd, ".well-known", O_PATH | O_DIRECTORY);
	fd = down(fd, "acme-challenge", O_PATH | O_DIRECTORY);
	if ((fd = down(fd, token, 0)) < 0)
		return not_open();
	e = take(fd, token, out, len);
	close(fd);
	return e;
}
