/* fetch() against a small server of our own on loopback. TLS is tested with
 * the lying provider in tests/signin. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/net/fetch.h"
#include "tests/unit/loopback.h"
#include "tests/unit/test.h"

struct server {
	int fd, asked;
	const char *answer; /* NULL: accept and say nothing */
	size_t repeat;      /* this many octets follow */
	char seen[2048];
	char url[64];
	pthread_t thread;
};

static void *
serve(void *arg)
{
	struct server *s = arg;
	char block[1024];
	ssize_t n;
	int c;

	memset(block, 'x', sizeof(block));
	while ((c = accept(s->fd, NULL, NULL)) >= 0) {
		s->asked++;
		n = read(c, s->seen, sizeof(s->seen) - 1);
		s->seen[n > 0 ? n : 0] = '\0';
		if (s->answer == NULL) {
			n = read(c, block, sizeof(block)); /* till they go */
		} else {
			n = write(c, s->answer, strlen(s->answer));
			for (size_t i = 0; n > 0 && i < s->repeat; i += 1024)
				n = send(c, block, sizeof(block), MSG_NOSIGNAL);
		}
		close(c);
	}
	return NULL;
}

static void
server_start(struct server *s)
{
	s->fd = loopback_listen("http", "/x", s->url, sizeof(s->url));
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
server_stop(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

static const struct fetch_policy local = {.loopback = true};

TEST(fetch_brings_status_type_and_body)
{
	struct server s = {
	    .answer = "HTTP/1.1 418 Tea\r\nContent-Type: Text/HTML; a=b\r\n"
		      "Retry-After: 7\r\nContent-Length: 5\r\n\r\nhello"};
	OWN(fetch_reply) struct fetch_reply r = {0};
	char v[8];

	server_start(&s);
	assert_ok(fetch(&(struct fetch_call){.url = s.url}, &local, &r));
	server_stop(&s);
	assert_int_equal(r.status, 418);
	assert_string_equal(r.type, "text/html");
	assert_string_equal(buf_str(&r.body), "hello");
	assert_true(fetch_header(&r, "retry-after", v, sizeof(v)));
	assert_string_equal(v, "7");
	assert_false(fetch_header(&r, "absent", v, sizeof(v)));
}

TEST(fetch_posts_with_basic_authentication)
{
	struct server s = {
	    .answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
	OWN(fetch_reply) struct fetch_reply r = {0};

	server_start(&s);
	assert_ok(fetch(&(struct fetch_call){.url = s.url,
			    .user = "me",
			    .password = "a:b",
			    .type = "application/x-www-form-urlencoded",
			    .body = "k=v",
			    .body_len = 3,
			    .headers = {"Accept: application/json"}},
	    &local, &r));
	server_stop(&s);
	assert_non_null(strstr(s.seen, "POST /x HTTP/1.1\r\n"));
	assert_non_null(strstr(s.seen, "Authorization: Basic bWU6YTpi\r\n"));
	assert_non_null(strstr(s.seen, "Accept: application/json\r\n"));
	assert_non_null(strstr(s.seen, "\r\n\r\nk=v"));
}

/* W-29 */
TEST(fetch_does_not_follow_redirects)
{
	struct server s = {.answer = "HTTP/1.1 302 Found\r\nLocation: "
				     "/y\r\nContent-Length: 0\r\n\r\n"};
	OWN(fetch_reply) struct fetch_reply r = {0};

	server_start(&s);
	assert_ok(fetch(&(struct fetch_call){.url = s.url}, &local, &r));
	server_stop(&s);
	assert_int_equal(r.status, 302);
	assert_int_equal(s.asked, 1);
}

/* W-29 */
TEST(fetch_connects_to_nothing_the_policy_refuses)
{
	static const struct fetch_policy strict;
	struct server s = {.answer = "HTTP/1.1 200 OK\r\n\r\n"};
	OWN(fetch_reply) struct fetch_reply r = {0};
	char tls[128], name[128];

	server_start(&s);
	assert_err(fetch(&(struct fetch_call){.url = s.url}, &strict, &r),
	    ERR_BAD_INPUT);
	(void)snprintf(tls, sizeof(tls), "https%s", s.url + 4);
	assert_err(fetch(&(struct fetch_call){.url = tls}, &strict, &r),
	    ERR_FORBIDDEN);
	assert_string_equal(r.trouble, "address");
	(void)snprintf(
	    name, sizeof(name), "https://localhost%s", strrchr(s.url, ':'));
	assert_err(fetch(&(struct fetch_call){.url = name}, &strict, &r),
	    ERR_FORBIDDEN);
	server_stop(&s);
	assert_int_equal(s.asked, 0);
}

TEST(fetch_goes_to_private_addresses_only_when_told)
{
	OWN(fetch_reply) struct fetch_reply r = {0};
	static const char *const urls[] = {"https://10.255.255.1/",
	    "https://169.254.169.254/", "https://[fd00::1]/",
	    "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/"};

	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++)
		assert_err(
		    fetch(&(struct fetch_call){.url = urls[i]}, &local, &r),
		    ERR_FORBIDDEN);
}

TEST(fetch_speaks_plainly_to_loopback_only)
{
	static const struct fetch_policy all = {
	    .loopback = true, .private = true};
	OWN(fetch_reply) struct fetch_reply r = {0};

	assert_err(
	    fetch(&(struct fetch_call){.url = "http://10.0.0.1/"}, &all, &r),
	    ERR_FORBIDDEN);
	assert_err(
	    fetch(&(struct fetch_call){.url = "http://8.8.8.8/"}, &all, &r),
	    ERR_FORBIDDEN);
}

TEST(fetch_stops_at_the_cap)
{
	struct fetch_policy small = {.loopback = true, .body_max = 5000};
	struct server s = {.answer = "HTTP/1.1 200 OK\r\n\r\n", .repeat = 9000};
	struct server said = {
	    .answer = "HTTP/1.1 200 OK\r\nContent-Length: 5001\r\n\r\n"};
	OWN(fetch_reply) struct fetch_reply r = {0};

	server_start(&s);
	assert_err(
	    fetch(&(struct fetch_call){.url = s.url}, &small, &r), ERR_TOO_BIG);
	server_stop(&s);
	server_start(&said);
	assert_err(fetch(&(struct fetch_call){.url = said.url}, &small, &r),
	    ERR_TOO_BIG);
	server_stop(&said);
}

/* An answer of N octets, said before or not, where nobody chose a cap. */
static enum err
answer_of(size_t n, bool said)
{
	OWN(fetch_reply) struct fetch_reply r = {0};
	char *text = malloc(n + 128);
	struct server s = {.answer = text};
	enum err e;
	int head;

	assert_non_null(text);
	head = snprintf(text, 128,
	    said ? "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n"
		 : "HTTP/1.1 200 OK\r\n\r\n",
	    n);
	memset(text + head, 'x', n);
	text[head + n] = '\0';
	server_start(&s);
	e = fetch(&(struct fetch_call){.url = s.url}, &local, &r);
	server_stop(&s);
	free(text);
	assert_true(e || r.body.len == n);
	return e;
}

/* One before it, at it and one after it (B-8). */
TEST(fetch_takes_as_much_as_it_says)
{
	for (int said = 0; said < 2; said++) {
		assert_ok(answer_of(FETCH_BODY_MAX - 1, said));
		assert_ok(answer_of(FETCH_BODY_MAX, said));
		assert_err(answer_of(FETCH_BODY_MAX + 1, said), ERR_TOO_BIG);
	}
}

/* F-08 */
TEST(fetch_keeps_its_deadline)
{
	struct fetch_policy brief = {.loopback = true, .deadline_ms = 200};
	struct server s = {.answer = NULL};
	OWN(fetch_reply) struct fetch_reply r = {0};
	int64_t began = clock_mono();

	server_start(&s);
	assert_err(
	    fetch(&(struct fetch_call){.url = s.url}, &brief, &r), ERR_IO);
	assert_string_equal(r.trouble, "timeout");
	assert_true(clock_mono() - began < 1500000000LL);
	server_stop(&s);
}

/* The usual one, which takes as long as it says: with LATCHKEY_LONG. */
TEST(fetch_waits_as_long_as_it_says)
{
	struct server s = {.answer = NULL};
	OWN(fetch_reply) struct fetch_reply r = {0};
	int64_t began = clock_mono();

	if (getenv("LATCHKEY_LONG") == NULL)
		return;
	server_start(&s);
	assert_err(
	    fetch(&(struct fetch_call){.url = s.url}, &local, &r), ERR_IO);
	assert_string_equal(r.trouble, "timeout");
	assert_true(clock_mono() - began >= FETCH_DEADLINE_MS * 999000LL);
	server_stop(&s);
}

TEST(fetch_says_when_nobody_listens)
{
	struct server s = {.answer = NULL};
	OWN(fetch_reply) struct fetch_reply r = {0};

	server_start(&s);
	server_stop(&s);
	assert_err(
	    fetch(&(struct fetch_call){.url = s.url}, &local, &r), ERR_IO);
	assert_string_equal(r.trouble, "connect");
}
