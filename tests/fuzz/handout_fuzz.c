/* Texts of anybody on a sheet, a receipt, in a code and in every profile. */
#include <string.h>

#include "core/base/text.h"
#include "core/handout/escpos.h"
#include "core/handout/profile.h"
#include "core/handout/qr.h"
#include "core/handout/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FIELDS = 12, FIELD_MAX = 4096 };

/* Fields are separated by 0xff, which UTF-8 has not. */
static void
split(const uint8_t *data, size_t size, char f[FIELDS][FIELD_MAX])
{
	size_t i = 0, n = 0;

	memset(f, 0, (size_t)FIELDS * FIELD_MAX);
	for (; size > 0 && i < FIELDS; data++, size--)
		if (*data == 0xff) {
			i++;
			n = 0;
		} else if (n + 1 < FIELD_MAX)
			f[i][n++] = (char)*data;
}

static void
profiles(const struct handout *h)
{
	for (int k = 0; k < 5; k++) {
		OWN(buf) struct buf b = BUF(1 << 20);

		(void)!profile_write((enum profile_kind)k, h, &b);
	}
}

static void
code(const struct handout *h)
{
	OWN(buf) struct buf text = BUF(2000);
	OWN(buf) struct buf svg = BUF(1 << 20);
	static struct qr q;

	if (wifi_string(h, &text) == ERR_OK &&
	    qr_make(buf_str(&text), &q) == ERR_OK) {
		if (q.n != qr_modules(text.len))
			__builtin_trap();
		(void)!qr_svg(&q, h->person, &svg);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const languages[] = {"en", "ar", "ja", "de-AT"};
	static char f[FIELDS][FIELD_MAX];
	static struct secret s;
	OWN(buf) struct buf b = BUF(SHEET_MAX);
	OWN(buf) struct buf r = BUF(1 << 20);
	struct sheet sheet = {.title = f[2]};
	size_t missing;
	struct handout h = {.ssid = f[0],
	    .passphrase = &s,
	    .network = f[2],
	    .person = f[3],
	    .key = f[4],
	    .plan = f[5],
	    .valid = f[6],
	    .brand = f[7],
	    .support = f[8],
	    .support_mail = f[9],
	    .url = f[10],
	    .note = f[11],
	    .id = f[4]};

	if (size < 1)
		return 0;
	split(data + 1, size - 1, f);
	sheet.layout = (enum sheet_layout)(data[0] % 12);
	h.language = languages[data[0] >> 6];
	h.hidden = data[0] & 32;
	if (secret_set(&s, f[1], strnlen(f[1], 64)) != ERR_OK)
		__builtin_trap();
	profiles(&h);
	code(&h);
	(void)!sheet_pdf(&sheet, &h, 1, &b);
	(void)!escpos_receipt(&h, &r, &missing);
	return 0;
}
