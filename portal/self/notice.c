#include "portal/self/notice.h"

#include <string.h>

#include "core/base/say.h"

static const struct {
	const char *word, *text;
} done[] = {
    {"made", SAY("Your new password is ready.")},
    {"rotated", SAY("The new password is ready. The old one no longer works.")},
    {"moving",
	SAY("The new password is ready. The old one works a while longer.")},
    {"renewed", SAY("It lasts longer now.")},
    {"mailed", SAY("It is on its way to your mail address.")},
    {"registered", SAY("The device is registered.")},
    {"joined", SAY("You are a member now.")},
    {"left", SAY("You are no longer a member.")},
    {"member", SAY("The member was removed.")},
    {"revoked", SAY("The password was revoked and no longer works.")},
    {"renamed", SAY("The name was saved.")},
    {"removed", SAY("The device was removed.")},
};

const char *
notice_done(const struct page *p)
{
	const char *word = form_text(&p->query, "done");

	for (size_t i = 0; i < sizeof(done) / sizeof(*done); i++)
		if (strcmp(done[i].word, word) == 0)
			return done[i].text;
	return "";
}

const char *
notice_wrong(const struct page *p)
{
	const char *word = form_text(&p->query, "wrong");

	for (int e = 1; e < ERR_COUNT; e++)
		if (strcmp(err_name((enum err)e), word) == 0)
			return err_words((enum err)e);
	return "";
}

enum err
notice_go(struct page *p, const char *path, enum err e)
{
	return page_gof(p, "%s?wrong=%s", path, err_name(e));
}
