/* Devices that an access point sends here: what is said of them, and to them.
 */
#include "tests/unit/portal_world.h"

#include "core/service/devices.h"
#include "portal/captive/hints.h"
#include "portal/web/mini.h"

static struct world w;

enum { DEVICE = 0x31 };

static struct hints
read_hints(const char *query)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct hints h;
	struct form f;

	assert_ok(form_parse(query, strlen(query), a, &f));
	hints_read(&f, &h);
	return h;
}

/* As their manuals and PacketFence's readers of them write it. */
TEST(every_maker_names_the_device_in_its_own_words)
{
	static const struct {
		const char *maker, *ssid, *query;
	} all[] = {
	    {"cisco", "Open",
		"switch_url=https://192.0.2.1/login.html&ap_mac=00:11:22:33:44:"
		"55&client_mac=02:aa:00:00:00:31&wlan=Open&redirect=http://x/"},
	    {"meraki", "",
		"base_grant_url=https://n1.network-auth.com/splash/grant&"
		"client_ip=10.0.0.1&client_mac=02:aa:00:00:00:31"},
	    {"aruba", "Open",
		"cmd=login&mac=02:aa:00:00:00:31&essid=Open&apname=a&apmac=00:"
		"11:22:33:44:55&switchip=securelogin.example"},
	    {"ruckus", "Open",
		"nbiIP=192.0.2.1&client_mac=02aa00000031&uip=10.0.0.1&"
		"ssid=Open"},
	    {"unifi", "Open",
		"ap=00:11:22:33:44:55&id=02:aa:00:00:00:31&t=1&url=http://x&"
		"ssid=Open"},
	    {"mist", "",
		"wlan_id=6d9b&ap_mac=001122334455&client_mac=02aa00000031"},
	    {"mikrotik", "",
		"mac=02:AA:00:00:00:31&link-login-only=http://10.0.0.254/"
		"login"},
	    {"omada", "Open",
		"clientMac=02-aa-00-00-00-31&apMac=00-11-22-33-44-55&"
		"ssidName=Open"},
	    {"cambium", "Open",
		"ga_cmac=02-aa-00-00-00-31&ga_ap_mac=00-11-22-33-44-55&"
		"ga_ssid=Open&ga_srvr=192.0.2.1"},
	    {"chilli", "Open",
		"res=notyet&uamip=10.1.0.1&uamport=3990&mac=02-aa-00-00-00-31&"
		"ssid=Open"},
	    {"fortinet", "",
		"post=http://10.0.0.1:1000/fgtauth&magic=01&usermac=02:aa:00:"
		"00:00:31"},
	    {"extreme", "Open",
		"RADIUS-NAS-IP=10.0.0.1&Calling-Station-Id=02-aa-00-00-00-31&"
		"ssid=Open"},
	    {"other", "", "mac=02aa.0000.0031"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct hints h = read_hints(all[i].query);

		assert_string_equal(h.maker, all[i].maker);
		assert_int_equal(h.station.b[5], DEVICE);
		assert_string_equal(h.ssid, all[i].ssid);
	}
}

TEST(odd_hints_were_not_said)
{
	static const char *const odd[] = {"", "mac=", "mac=ff:ff:ff:ff:ff:ff",
	    "client_mac=%3Cscript%3E", "mac=02aa00000031&mac=02aa00000032",
	    "mac=02aa0000003", "mac=02aa000000311", "id=02aa00000031"};
	struct hints h;

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		assert_string_equal(read_hints(odd[i]).maker, "");
	h = read_hints("mac=02aa00000031&ssid=a%0Ab");
	assert_string_equal(h.ssid, "");
	h = read_hints("mac=02aa00000031&ssid=a%7Fb");
	assert_string_equal(h.ssid, "");
	h = read_hints("mac=02aa00000031&ssid=");
	assert_string_equal(h.ssid, "");
	assert_string_not_equal(h.maker, "");
	h = read_hints(
	    "mac=02aa00000031&ssid=123456789012345678901234567890123");
	assert_string_equal(h.ssid, "");
	h = read_hints("mac=02aa00000031&ssid="
		       "12345678901234567890123456789012");
	assert_int_equal(strlen(h.ssid), 32);
}

/* RFC 8908 4, 5 */
TEST(the_api_tells_each_client_its_own_state)
{
	struct got g;

	world_open(
	    &w, "}\ncaptive { networks = {\"10.20.0.0/16\", \"192.0.2.7\"}");
	g = ASK(&w, .path = "/captive-portal/api", .peer = "10.20.3.4");
	assert_int_equal(g.status, 200);
	assert_string_equal(
	    got_header(&g, "content-type"), "application/captive+json");
	assert_string_equal(got_header(&g, "cache-control"), "no-store");
	assert_null(got_header(&g, "set-cookie"));
	assert_string_equal(g.body, "{\"captive\":true,\"user-portal-url\":"
				    "\"https://wifi.example.org/captive\"}");
	g = ASK(&w, .path = "/captive-portal/api", .peer = "192.0.2.7");
	assert_has(&g, "\"captive\":true");
	g = ASK(&w, .path = "/captive-portal/api", .peer = "10.21.0.1");
	assert_string_equal(g.body, "{\"captive\":false}");
	world_close(&w);
	world_open(&w, "");
	g = ASK(&w, .path = "/captive-portal/api", .peer = "10.20.3.4");
	assert_string_equal(g.body, "{\"captive\":false}");
	world_close(&w);
}

/* Nobody is sent to, and no form or link leads to, an address of the query. */
TEST(a_page_for_devices_repeats_no_address_of_others)
{
	static const char query[] =
	    "switch_url=https://evil.example/login.html&client_mac="
	    "02:aa:00:00:00:31&wlan=%3Cb%3EOpen&redirect=http://evil.example/"
	    "&login_url=https://evil.example/&post=https://evil.example/"
	    "&link-login-only=https://evil.example/&continue_url=//"
	    "evil.example";
	struct got g;

	world_open(&w, "}\nguest { ways = {\"code\"}");
	for (int i = 0; i < 2; i++) {
		g = ASK(&w, .path = i ? "/guest/s/default/" : "/captive",
		    .query = query);
		assert_int_equal(g.status, 200);
		assert_null(got_header(&g, "location"));
		assert_lacks(&g, "\"https://evil");
		assert_lacks(&g, "\"//evil");
		assert_lacks(&g, "href=\"http");
		assert_lacks(&g, "action=\"http");
		assert_has(&g, "href=\"/guest\"");
	}
	world_close(&w);
}

TEST(a_device_is_registered_with_what_its_page_told)
{
	struct person who;
	struct key_view v;
	struct got g;
	char *token;

	world_open(&w, "");
	token = world_sign_in(&w, "ada", "staff", &who);
	g = ASK(&w, .path = "/register/02-aa-00-00-00-31");
	assert_int_equal(g.status, 303);
	assert_string_equal(got_header(&g, "location"),
	    "/signin?return=%2Fregister%2F02-aa-00-00-00-31");
	g = ASK(&w, .path = "/register/02-aa-00-00-00-31", .token = token);
	assert_goes(&g, "/");
	v = world_key(&w, &who);
	g = ASK(&w, .path = "/register/02-aa-00-00-00-31", .token = token);
	assert_goes(
	    &g, arena_printf(w.arena, "/key/%s/device?mac=02-aa-00-00-00-31",
		    v.key.id.s));
	g = ASK(&w, .path = "/register/nonsense", .token = token);
	assert_int_equal(g.status, 404);
	world_close(&w);
}

/* A device of the password V, blocked. */
static void
blocked(const struct key_view *v, const char *mac)
{
	struct call c = world_call(&w);
	struct device d;

	assert_ok(device_register(&c, &v->key.id, mac, "Telephone", &d));
	assert_ok(device_set_blocked(&c, &d.id, true));
}

static struct got
sent(const char *token)
{
	return ASK(&w, .path = "/captive",
	    .query = "client_mac=02:aa:00:00:00:31", .token = token);
}

/* Anybody can write that address: it must not tell what others may not know. */
TEST(a_blocked_device_is_told_to_whom_it_belongs_and_to_nobody_else)
{
	struct person ada, bob;
	struct got before, g;
	struct key_view v;
	char *mine, *other;

	world_open(&w, "");
	mine = world_sign_in(&w, "ada", "staff", &ada);
	other = world_sign_in(&w, "bob", "staff", &bob);
	v = world_key(&w, &ada);
	before = sent(NULL);
	assert_has(&before, "It may have been blocked.");
	assert_has(&before, "Room 101");
	g = sent(mine);
	assert_lacks(&g, "This device is blocked");
	blocked(&v, "02-aa-00-00-00-31");
	g = sent(NULL);
	assert_string_equal(g.body, before.body);
	g = sent(other);
	assert_lacks(&g, "This device is blocked");
	g = ASK(&w, .path = "/register/02-aa-00-00-00-31", .token = other);
	assert_goes(&g, "/");
	g = sent(mine);
	assert_int_equal(g.status, 200);
	assert_has(&g, "<h1>This device is blocked</h1>");
	assert_has(&g, "02-aa-00-00-00-31");
	assert_has(&g, "Whom to ask: <b><bdi>Room 101</bdi></b>");
	g = ASK(&w, .path = "/register/02-aa-00-00-00-31", .token = mine);
	assert_has(&g, "<h1>This device is blocked</h1>");
	g = ASK(&w, .path = "/register/02-aa-00-00-00-32", .token = mine);
	assert_int_equal(g.status, 303);
	world_close(&w);
}

TEST(my_wifi_names_the_devices_that_are_blocked)
{
	struct key_view v;
	struct person ada;
	struct got g;
	char *token;

	world_open(&w, "");
	token = world_sign_in(&w, "ada", "staff", &ada);
	v = world_key(&w, &ada);
	for (int i = 0; i < 2; i++) {
		g = ASK(&w,
		    .path =
			i ? "/" : arena_printf(w.arena, "/key/%s", v.key.id.s),
		    .token = token);
		assert_lacks(&g, "joins with no Wi-Fi password");
	}
	blocked(&v, "02-aa-00-00-00-31");
	g = ASK(&w, .path = "/", .token = token);
	assert_has(&g, "A device is blocked");
	assert_has(&g, "<b><bdi>Telephone</bdi></b>");
	assert_has(&g, "Whom to ask: <b><bdi>Room 101</bdi></b>");
	blocked(&v, "02-aa-00-00-00-32");
	g = ASK(&w, .path = arena_printf(w.arena, "/key/%s", v.key.id.s),
	    .token = token);
	assert_has(&g, "2 devices are blocked");
	world_close(&w);
}

/* --- without TLS --- */

static struct got
bare(const char *peer, const char *host, const char *path, const char *query)
{
	struct request *rq = arena_get(w.arena, sizeof(*rq));
	struct reply *rp = arena_get(w.arena, sizeof(*rp));
	struct got g;

	*rq = (struct request){.arena = w.arena,
	    .method = HTTP_GET,
	    .path = path,
	    .query = query,
	    .now = w.now};
	rq->peer.s6_addr[10] = rq->peer.s6_addr[11] = 0xff;
	assert_int_equal(inet_pton(AF_INET, peer, &rq->peer.s6_addr[12]), 1);
	rp->arena = w.arena;
	app_plain(w.app, host, rq, rp);
	g = (struct got){rp->status, arena_text(w.arena, buf_str(&rp->body)),
	    rp, rp->body.len};
	buf_own(&rp->body);
	return g;
}

static const struct {
	const char *host, *path;
	int status;
	const char *body;
} questions[] = {
    {"captive.apple.com", "/hotspot-detect.html", 200,
	"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"},
    {"www.apple.com", "/library/test/success.html", 200,
	"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"},
    {"connectivitycheck.gstatic.com", "/generate_204", 204, ""},
    {"www.google.com", "/gen_204", 204, ""},
    {"www.msftconnecttest.com", "/connecttest.txt", 200,
	"Microsoft Connect Test"},
    {"ipv6.msftconnecttest.com", "/connecttest.txt", 200,
	"Microsoft Connect Test"},
    {"www.msftncsi.com", "/ncsi.txt", 200, "Microsoft NCSI"},
    {"detectportal.firefox.com", "/success.txt", 200, "success\n"},
    {"nmcheck.gnome.org", "/check_network_status.txt", 200,
	"NetworkManager is online\n"},
    {"network-test.debian.org", "/nm", 200, "NetworkManager is online\n"},
};

TEST(a_device_that_is_captive_is_shown_the_way_whatever_it_asks)
{
	struct got g;

	world_open(&w, "}\ncaptive { networks = {\"10.20.0.0/16\"}");
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		g = bare("10.20.0.9", questions[i].host, questions[i].path, "");
		assert_int_equal(g.status, 302);
		assert_string_equal(got_header(&g, "location"),
		    "https://wifi.example.org/captive");
		assert_string_equal(
		    got_header(&g, "cache-control"), "no-store");
	}
	g = bare("10.20.0.9", "www.msftconnecttest.com", "/redirect", "");
	assert_int_equal(g.status, 302);
	g = bare("10.20.0.9", "example.com", "/", "x=https://evil.example");
	assert_string_equal(
	    got_header(&g, "location"), "https://wifi.example.org/captive");
	world_close(&w);
}

TEST(a_device_that_is_not_captive_hears_what_it_hopes_for)
{
	struct got g;

	world_open(&w, "}\ncaptive { networks = {\"10.20.0.0/16\"}");
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		g = bare("10.21.0.9", questions[i].host, questions[i].path, "");
		assert_int_equal(g.status, questions[i].status);
		assert_string_equal(g.body, questions[i].body);
		assert_null(got_header(&g, "location"));
		assert_null(got_header(&g, "strict-transport-security"));
	}
	g = bare(
	    "10.21.0.9", "evilmsftconnecttest.com", "/connecttest.txt", "");
	assert_int_equal(g.status, 404);
	g = bare("10.21.0.9", "example.com", "/", "");
	assert_int_equal(g.status, 404);
	world_close(&w);
}

TEST(who_types_the_name_only_gets_to_the_portal)
{
	struct got g;

	world_open(&w, "");
	g = bare("192.0.2.1", "wifi.example.org", "/guest", "lang=de");
	assert_int_equal(g.status, 302);
	assert_string_equal(got_header(&g, "location"),
	    "https://wifi.example.org/guest?lang=de");
	g = bare("192.0.2.1", "wifi.example.org:80", "/", "");
	assert_string_equal(
	    got_header(&g, "location"), "https://wifi.example.org/");
	g = bare("192.0.2.1", "wifi.example.org.evil.example", "/", "");
	assert_int_equal(g.status, 404);
	g = bare("192.0.2.1", "[::1]", "/", "");
	assert_int_equal(g.status, 404);
	world_close(&w);
}

/* --- the small window, and on from it --- */

TEST(the_small_window_is_known_by_how_it_calls_itself)
{
	static const char apple[] =
	    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
	    "AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
	static const char mac[] = "Mozilla/5.0 (Macintosh; Intel Mac OS X "
				  "10_15_7) AppleWebKit/605.1.15 (KHTML, like "
				  "Gecko)";
	static const char android[] =
	    "Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A; wv) "
	    "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
	    "Chrome/120.0.0.0 Mobile Safari/537.36";
	static const char *const real[] = {
	    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
	    "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
	    "Mobile/15E148 Safari/604.1",
	    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
	    "(KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0",
	    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 "
	    "Firefox/115.0",
	    "curl/8.0", ""};

	assert_true(mini_is(apple, NULL));
	assert_true(mini_is(mac, NULL));
	assert_true(mini_is(android, NULL));
	assert_true(mini_is(real[1], "com.android.captiveportallogin"));
	assert_true(mini_is(NULL, "com.google.android.captiveportallogin"));
	assert_false(mini_is(NULL, NULL));
	for (size_t i = 0; i < sizeof(real) / sizeof(*real); i++)
		assert_false(mini_is(real[i], NULL));
}

static struct got
post(const char *path, const char *body)
{
	return ASK(&w, .method = HTTP_POST, .path = path, .body = body,
	    .origin = "https://wifi.example.org", .site = "same-origin");
}

/* The code on a page. */
static const char *
code_on(const struct got *g)
{
	static const char want[] = "class=\"password\"";
	const char *at = strstr(g->body, want);

	assert_non_null(at);
	at = strstr(at + 1, want);
	assert_non_null(at);
	at = strchr(at, '>') + 1;
	return arena_copy(w.arena, at, strcspn(at, "<"));
}

TEST(six_characters_go_on_in_another_browser)
{
	const char *code;
	struct got g;

	world_open(&w, "");
	g = post("/captive/code", "to=%2Fregister%2F02-aa-00-00-00-31");
	assert_int_equal(g.status, 200);
	assert_has(&g, "wifi.example.org/c");
	assert_has(&g, "<svg");
	code = code_on(&g);
	assert_int_equal(strlen(code), 6);
	/* what fetches links ahead uses nothing up */
	g = ASK(&w, .path = arena_printf(w.arena, "/c/%s", code));
	assert_has(&g, code);
	g = ASK(&w, .path = arena_printf(w.arena, "/c/%s", code),
	    .method = HTTP_HEAD);
	assert_int_equal(g.status, 200);
	g = post("/c", arena_printf(w.arena, "code=%s", code));
	assert_goes(&g, "/register/02-aa-00-00-00-31");
	g = post("/c", arena_printf(w.arena, "code=%s", code));
	assert_int_equal(g.status, 200);
	assert_has(&g, "This code does not work");
	world_close(&w);
}

TEST(a_code_leads_to_pages_of_ours_and_for_ten_minutes)
{
	static const char *const away[] = {"https%3A%2F%2Fevil.example",
	    "%2F%2Fevil.example", "%2Fsignin%2Fx", "%2Fnowhere", ""};
	const char *code;
	struct got g;

	world_open(&w, "");
	for (size_t i = 0; i < sizeof(away) / sizeof(*away); i++) {
		g = post(
		    "/captive/code", arena_printf(w.arena, "to=%s", away[i]));
		code = code_on(&g);
		g = post("/c", arena_printf(w.arena, "code=%s", code));
		assert_goes(&g, "/");
	}
	g = post("/captive/code", "to=%2F");
	code = code_on(&g);
	w.now += 601;
	g = post("/c", arena_printf(w.arena, "code=%s", code));
	assert_has(&g, "This code does not work");
	/* another site cannot make or use one */
	g = ASK(&w, .method = HTTP_POST, .path = "/captive/code",
	    .body = "to=/", .origin = "https://evil.example",
	    .site = "cross-site");
	assert_int_equal(g.status, 403);
	world_close(&w);
}

TEST(guessing_codes_is_slowed_down)
{
	int slowed = 0;

	world_open(&w, "");
	for (int i = 0; i < 14; i++) {
		struct got g = ASK(&w, .method = HTTP_POST, .path = "/c",
		    .body = "code=aaaaaa", .peer = "192.0.2.9",
		    .origin = "https://wifi.example.org");
		slowed += g.status == 429;
	}
	assert_true(slowed >= 3);
	world_close(&w);
}
