#include "portal/web/letter.h"

#include <string.h>

#include "core/service/envelope.h"
#include "core/service/message.h"
#include "portal/web/lang.h"
#include "portal/web/poster.h"
#include "portal/web/view.h"

enum { TEXT_MAX = 8192 };

/* What tpl.c escapes; *T is moved past it. */
static void
entity(const char **t, struct buf *out)
{
	static const struct {
		const char *name;
		char c;
	} all[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
	    {"&quot;", '"'}, {"&#34;", '"'}, {"&#39;", '\''}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		size_t n = strlen(all[i].name);

		if (strncmp(*t, all[i].name, n) == 0) {
			buf_char(out, all[i].c);
			*t += n;
			return;
		}
	}
	buf_char(out, *(*t)++);
}

/* Is this the tag NAME, with its bracket and what stands before the name? */
static bool
is_tag(const char *t, const char *before, const char *name)
{
	size_t b = strlen(before), n = strlen(name);

	return strncmp(t, before, b) == 0 && strncmp(t + b, name, n) == 0 &&
	       t[b + n] == '>';
}

/* Moves *T past the next tag NAME; false without one. */
static bool
after(const char **t, const char *name)
{
	for (; (*t = strchr(*t, '<')) != NULL; (*t)++)
		if (is_tag(*t, "<", name)) {
			*t = strchr(*t, '>') + 1;
			return true;
		}
	return false;
}

static void
plain(const char **t, const char *name, struct buf *out)
{
	while (**t != '\0' && !is_tag(*t, "</", name)) {
		if (**t == '<') {
			*t += strcspn(*t, ">");
			*t += **t == '>';
		} else if (**t == '&') {
			entity(t, out);
		} else {
			buf_char(out, *(*t)++);
		}
	}
}

enum err
letter_text(const char *page, struct buf *subject, struct buf *text)
{
	const char *t = page;

	if (!after(&t, "title"))
		return ERR_INTERNAL;
	plain(&t, "title", subject);
	while (after(&t, "p")) {
		if (text->len > 0)
			buf_text(text, "\n");
		plain(&t, "p", text);
		buf_text(text, "\n");
	}
	if (subject->err != ERR_OK)
		return subject->err;
	return text->err != ERR_OK ? text->err
	       : text->len > 0     ? ERR_OK
				   : ERR_INTERNAL;
}

struct view
letter_view(const struct page *p, const char *language)
{
	struct view v = p->view;
	int lang = lang_find(language);

	if (lang >= 0 && lang < langs_count) {
		v.lang = lang;
		v.code = langs[lang].code;
		v.dir = langs[lang].dir;
		view_says(&v, p->app);
	}
	return v;
}

/* Borrows from L, PAYLOAD and MASKED. */
static struct outbox_order
order(struct page *p, const struct letter *l, enum outbox_kind kind,
    const struct buf *payload, char masked[static ENVELOPE_MASK])
{
	envelope_mask(l->to, masked);
	return (struct outbox_order){.kind = kind,
	    .about = l->about,
	    .target = masked,
	    .urgent = true,
	    .person = l->person,
	    .key = l->key,
	    .useless = l->valid ? p->call.now + l->valid : 0,
	    .payload = payload->p,
	    .len = payload->len};
}

static enum err
put(struct page *p, const struct letter *l, enum outbox_kind kind,
    const struct buf *payload)
{
	char masked[ENVELOPE_MASK];
	struct outbox_order o = order(p, l, kind, payload, masked);
	struct uid id;
	enum err e;

	if ((e = outbox_put(&p->call, &o, &id)))
		return e;
	poster_poke(p->app->poster);
	return ERR_OK;
}

enum err
letter_message(struct page *p, const struct letter *l)
{
	OWN(buf) struct buf subject = BUF(MAIL_SUBJECT_MAX + 1);
	OWN(buf) struct buf text = BUF(MESSAGE_TEXT_MAX);
	OWN(buf) struct buf payload = BUF(OUTBOX_PAYLOAD_MAX);
	enum err e;

	if (p->app->conf->sms.url[0] == '\0')
		return ERR_BUSY;
	if ((e = letter_text(buf_str(l->page), &subject, &text)) ||
	    (e = message_seal(l->to, buf_str(&text), &payload)))
		return e;
	return put(p, l, OUTBOX_SMS, &payload);
}

static enum err
seal_letter(struct page *p, const struct letter *l, struct buf *payload)
{
	OWN(buf) struct buf subject = BUF(MAIL_SUBJECT_MAX + 1);
	OWN(buf) struct buf text = BUF(TEXT_MAX);
	struct uid id = uid_new();
	struct mail m = {.to = l->to,
	    .id = id.s,
	    .language = p->view.code,
	    .html = buf_str(l->page),
	    .file = l->file,
	    .at = p->rq->now};
	enum err e;

	if (p->app->conf->mail.url[0] == '\0')
		return ERR_BUSY;
	if ((e = letter_text(buf_str(l->page), &subject, &text)))
		return e;
	m.subject = buf_str(&subject);
	m.text = buf_str(&text);
	return envelope_seal(&m, payload);
}

enum err
letter_order(struct page *p, const struct letter *l, struct outbox_order *o)
{
	OWN(buf) struct buf payload = BUF(OUTBOX_PAYLOAD_MAX);
	char *masked = arena_get(p->arena, ENVELOPE_MASK);
	enum err e = seal_letter(p, l, &payload);

	if (e)
		return e;
	if (masked == NULL)
		return ERR_NO_MEMORY;
	*o = order(p, l, OUTBOX_MAIL, &payload, masked);
	o->payload = arena_copy(p->arena, payload.p, payload.len);
	return o->payload == NULL ? ERR_NO_MEMORY : ERR_OK;
}

enum err
letter_send(struct page *p, const struct letter *l)
{
	OWN(buf) struct buf payload = BUF(OUTBOX_PAYLOAD_MAX);
	enum err e = seal_letter(p, l, &payload);

	return e ? e : put(p, l, OUTBOX_MAIL, &payload);
}
