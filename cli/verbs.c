#include "cli/verbs.h"

/* clang-format off */
#define NETWORK network_fields
#define PLAN plan_fields
#define RULE rule_fields
#define AP ap_fields
#define PERSON person_fields
#define KEY key_fields
#define TOKEN token_fields
#define DEVICE device_fields
#define UNIT unit_fields
#define OUTBOX outbox_fields
#define VOUCHER voucher_fields
#define WEBHOOK webhook_fields

const struct verb verbs[] = {
	{"init", "", "", "make configuration, master key, store; print the first administrator's link", CLI_NOTHING, verb_init, NULL},
	{"run", "", "", "start portal and responder, and keep them running", CLI_CONF, verb_run, NULL},
	{"check-config", "", "[--show yes | --sample yes]", "check the configuration and the files it names; print every setting, or a file to begin with", CLI_NOTHING, verb_check_config, NULL},
	{"admin-link", "", "", "print a new one-time link for an administrator", CLI_STORE, verb_admin_link, NULL},
	{"backup", "", "FILE", "copy the store while it is in use", CLI_STORE, verb_backup, NULL},
	{"restore", "", "FILE", "put a copy in place of the store; what was revoked stays so", CLI_CONF, verb_restore, NULL},
	{"db", "move", "--to sqlite|pgsql", "move the store to the other engine of the configuration; Latchkey must be stopped", CLI_CONF, verb_db_move, NULL},
	{"ring", "rotate", "[--wait SECONDS]", "a new master key for everything, while Latchkey runs; goes on with one that was cut short", CLI_STORE, verb_ring_rotate, NULL},
	{"migrate", "", "", "bring the store to this version", CLI_CONF, verb_migrate, NULL},
	{"doctor", "", "", "say what is wrong and how to mend it", CLI_NOTHING, verb_doctor, NULL},
	{"limits", "", "", "every bound of this program", CLI_NOTHING, verb_limits, NULL},
	{"version", "", "", "which version this is", CLI_NOTHING, verb_version, NULL},

	{"export", "", "--network NETWORK [--form psk-file|vlan-file|csv] [--ap AP|--group GROUP] [--out FILE [--watch yes]]", "passwords for access points without a connection; this is recorded", CLI_STORE, verb_export, NULL},
	{"audit", "verify", "[--head HASH --seq N]", "check that the record of acts is whole", CLI_STORE, verb_audit_verify, NULL},
	{"audit", "list", "[--act ACT] [--limit N]", "the latest acts", CLI_STORE, verb_audit_list, NULL},
	{"audit", "export", "[--after SEQ]", "the record of acts as lines of JSON, oldest first, and the head of its chain", CLI_STORE, verb_audit_export, NULL},

	{"network", "add", "--ssid TEXT ...", "add a network", CLI_STORE, verb_network_add, NETWORK},
	{"network", "list", "", "all networks", CLI_STORE, verb_network_list, NETWORK},
	{"network", "show", "NETWORK", "one network", CLI_STORE, verb_network_show, NETWORK},
	{"network", "set", "NETWORK --FIELD VALUE ...", "change a network", CLI_STORE, verb_network_set, NETWORK},
	{"network", "remove", "NETWORK", "remove a network that nothing depends on", CLI_STORE, verb_network_remove, NETWORK},

	{"plan", "add", "--name TEXT --network NETWORK ...", "add a plan", CLI_STORE, verb_plan_add, PLAN},
	{"plan", "list", "", "all plans", CLI_STORE, verb_plan_list, PLAN},
	{"plan", "show", "PLAN", "one plan", CLI_STORE, verb_plan_show, PLAN},
	{"plan", "set", "PLAN --FIELD VALUE ... [--effect now|join]", "change a plan", CLI_STORE, verb_plan_set, PLAN},
	{"plan", "remove", "PLAN", "remove a plan that nothing depends on", CLI_STORE, verb_plan_remove, PLAN},

	{"rule", "add", "--value TEXT --plan PLAN ...", "give a sign-in group a plan or roles", CLI_STORE, verb_rule_add, RULE},
	{"rule", "list", "", "all rules, in their order", CLI_STORE, verb_rule_list, RULE},
	{"rule", "show", "RULE", "one rule", CLI_STORE, verb_rule_show, RULE},
	{"rule", "set", "RULE --FIELD VALUE ...", "change a rule", CLI_STORE, verb_rule_set, RULE},
	{"rule", "remove", "RULE", "remove a rule", CLI_STORE, verb_rule_remove, RULE},

	{"ap", "add", "--name TEXT --address ADDR --secret-file FILE ...", "add an access point", CLI_STORE, verb_ap_add, AP},
	{"ap", "list", "", "all access points", CLI_STORE, verb_ap_list, AP},
	{"ap", "show", "AP", "one access point", CLI_STORE, verb_ap_show, AP},
	{"ap", "set", "AP --FIELD VALUE ... [--secret-file FILE]", "change an access point", CLI_STORE, verb_ap_set, AP},
	{"ap", "remove", "AP", "remove an access point", CLI_STORE, verb_ap_remove, AP},
	{"ap", "psk", "AP", "print its name and key for RADIUS over TLS; this is recorded", CLI_STORE, verb_ap_psk, NULL},
	{"ap", "why", "[MAC]", "why devices were refused of late", CLI_CONF, verb_ap_why, NULL},

	{"person", "add", "--name TEXT ...", "add a person without single sign-on", CLI_STORE, verb_person_add, PERSON},
	{"person", "list", "[SEARCH]", "people, latest sign-in first", CLI_STORE, verb_person_list, PERSON},
	{"person", "show", "PERSON", "one person, and their groups", CLI_STORE, verb_person_show, PERSON},
	{"person", "import", "FILE|- [--dry-run yes] [--result FILE] | --template yes", "add or change many people from a table", CLI_STORE, verb_person_import, NULL},
	{"person", "merge", "FROM INTO", "two are one: passwords, devices and units move, the first one ends", CLI_STORE, verb_person_merge, NULL},
	{"person", "forget", "PERSON --sure yes", "delete what is stored about a person; passwords end", CLI_STORE, verb_person_forget, NULL},
	{"person", "state", "PERSON STATE [--reason TEXT] [--from TIME]", "make a person active, suspended or ended", CLI_STORE, verb_person_state, NULL},

	{"unit", "add", "--name TEXT ...", "add a flat, a room, a company", CLI_STORE, verb_unit_add, UNIT},
	{"unit", "list", "", "all units", CLI_STORE, verb_unit_list, UNIT},
	{"unit", "show", "UNIT", "one unit", CLI_STORE, verb_unit_show, UNIT},
	{"unit", "set", "UNIT --FIELD VALUE ...", "change a unit", CLI_STORE, verb_unit_set, UNIT},
	{"unit", "remove", "UNIT", "remove a unit that nothing depends on", CLI_STORE, verb_unit_remove, UNIT},
	{"unit", "state", "UNIT STATE [--reason TEXT]", "make a unit active, suspended or ended", CLI_STORE, verb_unit_state, NULL},
	{"unit", "members", "UNIT", "who belongs to a unit", CLI_STORE, verb_unit_members, NULL},
	{"unit", "member", "UNIT PERSON [--manager yes]", "let a person belong to a unit, or manage it", CLI_STORE, verb_unit_member, NULL},
	{"unit", "leave", "UNIT PERSON", "let a person leave a unit", CLI_STORE, verb_unit_leave, NULL},
	{"rotation", "start", "--name TEXT --per-hour N --plan PLAN|--network NETWORK|--unit UNIT|--group GROUP [--overlap 24h] [--hours \"mon-fri 08:00-16:00\"]", "renew many passwords, so many an hour", CLI_STORE, verb_rotation_start, NULL},
	{"rotation", "list", "", "rotations, and how far they are", CLI_STORE, verb_rotation_list, NULL},
	{"rotation", "show", "ROTATION", "how far one is, in passwords and devices", CLI_STORE, verb_rotation_show, NULL},
	{"rotation", "keys", "ROTATION", "each password of one, and its devices", CLI_STORE, verb_rotation_keys, NULL},
	{"rotation", "stop", "ROTATION", "no further passwords for now", CLI_STORE, verb_rotation_stop, NULL},
	{"rotation", "continue", "ROTATION", "go on where it was stopped", CLI_STORE, verb_rotation_continue, NULL},
	{"rotation", "end", "ROTATION", "leave out those that wait", CLI_STORE, verb_rotation_end, NULL},
	{"voucher", "add", "--plan PLAN [--count N] [--name TEXT] [--uses N] [--departure TIME] ...", "make codes that turn into a guest's password", CLI_STORE, verb_voucher_add, VOUCHER},
	{"voucher", "list", "[SEARCH] [--state asked|open|used|over]", "vouchers", CLI_STORE, verb_voucher_list, VOUCHER},
	{"voucher", "batches", "", "batches of vouchers, and how many are left", CLI_STORE, verb_voucher_batches, NULL},
	{"voucher", "codes", "BATCH", "the codes of a batch that are left, as a table; this is recorded", CLI_STORE, verb_voucher_codes, NULL},
	{"voucher", "withdraw", "VOUCHER | --batch BATCH", "nobody redeems it any more", CLI_STORE, verb_voucher_withdraw, NULL},
	{"pool", "list", "", "pools of VLANs, and how full they are", CLI_STORE, verb_pool_list, NULL},
	{"pool", "leases", "PLAN", "who holds which VLAN of a plan's pool", CLI_STORE, verb_pool_leases, NULL},

	{"key", "issue", "--person PERSON | --unit UNIT [--plan PLAN] [--kind personal|thing|guest] [--name TEXT] [--not-before TIME] [--not-after TIME] [--devices-max N] [--passphrase-file FILE|-]", "make a Wi-Fi password", CLI_STORE, verb_key_issue, NULL},
	{"key", "import", "FILE|- [--dry-run yes] [--plan PLAN] [--result FILE] [--passphrases yes] | --template yes", "make many passwords from a table; running it again changes nothing", CLI_STORE, verb_key_import, NULL},
	{"key", "list", "[SEARCH] [--person PERSON]", "passwords, masked", CLI_STORE, verb_key_list, KEY},
	{"key", "show", "KEY", "one password, masked", CLI_STORE, verb_key_show, KEY},
	{"key", "reveal", "KEY", "print the password; this is recorded", CLI_STORE, verb_key_reveal, NULL},
	{"key", "revoke", "KEY [--reason TEXT]", "end a password for good, at once", CLI_STORE, verb_key_revoke, NULL},
	{"key", "suspend", "KEY [--reason TEXT]", "stop a password for now", CLI_STORE, verb_key_suspend, NULL},
	{"key", "restore", "KEY", "let a suspended password work again", CLI_STORE, verb_key_restore, NULL},
	{"key", "rotate", "KEY [--overlap 24h]", "a new password; the old one ends after the overlap", CLI_STORE, verb_key_rotate, KEY},
	{"key", "extend", "KEY --not-after TIME|never", "move the end of a password", CLI_STORE, verb_key_extend, NULL},
	{"key", "rename", "KEY NAME", "give a password another name", CLI_STORE, verb_key_rename, NULL},

	{"token", "add", "--name TEXT --scopes read,keys ... [--issuer URL] [--expires TIME]", "make a token for a machine; it is shown once", CLI_STORE, verb_token_add, TOKEN},
	{"token", "list", "", "tokens, and when they were last used", CLI_STORE, verb_token_list, TOKEN},
	{"token", "revoke", "TOKEN", "end a token, at once", CLI_STORE, verb_token_revoke, NULL},
	{"outbox", "list", "[--state waiting|done|dead] [--kind mail|sms|webhook] [--limit N]", "letters and messages, newest first", CLI_STORE, verb_outbox_list, OUTBOX},
	{"outbox", "retry", "ID|dead", "try again what could not be sent", CLI_STORE, verb_outbox_retry, NULL},
	{"webhook", "add", "--name TEXT --url URL [--events key.*,person.state]", "tell a machine what happens; its secret is shown once", CLI_STORE, verb_webhook_add, WEBHOOK},
	{"webhook", "list", "", "machines that are told", CLI_STORE, verb_webhook_list, WEBHOOK},
	{"webhook", "show", "WEBHOOK", "one of them", CLI_STORE, verb_webhook_show, WEBHOOK},
	{"webhook", "set", "WEBHOOK --FIELD VALUE ...", "change one, or pause it: --state paused", CLI_STORE, verb_webhook_set, WEBHOOK},
	{"webhook", "remove", "WEBHOOK", "remove one, and its log", CLI_STORE, verb_webhook_remove, NULL},
	{"webhook", "secret", "WEBHOOK", "another secret, at once; it is shown once", CLI_STORE, verb_webhook_secret, NULL},
	{"webhook", "test", "WEBHOOK", "tell it something, to see whether it hears", CLI_STORE, verb_webhook_test, NULL},
	{"webhook", "log", "WEBHOOK [--state waiting|done|dead] [--limit N]", "what it was told, newest first; `outbox retry ID` tells it again", CLI_STORE, verb_webhook_log, OUTBOX},
	{"device", "add", "KEY|PERSON MAC [--name TEXT]", "let a device in before it was seen", CLI_STORE, verb_device_add, DEVICE},
	{"device", "list", "--person PERSON | --key KEY", "somebody's devices", CLI_STORE, verb_device_list, DEVICE},
	{"device", "rename", "DEVICE NAME", "give a device another name", CLI_STORE, verb_device_rename, NULL},
	{"device", "remove", "DEVICE", "forget a device; it joins again by its password", CLI_STORE, verb_device_remove, NULL},
	{"device", "block", "DEVICE", "keep a device out, whichever password it has", CLI_STORE, verb_device_block, NULL},
	{"device", "unblock", "DEVICE", "let a blocked device in again", CLI_STORE, verb_device_unblock, NULL},
};

const size_t verbs_count = sizeof(verbs) / sizeof(verbs[0]);
