#include "templates/place.h"

#include <string.h>

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

static bool
one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

/* Names are lower case, so that nothing compares differently elsewhere. */
static const char *
name_add(char *name, char c)
{
	size_t n = strlen(name);

	if (n + 1 >= PLACE_NAME)
		return "this name is too long";
	name[n] = c;
	name[n + 1] = '\0';
	return NULL;
}

static const char *
element_begin(struct place *p)
{
	static const char *const never[] = {"base", "object", "embed", "iframe",
	    "frame", "frameset", "xmp", "plaintext", "noembed", "noframes",
	    "noscript", "animate", "set", "template", "portal", NULL};

	if (one_of(p->name, never))
		return "this element may not be used";
	p->at = AT_TAG;
	p->attr[0] = '\0';
	return NULL;
}

static const char *
tag_end(struct place *p)
{
	static const char *const texts[] = {
	    "title", "option", "textarea", "button", "a", "summary", NULL};
	bool raw = !p->closing && (strcmp(p->name, "script") == 0 ||
				      strcmp(p->name, "style") == 0);

	if (one_of(p->name, texts))
		p->bare = !p->closing;
	p->at = raw ? AT_RAW : AT_TEXT;
	p->attr[0] = '\0';
	if (!raw)
		p->name[0] = '\0';
	p->url = p->begun = p->closing = false;
	p->first = '\0';
	p->dashes = 0;
	return NULL;
}

static const char *
attr_end(struct place *p)
{
	static const char *const urls[] = {"href", "src", "action",
	    "formaction", "poster", "cite", "data", "xlink:href", "ping",
	    "background", "manifest", "longdesc", NULL};
	static const char *const never[] = {
	    "style", "srcdoc", "srcset", "http-equiv", NULL};

	if (strncmp(p->attr, "on", 2) == 0)
		return "event attributes may not be used";
	if (one_of(p->attr, never) &&
	    !(p->letter && strcmp(p->attr, "style") == 0))
		return "this attribute may not be used";
	p->url = one_of(p->attr, urls);
	p->begun = false;
	p->first = '\0';
	return NULL;
}

static const char *
in_text(struct place *p, char c)
{
	if (c == '<') {
		p->at = AT_LESS;
		p->closing = false;
		p->name[0] = p->attr[0] = '\0';
	}
	return NULL;
}

static const char *
in_less(struct place *p, char c)
{
	if (c == '/' && !p->closing) {
		p->closing = true;
		return NULL;
	}
	if (c == '!' && !p->closing) {
		p->at = AT_BANG;
		p->dashes = 0;
		return NULL;
	}
	if (!letter(c))
		return "'<' must begin a tag; write &lt;";
	p->at = AT_NAME;
	return place_feed(p, c);
}

static const char *
in_name(struct place *p, char c)
{
	const char *why;

	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')
		return name_add(p->name, c);
	if (letter(c))
		return "write names in lower case";
	if (!blank(c) && c != '>' && c != '/')
		return "a strange character in the name of an element";
	if ((why = element_begin(p)) != NULL)
		return why;
	return place_feed(p, c);
}

static const char *
in_tag(struct place *p, char c)
{
	if (blank(c) || c == '/')
		return NULL;
	if (c == '>')
		return tag_end(p);
	if (p->closing)
		return "a closing tag has no attributes";
	if (!letter(c))
		return "an attribute was expected";
	p->at = AT_ATTR;
	p->attr[0] = '\0';
	return place_feed(p, c);
}

static const char *
in_attr(struct place *p, char c)
{
	const char *why;

	/* viewBox and a few more of SVG have capitals */
	if (letter(c) || (c >= '0' && c <= '9') || c == '-' || c == ':')
		return name_add(p->attr, c);
	if ((why = attr_end(p)) != NULL)
		return why;
	if (c == '=') {
		p->at = AT_EQUALS;
		return NULL;
	}
	if (!blank(c) && c != '>' && c != '/')
		return "a strange character in the name of an attribute";
	p->at = AT_TAG;
	return place_feed(p, c);
}

static const char *
in_value(struct place *p, char c)
{
	if (c == '"') {
		p->at = AT_AFTER;
		return NULL;
	}
	if (!p->begun)
		p->first = c;
	p->begun = true;
	return c == '<' ? "write &lt; in a value" : NULL;
}

static const char *
in_bang(struct place *p, char c)
{
	if (c == '-' && p->dashes < 2) {
		if (++p->dashes == 2) {
			p->at = AT_COMMENT;
			p->dashes = 0;
		}
		return NULL;
	}
	if (p->dashes != 0)
		return "write comments as {{! ... }}";
	return c == '>' ? tag_end(p) : NULL;
}

static const char *
in_comment(struct place *p, char c)
{
	if (c == '>' && p->dashes >= 2)
		return tag_end(p);
	p->dashes = c == '-' ? p->dashes + 1 : 0;
	return NULL;
}

const char *
place_feed(struct place *p, char c)
{
	switch (p->at) {
	case AT_TEXT:
		return in_text(p, c);
	case AT_LESS:
		return in_less(p, c);
	case AT_NAME:
		return in_name(p, c);
	case AT_TAG:
		return in_tag(p, c);
	case AT_ATTR:
		return in_attr(p, c);
	case AT_EQUALS:
		p->at = AT_VALUE;
		return c == '"' ? NULL : "put values in double quotes";
	case AT_VALUE:
		return in_value(p, c);
	case AT_AFTER:
		p->at = AT_TAG;
		p->url = p->begun = false;
		p->first = '\0';
		return blank(c) || c == '>' || c == '/'
			   ? in_tag(p, c)
			   : "a blank was expected after a value";
	case AT_BANG:
		return in_bang(p, c);
	case AT_COMMENT:
		return in_comment(p, c);
	case AT_RAW:
		/* scripts and styles are files of their own; only the empty
		 * element of <script src> stands in a page */
		if (c != '<')
			return blank(c) ? NULL : "no script or style in a page";
		p->at = AT_LESS;
		p->name[0] = '\0';
		return NULL;
	}
	return "lost";
}

const char *
place_settle(struct place *p)
{
	const char *why;

	if (p->at != AT_ATTR && p->at != AT_NAME)
		return NULL;
	why = p->at == AT_ATTR ? attr_end(p) : element_begin(p);
	if (why != NULL)
		return why;
	p->at = AT_AFTER;
	return NULL;
}

static enum place_value
url_value(struct place *p, const char **why)
{
	if (!p->begun) {
		p->begun = true;
		p->first = '\0';
		return VALUE_URL;
	}
	/* after a value that was checked, or our own path, fragment, query */
	if (p->first == '\0' || strchr("/#?mth", p->first) != NULL)
		return VALUE_URL_PART;
	*why = "a URL must begin with a value, '/', '#' or a scheme";
	return VALUE_REFUSED;
}

enum place_value
place_value(struct place *p, const char **why)
{
	switch (p->at) {
	case AT_TEXT:
		return VALUE_TEXT;
	case AT_VALUE:
		if (p->url)
			return url_value(p, why);
		p->begun = true;
		return strcmp(p->attr, "style") == 0 ? VALUE_STYLE : VALUE_ATTR;
	case AT_EQUALS:
		*why = "put values in double quotes";
		return VALUE_REFUSED;
	case AT_LESS:
	case AT_NAME:
	case AT_TAG:
	case AT_ATTR:
	case AT_AFTER:
		*why = "no value may stand in a tag outside of quotes";
		return VALUE_REFUSED;
	case AT_BANG:
	case AT_COMMENT:
		*why = "no value may stand in a comment";
		return VALUE_REFUSED;
	case AT_RAW:
		*why = "no value may stand in a script or a style";
		return VALUE_REFUSED;
	}
	*why = "lost";
	return VALUE_REFUSED;
}

bool
place_same(const struct place *a, const struct place *b)
{
	enum place_at x = a->at == AT_AFTER ? AT_TAG : a->at;
	enum place_at y = b->at == AT_AFTER ? AT_TAG : b->at;

	if (x != y || a->bare != b->bare || strcmp(a->name, b->name) != 0)
		return false;
	if (x == AT_TEXT || x == AT_TAG || x == AT_RAW)
		return true;
	return strcmp(a->attr, b->attr) == 0 && a->url == b->url &&
	       (!a->url || a->begun == b->begun);
}
