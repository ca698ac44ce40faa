/* In place of core/base/confine.c, for valgrind knows no seccomp(). */
#include "core/base/confine.h"

bool
confine_calls(const struct confine_rule *rules, size_t n)
{
	return rules != NULL && n > 0;
}
