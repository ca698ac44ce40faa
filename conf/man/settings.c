/* Writes latchkey.conf(5) from conf.def, when the program is built. */
#include <stdio.h>
#include <string.h>

struct row {
	const char *section, *name, *kind, *preset, *words, *doc;
	long long least, most;
	int titled;
};

/* clang-format off */
static const struct row rows[] = {
#define SECTION(section, doc) {#section, NULL, NULL, NULL, NULL, doc, 0, 0, 0},
#define TITLED(section, doc) {#section, NULL, NULL, NULL, NULL, doc, 0, 0, 1},
#define SETTING(section, name, kind, preset, least, most, words, doc)          \
	{#section, #name, #kind, preset, words, doc, least, most, 0},
#define END(section)
#include "core/conf/conf.def"
};
static const char *const tags[] = {
#define LANGUAGE(tag, rtl) #tag,
#include "core/base/languages.def"
};
/* clang-format on */

/* Text for mdoc: backslashes, and what a line must not start with. */
static void
text(const char *t)
{
	if (*t == '.' || *t == '\'')
		fputs("\\&", stdout);
	for (; *t != '\0'; t++)
		if (*t == '\\')
			fputs("\\e", stdout);
		else if (*t == '"')
			fputs("\\(dq", stdout);
		else if (*t == '`')
			fputs("\\(ga", stdout);
		else
			putchar(*t);
}

static int
is(const struct row *r, const char *kind)
{
	return strcmp(r->kind, kind) == 0;
}

static void
bounds(const struct row *r)
{
	if (is(r, "WORD")) {
		fputs("One of ", stdout);
		text(r->words);
		puts(".");
	} else if (is(r, "BOOL"))
		puts("yes or no.");
	else if (is(r, "TIME"))
		printf("A time such as 90s, 30m, 12h or 7d, from %lld to %lld "
		       "seconds.\n",
		    r->least, r->most);
	else if (is(r, "SIZE"))
		printf("Octets, or with k, M or G, from %lld to %lld.\n",
		    r->least, r->most);
	else if (is(r, "INT"))
		printf("A number from %lld to %lld.\n", r->least, r->most);
	else if (is(r, "LIST"))
		printf("A list of %lld to %lld entries.\n", r->least, r->most);
	else if (is(r, "PATH"))
		puts("An absolute path.");
	else if (is(r, "SAID") || is(r, "SAID_URL"))
		printf(".Ic %s_de\nis what readers of German see instead, and "
		       "so on; see\n.Sx LANGUAGES .\n",
		    r->name);
	else if (is(r, "SECRET"))
		puts("An absolute path. The file must not be open to others "
		     "than its owner and group.");
}

static void
setting(const struct row *r)
{
	printf(".It Ic %s\n", r->name);
	text(r->doc);
	putchar('\n');
	bounds(r);
	if (r->preset == NULL)
		puts("Must be given.");
	else if (*r->preset == '\0')
		puts("Not set by default.");
	else {
		fputs("The default is\n.Ql ", stdout);
		text(r->preset);
		puts(" .");
	}
	if (*r->words != '\0' && !is(r, "WORD")) {
		fputs("Such as\n.Ql ", stdout);
		text(r->words);
		puts(" .");
	}
}

static void
section(const struct row *r)
{
	printf(".Ss %s%s\n", r->section, r->titled ? " \\(dqname\\(dq" : "");
	text(r->doc);
	puts("\n.Bl -tag -width Ds");
}

/* What is said in the reader's language, and in which ones that may be. */
static void
languages(void)
{
	puts(".Sh LANGUAGES\n"
	     "Pages, letters and sheets are in the language of whoever reads "
	     "them.\nWhat this file says to people can be, too: after the name "
	     "of such a setting an underscore and a language make a further "
	     "one.\n.Bd -literal -offset indent\n"
	     "portal {\n\twelcome = \"Welcome to Example Harbour.\"\n"
	     "\twelcome_de = \"Willkommen im Beispielhafen.\"\n"
	     "\twelcome_fr = \"\"\n}\n.Ed\n.Pp\n"
	     "Readers of German see the second text, readers of French none, "
	     "all others the first one.\nThe languages are");
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		printf("%s%s", tags[i],
		    i + 1 < sizeof(tags) / sizeof(*tags) ? ", " : ".\n");
	fputs("The settings are", stdout);
	for (size_t i = 0, n = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].name &&
		    (is(&rows[i], "SAID") || is(&rows[i], "SAID_URL")))
			printf("%s%s.%s", n++ ? ", " : "\n", rows[i].section,
			    rows[i].name);
	puts(".\nTerms of use that are a file have further files beside it: "
	     "see portal.terms_file.");
}

int
main(void)
{
	const size_t n = sizeof(rows) / sizeof(*rows);

	puts(".Dd November 25, 2026\n.Dt LATCHKEY.CONF 5\n.Os\n.Sh NAME\n"
	     ".Nm latchkey.conf\n.Nd settings of Latchkey\n.Sh DESCRIPTION\n"
	     "One file for\n.Xr latchkey 8 ,\n.Xr latchkey-portal 8\nand\n"
	     ".Xr latchkey-radius 8 .\n"
	     "It holds sections, each with settings between braces:\n"
	     ".Bd -literal -offset indent\n"
	     "portal {\n\tport = 8443\n\tlisten = {\"192.0.2.1\", "
	     "\"2001:db8::1\"}\n}\n.Ed\n.Pp\n"
	     "Texts with blanks or special letters are quoted.\n"
	     "Comments start with # and run to the end of the line.\n"
	     "Unknown settings, settings given twice and values out of bounds "
	     "are refused with the line they are on;\n"
	     ".Ic latchkey check-config\n"
	     "says so without starting anything, and\n"
	     ".Ic latchkey check-config --sample yes\n"
	     "prints a file with every setting at its default.\n"
	     "Secrets are never in this file: it names the files that hold "
	     "them.\n.Sh SECTIONS");
	for (size_t i = 0; i < n; i++) {
		if (rows[i].name == NULL)
			section(&rows[i]);
		else
			setting(&rows[i]);
		if (i + 1 == n || rows[i + 1].name == NULL)
			puts(".El");
	}
	languages();
	puts(".Sh FILES\n.Bl -tag -width Ds\n"
	     ".It Pa /etc/latchkey/latchkey.conf\n"
	     "where it is looked for unless\n.Fl c\nnames another.\n.El\n"
	     ".Sh EXIT STATUS\n"
	     "Programs that cannot use the file end with 78 .\n"
	     ".Sh SEE ALSO\n.Xr latchkey 8 ,\n.Xr latchkey-portal 8 ,\n"
	     ".Xr latchkey-radius 8");
	return 0;
}
