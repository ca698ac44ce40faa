#include "core/handout/logo.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
logo_free(struct logo *l)
{
	if (l == NULL)
		return;
	free(l->rgb);
	free(l->png);
	free(l);
}

/* Pixels on white. */
static enum err
decode(struct logo *l)
{
	static const png_color white = {255, 255, 255};
	png_image image = {.version = PNG_IMAGE_VERSION};
	enum err e = ERR_BAD_INPUT;

	if (!png_image_begin_read_from_memory(&image, l->png, l->len))
		return ERR_BAD_INPUT;
	image.format = PNG_FORMAT_RGB;
	l->w = (int)image.width;
	l->h = (int)image.height;
	if (image.width > LOGO_SIDE_MAX || image.height > LOGO_SIDE_MAX)
		e = ERR_TOO_BIG;
	else if ((l->rgb = malloc(PNG_IMAGE_SIZE(image))) == NULL)
		e = ERR_NO_MEMORY;
	else if (png_image_finish_read(&image, &white, l->rgb, 0, NULL))
		e = ERR_OK;
	png_image_free(&image);
	return e;
}

enum err
logo_read(const void *png, size_t len, struct logo **out)
{
	OWN(logo) struct logo *l = calloc(1, sizeof(*l));
	enum err e;

	*out = NULL;
	if (len == 0 || len > LOGO_FILE_MAX)
		return len == 0 ? ERR_BAD_INPUT : ERR_TOO_BIG;
	if (l == NULL || (l->png = malloc(len)) == NULL)
		return ERR_NO_MEMORY;
	memcpy(l->png, png, len);
	l->len = len;
	if ((e = decode(l)))
		return e;
	*out = give(l);
	return ERR_OK;
}

enum err
logo_load(const char *path, struct logo **out, char why[static LOGO_WHY])
{
	OWN(mem) uint8_t *octets = malloc(LOGO_FILE_MAX + 1);
	FILE *f = fopen(path, "re");
	size_t n = 0;
	enum err e;

	*out = NULL;
	if (f == NULL)
		(void)snprintf(why, LOGO_WHY, "portal.logo: %s: %s", path,
		    strerror(errno));
	if (octets != NULL && f != NULL)
		n = fread(octets, 1, LOGO_FILE_MAX + 1, f);
	if (f != NULL)
		(void)fclose(f);
	if (f == NULL)
		return ERR_CONFIG;
	e = octets == NULL ? ERR_NO_MEMORY : logo_read(octets, n, out);
	if (e == ERR_OK)
		return e;
	(void)snprintf(why, LOGO_WHY,
	    "portal.logo: %s: expected a PNG of at most %d kB and %d pixels a "
	    "side",
	    path, LOGO_FILE_MAX / 1024, LOGO_SIDE_MAX);
	return ERR_CONFIG;
}
