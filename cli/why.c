/* `latchkey ap why`: what the responder remembers of refusals. */
#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/verbs.h"
#include "core/base/mac.h"

enum { PATH_ROOM = 4096 };

/* The socket of the responder lies next to its snapshot. */
static int
reach(struct cli *c)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	char copy[PATH_ROOM];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(copy, sizeof(copy), "%s", c->conf->radius.snapshot);
	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%.90s/radius.sock",
	    dirname(copy));
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		(void)cli_say(c, 1,
		    "the responder cannot be asked at %s: %s; is it running?",
		    to.sun_path, strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	return fd;
}

int
verb_ap_why(struct cli *c, const struct verb *v)
{
	char line[64], text[4096];
	struct mac mac;
	ssize_t n;
	int fd;

	(void)v;
	if (c->nwords > 1 || !cli_all_used(c))
		return 2;
	(void)snprintf(line, sizeof(line), "why\n");
	if (c->nwords == 1) {
		if (!mac_parse(c->word[0], strlen(c->word[0]), &mac, NULL))
			return cli_say(
			    c, 2, "%s is no address of a device", c->word[0]);
		mac_text(&mac, text);
		(void)snprintf(line, sizeof(line), "why %.20s\n", text);
	}
	if ((fd = reach(c)) < 0)
		return 1;
	if (write(fd, line, strlen(line)) != (ssize_t)strlen(line)) {
		(void)close(fd);
		return cli_say(c, 1, "the responder hung up");
	}
	while ((n = read(fd, text, sizeof(text))) > 0)
		(void)fwrite(text, 1, (size_t)n, stdout);
	(void)close(fd);
	return 0;
}
