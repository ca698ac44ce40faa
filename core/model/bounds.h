/*
 * bounds.h - what machines and crowds meet first
 *
 * Bounds of the portal and of the responder, here so that `latchkey limits` can
 * name them beside those of core/. What stands for one file only stands there.
 */
#pragma once

/* Any request of the portal. */
enum {
	HTTP_HEADERS_MAX = 100,    /* more: 431 */
	HTTP_HEAD_MAX = 16384,     /* octets of request line and headers */
	HTTP_BODY_MAX = 64 * 1024, /* of a form; uploads have a route flag */
	HTTP_UPLOAD_MAX = 8 << 20,
	HTTP_ARENA_MAX = 16 << 20, /* memory one request may take */
	HTTP_ARGS_MAX = 4,
	HTTP_REPLY_MAX = 32 << 20,
};

/* The REST API. */
enum {
	API_PAGE = 100, /* of a list, when not said */
	API_PAGE_MAX = 500,
	API_DEPTH = 8,          /* of JSON */
	API_NAME_MAX = 100,     /* octets of an Idempotency-Key */
	API_ANSWER_MAX = 262144 /* octets of an answer that is kept */
};

/* Directories (SCIM). */
enum {
	SCIM_PAGE = 100,         /* of a list, when not said */
	SCIM_BODY_MAX = 3 << 20, /* octets of a group */
	SCIM_SCAN_MAX = 100000,  /* looked at for a filter */
	SCIM_TRIES = 3,          /* of a PATCH while others change the same */
};

enum {
	FILTER_TEXT_MAX = 4096, /* octets */
	FILTER_NODES_MAX = 200,
	FILTER_DEPTH_MAX = 20, /* of brackets */
};

enum {
	PATCH_MAX = 1000,       /* operations of a request */
	PATCH_GROWTH = 8 << 20, /* octets that all of them may write */
};

/* How often. */
enum {
	THROTTLE_PLACES = 8192,
	THROTTLE_DEPTH = 60000, /* ms that fill an empty bucket */
	THROTTLE_ADDRESS = 500, /* ms a try of an address costs: 120 at once */
	THROTTLE_PERSON = 3000, /* of a person: 20 at once */
	THROTTLE_TOKEN = 100,   /* of a machine: 600 at once, 10 a second */
	THROTTLE_MISS = 6000,   /* a wrong code costs an address: 10 at once */
	THROTTLE_MISSES = 10,   /* wrong codes a second, all together */
};

/* The responder. */
enum {
	/* Searches of one device, of one access point; refusals of devices
	 * that are not known, of one access point. */
	BUDGET_DEVICE_BURST = 6,
	BUDGET_DEVICE_HOUR = 1200,
	BUDGET_AP_BURST = 100,
	BUDGET_AP_HOUR = 36000,
	BUDGET_UNKNOWN_BURST = 2000,
	BUDGET_UNKNOWN_HOUR = 36000,
};
