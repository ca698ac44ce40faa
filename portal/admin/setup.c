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
admin_new(struct page *p)
{
	const struct editor *e = editor_of(p);
	union editor_noun noun;

	if (e == NULL)
		return ERR_NOT_FOUND;
	memset(&noun, 0, sizeof(noun));
	e->start(&noun);
	return editor_form(p, e, &noun, NULL, 200);
}

enum err
admin_edit(struct page *p)
{
	const struct editor *e = editor_of(p);
	struct uid id = page_id(p, 1);
	union editor_noun noun;
	enum err err;

	if (e == NULL)
		return ERR_NOT_FOUND;
	memset(&noun, 0, sizeof(noun));
	if ((err = e->get(&p->call, &id, &noun)))
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
admin_add(struct page *p)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	const struct editor *e = editor_of(p);
	union editor_noun noun;
	enum err err;

	if (e == NULL)
		return ERR_NOT_FOUND;
	memset(&noun, 0, sizeof(noun));
	if ((err = editor_read(p, e, &noun, &secret)) ||
	    (err = e->add(&p->call, &noun, &secret)))
		return again(p, e, &noun, err);
	return page_gof(p, "/admin/%s?done=added", e->word);
}

enum err
admin_save(struct page *p)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	const struct editor *e = editor_of(p);
	struct uid id = page_id(p, 1);
	bool now = strcmp(form_text(&p->form, "effect"), "now") == 0;
	union editor_noun noun;
	enum err err;

	if (e == NULL)
		return ERR_NOT_FOUND;
	memset(&noun, 0, sizeof(noun));
	if ((err = e->get(&p->call, &id, &noun)))
		return err;
	if ((err = editor_read(p, e, &noun, &secret)) ||
	    (err = (now && e->set_now ? e->set_now : e->set)(
		 &p->call, &noun, &secret)))
		return again(p, e, &noun, err);
	return page_gof(p, "/admin/%s?done=saved", e->word);
}

enum err
admin_remove(struct page *p)
{
	const struct editor *e = editor_of(p);
	struct uid id = page_id(p, 1);
	union editor_noun noun;
	enum err err;

	if (e == NULL)
		return ERR_NOT_FOUND;
	memset(&noun, 0, sizeof(noun));
	if ((err = e->get(&p->call, &id, &noun)))
		return err;
	if ((err = e->remove(&p->call, &id)))
		return mendable(err) ? again(p, e, &noun, err) : err;
	return page_gof(p, "/admin/%s?done=removed", e->word);
}
