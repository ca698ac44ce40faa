/* Whether those who run the programs can read what the configuration names. */
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"

/* Opens FILE as WHO in a process of its own: rights on every directory of the
 * path count too. */
static bool
readable_by(const struct passwd *who, const char *file)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(initgroups(who->pw_name, who->pw_gid) != 0 ||
		      setgid(who->pw_gid) != 0 || setuid(who->pw_uid) != 0 ||
		      open(file, O_RDONLY | O_CLOEXEC) < 0);
	return child > 0 && waitpid(child, &status, 0) == child &&
	       WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool
cli_may_read(const char *user, const char *file)
{
	char name[64];
	const struct passwd *who;

	(void)snprintf(name, sizeof(name), "%s", user);
	who = getpwnam(name);
	return who == NULL || readable_by(who, file);
}

enum err
cli_check_files(const struct conf *c, char why[static CONF_WHY])
{
	const char *const files[] = {
	    c->portal.certificate, c->portal.private_key};
	enum err e = conf_check_files(c, why);

	if (e != ERR_OK || geteuid() != 0)
		return e;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!cli_may_read(c->portal.keymgr_user, files[i]) &&
		    !cli_may_read(c->portal.user, files[i])) {
			(void)snprintf(why, CONF_WHY,
			    "%s: root can read it, but neither %s (for "
			    "`latchkey run`) nor %s (for the systemd unit) can",
			    files[i], c->portal.keymgr_user, c->portal.user);
			return ERR_CONFIG;
		}
	return ERR_OK;
}
