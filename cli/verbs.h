/*
 * verbs.h - the functions behind the table of verbs.c
 */
#pragma once

#include "cli/cli.h"

typedef int cli_verb(struct cli *c, const struct verb *v);

cli_verb verb_init, verb_check_config, verb_run, verb_backup, verb_restore,
    verb_migrate, verb_db_move, verb_ring_rotate, verb_doctor, verb_limits,
    verb_version, verb_admin_link;
cli_verb verb_audit_verify, verb_audit_list, verb_audit_export;
cli_verb verb_network_add, verb_network_list, verb_network_show,
    verb_network_set, verb_network_remove;
cli_verb verb_plan_add, verb_plan_list, verb_plan_show, verb_plan_set,
    verb_plan_remove;
cli_verb verb_rule_add, verb_rule_list, verb_rule_show, verb_rule_set,
    verb_rule_remove;
cli_verb verb_ap_add, verb_ap_list, verb_ap_show, verb_ap_set, verb_ap_remove,
    verb_ap_psk, verb_ap_why;
cli_verb verb_person_add, verb_person_list, verb_person_show, verb_person_state;
cli_verb verb_key_issue, verb_key_list, verb_key_show, verb_key_reveal,
    verb_key_revoke, verb_key_suspend, verb_key_restore, verb_key_rotate,
    verb_key_extend, verb_key_rename;
cli_verb verb_token_add, verb_token_list, verb_token_revoke;
cli_verb verb_device_add, verb_device_list, verb_device_rename,
    verb_device_remove, verb_device_block, verb_device_unblock;
cli_verb verb_unit_add, verb_unit_list, verb_unit_show, verb_unit_set,
    verb_unit_remove, verb_unit_state, verb_unit_members, verb_unit_member,
    verb_unit_leave, verb_pool_list, verb_pool_leases;
cli_verb verb_webhook_add, verb_webhook_list, verb_webhook_show,
    verb_webhook_set, verb_webhook_remove, verb_webhook_secret,
    verb_webhook_test, verb_webhook_log;
cli_verb verb_outbox_list, verb_outbox_retry;
cli_verb verb_voucher_add, verb_voucher_list, verb_voucher_batches,
    verb_voucher_codes, verb_voucher_withdraw;
cli_verb verb_rotation_start, verb_rotation_list, verb_rotation_show,
    verb_rotation_keys, verb_rotation_stop, verb_rotation_continue,
    verb_rotation_end;
cli_verb verb_export;
cli_verb verb_person_merge, verb_person_forget;
cli_verb verb_key_import, verb_person_import;
