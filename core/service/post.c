#include "core/service/post.h"

#include <stdlib.h>

#include "core/base/log.h"

struct post {
	const struct conf *conf;
	struct secret password;
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

enum err
post_send(const struct post *p, const struct mail *m, char why[static MAIL_WHY])
{
	struct mail_server s;
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
	e = mail_send(&s, m, why);
	if (e != ERR_OK)
		LOG(WARN, "mail.not-sent", LOG_S("kind", err_name(e)),
		    LOG_S("why", why));
	return e;
}
