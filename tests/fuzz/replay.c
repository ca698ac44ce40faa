/* A fuzz target without its fuzzer: runs it once on each file that is named, or
 * stands in a folder that is. For compilers that have no libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 };

static int
file(const char *path)
{
	uint8_t *data = malloc(INPUT_MAX);
	FILE *f = fopen(path, "rb");
	size_t n;

	if (data == NULL || f == NULL) {
		(void)fprintf(stderr, "cannot read %s\n", path);
		exit(EXIT_FAILURE);
	}
	n = fread(data, 1, INPUT_MAX, f);
	(void)fclose(f);
	(void)LLVMFuzzerTestOneInput(data, n);
	free(data);
	return 1;
}

static int
folder(DIR *d, const char *path)
{
	const struct dirent *e;
	char name[4096];
	int n = 0;

	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		n += file(name);
	}
	(void)closedir(d);
	return n;
}

int
main(int argc, char **argv)
{
	int n = 0;

	for (int i = 1; i < argc; i++) {
		DIR *d = opendir(argv[i]);

		n += d != NULL ? folder(d, argv[i]) : file(argv[i]);
	}
	(void)printf("%d inputs\n", n);
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
