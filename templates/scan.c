#include "templates/scan.h"

#include <ctype.h>
#include <string.h>

enum { WORDS_MAX = 600 };

static void
space(const char **p, const char *end)
{
	while (*p < end && isspace((unsigned char)**p))
		(*p)++;
}

/* One or more string literals in a row; false when there is none, or it goes
 * on with something else. */
static bool
literal(const char **p, const char *end, char out[static WORDS_MAX])
{
	size_t n = 0;
	bool any = false;

	for (space(p, end); *p < end && **p == '"'; space(p, end)) {
		for ((*p)++; *p < end && **p != '"'; (*p)++) {
			if (**p == '\\' && (*p)[1] == '"')
				(*p)++;
			else if (**p == '\\')
				return false;
			if (n + 1 >= WORDS_MAX)
				return false;
			out[n++] = **p;
		}
		if (*p >= end)
			return false;
		(*p)++;
		any = true;
	}
	out[n] = '\0';
	return any && *p < end && (**p == ',' || **p == ')');
}

/* Past N commas of the present argument list. */
static bool
skip(const char **p, const char *end, int n)
{
	int depth = 0;
	bool quoted = false;

	for (; *p < end && n > 0; (*p)++) {
		char c = **p;

		if (c == '\\' && quoted)
			(*p)++;
		else if (c == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth-- == 0)
			return false;
		else if (c == ',' && depth == 0)
			n--;
	}
	return n == 0;
}

/* True when there is a word beside the conversions. */
static bool
says_something(const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '%')
			s += 1 + strcspn(s + 1, "sdiuc%");
		else if (isalpha((unsigned char)*s))
			return true;
		if (*s == '\0')
			break;
	}
	return false;
}

static bool
add(struct tpl *t, const char *text)
{
	int m = tpl_message(t, text);

	if (m < 0)
		return false;
	if (strchr(text, '%') != NULL)
		t->format[m] = true;
	return true;
}

bool
scan_words(struct tpl *t, const char *text, size_t len)
{
	static const struct {
		const char *name;
		int commas;
	} calls[] = {{"SAY(", 0}, {"why_set(", 3}, {"BAD(", 2},
	    {"imports_wrong(", 2}, {"ERR(", 2}, {"VERDICT(", 2}};
	const char *end = text + len;
	char words[WORDS_MAX];

	for (const char *p = text; p < end; p++) {
		if (p > text && (isalnum((unsigned char)p[-1]) ||
				    p[-1] == '_' || p[-1] == '"'))
			continue;
		for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
			size_t n = strlen(calls[i].name);
			const char *q = p + n;

			if ((size_t)(end - p) <= n ||
			    memcmp(p, calls[i].name, n) != 0 ||
			    !skip(&q, end, calls[i].commas) ||
			    !literal(&q, end, words) || !says_something(words))
				continue;
			if (!add(t, words))
				return false;
		}
	}
	return true;
}
