#include "core/net/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/net/addr.h"
#include "core/net/url.h"

/* What the callbacks of one call share. */
struct going {
	const struct fetch_policy *policy;
	struct fetch_reply *out;
	bool tls, refused;
};

/* Per process: a handle for each thread, freed as the thread ends. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t handles;

static void
handle_free(void *h)
{
	curl_easy_cleanup(h);
}

static void
once_only(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    pthread_key_create(&handles, handle_free) != 0) {
		LOG(ERROR, "fetch.start_failed");
		abort();
	}
}

static CURL *
handle(void)
{
	CURL *h;

	pthread_once(&once, once_only);
	if ((h = pthread_getspecific(handles)) == NULL) {
		if ((h = curl_easy_init()) == NULL ||
		    pthread_setspecific(handles, h) != 0) {
			curl_easy_cleanup(h);
			return NULL;
		}
	}
	curl_easy_reset(h);
	return h;
}

static bool
may_reach(struct going *g, enum addr_kind kind)
{
	bool yes = false;

	switch (kind) {
	case ADDR_PUBLIC:
		yes = g->tls;
		break;
	case ADDR_LOOPBACK:
		yes = g->policy->loopback;
		break;
	case ADDR_PRIVATE:
		yes = g->tls && g->policy->private;
		break;
	case ADDR_NEVER:
		break;
	}
	g->refused |= !yes;
	return yes;
}

/* The address curl is about to connect to: looked up, not to be changed. */
static curl_socket_t
on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	(void)purpose;
	if (!may_reach(arg, addr_kind(&to->addr)))
		return CURL_SOCKET_BAD;
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* A kept connection has seen no on_socket() of this call: look again. */
static int
on_request(void *arg, char *ip, char *local, int port, int local_port)
{
	struct going *g = arg;

	(void)local, (void)port, (void)local_port;
	return may_reach(g, addr_kind_text(ip)) ? CURL_PREREQFUNC_OK
						: CURL_PREREQFUNC_ABORT;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct going *g = arg;

	buf_add(&g->out->body, p, size * n);
	return g->out->body.err == ERR_OK ? size * n : 0;
}

static size_t
on_head(char *p, size_t size, size_t n, void *arg)
{
	struct going *g = arg;

	buf_add(&g->out->head, p, size * n);
	return g->out->head.err == ERR_OK ? size * n : 0;
}

/* Every option below has been checked to exist in the packaged curl, so a
 * failure is a want of memory: then nothing is asked at all, for a rule might
 * be missing, or a name. */
#define SET(option, value)                                                     \
	(bad |= curl_easy_setopt(h, option, value) != CURLE_OK)

/* What every call has. */
static enum err
set_rules(CURL *h, struct going *g)
{
	bool bad = false;
	const struct fetch_policy *p = g->policy;
	long ms = p->deadline_ms > 0 ? (long)p->deadline_ms : FETCH_DEADLINE_MS;

	SET(CURLOPT_PROTOCOLS_STR, g->tls ? "https" : "http");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (p->ca_file != NULL) {
		SET(CURLOPT_CAINFO, p->ca_file);
		SET(CURLOPT_CAPATH, NULL);
	}
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_TIMEOUT_MS, ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, ms);
	SET(CURLOPT_MAXFILESIZE, (long)g->out->body.max);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
	SET(CURLOPT_OPENSOCKETDATA, g);
	SET(CURLOPT_PREREQFUNCTION, on_request);
	SET(CURLOPT_PREREQDATA, g);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, g);
	SET(CURLOPT_HEADERFUNCTION, on_head);
	SET(CURLOPT_HEADERDATA, g);
	SET(CURLOPT_USERAGENT, "Latchkey/" LATCHKEY_VERSION);
	return bad ? ERR_NO_MEMORY : ERR_OK;
}

static enum err
set_call(CURL *h, const struct fetch_call *c, struct curl_slist **list)
{
	struct curl_slist *more;
	char type[160];
	bool bad = false;

	SET(CURLOPT_URL, c->url);
	for (size_t i = 0; i < FETCH_HEADERS_MAX && c->headers[i]; i++) {
		if ((more = curl_slist_append(*list, c->headers[i])) == NULL)
			return ERR_NO_MEMORY;
		*list = more;
	}
	if (c->type != NULL) {
		(void)snprintf(type, sizeof(type), "Content-Type: %s", c->type);
		if ((more = curl_slist_append(*list, type)) == NULL ||
		    (*list = more, more = curl_slist_append(more, "Expect:")) ==
			NULL)
			return ERR_NO_MEMORY;
		*list = more;
		SET(CURLOPT_POSTFIELDS, c->body);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->body_len);
		/* curl repeats a request that dies on a kept connection; a
		 * code must never be sent twice */
		SET(CURLOPT_FRESH_CONNECT, 1L);
	}
	SET(CURLOPT_HTTPHEADER, *list);
	if (c->user != NULL) {
		SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		SET(CURLOPT_USERNAME, c->user);
		SET(CURLOPT_PASSWORD, c->password);
	} else if (c->bearer != NULL) {
		SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		SET(CURLOPT_XOAUTH2_BEARER, c->bearer);
	}
	return bad ? ERR_NO_MEMORY : ERR_OK;
}

static const char *
trouble(CURLcode rc)
{
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return "timeout";
	if (rc == CURLE_COULDNT_RESOLVE_HOST)
		return "resolve";
	if (rc == CURLE_COULDNT_CONNECT)
		return "connect";
	if (rc == CURLE_PEER_FAILED_VERIFICATION ||
	    rc == CURLE_SSL_CONNECT_ERROR || rc == CURLE_SSL_CERTPROBLEM ||
	    rc == CURLE_SSL_CACERT_BADFILE || rc == CURLE_SSL_CIPHER)
		return "tls";
	return "broken";
}

static enum err
verdict(CURL *h, CURLcode rc, const struct going *g)
{
	struct fetch_reply *out = g->out;
	const char *type = NULL;
	long status = 0;
	size_t n;

	if (g->refused && rc != CURLE_OK) {
		out->trouble = "address";
		return ERR_FORBIDDEN;
	}
	if (rc == CURLE_OUT_OF_MEMORY || out->body.err == ERR_NO_MEMORY ||
	    out->head.err == ERR_NO_MEMORY)
		return ERR_NO_MEMORY;
	if (rc == CURLE_FILESIZE_EXCEEDED || out->body.err || out->head.err) {
		out->trouble = "too_big";
		return ERR_TOO_BIG;
	}
	if (rc != CURLE_OK) {
		out->trouble = trouble(rc);
		return ERR_IO;
	}
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(h, CURLINFO_CONTENT_TYPE, &type);
	out->status = (int)status;
	n = type == NULL ? 0 : strcspn(type, "; \t");
	if (n >= sizeof(out->type))
		n = 0;
	for (size_t i = 0; i < n; i++)
		out->type[i] =
		    (char)(type[i] |
			   (type[i] >= 'A' && type[i] <= 'Z' ? 0x20 : 0));
	return ERR_OK;
}

enum err
fetch(const struct fetch_call *call, const struct fetch_policy *policy,
    struct fetch_reply *out)
{
	struct going g = {.policy = policy, .out = out};
	struct curl_slist *list = NULL;
	struct url url;
	enum err e;
	CURL *h;

	fetch_reply_own(out);
	*out = (struct fetch_reply){
	    .body = BUF(policy->body_max ? policy->body_max : FETCH_BODY_MAX),
	    .head = BUF(FETCH_HEAD_MAX)};
	if (!url_parse(call->url, &url) || (!url.tls && !policy->loopback)) {
		out->trouble = "url";
		return ERR_BAD_INPUT;
	}
	g.tls = url.tls;
	if ((h = handle()) == NULL)
		return ERR_NO_MEMORY;
	if ((e = set_rules(h, &g)) == ERR_OK &&
	    (e = set_call(h, call, &list)) == ERR_OK)
		e = verdict(h, curl_easy_perform(h), &g);
	curl_slist_free_all(list);
	curl_easy_reset(h); /* forgets pointers into this frame, and secrets */
	return e;
}

bool
fetch_header(
    const struct fetch_reply *r, const char *name, char *out, size_t size)
{
	const char *line = buf_str(&r->head);
	size_t len = strlen(name);

	while (*line != '\0') {
		size_t n = strcspn(line, "\r\n");

		if (n > len && strncasecmp(line, name, len) == 0 &&
		    line[len] == ':') {
			line += len + 1;
			n -= len + 1;
			while (n > 0 && (*line == ' ' || *line == '\t'))
				line++, n--;
			if (n >= size)
				return false;
			memcpy(out, line, n);
			out[n] = '\0';
			return true;
		}
		line += n;
		line += strspn(line, "\r\n");
	}
	return false;
}

void
fetch_reply_own(struct fetch_reply *r)
{
	buf_own(&r->body);
	buf_own(&r->head);
}
