/* Runs every TEST() of the file it is linked with. */
#include "tests/unit/test.h"

#include <stdio.h>

enum { MAX = 512 };

static struct CMUnitTest tests[MAX];
static size_t count;

void
test_add(const char *name, CMUnitTestFunction run)
{
	assert_true(count < MAX);
	tests[count++] = (struct CMUnitTest){.name = name, .test_func = run};
}

int
main(int argc, char **argv)
{
	int failed;

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	failed = _cmocka_run_group_tests(argv[0], tests, count, NULL, NULL);
	printf("%zu passed, %d failed, 0 skipped\n", count - (size_t)failed,
	    failed);
	return failed != 0;
}
