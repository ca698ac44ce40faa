#include "core/handout/xml.h"

#include <string.h>

#include "core/base/text.h"

static bool
fine(uint32_t cp)
{
	return cp >= 0x20 && cp != 0xfffe && cp != 0xffff;
}

bool
xml_ok(const char *t)
{
	if (!text_utf8_ok(t, strlen(t)))
		return false;
	while (*t != '\0')
		if (!fine(text_next(&t)))
			return false;
	return true;
}

void
xml_text(struct buf *out, const char *t)
{
	for (const char *next = t; *t != '\0'; t = next) {
		uint32_t cp = text_next(&next);

		if (cp == '&')
			buf_text(out, "&amp;");
		else if (cp == '<')
			buf_text(out, "&lt;");
		else if (cp == '>')
			buf_text(out, "&gt;");
		else if (cp == '"')
			buf_text(out, "&quot;");
		else if (!fine(cp))
			buf_char(out, ' ');
		else
			buf_add(out, t, (size_t)(next - t));
	}
}
