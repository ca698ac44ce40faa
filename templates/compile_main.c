/*
 * compile OUT.h OUT.c MESSAGES.pot FILE...
 *
 * Files are pages (.html), C with sentences in it (.c, .h, .def) and catalogues
 * (.po). MESSAGES.pot is written also when a catalogue is not right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "templates/catalogue.h"
#include "templates/compile.h"
#include "templates/scan.h"

enum { FILE_MAX = 256 * 1024 };

static char *
slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	char *text = malloc(FILE_MAX);

	if (f == NULL || text == NULL) {
		perror(path);
		exit(1);
	}
	*len = fread(text, 1, FILE_MAX, f);
	if (ferror(f) != 0 || *len == FILE_MAX) {
		fprintf(stderr, "%s: cannot be read, or is too large\n", path);
		exit(1);
	}
	fclose(f);
	return text;
}

static void
spill(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || fwrite(buf_str(b), 1, b->len, f) != b->len ||
	    fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

/* The name of PATH without its folder and its ending. */
static void
base_name(const char *path, char out[static TPL_NAME])
{
	const char *name = strrchr(path, '/');

	name = name == NULL ? path : name + 1;
	(void)snprintf(out, TPL_NAME, "%.*s", (int)strcspn(name, "."), name);
}

static bool
ends(const char *path, const char *with)
{
	size_t n = strlen(path), m = strlen(with);

	return n > m && strcmp(path + n - m, with) == 0;
}

/* Takes every file that ends in KIND; the first that is not right ends it. */
static void
each(struct tpl *t, char **files, const char *kind,
    bool (*take)(struct tpl *, const char *, const char *, size_t))
{
	char name[TPL_NAME], *text;
	size_t len;

	for (; *files != NULL; files++) {
		if (!ends(*files, kind))
			continue;
		base_name(*files, name);
		text = slurp(*files, &len);
		if (take(t, name, text, len))
			continue;
		fprintf(stderr, "templates/%s\n", t->why);
		exit(1);
	}
}

static bool
words(struct tpl *t, const char *name, const char *text, size_t len)
{
	(void)name;
	return scan_words(t, text, len);
}

int
main(int argc, char **argv)
{
	struct tpl *t = calloc(1, sizeof(*t));
	OWN(buf) struct buf pot = BUF(TPL_OUT_MAX);

	if (argc < 5 || t == NULL) {
		fprintf(
		    stderr, "usage: %s OUT.h OUT.c OUT.pot FILE...\n", argv[0]);
		return 2;
	}
	tpl_init(t);
	each(t, argv + 4, ".html", tpl_add);
	if (!tpl_compile(t)) {
		fprintf(stderr, "templates/%s\n", t->why);
		return 1;
	}
	each(t, argv + 4, ".c", words);
	each(t, argv + 4, ".h", words);
	each(t, argv + 4, ".def", words);
	catalogue_template(t, &pot);
	spill(argv[3], &pot);
	each(t, argv + 4, ".po", catalogue_read);
	if (t->unsaid > 0)
		fprintf(stderr,
		    "templates/po: %d translations are of sentences that no "
		    "page says (make po)\n",
		    t->unsaid);
	if (!catalogue_end(t)) {
		fprintf(stderr, "templates: too long\n");
		return 1;
	}
	spill(argv[1], &t->head);
	spill(argv[2], &t->body);
	return 0;
}
