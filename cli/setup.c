/* The first steps, and the whole store at once. */
#include "core/service/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/base/clock.h"

enum { LINK_SECONDS = 86400, PATH_ROOM = 4096 };

/* A commented file for a person to fill in. */
static int
write_sample(const struct cli *c)
{
	int fd =
	    open(c->conf_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	FILE *f;
	bool bad;

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0 || (f = fdopen(fd, "w")) == NULL)
		return cli_say(c, 1, "%s cannot be written: %s", c->conf_path,
		    strerror(errno));
	conf_sample(f);
	errno = 0;
	bad = fflush(f) != 0 || ferror(f); /* of an earlier write, too */
	if (fclose(f) != 0 || bad) {
		int was = errno ? errno : EIO;

		(void)unlink(c->conf_path); /* half of one is worse than none */
		return cli_say(c, 1, "%s cannot be written: %s", c->conf_path,
		    strerror(was));
	}
	(void)cli_say(c, 0, "%s was made; fill in what it needs", c->conf_path);
	return 0;
}

/* The directory of FILE, made when missing. GROUP's members share it. */
static enum err
make_directory(
    struct cli *c, const char *file, const struct passwd *who, mode_t mode)
{
	char copy[PATH_ROOM];
	const char *dir;

	(void)snprintf(copy, sizeof(copy), "%s", file);
	dir = dirname(copy);
	if (mkdir(dir, mode) != 0)
		return errno == EEXIST ? ERR_OK
				       : why_set(&c->call.why, ERR_IO, "",
					     "%.80s cannot be made: %s", dir,
					     strerror(errno));
	if (who && (chown(dir, who->pw_uid, who->pw_gid) != 0 ||
		       chmod(dir, mode) != 0))
		return why_set(&c->call.why, ERR_IO, "",
		    "%.80s cannot be given to %.40s: %s", dir, who->pw_name,
		    strerror(errno));
	return ERR_OK;
}

/* Portal and responder run as users of their own and share a group. */
static enum err
give_to(struct cli *c, const char *file, uid_t uid, const struct passwd *who,
    mode_t mode)
{
	if (who == NULL)
		return ERR_OK;
	if (chown(file, uid, who->pw_gid) != 0 || chmod(file, mode) != 0)
		return why_set(&c->call.why, ERR_IO, "",
		    "%.80s cannot be given to %.40s: %s", file, who->pw_name,
		    strerror(errno));
	return ERR_OK;
}

/* The next call may overwrite what this one returned (getpwnam(3)). */
static const struct passwd *
user(const char *name)
{
	return geteuid() == 0 ? getpwnam(name) : NULL;
}

static const struct passwd *
owner(const struct cli *c)
{
	return user(c->conf->portal.user);
}

/* Both programs read the configuration by their group; what already lets
 * others read is left as it is. */
static enum err
share_conf(struct cli *c, const struct passwd *who)
{
	struct stat st;

	if (who == NULL || stat(c->conf_path, &st) != 0 || st.st_uid != 0 ||
	    st.st_gid != 0 || (st.st_mode & S_IROTH) != 0)
		return ERR_OK;
	return give_to(c, c->conf_path, 0, who, 0640);
}

/* A store whose key is not there: a new one would be of no use, and in the
 * way of the right one (S-04). */
static bool
has_lost_its_key(const struct conf *conf)
{
	return strcmp(conf->store.engine, "sqlite") == 0 &&
	       access(conf->store.path, F_OK) == 0 &&
	       access(conf->keys.master_key, F_OK) != 0;
}

/* The master key is the responder's to read, and not a portal's worker's. */
static int
make_key(struct cli *c, bool *made)
{
	const struct passwd *who = user(c->conf->radius.user);
	const char *file = c->conf->keys.master_key;
	char why[RING_WHY];
	enum err e = make_directory(c, file, NULL, 0750);

	*made = false;
	if (e != ERR_OK)
		return cli_fail(c, e);
	if (has_lost_its_key(c->conf))
		return cli_say(c, 1,
		    "%s is there already and its master key %s is not: "
		    "restore that from your copy",
		    c->conf->store.path, file);
	/* one that an earlier `init` made before it was cut short is kept */
	if ((e = ring_create(file, why)) == ERR_EXISTS)
		return 0;
	if (e != ERR_OK)
		return cli_say(c, 1, "%s", why);
	*made = true;
	if ((e = give_to(c, file, 0, who, 0640)))
		return cli_fail(c, e);
	(void)cli_say(
	    c, 0, "%s was made: keep a copy apart from backups", file);
	return 0;
}

/* MADE_KEY: nothing else was sealed with the master key yet. */
static int
make_store(struct cli *c, bool made_key)
{
	const struct passwd *who = owner(c);
	const char *file = c->conf->store.path;
	char why[RING_WHY];
	enum err e;

	if ((e = ring_load(c->conf->keys.master_key, &c->ring, why)))
		return cli_say(c, 1, "%s", why);
	if (strcmp(c->conf->store.engine, "sqlite") == 0 &&
	    (e = make_directory(c, file, who, 02770)))
		return cli_fail(c, e);
	e = store_service_create(c->conf, c->ring, &c->call.why);
	if (e == ERR_EXISTS && made_key)
		(void)unlink(c->conf->keys.master_key);
	if (e != ERR_OK)
		return cli_fail(c, e);
	if (strcmp(c->conf->store.engine, "sqlite") == 0 && who &&
	    (e = give_to(c, file, who->pw_uid, who, 0660)))
		return cli_fail(c, e);
	return 0;
}

static int
print_link(struct cli *c)
{
	OWN(secret) struct secret token = SECRET_NONE;
	enum err e = setup_link(&c->call, LINK_SECONDS, &token);
	char *url;

	if (e != ERR_OK)
		return cli_fail(c, e);
	url = arena_printf(c->arena, "%s/setup/%s", c->conf->portal.public_url,
	    secret_text(&token));
	if (url == NULL)
		return cli_fail(c, ERR_NO_MEMORY);
	out_pairs(
	    c, (const struct out_pair[]){{"admin_link", url, 0},
		   {"valid_seconds", NULL, LINK_SECONDS}, {NULL, NULL, 0}});
	return 0;
}

static int
open_new(struct cli *c)
{
	enum err e;

	if ((c->arena = arena_new(CLI_ARENA)) == NULL)
		return cli_fail(c, ERR_NO_MEMORY);
	if ((e = store_service_open(
		 c->conf, c->ring, false, &c->call.store, &c->call.why)))
		return cli_fail(c, e);
	c->call = call_system(c->call.store, c->ring, c->arena, clock_now());
	return 0;
}

int
verb_init(struct cli *c, const struct verb *v)
{
	char why[CONF_WHY];
	bool made;
	int status;

	(void)v;
	if (!cli_all_used(c))
		return 2;
	if ((status = write_sample(c)))
		return status;
	if (conf_load(c->conf_path, &c->conf, why) != ERR_OK)
		return cli_say(c, CLI_CONFIG, "%s", why);
	if (share_conf(c, owner(c)) != ERR_OK)
		return cli_fail(c, ERR_IO);
	if ((status = make_key(c, &made)) || (status = make_store(c, made)))
		return status;
	if ((status = open_new(c)) || (status = print_link(c)))
		(void)cli_say(c, status,
		    "all was made but the link: `latchkey admin-link` makes "
		    "it");
	return status;
}

int
verb_admin_link(struct cli *c, const struct verb *v)
{
	(void)v;
	return cli_all_used(c) ? print_link(c) : 2;
}

int
verb_check_config(struct cli *c, const struct verb *v)
{
	char why[CONF_WHY];
	bool sample = cli_option(c, "sample") != NULL;
	bool show = cli_option(c, "show") != NULL;

	(void)v;
	if (!cli_all_used(c))
		return 2;
	if (sample) {
		conf_sample(stdout);
		return 0;
	}
	if (conf_load(c->conf_path, &c->conf, why) != ERR_OK ||
	    cli_check_files(c->conf, why) != ERR_OK)
		return cli_say(c, CLI_CONFIG, "%s", why);
	if (show)
		conf_dump(c->conf, stdout);
	else
		out_pairs(
		    c, (const struct out_pair[]){
			   {"configuration", "fine", 0}, {NULL, NULL, 0}});
	return 0;
}

int
verb_backup(struct cli *c, const struct verb *v)
{
	int status = cli_words(c, v, 1);
	enum err e;

	if (status != 0)
		return status;
	if ((e = store_service_backup(&c->call, c->word[0], &c->call.why)))
		return cli_fail(c, e);
	out_pairs(c, (const struct out_pair[]){
			 {"backup", c->word[0], 0}, {NULL, NULL, 0}});
	return 0;
}

int
verb_restore(struct cli *c, const struct verb *v)
{
	char why[RING_WHY];
	size_t carried = 0;
	int status = cli_words(c, v, 1);
	enum err e;

	if (status != 0)
		return status;
	if ((e = ring_load(c->conf->keys.master_key, &c->ring, why)))
		return cli_say(c, 1, "%s", why);
	if ((e = store_service_restore(
		 c->conf, c->ring, c->word[0], &carried, &c->call.why)))
		return cli_fail(c, e);
	out_pairs(
	    c, (const struct out_pair[]){{"restored", c->word[0], 0},
		   {"carried_over", NULL, (int64_t)carried}, {NULL, NULL, 0}});
	return 0;
}

/* The store is moved, whatever could not be done after it. */
static int
say_moved(
    struct cli *c, const char *to, const struct store_moved *m, enum err e)
{
	const struct passwd *who = owner(c);
	int status = 0;

	if (e)
		status = cli_say(c, 1,
		    "the store is moved, but that is not in the record of "
		    "acts: %s",
		    c->call.why.text[0] ? c->call.why.text : err_name(e));
	if (m->aside[0] == '\0')
		status = cli_say(c, 1,
		    "the store is moved, but the old one is still in its "
		    "place: see to it that nothing opens it again");
	if (strcmp(to, "sqlite") == 0 && who &&
	    (e = give_to(c, c->conf->store.path, who->pw_uid, who, 0660)))
		status = cli_say(
		    c, 1, "the store is moved, but %s", c->call.why.text);
	(void)cli_say(c, 0,
	    "set engine = \"%s\" in the store section of %s before starting "
	    "Latchkey",
	    to, c->conf_path);
	return status;
}

int
verb_db_move(struct cli *c, const struct verb *v)
{
	const char *to = cli_option(c, "to");
	struct store_moved moved;
	char why[RING_WHY];
	enum err e;

	if (!cli_all_used(c))
		return 2;
	if (to == NULL)
		return cli_usage(c, v);
	if ((e = ring_load(c->conf->keys.master_key, &c->ring, why)))
		return cli_say(c, 1, "%s", why);
	e = store_service_move(c->conf, c->ring, to, &moved, &c->call.why);
	if (e && moved.tables == 0)
		return cli_fail(c, e);
	out_pairs(
	    c, (const struct out_pair[]){{"moved_to", to, 0},
		   {"tables", NULL, moved.tables}, {"rows", NULL, moved.rows},
		   {"old", moved.aside, 0}, {NULL, NULL, 0}});
	return say_moved(c, to, &moved, e);
}

int
verb_migrate(struct cli *c, const struct verb *v)
{
	char why[RING_WHY];
	enum err e;

	(void)v;
	if (!cli_all_used(c))
		return 2;
	if ((e = ring_load(c->conf->keys.master_key, &c->ring, why)))
		return cli_say(c, 1, "%s", why);
	if ((e = store_service_open(
		 c->conf, c->ring, true, &c->call.store, &c->call.why)))
		return cli_fail(c, e);
	out_pairs(c, (const struct out_pair[]){
			 {"store", "up to date", 0}, {NULL, NULL, 0}});
	return 0;
}

int
verb_version(struct cli *c, const struct verb *v)
{
	(void)v;
	out_pairs(c, (const struct out_pair[]){
			 {"latchkey", LATCHKEY_VERSION, 0}, {NULL, NULL, 0}});
	return 0;
}
