#include "core/base/log.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/text.h"

/* The one global that is not const: where and how this process logs. Set once
 * before any thread starts. */
static struct {
	const char *name;
	bool json;
	enum log_level least;
} out = {"latchkey", false, LOG_INFO_};

/* Lines that nobody took, and the lock that keeps a line whole. */
static int64_t dropped;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *const names[] = {"debug", "info", "warn", "error"};

struct line {
	size_t len;
	char b[4096];
};

static void
put(struct line *l, const char *t, size_t n)
{
	if (n > sizeof(l->b) - 2 - l->len)
		n = sizeof(l->b) - 2 - l->len;
	memcpy(l->b + l->len, t, n);
	l->len += n;
}

static void
puts_(struct line *l, const char *t)
{
	put(l, t, strlen(t));
}

/* Quoted as JSON does; control and non-ASCII octets that are not valid UTF-8
 * become \u00XX, so terminals and parsers see text only. */
static void
quoted(struct line *l, const char *t)
{
	size_t n = strnlen(t, LOG_VALUE_MAX);
	bool plain = text_utf8_ok(t, n);

	puts_(l, "\"");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)t[i];
		char esc[8];

		if (c == '"' || c == '\\') {
			put(l, "\\", 1);
			put(l, t + i, 1);
		} else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !plain)) {
			(void)snprintf(esc, sizeof(esc), "\\u%04x", c);
			puts_(l, esc);
		} else
			put(l, t + i, 1);
	}
	puts_(l, "\"");
}

static bool
bare(const char *t)
{
	return *t != '\0' && strlen(t) <= LOG_VALUE_MAX &&
	       strspn(t, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789-_.:/@+") == strlen(t);
}

static void
field(struct line *l, const struct log_field *f)
{
	char number[24];

	puts_(l, out.json ? ",\"" : " ");
	puts_(l, f->key);
	puts_(l, out.json ? "\":" : "=");
	if (f->text == NULL) {
		(void)snprintf(
		    number, sizeof(number), "%lld", (long long)f->number);
		puts_(l, number);
	} else if (!out.json && bare(f->text))
		puts_(l, f->text);
	else
		quoted(l, f->text);
}

void
log_start(const char *name, bool json, enum log_level least)
{
	out.name = name;
	out.json = json;
	out.least = least;
}

static void
fill(struct line *l, enum log_level level, const char *event,
    const struct log_field *fields)
{
	char when[CLOCK_TEXT], head[128];

	clock_text(clock_now(), when);
	(void)snprintf(head, sizeof(head),
	    out.json ? "{\"time\":\"%s\",\"program\":\"%s\",\"level\":\"%s\","
		       "\"event\":\"%s\""
		     : "%s %s %s %s",
	    when, out.name, names[level], event);
	puts_(l, head);
	for (int i = 0; i < LOG_FIELDS_MAX && fields[i].key != NULL; i++)
		field(l, &fields[i]);
	if (out.json)
		puts_(l, "}");
	l->b[l->len++] = '\n';
}

/* What takes anything at all takes a line: a pipe PIPE_BUF octets (pipe(7)), a
 * socket more. */
static bool
taken(const struct line *l)
{
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0 &&
	       write(STDERR_FILENO, l->b, l->len) == (ssize_t)l->len;
}

static void
tell_dropped(void)
{
	struct line l = {.len = 0};

	if (dropped == 0)
		return;
	fill(&l, LOG_WARN_, "log.dropped",
	    (struct log_field[]){LOG_I("lines", dropped), {0}});
	if (taken(&l))
		dropped = 0;
}

void
log_write(
    enum log_level level, const char *event, const struct log_field *fields)
{
	struct line l = {.len = 0};

	if (level < out.least)
		return;
	fill(&l, level, event, fields);
	(void)pthread_mutex_lock(&lock);
	tell_dropped();
	if (dropped > 0 || !taken(&l))
		dropped++;
	(void)pthread_mutex_unlock(&lock);
}

bool
log_level_parse(const char *text, enum log_level *level)
{
	for (int i = 0; i < 4; i++)
		if (strcmp(text, names[i]) == 0) {
			*level = (enum log_level)i;
			return true;
		}
	return false;
}
