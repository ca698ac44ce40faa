#include "core/model/why.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/text.h"

enum err
why_set(struct why *w, enum err e, const char *field, const char *fmt, ...)
{
	va_list ap;

	if (w == NULL)
		return e;
	text_copy(w->field, sizeof(w->field), field);
	va_start(ap, fmt);
	(void)vsnprintf(w->text, sizeof(w->text), fmt, ap);
	va_end(ap);
	return e;
}
