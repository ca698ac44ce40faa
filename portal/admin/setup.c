/* Networks, plans, rules, access points: the pages that set them up. */
#include <string.h>

#include "portal/admin/editor.h"
#include "portal/web/route.h"

static const struct editor *
editor_of(const struct page *p)
{
	return editor_find(p->rq->args[0]);
}

enum err
admin_list(struct page *p)
{
	const struct editor *e = editor_of(p);

	return e ? editor_list(p, e) : ERR_NOT_FOUND;
}

enum err
editor_new(struct page *p, const struct editor *e)
{
	union editor_noun noun;

	memset(&noun, 0, sizeof(noun));
	e->start(&noun);
	return editor_form(p, e, &noun, NULL, 200);
}

enum err
editor_edit(struct page *p, const struct editor *e, const struct uid *id)
{
	union editor_noun noun;
	enum err err;

	memset(&noun, 0, sizeof(noun));
	if ((err = e->get(&p->call, id, &noun)))
		return err;
	return editor_form(p, e, &noun, NULL, 200);
}

/* What a person can mend is shown in the form, with what was typed. */
static bool
mendable(enum err err)
{
	return err == ERR_BAD_INPUT || err == ERR_EXISTS ||
	       err == ERR_CONFLICT || err == ERR_BAD_STATE;
}

static enum err
again(struct page *p, const struct editor *e, const union editor_noun *noun,
    enum err err)
{
	if (!mendable(err))
		return err;
	if (p->call.why.text[0] == '\0')
		(void)why_set(&p->call.why, err, "", "%s", err_words(err));
	return editor_form(p, e, noun, &p->form, err_http(err));
}

enum err
editor_add(struct page *p, const struct editor *e)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	union editor_noun noun;
	enum err err;

	memset(&noun, 0, sizeof(noun));
	e->start(&noun);
	if ((err = editor_read(p, e, &noun, &secret)) ||
	    (err = e->add(&p->call, &noun, &secret)))
		return again(p, e, &noun, err);
	return page_gof(p, "/admin/%s?done=added", e->word);
}

enum err
editor_save(struct page *p, const struct editor *e, const struct uid *id)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	bool now = strcmp(form_text(&p->form, "effect"), "now") == 0;
	union editor_noun noun;
	enum err err;

	memset(&noun, 0, sizeof(noun));
	if ((err = e->get(&p->call, id, &noun)))
		return err;
	if ((err = editor_read(p, e, &noun, &secret)) ||
	    (err = (now && e->set_now ? e->set_now : e->set)(
		 &p->call, &noun, &secret)))
		return again(p, e, &noun, err);
	return page_gof(p, "/admin/%s?done=saved", e->word);
}

enum err
editor_remove(struct page *p, const struct editor *e, const struct uid *id)
{
	union editor_noun noun;
	enum err err;

	memset(&noun, 0, sizeof(noun));
	if ((err = e->get(&p->call, id, &noun)))
		return err;
	if ((err = e->remove(&p->call, id)))
		return mendable(err) ? again(p, e, &noun, err) : err;
	return page_gof(p, "/admin/%s?done=removed", e->word);
}

enum err
admin_new(struct page *p)
{
	const struct editor *e = editor_of(p);

	return e ? editor_new(p, e) : ERR_NOT_FOUND;
}

enum err
admin_add(struct page *p)
{
	const struct editor *e = editor_of(p);

	return e ? editor_add(p, e) : ERR_NOT_FOUND;
}

enum err
admin_edit(struct page *p)
{
	const struct editor *e = editor_of(p);
	struct uid id = page_id(p, 1);

	return e ? editor_edit(p, e, &id) : ERR_NOT_FOUND;
}

enum err
admin_save(struct page *p)
{
	const struct editor *e = editor_of(p);
	struct uid id = page_id(p, 1);

	return e ? editor_save(p, e, &id) : ERR_NOT_FOUND;
}

enum err
admin_remove(struct page *p)
{
	const struct editor *e = editor_of(p);
	struct uid id = page_id(p, 1);

	return e ? editor_remove(p, e, &id) : ERR_NOT_FOUND;
}
