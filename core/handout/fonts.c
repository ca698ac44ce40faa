/* The fonts of the system, read once: later the root is another. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/handout/fonts.h"
#include "core/handout/shape.h"
#include "core/handout/sheet.h"

#define DEJAVU "/usr/share/fonts/truetype/dejavu/"
#define NOTO "/usr/share/fonts/truetype/noto/"

enum { FILE_MAX = 32 << 20 };

static const struct font_file {
	const char *path, *package;
	bool needed;
} files[FACE_COUNT] = {
    [FACE_TEXT] = {DEJAVU "DejaVuSans.ttf", "fonts-dejavu-core", true},
    [FACE_BOLD] = {DEJAVU "DejaVuSans-Bold.ttf", "fonts-dejavu-core", true},
    [FACE_CODE] = {DEJAVU "DejaVuSansMono-Bold.ttf", "fonts-dejavu-core", true},
    [FACE_WIDE] = {"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
	"fonts-wqy-microhei", false},
    [FACE_EMOJI] =
	{"/usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf",
	    "fonts-symbola", false},
#define X(script, from, to, font)                                              \
	[FACE_##script] = {NOTO font "-Regular.ttf", "fonts-noto-core", false},
    TYPE_SCRIPTS(X)
#undef X
};

/* Written once, under once_loaded, and read only from then on. */
static struct type_faces loaded;
static enum err loaded_err;
static char loaded_why[SHEET_WHY];
static char lacking[64]; /* packages, a blank between them */
static pthread_once_t once_loaded = PTHREAD_ONCE_INIT;

/* The whole file; kept for as long as the process lives. */
static enum err
slurp(const char *path, uint8_t **out, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	OWN(mem) uint8_t *p = NULL;
	struct stat st;
	size_t at = 0;
	ssize_t n = 1;

	if (fd < 0)
		return ERR_CONFIG;
	if (fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size <= FILE_MAX)
		p = malloc((size_t)st.st_size);
	while (p != NULL && at < (size_t)st.st_size && n > 0)
		if ((n = read(fd, p + at, (size_t)st.st_size - at)) > 0)
			at += (size_t)n;
	(void)close(fd);
	if (p == NULL || at != (size_t)st.st_size)
		return ERR_IO;
	*len = at;
	*out = give(p);
	return ERR_OK;
}

static enum err
load(enum type_face i)
{
	uint8_t *p = NULL;
	size_t len = 0;
	enum err e;

	if ((e = slurp(files[i].path, &p, &len)) ||
	    (e = ttf_open(&loaded.f[i], p, len))) {
		free(p);
		return e;
	}
	loaded.there[i] = true;
	/* without memory letters come as they are written */
	if (i >= FACE_SCRIPTS && i != FACE_THAANA)
		(void)shape_face(&loaded, i, p, len);
	return ERR_OK;
}

static void
lack(const char *package)
{
	size_t n = strlen(lacking);

	if (strstr(lacking, package) != NULL) /* the fonts of several scripts */
		return;
	(void)snprintf(lacking + n, sizeof(lacking) - n, "%s%s",
	    n > 0 ? " " : "", package);
}

static void
load_all(void)
{
	for (enum type_face i = 0; i < FACE_COUNT; i++) {
		if (load(i) == ERR_OK)
			continue;
		if (!files[i].needed) {
			lack(files[i].package);
			continue;
		}
		loaded_err = ERR_CONFIG;
		(void)snprintf(loaded_why, sizeof(loaded_why),
		    "%s cannot be read: install the Debian package %s",
		    files[i].path, files[i].package);
		return;
	}
}

enum err
sheet_fonts(char why[static SHEET_WHY])
{
	(void)pthread_once(&once_loaded, load_all);
	memcpy(why, loaded_why, SHEET_WHY);
	return loaded_err;
}

const struct type_faces *
fonts_loaded(void)
{
	char why[SHEET_WHY];

	return sheet_fonts(why) == ERR_OK ? &loaded : NULL;
}

const char *
fonts_lacking(void)
{
	return lacking;
}

const char *
fonts_package(const struct type_faces *faces, uint32_t cp)
{
	static const struct {
		enum type_face face;
		uint32_t from, to;
	} has[] = {{FACE_WIDE, 0x3000, 0x33ff}, /* kana, punctuation */
	    {FACE_WIDE, 0x4e00, 0x9fff},        /* Chinese */
	    {FACE_WIDE, 0xac00, 0xd7af},        /* Korean */
	    {FACE_WIDE, 0xf900, 0xfaff}, {FACE_WIDE, 0xfe30, 0xfe4f},
	    {FACE_WIDE, 0xff00, 0xffef}, /* wide forms of ASCII */
	    {FACE_EMOJI, 0x2300, 0x2bff}, {FACE_EMOJI, 0x1d000, 0x1d7ff},
	    {FACE_EMOJI, 0x1f000, 0x1f9ff},
#define X(script, from, to, font) {FACE_##script, from, to},
	    TYPE_SCRIPTS(X)
#undef X
	};

	for (size_t i = 0; i < sizeof(has) / sizeof(*has); i++)
		if (cp >= has[i].from && cp <= has[i].to &&
		    !faces->there[has[i].face])
			return files[has[i].face].package;
	return NULL;
}
