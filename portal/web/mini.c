#include "portal/web/mini.h"

#include <string.h>
#include <strings.h>

static bool
has(const char *text, const char *part)
{
	return strcasestr(text, part) != NULL;
}

/* Apple's has the engine in its name but not the browser; Android's says that
 * it is a web view ("; wv)") and which app it is of. */
bool
mini_is(const char *agent, const char *app)
{
	if (app != NULL && has(app, "captiveportal"))
		return true;
	if (agent == NULL)
		return false;
	if (has(agent, "CaptiveNetworkSupport") || has(agent, "; wv)"))
		return true;
	return has(agent, "AppleWebKit") && !has(agent, "Safari/") &&
	       !has(agent, "Chrome/");
}

bool
mini_browser(const struct request *rq)
{
	return mini_is(request_header(rq, "user-agent"),
	    request_header(rq, "x-requested-with"));
}
