#include "portal/self/hours.h"

#include <string.h>
#include <strings.h>

#include "core/base/say.h"

static const struct {
	const char *word, *name;
} days[] = {
    {"mon", SAY("Monday")},
    {"tue", SAY("Tuesday")},
    {"wed", SAY("Wednesday")},
    {"thu", SAY("Thursday")},
    {"fri", SAY("Friday")},
    {"sat", SAY("Saturday")},
    {"sun", SAY("Sunday")},
};

static const char *
day(const char *text)
{
	for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++)
		if (strncasecmp(text, days[i].word, 3) == 0)
			return days[i].name;
	return NULL;
}

const char *
hours_words(struct page *p, const char *s)
{
	OWN(buf) struct buf b = BUF(2000);
	const char *name;

	while (*s != '\0' && b.err == ERR_OK) {
		if ((name = day(s)) != NULL) {
			buf_text(&b, tpl_said(p->view.lang, name));
			s += 3;
			continue;
		}
		if (*s == '-')
			buf_text(&b, "\xe2\x80\x93");
		else if (*s == ',')
			buf_text(&b, ", ");
		else if (*s == ';')
			buf_text(&b, " \xc2\xb7 ");
		else if (*s != ' ' || (b.len > 0 && b.p[b.len - 1] != ' '))
			buf_char(&b, *s);
		s++;
	}
	return arena_text(p->arena, buf_str(&b));
}
