/*
 * smtp.h - tests/lib/smtp.py, a real SMTP server, with a pipe in and one out
 */
#pragma once

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/test.h"

struct smtp {
	pid_t pid;
	FILE *out;
	int in;
	char url[64], line[65536];
};

static inline void
smtp_own(struct smtp *p)
{
	close(p->in);
	(void)fclose(p->out);
	(void)waitpid(p->pid, NULL, 0);
}

static inline void
smtp_open(struct smtp *p, const char *const extra[])
{
	int in[2], out[2], port;
	const char *argv[8] = {"/usr/bin/python3", "tests/lib/smtp.py"};

	for (int i = 0; extra && extra[i]; i++)
		argv[2 + i] = extra[i];
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	if ((p->pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	p->in = in[1];
	p->out = fdopen(out[0], "r");
	assert_non_null(fgets(p->line, sizeof(p->line), p->out));
	assert_int_equal(sscanf(p->line, "port %d", &port), 1);
	(void)snprintf(p->url, sizeof(p->url), "smtp://127.0.0.1:%d", port);
}

/* The next letter is in p->line, and holds WHAT. */
static inline void
smtp_got(struct smtp *p, const char *what)
{
	assert_non_null(fgets(p->line, sizeof(p->line), p->out));
	if (strstr(p->line, what) == NULL)
		fail_msg("no %s in %s", what, p->line);
}

/* The letter that smtp_got() took holds WHAT, too. */
static inline void
smtp_got_more(struct smtp *p, const char *what)
{
	if (strstr(p->line, what) == NULL)
		fail_msg("no %s in %s", what, p->line);
}
