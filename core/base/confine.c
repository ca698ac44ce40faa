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

bool
confine_calls(const struct confine_rule *rules, size_t n)
{
	OWN(filter) scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);

	/* calls of another architecture end a thread only, if not told */
	if (f == NULL || seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) != 0 ||
	    seccomp_attr_set(
		f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (add(f, &rules[i]) != 0)
			return false;
#ifdef SANITIZED
	return true;
#else
	return seccomp_load(f) == 0;
#endif
}
