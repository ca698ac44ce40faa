#include "core/service/envelope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/service/json.h"

enum err
envelope_seal(const struct mail *m, struct buf *b)
{
	json_t *j;
	char *text;
	enum err e;

	json_begin();
	j = json_pack("{s:s,s:s,s:s,s:s?,s:s,s:s,s:I,s:s?,s:s?}", "to", m->to,
	    "subject", m->subject, "text", m->text, "html", m->html, "id",
	    m->id, "language", m->language, "at", (json_int_t)m->at, "file",
	    m->file ? m->file->name : NULL, "type",
	    m->file ? m->file->type : NULL);
	if ((e = json_line(j, 0, &text)))
		return e;
	buf_add(b, text, strlen(text) + 1);
	free(text);
	if (m->file)
		buf_add(b, m->file->octets, m->file->len);
	return b->err;
}

static const char *
member(json_t *j, const char *name, struct arena *a)
{
	const char *text = json_string_value(json_object_get(j, name));

	return text ? arena_text(a, text) : NULL;
}

static void
attached(json_t *j, struct arena *a, const char *octets, size_t len,
    const struct mail_file **out)
{
	const char *name = member(j, "file", a), *type = member(j, "type", a);
	struct mail_file *f;

	if (name == NULL || type == NULL ||
	    (f = arena_get(a, sizeof(*f))) == NULL)
		return;
	*f = (struct mail_file){
	    .name = name, .type = type, .octets = octets, .len = len};
	*out = f;
}

enum err
envelope_open(const void *octets, size_t len, struct arena *a, struct mail *out)
{
	const char *end = len ? memchr(octets, '\0', len) : NULL;
	OWN(json) json_t *j = NULL;
	size_t text;
	enum err e;

	*out = (struct mail){0};
	if (end == NULL)
		return ERR_CORRUPT;
	text = (size_t)(end - (const char *)octets);
	if ((e = json_read(octets, text, 0, ERR_CORRUPT, &j)))
		return e;
	*out = (struct mail){.to = member(j, "to", a),
	    .subject = member(j, "subject", a),
	    .text = member(j, "text", a),
	    .html = member(j, "html", a),
	    .id = member(j, "id", a),
	    .language = member(j, "language", a),
	    .at = json_integer_value(json_object_get(j, "at"))};
	attached(j, a, end + 1, len - text - 1, &out->file);
	if (arena_spent(a))
		return ERR_NO_MEMORY;
	return out->to && out->subject && out->text && out->id && out->language
		   ? ERR_OK
		   : ERR_CORRUPT;
}

void
envelope_mask(const char *address, char out[static ENVELOPE_MASK])
{
	const char *at = strrchr(address, '@');
	size_t len = strlen(address);
	char whole[ENVELOPE_MASK + 8];

	if (at)
		(void)snprintf(whole, sizeof(whole), "%.1s...%s", address, at);
	else
		(void)snprintf(whole, sizeof(whole), "...%s",
		    len > 4 ? address + len - 4 : "");
	text_copy(out, ENVELOPE_MASK, whole);
}
