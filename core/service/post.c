#include "core/service/post.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"

struct post {
	const struct conf *conf;
	struct secret password;
	struct mail_file picture; /* empty: none */
};

enum err
post_open(const struct conf *conf, struct post **out, char why[static CONF_WHY])
{
	struct post *p;
	enum err e;

	*out = NULL;
	if (conf->mail.url == NULL || conf->mail.url[0] == '\0')
		return ERR_OK;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return ERR_NO_MEMORY;
	p->conf = conf;
	if (conf->mail.password_file[0] != '\0' &&
	    (e = conf_secret(conf->mail.password_file, &p->password, why))) {
		post_close(p);
		return e;
	}
	*out = p;
	return ERR_OK;
}

void
post_close(struct post *p)
{
	if (p == NULL)
		return;
	secret_own(&p->password);
	free(p);
}

void
post_picture(struct post *p, const void *png, size_t len)
{
	if (p != NULL)
		p->picture = (struct mail_file){
		    .name = "logo.png", .type = "image/png", png, len};
}

/* M, with the picture that its page shows; that is no part of what the outbox
 * keeps, where many letters may wait. */
static struct mail
illustrated(const struct post *p, const struct mail *m)
{
	struct mail whole = *m;

	if (p->picture.len > 0 && m->html != NULL &&
	    strstr(m->html, "\"cid:" MAIL_PICTURE "\"") != NULL)
		whole.picture = &p->picture;
	return whole;
}

enum err
post_send(const struct post *p, const struct mail *m, char why[static MAIL_WHY])
{
	struct mail_server s;
	struct mail whole;
	enum err e;

	why[0] = '\0';
	if (p == NULL)
		return ERR_BUSY;
	s = (struct mail_server){.url = p->conf->mail.url,
	    .user = p->conf->mail.user,
	    .password = &p->password,
	    .ca_file = p->conf->mail.ca_file,
	    .from = p->conf->mail.from,
	    .from_name = conf_said(&p->conf->mail.from_name,
		m->language != NULL ? m->language : "")};
	whole = illustrated(p, m);
	e = mail_send(&s, &whole, why);
	if (e != ERR_OK)
		LOG(WARN, "mail.not-sent", LOG_S("kind", err_name(e)),
		    LOG_S("why", why));
	return e;
}
