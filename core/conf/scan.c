#include "core/conf/scan.h"

enum { DEPTH_MAX = 8 };

struct scan {
	const char *p, *end;
	int line;
	int opened[DEPTH_MAX]; /* the lines of what is open */
	int depth;
	const char *what;
};

static bool
wrong(struct scan *s, int line, const char *what)
{
	s->line = line;
	s->what = what;
	return false;
}

static bool
at(const struct scan *s, char a, char b)
{
	return s->p + 1 < s->end && s->p[0] == a && s->p[1] == b;
}

static bool
comment(struct scan *s)
{
	int began = s->line;

	if (*s->p == '#' || at(s, '/', '/')) {
		while (s->p < s->end && *s->p != '\n')
			s->p++;
		return true;
	}
	for (s->p += 2; s->p < s->end && !at(s, '*', '/'); s->p++)
		s->line += *s->p == '\n';
	if (s->p >= s->end)
		return wrong(s, began, "this comment is never closed");
	s->p += 2;
	return true;
}

static bool
quoted(struct scan *s)
{
	int began = s->line;
	char quote = *s->p++;

	for (; s->p < s->end && *s->p != quote; s->p++) {
		if (*s->p == '\n')
			break;
		if (quote == '"' && at(s, '$', '{'))
			return wrong(s, s->line,
			    "${...} is not put in; write the value itself");
		if (*s->p == '\\' && s->p + 1 < s->end)
			s->p++;
	}
	if (s->p >= s->end || *s->p != quote)
		return wrong(s, began, "this text has no closing quote");
	s->p++;
	return true;
}

static bool
brace(struct scan *s)
{
	char c = *s->p++;

	if (c == '}') {
		if (s->depth == 0)
			return wrong(s, s->line, "this } closes nothing");
		s->depth--;
		return true;
	}
	if (s->depth == DEPTH_MAX)
		return wrong(s, s->line, "sections are nested too deeply");
	s->opened[s->depth++] = s->line;
	return true;
}

static bool
step(struct scan *s)
{
	switch (*s->p) {
	case '\0':
		return wrong(s, s->line, "a NUL is in the file");
	case '"':
	case '\'':
		return quoted(s);
	case '{':
	case '}':
		return brace(s);
	case '#':
		return comment(s);
	case '/':
		if (at(s, '/', '/') || at(s, '/', '*'))
			return comment(s);
		break;
	case '$':
		if (at(s, '$', '{'))
			return wrong(s, s->line,
			    "${...} is not put in; write the value itself");
		break;
	case '\n':
		s->line++;
		break;
	}
	s->p++;
	return true;
}

bool
conf_scan(const char *text, size_t len, int *line, const char **what)
{
	struct scan s = {.p = text, .end = text + len, .line = 1};

	while (s.what == NULL && s.p < s.end)
		(void)step(&s);
	if (s.what == NULL && s.depth > 0)
		(void)wrong(&s, s.opened[s.depth - 1],
		    "what is opened here is never closed; a } is missing");
	*line = s.line;
	*what = s.what;
	return s.what == NULL;
}
