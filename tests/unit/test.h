/*
 * test.h - a test reads like a claim
 *
 *	TEST(mint_refuses_three_words) { ... cmocka asserts ... }
 *
 * registers itself; tests/unit/main.c runs what the file holds.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"

void test_add(const char *name, CMUnitTestFunction run);

#define TEST(name)                                                             \
	static void name(void **state);                                        \
	__attribute__((constructor)) static void name##_add(void)              \
	{                                                                      \
		test_add(#name, name);                                         \
	}                                                                      \
	static void name(void **state __attribute__((unused)))

/* Fails naming both kinds when E is not WANT. */
#define assert_err(e, want) assert_string_equal(err_name(e), err_name(want))
#define assert_ok(e) assert_err((e), ERR_OK)
