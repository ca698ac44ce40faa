/* Telephone numbers, and what a gateway is told. */
#include "tests/unit/test.h"

#include "core/model/phone.h"
#include "core/service/message.h"

TEST(phone_numbers_are_read_as_people_type_them)
{
	static const struct {
		const char *typed, *country, *want;
	} all[] = {{"+49 170 1234567", "", "+491701234567"},
	    {"0049 (170) 123-45.67", "", "+491701234567"},
	    {"0170/1234567", "+49", "+491701234567"},
	    {"+1 (415) 555-2671", "+49", "+14155552671"},
	    {"+12345678", "", "+12345678"},
	    {"+123456789012345", "", "+123456789012345"}};
	static const struct {
		const char *typed, *country;
	} bad[] = {{"", "+49"}, {"+", ""}, {"0170 1234567", ""},
	    {"170 1234567", "+49"}, {"+1234567", ""}, {"+1234567890123456", ""},
	    {"+49 170 12345x7", ""}, {"++491701234567", ""},
	    {"+0 170 1234567", ""}, {"49+1701234567", "+49"},
	    {"+49170123456\n7", ""}, {"0000000000", "+49"},
	    {"+49                                        1701234567", ""},
	    {"\xd9\xa1\xd9\xa2\xd9\xa3", "+49"}};
	char out[PHONE_ROOM];

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		assert_true(phone_read(all[i].typed, all[i].country, out));
		assert_string_equal(out, all[i].want);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		strcpy(out, "left over");
		if (phone_read(bad[i].typed, bad[i].country, out))
			fail_msg("%s was taken", bad[i].typed);
		assert_string_equal(out, "");
	}
}

TEST(messages_are_written_as_the_gateway_wants_them)
{
	OWN(buf) struct buf b = BUF(1000);
	const char *more[] = {"from=Wi-Fi", "flag", "x=a=b"};
	struct conf_sms s = {.form = "json",
	    .to = "recipient",
	    .text = "body",
	    .more = {.v = (void *)more, .n = 3}};

	assert_ok(message_body(&s, "+491701234567", "a \"b\"\nc", &b));
	assert_string_equal(buf_str(&b),
	    "{\"recipient\":\"+491701234567\",\"body\":\"a "
	    "\\\"b\\\"\\nc\",\"from\":\"Wi-Fi\",\"flag\":\"\",\"x\":"
	    "\"a=b\"}");
	buf_clear(&b);
	s.form = "form";
	assert_ok(message_body(&s, "+491701234567", "a&b=c", &b));
	assert_string_equal(buf_str(&b), "recipient=%2B491701234567&body=a%26b%"
					 "3Dc&from=Wi-Fi&flag=&x=a%3Db");
}

TEST(gateways_that_are_set_wrongly_are_told)
{
	static const char *const bad[] = {"no address", "ftp://a/", "https://"};
	struct conf conf = {.sms.url = ""};
	struct outbox_job job = {.payload = (const uint8_t *)"{}", .len = 2};
	struct outbox_fate f;
	char why[CONF_WHY];
	struct gate *g;

	assert_ok(gate_open(&conf, &g, why));
	assert_null(g);
	f = message_send(NULL, &job);
	assert_int_equal(f.outcome, OUTBOX_LATER);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		conf.sms.url = bad[i];
		assert_err(gate_open(&conf, &g, why), ERR_CONFIG);
		assert_non_null(strstr(why, "sms.url"));
		assert_null(g);
	}
	conf.sms.url = "https://sms.example.org/";
	conf.sms.secret_file = "/nowhere/at/all";
	assert_true(gate_open(&conf, &g, why) != ERR_OK);
	assert_non_null(strstr(why, "/nowhere/at/all"));
	assert_null(g);
	conf.sms.secret_file = "";
	conf.sms.form = "json";
	assert_ok(gate_open(&conf, &g, why));
	for (int i = 0; i < 3; i++) { /* what nobody wrote is not sent */
		const char *text = i == 0 ? "{" : i == 1 ? "{}" : "{\"to\":7}";

		job.payload = (const uint8_t *)text;
		job.len = strlen(text);
		f = message_send(g, &job);
		assert_int_equal(f.outcome, OUTBOX_NEVER);
		assert_non_null(strstr(f.answer, "cannot be read"));
	}
	gate_close(g);
	gate_close(NULL);
}
