/*
 * handout_harness: what a key is handed out as, for readers of other makes
 *
 *	handout_harness pdf LAYOUT COPIES | svg | png PIXELS | wifi | escpos |
 *	    profile KIND [CHAIN KEY]
 *
 * reads a JSON object of a handout's texts on standard input, writes the
 * document to standard output and its figures as one JSON line to standard
 * error.
 */
#include <jansson.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/handout/escpos.h"
#include "core/handout/profile.h"
#include "core/handout/qr.h"
#include "core/handout/sheet.h"

static const char *
text(const json_t *in, const char *name)
{
	const char *t = json_string_value(json_object_get(in, name));

	return t != NULL ? t : "";
}

static enum err
handout(const json_t *in, struct secret *s, struct handout *h)
{
	const char *p = text(in, "passphrase");

	*h = (struct handout){.ssid = text(in, "ssid"),
	    .passphrase = s,
	    .hidden = json_is_true(json_object_get(in, "hidden")),
	    .network = text(in, "network"),
	    .person = text(in, "person"),
	    .key = text(in, "key"),
	    .plan = text(in, "plan"),
	    .valid = text(in, "valid"),
	    .brand = text(in, "brand"),
	    .support = text(in, "support"),
	    .support_mail = text(in, "support_mail"),
	    .url = text(in, "url"),
	    .language = text(in, "language"),
	    .note = text(in, "note"),
	    .id = text(in, "id"),
	    .not_after = json_integer_value(json_object_get(in, "not_after"))};
	return secret_set(s, p, strlen(p));
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum err
pdf(const struct handout *h, char **argv, struct buf *out)
{
	struct sheet s = {.title = "Wi-Fi", .made = 1700000000};
	size_t n = strtoul(argv[3], NULL, 10);
	OWN(mem) struct handout *all = calloc(n + 1, sizeof(*all));
	double t = seconds();
	enum err e;

	if (all == NULL || !sheet_parse(argv[2], &s.layout))
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < n; i++)
		all[i] = *h;
	e = sheet_pdf(&s, all, n, out);
	fprintf(stderr, "{\"missing\":%zu,\"seconds\":%.6f}\n", s.missing,
	    seconds() - t);
	return e;
}

static enum err
code(const struct handout *h, char **argv, struct buf *out)
{
	OWN(buf) struct buf b = BUF(2000);
	static struct qr q;
	enum err e;

	if ((e = wifi_string(h, &b)) || (e = qr_make(buf_str(&b), &q)))
		return e;
	if (strcmp(argv[1], "png") == 0)
		return qr_png(&q, atoi(argv[2]), out);
	return qr_svg(&q, text(NULL, ""), out);
}

static enum err
signed_with(
    const char *chain, const char *key, const struct buf *in, struct buf *out)
{
	struct profile_signer s = {.chain = sk_X509_new_null()};
	FILE *c = fopen(chain, "r"), *k = fopen(key, "r");
	enum err e = ERR_CONFIG;

	if (c != NULL && k != NULL) {
		s.cert = PEM_read_X509(c, NULL, NULL, NULL);
		for (X509 *x; (x = PEM_read_X509(c, NULL, NULL, NULL));)
			sk_X509_push(s.chain, x);
		s.key = PEM_read_PrivateKey(k, NULL, NULL, NULL);
		e = profile_sign(&s, in, out);
		fclose(c);
		fclose(k);
	}
	X509_free(s.cert);
	sk_X509_pop_free(s.chain, X509_free);
	EVP_PKEY_free(s.key);
	return e;
}

/* profile KIND [CHAIN.pem KEY.pem] */
static enum err
profile(const struct handout *h, int argc, char **argv, struct buf *out)
{
	OWN(buf) struct buf plain = BUF(1 << 20);
	enum profile_kind k;
	enum err e;

	if (argc < 3 || !profile_parse(argv[2], &k))
		return ERR_BAD_INPUT;
	if (argc < 5)
		return profile_write(k, h, out);
	if ((e = profile_write(k, h, &plain)))
		return e;
	return signed_with(argv[3], argv[4], &plain, out);
}

static enum err
receipt(const struct handout *h, struct buf *out)
{
	size_t missing = 0;
	enum err e = escpos_receipt(h, out, &missing);

	fprintf(stderr, "{\"missing\":%zu}\n", missing);
	return e;
}

static enum err
run(int argc, char **argv, const struct handout *h, struct buf *out)
{
	if (strcmp(argv[1], "pdf") == 0)
		return pdf(h, argv, out);
	if (strcmp(argv[1], "profile") == 0)
		return profile(h, argc, argv, out);
	if (strcmp(argv[1], "escpos") == 0)
		return receipt(h, out);
	if (strcmp(argv[1], "wifi") == 0)
		return wifi_string(h, out);
	return code(h, argv, out);
}

int
main(int argc, char **argv)
{
	static struct buf out = {.max = SHEET_MAX};
	json_t *in = json_loadf(stdin, 0, NULL);
	struct secret s = SECRET_NONE;
	struct handout h;
	enum err e;

	if (argc < 2 || in == NULL)
		return 2;
	if ((e = handout(in, &s, &h)) || (e = run(argc, argv, &h, &out))) {
		fprintf(stderr, "{\"error\":\"%s\"}\n", err_name(e));
		return 1;
	}
	fwrite(out.p, 1, out.len, stdout);
	buf_own(&out);
	json_decref(in);
	return 0;
}
