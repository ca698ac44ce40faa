/*
 * compile OUT.h OUT.c MESSAGES.pot FILE.html...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "templates/compile.h"

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

/* The messages in the form translators' tools read. */
static void
catalogue(struct tpl *t, struct buf *b)
{
	buf_text(b, "msgid \"\"\nmsgstr \"\"\n"
		    "\"Content-Type: text/plain; charset=UTF-8\\n\"\n");
	for (int i = 0; i < t->nmessages; i++) {
		buf_text(b, "\nmsgid ");
		tpl_c_string(b, t->messages[i], strlen(t->messages[i]));
		buf_text(b, "\nmsgstr \"\"\n");
	}
}

static void
add_file(struct tpl *t, const char *path)
{
	const char *name = strrchr(path, '/');
	char base[TPL_NAME] = "";
	size_t len;
	char *text = slurp(path, &len);

	name = name == NULL ? path : name + 1;
	snprintf(base, sizeof(base), "%.*s", (int)strcspn(name, "."), name);
	if (!tpl_add(t, base, text, len)) {
		fprintf(stderr, "templates/%s\n", t->why);
		exit(1);
	}
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
	for (int i = 4; i < argc; i++)
		add_file(t, argv[i]);
	if (!tpl_compile(t)) {
		fprintf(stderr, "templates/%s\n", t->why);
		return 1;
	}
	catalogue(t, &pot);
	spill(argv[1], &t->head);
	spill(argv[2], &t->body);
	spill(argv[3], &pot);
	return 0;
}
