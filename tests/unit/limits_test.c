/*
 * Every limit that `latchkey limits` prints, one before it, at it and one after
 * it (B-8). A row says how to stand there; a limit that has none names the test
 * that stands there. One that is missing here fails.
 */
#include "tests/unit/service.h"

#include <ctype.h>
#include <openssl/evp.h>

#include "core/conf/conf.h"
#include "core/crypt/psk.h"
#include "core/model/field.h"
#include "core/model/mint.h"
#include "core/model/schedule.h"
#include "core/net/mail.h"
#include "core/service/batches.h"
#include "core/service/guests.h"
#include "core/service/imports.h"
#include "core/service/links.h"
#include "core/service/outbox.h"
#include "core/service/owns.h"
#include "core/service/rotations.h"
#include "core/service/tokens.h"
#include "core/service/vouchers.h"
#include "core/service/webhooks.h"
#include "portal/api/api.h"
#include "portal/scim/filter.h"

static struct house h;
static struct call stranger;
static int serial; /* makes each try another one */

/* N of C, in memory that is used again. */
static const char *
many(char c, int64_t n)
{
	static char room[1 << 16];

	assert_in_range(n, 0, sizeof(room) - 1);
	memset(room, c, (size_t)n);
	room[n] = '\0';
	return room;
}

static const char *
fresh(const char *prefix)
{
	return arena_printf(h.arena, "%s%d", prefix, ++serial);
}

/* --- values -----------------------------------------------------------------
 */

static bool
plan_takes(const char *field, const char *text)
{
	struct plan p = h.plan;
	struct why w;

	return field_set(field_find(plan_fields, field), &p, text, &w) ==
		   ERR_OK &&
	       plan_check(&p, &w) == ERR_OK;
}

static const char *
number(int64_t n)
{
	return arena_printf(h.arena, "%lld", (long long)n);
}

static bool
a_name(int64_t n)
{
	return plan_takes("name", many('x', n));
}

static bool
an_ssid(int64_t n)
{
	struct network net = h.net;
	struct why w;

	return field_set(field_find(network_fields, "ssid"), &net, many('x', n),
		   &w) == ERR_OK &&
	       network_check(&net, &w) == ERR_OK;
}

static bool
a_role(int64_t n)
{
	return plan_takes("role", many('x', n));
}

static bool
a_vlan(int64_t n)
{
	return plan_takes("vlan", number(n));
}

static bool
a_pool_from(int64_t n)
{
	struct plan p = h.plan;
	struct why w;

	p.vlan = 0;
	(void)snprintf(p.pool, sizeof(p.pool), "%d-20", (int)n);
	return plan_check(&p, &w) == ERR_OK;
}

static bool
devices(int64_t n)
{
	return plan_takes("devices", number(n));
}

static bool
a_passphrase(int64_t n)
{
	return psk_allowed(many('x', n), (size_t)n);
}

static bool
digits_of_a_pmk(int64_t n)
{
	return psk_is_hex(many('a', n), (size_t)n);
}

/* IEEE Std 802.11-2020 J.4.1, by another hand. */
static bool
rounds(int64_t n)
{
	uint8_t ours[PSK_PMK], theirs[PSK_PMK];

	assert_ok(psk_derive("password", 8, "IEEE", 4, ours));
	assert_int_equal(
	    PKCS5_PBKDF2_HMAC_SHA1("password", 8, (const uint8_t *)"IEEE", 4,
		(int)n, PSK_PMK, theirs),
	    1);
	return memcmp(ours, theirs, PSK_PMK) == 0;
}

static bool
minted(enum style style, int64_t n)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct mint_plan m = {.style = style, .count = (int)n};

	return mint_passphrase(&m, &s) == ERR_OK &&
	       mint_bits(&m) >= MINT_BITS_MIN;
}

static bool
groups_minted(int64_t n)
{
	return minted(STYLE_GROUPS, n);
}

static bool
words_minted(int64_t n)
{
	return minted(STYLE_WORDS, n);
}

static bool
windows(int64_t n)
{
	OWN(buf) struct buf b = BUF(8192);
	struct schedule s;
	struct why w;

	for (int64_t i = 0; i < n; i++)
		buf_printf(&b, "%smon %02d:00-%02d:30", i ? "; " : "",
		    (int)(i % 24), (int)(i % 24));
	return schedule_parse(buf_str(&b), &s, &w) == ERR_OK;
}

static bool
a_secret(int64_t n)
{
	OWN(secret) struct secret s = SECRET_NONE;

	return secret_set(&s, many('x', n), (size_t)n) == ERR_OK;
}

static bool
providers(int64_t n)
{
	OWN(buf) struct buf b = BUF(65536);
	OWN(conf) struct conf *c = NULL;
	char why[CONF_WHY];

	buf_text(&b, "portal { public_url = \"https://w.example\" }\n");
	for (int64_t i = 0; i < n; i++)
		buf_printf(&b,
		    "provider \"p%d\" { issuer = \"https://p%d.example\" "
		    "client_id = x auth_method = none }\n",
		    (int)i, (int)i);
	return conf_parse("x", buf_str(&b), b.len, &c, why) == ERR_OK;
}

/* Of N octets: 64, an @, and labels of 63. */
static const char *
address(int64_t n)
{
	char *a = arena_text(h.arena, many('a', n));

	a[64] = '@';
	for (int64_t i = 128; i < n - 1; i += 64)
		a[i] = '.';
	(void)snprintf(a, 12, "%011d", ++serial);
	a[11] = 'a';
	return a;
}

static bool
an_address(int64_t n)
{
	return mail_address_ok(address(n));
}

static bool
a_subject(int64_t n)
{
	struct mail_server s = {.url = "smtp://127.0.0.1:9",
	    .user = "",
	    .ca_file = "",
	    .from = "wifi@example.org",
	    .from_name = "Wi-Fi"};
	struct mail m = {.to = "a@example.org",
	    .subject = many('x', n),
	    .text = "t",
	    .id = "1",
	    .language = "en"};
	char why[MAIL_WHY];

	return mail_send(&s, &m, why) != ERR_BAD_INPUT;
}

/* --- people -----------------------------------------------------------------
 */

static bool
signs_in(const char *issuer, const char *subject, const char *const *groups,
    size_t n, struct person *p)
{
	struct identity id = {.issuer = issuer,
	    .subject = subject,
	    .name = "Somebody",
	    .mail = "",
	    .groups = groups,
	    .ngroups = n,
	    .groups_known = true,
	    .claims = "{}",
	    .language = ""};

	return people_sign_in(&h.root, &id, NULL, 0, p) == ERR_OK;
}

static bool
an_issuer(int64_t n)
{
	struct person p;

	return signs_in(many('i', n), fresh("s"), NULL, 0, &p);
}

static bool
a_subject_claim(int64_t n)
{
	struct person p;

	return signs_in("https://id.example.org", many('s', n), NULL, 0, &p);
}

/* Are all of them kept? */
static bool
groups(int64_t n)
{
	const char **all = arena_array(h.arena, (size_t)n, sizeof(*all)), **got;
	struct person p;
	size_t kept;

	for (int64_t i = 0; i < n; i++)
		all[i] = arena_printf(h.arena, "group %d", (int)i);
	assert_true(
	    signs_in("https://id.example.org", fresh("s"), all, (size_t)n, &p));
	assert_ok(people_groups(&h.root, &p.id, &got, &kept));
	return kept == (size_t)n;
}

static bool
a_group(int64_t n)
{
	const char *one = many('g', n), **got;
	struct person p;
	size_t kept;

	assert_true(
	    signs_in("https://id.example.org", fresh("s"), &one, 1, &p));
	assert_ok(people_groups(&h.root, &p.id, &got, &kept));
	return kept == 1;
}

static bool
a_guests_address(int64_t n)
{
	struct guest_ask a = {
	    .name = "Ana", .mail = address(n), .language = "en", .total = 500};
	char digits[GUESTS_DIGITS + 1];
	struct uid proof;

	return guests_prove(&stranger, &a, &proof, digits) == ERR_OK;
}

static bool
passwords_of_one(int64_t n)
{
	struct person p = house_person(&h, fresh("p"), "staff");
	struct call c = house_call(&h, &p, 1 << ROLE_PERSON);
	enum err e = ERR_OK;

	for (int64_t i = 0; i < n && e == ERR_OK; i++) {
		struct key_order o = {
		    .person = p.id, .kind = KEY_THING, .name = fresh("k")};
		struct key_view v;

		e = keys_issue(&c, &o, &v);
	}
	return e == ERR_OK;
}

/* --- the life of a password --- */

static bool
an_overlap(int64_t n)
{
	struct person p = house_person(&h, fresh("p"), "staff");
	struct key_view v = house_key(&h, &p), w;

	return keys_rotate(&h.root, &v.key.id, n, &w) == ERR_OK;
}

static bool
renewed_an_hour(int64_t n)
{
	struct rotation_order o = {
	    .name = "After the leak", .plan = h.plan.id, .per_hour = n};
	struct rotation r;

	return rotations_start(&h.root, &o, &r) != ERR_BAD_INPUT;
}

static bool
rows_of_a_table(int64_t n)
{
	static const char text[] = "subject,name\na,A\nb,B\nc,C\n";
	OWN(imports) struct imports s;
	struct import_row *rows;
	size_t got;

	assert_ok(
	    imports_open(&h.root, &s, IMPORT_PEOPLE, text, sizeof(text) - 1));
	s.trial = true;
	s.rows = (size_t)n - 3; /* so many were read before */
	return imports_next(&h.root, &s, &rows, &got) == ERR_OK;
}

static bool
guests_of_a_batch(int64_t n)
{
	struct batch_order *o = calloc((size_t)n, sizeof(*o));
	struct batch b;
	enum err e;

	assert_non_null(o);
	for (int64_t i = 0; i < n; i++)
		o[i].pass = (struct pass_order){.name = "Guest",
		    .room = "",
		    .mail = "",
		    .language = "",
		    .departure = NOON + 86400};
	e = batches_make(&h.root, "Conference", &h.plan.id, o, (size_t)n, &b);
	free(o);
	return e == ERR_OK;
}

static bool
uses_of_a_code(int64_t n)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher_order o = {
	    .plan = h.plan.id, .name = "Fair", .uses = (int)n};
	struct voucher v;

	return vouchers_make(&h.root, &o, &v, &code) == ERR_OK;
}

static bool
vouchers_of_a_batch(int64_t n)
{
	struct voucher_order o = {.plan = h.plan.id, .name = "Fair"};
	struct voucher_batch b;

	return vouchers_batch(&h.root, &o, n, &b) == ERR_OK;
}

/* --- machines and letters --- */

static bool
a_number_of_ones_own(int64_t n)
{
	struct own o = {.realm = "hotel", .number = many('7', n)};
	struct key_view v;

	return owns_stay(&h.root, &o, &v) == ERR_NOT_FOUND;
}

static bool
a_token_for(int64_t n)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct api_token t = {.scopes = "read", .expires = NOON + n};

	text_copy(t.name, sizeof(t.name), fresh("t"));
	return tokens_add(&h.root, &t, &text) == ERR_OK;
}

static bool
webhooks(int64_t n)
{
	struct webhook *all;
	size_t have;
	enum err e = ERR_OK;

	assert_ok(webhooks_list(&h.root, &all, &have));
	for (; (int64_t)have < n && e == ERR_OK; have++) {
		OWN(secret) struct secret text = SECRET_NONE;
		struct webhook w = {
		    .url = "https://hook.example.org/", .events = "*"};

		text_copy(w.name, sizeof(w.name), fresh("w"));
		e = webhooks_add(&h.root, &w, &text);
	}
	return e == ERR_OK;
}

static bool
depth_of_a_body(int64_t n)
{
	OWN(buf) struct buf b = BUF(4096);
	struct why w;
	json_t *j;

	for (int64_t i = 0; i < n; i++)
		buf_text(&b, i < n - 1 ? "{\"a\":" : "{\"a\":1");
	buf_text(&b, many('}', n));
	j = api_parse(buf_str(&b), b.len, API_DEPTH, &w);
	json_decref(j);
	return j != NULL;
}

static bool
filter_takes(const char *text)
{
	struct filter *f;
	struct why w;

	return filter_parse(text, h.arena, &f, &w) == ERR_OK;
}

static bool
text_of_a_filter(int64_t n)
{
	return filter_takes(
	    arena_printf(h.arena, "a eq \"%s\"", many('x', n - 7)));
}

static bool
depth_of_a_filter(int64_t n)
{
	char *open = arena_text(h.arena, many('(', n));

	return filter_takes(
	    arena_printf(h.arena, "%sa pr%s", open, many(')', n)));
}

static struct uid
letter(const void *octets, size_t len)
{
	struct outbox_order o = {.kind = OUTBOX_MAIL,
	    .about = "letter.code",
	    .urgent = true,
	    .payload = octets,
	    .len = len};
	struct uid id;

	assert_ok(outbox_put(&h.root, &o, &id));
	return id;
}

/* Taken by one courier, and by another N seconds later? */
static bool
taken_again_after(int64_t n)
{
	struct call c = h.system;
	struct uid id = letter("letter", 6);
	struct outbox_job *jobs;
	size_t found;

	assert_ok(outbox_claim(&c, OUTBOX_LETTERS, 16, &jobs, &found));
	c.now += n;
	assert_ok(outbox_claim(&c, OUTBOX_LETTERS, 16, &jobs, &found));
	for (size_t i = 0; i < found; i++)
		if (uid_same(&jobs[i].item.id, &id))
			return true;
	return false;
}

static bool
octets_of_a_letter(int64_t n)
{
	uint8_t *octets = calloc(1, (size_t)n);
	struct outbox_order o = {.kind = OUTBOX_MAIL,
	    .about = "letter.code",
	    .payload = octets,
	    .len = (size_t)n};
	struct uid id;
	enum err e;

	assert_non_null(octets);
	e = outbox_put(&h.root, &o, &id);
	free(octets);
	return e == ERR_OK;
}

/* Of a thousand and one, are as many shown as are asked for? */
static bool
letters_of_a_list(int64_t n)
{
	static int64_t have;
	struct outbox_item *all;
	size_t got;

	for (; have <= OUTBOX_LIST_MAX; have++)
		(void)letter("letter", 6);
	assert_ok(outbox_list(&h.root, "", "", (size_t)n, &all, &got));
	return got == (size_t)n;
}

static enum err
no_letter(void *ctx, const char *to, const char *token, struct outbox_order *o)
{
	(void)ctx, (void)to, (void)token;
	*o = (struct outbox_order){.kind = OUTBOX_MAIL,
	    .about = "letter.link",
	    .payload = "",
	    .len = 0};
	return ERR_OK;
}

static bool
links_to_one(int64_t n)
{
	struct link_ask a = {
	    .mail = fresh("a@x"), .total = 500, .letter = no_letter};
	struct call c = stranger;
	enum err e = ERR_OK;

	for (int64_t i = 0; i < n && e == ERR_OK; i++) {
		c.now += LINKS_PAUSE;
		e = links_ask(&c, &a);
	}
	return e == ERR_OK;
}

static bool
letters_to_one_guest(int64_t n)
{
	struct guest_ask a = {.name = "Ana",
	    .mail = fresh("a@y"),
	    .language = "en",
	    .total = 500};
	char digits[GUESTS_DIGITS + 1];
	struct call c = stranger;
	struct uid proof;
	enum err e = ERR_OK;

	for (int64_t i = 0; i < n && e == ERR_OK; i++) {
		c.now += GUESTS_PAUSE;
		e = guests_prove(&c, &a, &proof, digits);
	}
	return e == ERR_OK;
}

/* --- memory --- */

static bool
memory_of_a_request(int64_t n)
{
	OWN(arena) struct arena *a = arena_new(HTTP_ARENA_MAX);

	return arena_get(a, (size_t)n) != NULL;
}

static bool
octets_of_a_reply(int64_t n)
{
	OWN(buf) struct buf b = BUF(HTTP_REPLY_MAX);

	for (int64_t i = 0; i < n / 64; i++)
		buf_add(&b, many('x', 64), 64);
	buf_add(&b, many('x', 64), (size_t)(n % 64));
	return b.err == ERR_OK && b.len == (size_t)n;
}

/* --- the table --------------------------------------------------------------
 */

enum how {
	MOST,  /* taken before it and at it */
	LEAST, /* taken at it and after it */
	ONLY,  /* taken at it */
};

static const struct row {
	const char *name;
	int64_t n;
	enum how how;
	bool (*takes)(int64_t n);
} rows[] = {
#define ROW(name, how, takes)                                                  \
	{                                                                      \
#name, name, how, takes                                        \
	}
    ROW(NAME_MAX_, MOST, a_name),
    ROW(SSID_MAX, MOST, an_ssid),
    ROW(MAIL_MAX, MOST, a_guests_address),
    ROW(ISSUER_MAX, MOST, an_issuer),
    ROW(SUBJECT_MAX, MOST, a_subject_claim),
    ROW(GROUPS_MAX, MOST, groups),
    ROW(GROUP_MAX, MOST, a_group),
    ROW(ROLE_NAME_MAX, MOST, a_role),
    ROW(VLAN_MIN, LEAST, a_pool_from),
    ROW(VLAN_MAX, MOST, a_vlan),
    ROW(DEVICES_MAX, MOST, devices),
    ROW(KEYS_PER_PERSON, MOST, passwords_of_one),
    ROW(PSK_MIN, LEAST, a_passphrase),
    ROW(PSK_MAX, MOST, a_passphrase),
    ROW(PSK_HEX, ONLY, digits_of_a_pmk),
    ROW(PSK_ROUNDS, ONLY, rounds),
    ROW(MINT_GROUPS_MIN, LEAST, groups_minted),
    ROW(MINT_GROUPS_MAX, MOST, groups_minted),
    ROW(MINT_WORDS_MIN, LEAST, words_minted),
    ROW(MINT_WORDS_MAX, MOST, words_minted),
    ROW(SCHEDULE_WINDOWS_MAX, MOST, windows),
    ROW(CONF_PROVIDERS_MAX, MOST, providers),
    ROW(SECRET_MAX, MOST, a_secret),
    ROW(MAIL_ADDRESS_MAX, MOST, an_address),
    ROW(MAIL_SUBJECT_MAX, MOST, a_subject),
    ROW(KEYS_OVERLAP_MAX, MOST, an_overlap),
    ROW(ROTATIONS_RATE, MOST, renewed_an_hour),
    ROW(IMPORTS_ROWS, MOST, rows_of_a_table),
    ROW(BATCHES_ROWS, MOST, guests_of_a_batch),
    ROW(VOUCHERS_USES, MOST, uses_of_a_code),
    ROW(VOUCHERS_BATCH, MOST, vouchers_of_a_batch),
    ROW(OWNS_MAX, MOST, a_number_of_ones_own),
    ROW(TOKENS_LONGEST, MOST, a_token_for),
    ROW(WEBHOOKS_MOST, MOST, webhooks),
    ROW(API_DEPTH, MOST, depth_of_a_body),
    ROW(FILTER_TEXT_MAX, MOST, text_of_a_filter),
    ROW(FILTER_DEPTH_MAX, MOST, depth_of_a_filter),
    ROW(OUTBOX_HOLD, LEAST, taken_again_after),
    ROW(OUTBOX_PAYLOAD_MAX, MOST, octets_of_a_letter),
    ROW(OUTBOX_LIST_MAX, MOST, letters_of_a_list),
    ROW(HTTP_ARENA_MAX, MOST, memory_of_a_request),
    ROW(HTTP_REPLY_MAX, MOST, octets_of_a_reply),
    ROW(LINKS_MAILS, MOST, links_to_one),
    ROW(GUESTS_MAILS, MOST, letters_to_one_guest),
#undef ROW
};

/* The text is in the file that tests the limit. */
static const struct elsewhere {
	const char *name, *file, *text;
} elsewhere[] = {
#define ELSEWHERE(name, file, text) {#name, file, text},
#include "tests/unit/limits.def"
#undef ELSEWHERE
};

static void
stand(const struct row *r)
{
	const bool want[3] = {r->how == MOST, true, r->how == LEAST};

	for (int i = 0; i < 3; i++)
		if (r->takes(r->n - 1 + i) != want[i])
			fail_msg("%s: %lld was %s", r->name,
			    (long long)(r->n - 1 + i),
			    want[i] ? "refused" : "taken");
}

TEST(limits_hold_one_before_at_and_one_after)
{
	if (access("/dev/shm", W_OK) == 0)
		(void)setenv("LATCHKEY_SCRATCH", "/dev/shm", 0);
	house_make(&h);
	(void)house_guests(&h, &h.plan.id);
	stranger = h.root;
	stranger.actor =
	    (struct actor){.kind = ACTOR_GUEST, .from = "192.0.2.9"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		stand(&rows[i]);
		arena_free(h.arena);
		assert_non_null(h.arena = arena_new(64 << 20));
		h.root.arena = h.system.arena = stranger.arena = h.arena;
	}
	house_end(&h);
}

static char *
whole_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (f == NULL || text == NULL)
		fail_msg("%s cannot be read here", path);
	if (fread(text, 1, (1 << 20) - 1, f) == 0)
		fail_msg("%s is empty", path);
	fclose(f);
	return text;
}

static int
times(const char *name)
{
	int n = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		n += strcmp(rows[i].name, name) == 0;
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++)
		n += strcmp(elsewhere[i].name, name) == 0;
	return n;
}

/* Each that is printed is here, once, and the other way round. */
TEST(limits_that_are_printed_have_their_test)
{
	OWN(mem) char *text = whole_file("cli/limits.c");
	size_t printed = 0;

	for (char *t = text; (t = strstr(t, "LIMIT(")) != NULL;) {
		char name[64] = "";
		size_t n = 0;

		t += strlen("LIMIT(");
		while ((isupper(*t) || isdigit(*t) || *t == '_') &&
		       n < sizeof(name) - 1)
			name[n++] = *t++;
		if (n == 0) /* the macro */
			continue;
		printed++;
		if (times(name) != 1)
			fail_msg("%s stands here %d times", name, times(name));
	}
	assert_int_equal(printed, sizeof(rows) / sizeof(*rows) +
				      sizeof(elsewhere) / sizeof(*elsewhere));
}

TEST(limits_of_other_tests_are_there)
{
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++) {
		OWN(mem) char *text = whole_file(elsewhere[i].file);

		if (strstr(text, elsewhere[i].text) == NULL)
			fail_msg("%s: \"%s\" is not in %s", elsewhere[i].name,
			    elsewhere[i].text, elsewhere[i].file);
	}
}
