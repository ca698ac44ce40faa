/*
 * err.h - the kinds of failure
 *
 * A call that can fail returns enum err; zero is success, so a chain of calls
 * reads `if ((e = a()) || (e = b())) return e;`. Each kind lives once, in
 * err.def, with its HTTP status and the words a person reads.
 */
#pragma once

#define MUST_USE __attribute__((warn_unused_result))

enum err {
	ERR_OK = 0,
#define ERR(name, http, words) ERR_##name,
#include "core/base/err.def"
#undef ERR
	ERR_COUNT
};

/* The short name for logs and JSON, such as "bad_input". Never NULL. */
const char *err_name(enum err e);

/* The HTTP status that goes with E; 200 for ERR_OK. */
int err_http(enum err e);

/* One sentence for a person, in English, the msgid of its translation. */
const char *err_words(enum err e);
