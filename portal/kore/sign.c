#include "portal/kore/sign.h"

#include <kore/kore.h>

#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/handout/profile.h"

static enum err
signed_by(SSL_CTX *tls, struct reply *rp)
{
	struct profile_signer s = {.cert = SSL_CTX_get0_certificate(tls),
	    .key = SSL_CTX_get0_privatekey(tls)};
	OWN(buf) struct buf out = BUF(rp->body.max);
	struct buf plain = rp->body;
	enum err e;

	if (s.cert == NULL || s.key == NULL)
		return ERR_NOT_FOUND;
	(void)SSL_CTX_get0_chain_certs(tls, &s.chain);
	if ((e = profile_sign(&s, &rp->body, &out)))
		return e;
	secret_wipe(plain.p, plain.len); /* there is a password in it */
	rp->body = out;
	out = plain;
	return ERR_OK;
}

void
sign_reply(struct reply *rp)
{
	SSL_CTX *tls = primary_dom != NULL ? primary_dom->ssl_ctx : NULL;
	enum err e = ERR_NOT_FOUND;

	if (rp->body.err != ERR_OK)
		return;
	/* while the key manager is asked, a new certificate may arrive */
	if (tls != NULL && SSL_CTX_up_ref(tls) == 1) {
		e = signed_by(tls, rp);
		SSL_CTX_free(tls);
	}
	if (e != ERR_OK)
		LOG(WARN, "profile.unsigned", LOG_S("reason", err_name(e)));
}
