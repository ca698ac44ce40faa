/* What one setting wants of another. */
#include "core/conf/agree.h"

#include <stdio.h>
#include <string.h>

#include "core/conf/table.h"

/* Links to sign in with are sent from here, and lead here. */
static void
links(cfg_t *cfg, const struct conf *c)
{
	int line = conf_line(cfg, "mail", 0, "links_a_day");

	if (c->mail.links_a_day > 0 && c->mail.url[0] == '\0')
		conf_complain(line, "mail: links_a_day needs url");
	if (c->mail.links_a_day > 0 && c->portal.public_url[0] == '\0')
		conf_complain(
		    line, "mail: links_a_day needs portal: public_url");
}

/* Guests by mail, or with a sponsor who gets mail. */
static void
guest(cfg_t *cfg, const struct conf *c)
{
	const struct conf_list *ways = &c->guest.ways;
	int line = conf_line(cfg, "guest", 0, "ways");

	if (c->mail.url[0] != '\0' && c->mail.from[0] == '\0')
		conf_complain(conf_line(cfg, "mail", 0, "url"),
		    "mail: from is needed to send mail");
	for (size_t i = 0; i < ways->n; i++) {
		bool sponsor = strcmp(ways->v[i], "sponsor") == 0;
		bool mail = strcmp(ways->v[i], "mail") == 0;
		bool phone = strcmp(ways->v[i], "phone") == 0;

		if (!sponsor && !mail && !phone &&
		    strcmp(ways->v[i], "code") != 0)
			conf_complain(line, "guest: ways: code, mail, phone or "
					    "sponsor was expected");
		if (phone && c->sms.url[0] == '\0')
			conf_complain(
			    line, "guest: the way phone needs sms: url");
		if ((sponsor || mail) && c->mail.url[0] == '\0')
			conf_complain(line, "guest: the way %s needs mail: url",
			    ways->v[i]);
		if (sponsor && c->guest.sponsor_domains.n == 0)
			conf_complain(line, "guest: the way sponsor needs "
					    "sponsor_domains");
	}
}

static void
country(cfg_t *cfg, const char *text)
{
	if (text[0] != '\0' &&
	    (text[0] != '+' || text[1] < '1' || text[1] > '9' ||
		strspn(text + 1, "0123456789") != strlen(text + 1)))
		conf_complain(conf_line(cfg, "guest", 0, "country"),
		    "guest: country: + and digits were expected");
}

static void
colour(cfg_t *cfg, const char *text)
{
	if (text[0] != '\0' &&
	    (text[0] != '#' || strlen(text) != 7 ||
		strspn(text + 1, "0123456789abcdefABCDEF") != 6))
		conf_complain(conf_line(cfg, "portal", 0, "colour"),
		    "portal: colour: # and six hexadecimal digits were "
		    "expected");
}

/* All accept the same terms: there is an address for every language or none. */
static void
terms(cfg_t *cfg, const struct conf_said *url)
{
	for (int i = 0; url->in != NULL && i < conf_nlanguages; i++) {
		char name[CONF_NAME_MAX];
		int line;

		if (url->in[i] == NULL)
			continue;
		(void)snprintf(
		    name, sizeof(name), "terms_url_%s", conf_languages[i]);
		line = conf_line(cfg, "portal", 0, name);
		if (url->all[0] == '\0')
			conf_complain(line,
			    "portal: %s needs terms_url, for all others", name);
		if (url->in[i][0] == '\0')
			conf_complain(
			    line, "portal: %s: an address was expected", name);
	}
}

static void
provider(cfg_t *cfg, const struct conf_provider *p, unsigned i)
{
	int method = conf_line(cfg, "provider", i, "auth_method");

	if (strncmp(p->issuer, "https://", 8) != 0 && !p->allow_loopback)
		conf_complain(conf_line(cfg, "provider", i, "issuer"),
		    "provider \"%s\": issuer: https:// was expected", p->slug);
	if (strcmp(p->auth_method, "private_key_jwt") == 0 &&
	    p->private_key_file[0] == '\0')
		conf_complain(method,
		    "provider \"%s\": private_key_file is needed for "
		    "private_key_jwt",
		    p->slug);
	if (strncmp(p->auth_method, "client_secret_", 14) == 0 &&
	    p->client_secret_file[0] == '\0')
		conf_complain(method,
		    "provider \"%s\": client_secret_file is needed for %s",
		    p->slug, p->auth_method);
}

void
conf_agree(cfg_t *cfg, const struct conf *c)
{
	const char *url = c->portal.public_url;
	int line = conf_line(cfg, "portal", 0, "public_url");

	links(cfg, c);
	guest(cfg, c);
	country(cfg, c->guest.country);
	colour(cfg, c->portal.colour);
	terms(cfg, &c->portal.terms_url);
	if (c->nprovider > 0 && url[0] == '\0')
		conf_complain(line,
		    "portal: public_url is needed as soon as there "
		    "is a provider");
	if (url[0] != '\0' && strncmp(url, "https://", 8) != 0)
		conf_complain(
		    line, "portal: public_url: https:// was expected");
	if (strcmp(c->store.engine, "pgsql") == 0 && c->store.url[0] == '\0')
		conf_complain(conf_line(cfg, "store", 0, "engine"),
		    "store: url is needed for engine pgsql");
	for (size_t i = 0; i < c->nprovider; i++)
		provider(cfg, &c->provider[i], (unsigned)i);
}
