/*
 * latchkey-portal - the web side: sign-in, self-service, administration
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/conf/conf.h"
#include "portal/kore/server.h"

static int
usage(FILE *f, int code)
{
	(void)fputs("usage: latchkey-portal [-c FILE] [-k SOCKET] [-V]\n", f);
	return code;
}

int
main(int argc, char **argv)
{
	OWN(conf) struct conf *conf = NULL;
	const char *path = CONF_PATH, *keeper = NULL;
	char why[CONF_WHY] = "";
	enum log_level level = LOG_INFO_;
	int c;

	while ((c = getopt(argc, argv, "c:k:hV")) != -1) {
		if (c == 'V') {
			(void)puts("latchkey-portal " LATCHKEY_VERSION);
			return 0;
		}
		if (c == 'h')
			return usage(stdout, 0);
		if (c != 'c' && c != 'k')
			return usage(stderr, EX_USAGE);
		*(c == 'c' ? &path : &keeper) = optarg;
	}
	if (optind != argc)
		return usage(stderr, EX_USAGE);
	if (conf_load(path, &conf, why) != ERR_OK) {
		(void)fprintf(stderr, "latchkey-portal: %s\n", why);
		return EX_CONFIG;
	}
	(void)log_level_parse(conf->log.level, &level);
	log_start(
	    "latchkey-portal", strcmp(conf->log.form, "json") == 0, level);
	return server_run(conf, keeper, argc, argv);
}
