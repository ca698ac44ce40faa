/*
 * body.h - bodies and answers that are no noun
 */
#pragma once

#include "core/model/noun.h"

struct api_body {
	int state;
	char reason[200], name[NAME_MAX_ + 1], room[NAME_MAX_ + 1];
	char mail[MAIL_MAX + 1], language[16];
	struct uid plan, id;
	char form[16], group[ROLE_NAME_MAX + 1];
	int64_t count, overlap, not_after, arrival, departure, seq, at;
	int devices_max;
	bool blocked, manager;
	char passphrase[64 + 1], code[16], secret[80];
	char actor[160], act[48], noun[16], what[UID_LEN + 1], detail[8192];
};
