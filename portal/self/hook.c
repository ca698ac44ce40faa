#include "portal/web/hook.h"

#include "portal/signin/signin.h"
#include "portal/web/page.h"

enum err
hook_open(struct app *app, char why[static CONF_WHY])
{
	if (app->conf->nprovider == 0)
		return ERR_OK;
	return signin_open(app->conf, app->ring, &app->signin, why);
}

void
hook_close(struct app *app)
{
	if (app->signin != NULL)
		signin_close(app->signin);
}
