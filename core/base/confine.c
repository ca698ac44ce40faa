#include "core/base/confine.h"

#include <errno.h>
#include <seccomp.h>

#include "core/base/own.h"

static void
filter_own(scmp_filter_ctx *f)
{
	if (*f != NULL)
		seccomp_release(*f);
}

static int
add(scmp_filter_ctx f, const struct confine_rule *r)
{
	const struct scmp_arg_cmp when =
	    SCMP_CMP64(r->arg, SCMP_CMP_MASKED_EQ, r->mask, r->want);

	return seccomp_rule_add_array(f,
	    r->error == 0 ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(r->error),
	    (int)r->call, r->mask != 0, &when);
}

/* Calls of another architecture end a thread only, if not told. */
static bool
manners(scmp_filter_ctx f, bool thread)
{
	return f != NULL &&
	       seccomp_attr_set(
		   f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
	       (thread ? seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 0) == 0
		       : seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) == 0);
}

static bool
load(scmp_filter_ctx f)
{
#ifdef SANITIZED
	(void)f;
	return true;
#else
	return seccomp_load(f) == 0;
#endif
}

static bool
confine(const struct confine_rule *rules, size_t n, bool thread)
{
	OWN(filter) scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);

	if (!manners(f, thread))
		return false;
	for (size_t i = 0; i < n; i++)
		if (add(f, &rules[i]) != 0)
			return false;
	return load(f);
}

bool
confine_calls(const struct confine_rule *rules, size_t n)
{
	return confine(rules, n, false);
}

bool
confine_thread(const struct confine_rule *rules, size_t n)
{
	return confine(rules, n, true);
}

bool
confine_thread_seccomp(void)
{
	OWN(filter) scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);

	return manners(f, true) &&
	       seccomp_rule_add(
		   f, SCMP_ACT_KILL_PROCESS, SCMP_SYS(seccomp), 0) == 0 &&
	       load(f);
}
