#include "core/base/err.h"

#include <stddef.h>

static const struct {
	const char *name;
	int http;
	const char *words;
} kinds[ERR_COUNT] = {
    [ERR_OK] = {"OK", 200, "Done."},
#define ERR(name, http, words) [ERR_##name] = {#name, http, words},
#include "core/base/err.def"
#undef ERR
};

const char *
err_name(enum err e)
{
	return (size_t)e < ERR_COUNT ? kinds[e].name : "INTERNAL";
}

int
err_http(enum err e)
{
	return (size_t)e < ERR_COUNT ? kinds[e].http : 500;
}

const char *
err_words(enum err e)
{
	return kinds[(size_t)e < ERR_COUNT ? e : ERR_INTERNAL].words;
}
