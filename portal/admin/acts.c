/* What is done here, as the audit says it to people. A test holds this list
 * and the acts that services record together. */
#include <string.h>

#include "core/base/say.h"
#include "portal/admin/spoken.h"
#include "portal/web/tpl.h"

static const struct {
	const char *act, *words;
} acts[] = {
    {"ap.add", SAY("Access point added")},
    {"ap.psk", SAY("TLS key of an access point shown")},
    {"ap.remove", SAY("Access point removed")},
    {"ap.set", SAY("Access point changed")},
    {"audit.trim", SAY("Old audit entries deleted")},
    {"batch.end", SAY("Guest batch finished")},
    {"batch.make", SAY("Guest batch started")},
    {"batch.stop", SAY("Guest batch stopped")},
    {"device.block", SAY("Device blocked")},
    {"device.register", SAY("Device registered")},
    {"device.remove", SAY("Device forgotten")},
    {"device.rename", SAY("Device renamed")},
    {"device.unblock", SAY("Device let in again")},
    {"key.devices", SAY("Number of devices changed")},
    {"key.end", SAY("End of a password changed")},
    {"key.expire", SAY("Password expired")},
    {"key.export", SAY("Passwords exported")},
    {"key.import", SAY("Password imported")},
    {"key.issue", SAY("Password issued")},
    {"key.moved", SAY("Old password closed, all devices have moved")},
    {"key.plan", SAY("Plan of a password changed")},
    {"key.purge", SAY("Old password deleted")},
    {"key.quota", SAY("Data allowance used up")},
    {"key.quota-over", SAY("New data allowance began")},
    {"key.rename", SAY("Password renamed")},
    {"key.restore", SAY("Password restored")},
    {"key.reveal", SAY("Password shown")},
    {"key.revoke", SAY("Password revoked")},
    {"key.rotate", SAY("Password renewed")},
    {"key.suspend", SAY("Password suspended")},
    {"network.add", SAY("Network added")},
    {"network.remove", SAY("Network removed")},
    {"network.set", SAY("Network changed")},
    {"outbox.retry", SAY("Message tried again")},
    {"own.tie", SAY("Number in another system noted")},
    {"person.add", SAY("Person added")},
    {"person.export", SAY("Own data taken out")},
    {"person.forget", SAY("Person forgotten")},
    {"person.language", SAY("Language chosen")},
    {"person.link", SAY("Sign-in link mailed")},
    {"person.merge", SAY("Two people merged into one")},
    {"person.plan-state", SAY("Change of a person's state planned")},
    {"person.roles", SAY("Roles of a person changed")},
    {"person.set", SAY("Person changed")},
    {"person.sign-in", SAY("Signed in, with new details")},
    {"person.signed-out", SAY("New sign-in asked for")},
    {"person.state", SAY("State of a person changed")},
    {"person.terms", SAY("Terms accepted")},
    {"plan.add", SAY("Plan added")},
    {"plan.disconnect", SAY("Devices of a plan disconnected")},
    {"plan.remove", SAY("Plan removed")},
    {"plan.set", SAY("Plan changed")},
    {"rotation.done", SAY("Renewal of many passwords finished")},
    {"rotation.end", SAY("Renewal of many passwords ended early")},
    {"rotation.go-on", SAY("Renewal of many passwords went on")},
    {"rotation.start", SAY("Renewal of many passwords started")},
    {"rotation.stop", SAY("Renewal of many passwords stopped")},
    {"rule.add", SAY("Rule added")},
    {"rule.remove", SAY("Rule removed")},
    {"rule.set", SAY("Rule changed")},
    {"scim.group-add", SAY("Directory added a group")},
    {"scim.group-change", SAY("Directory changed a group")},
    {"scim.group-join", SAY("Directory put a person into a group")},
    {"scim.group-leave", SAY("Directory took a person out of a group")},
    {"scim.group-remove", SAY("Directory removed a group")},
    {"scim.user-add", SAY("Directory added a person")},
    {"scim.user-change", SAY("Directory changed a person")},
    {"scim.user-remove", SAY("Directory removed a person")},
    {"session.close", SAY("Signed out")},
    {"session.close-all", SAY("Signed out everywhere")},
    {"session.close-provider", SAY("Signed out by the sign-in service")},
    {"session.open", SAY("Signed in")},
    {"setup.link", SAY("Link for an administrator made")},
    {"setup.redeem", SAY("Link for an administrator used")},
    {"signin.refused", SAY("Sign-in refused")},
    {"store.backup", SAY("Backup made")},
    {"store.backup_begin", SAY("Backup begun")},
    {"store.create", SAY("Store made")},
    {"store.move", SAY("Store moved")},
    {"store.reseal", SAY("Replacing the master key began")},
    {"store.resealed", SAY("Master key replaced")},
    {"store.restore", SAY("Backup restored")},
    {"store.table", SAY("List saved as a table")},
    {"token.add", SAY("Token made")},
    {"token.revoke", SAY("Token revoked")},
    {"unit.add", SAY("Unit added")},
    {"unit.invite", SAY("Invitation to a unit made")},
    {"unit.join", SAY("Unit joined")},
    {"unit.leave", SAY("Unit left")},
    {"unit.member", SAY("Member of a unit added or changed")},
    {"unit.remove", SAY("Unit removed")},
    {"unit.set", SAY("Unit changed")},
    {"unit.state", SAY("State of a unit changed")},
    {"voucher.approve", SAY("Guest approved")},
    {"voucher.ask", SAY("Guest asked a sponsor")},
    {"voucher.batch", SAY("Vouchers made")},
    {"voucher.make", SAY("Guest pass made")},
    {"voucher.print", SAY("Vouchers printed")},
    {"voucher.redeem", SAY("Guest pass redeemed")},
    {"voucher.refuse", SAY("Guest refused")},
    {"voucher.withdraw", SAY("Guest pass withdrawn")},
    {"webhook.add", SAY("Webhook added")},
    {"webhook.pause", SAY("Webhook paused")},
    {"webhook.remove", SAY("Webhook removed")},
    {"webhook.secret", SAY("Another secret for a webhook made")},
    {"webhook.set", SAY("Webhook changed")},
    {"webhook.test", SAY("Webhook tested")},
};

/* What is told or sent without being an act of the audit. */
static const struct {
	const char *act, *words;
} told[] = {
    {"device.first_seen", SAY("Device seen for the first time")},
    {"device.refused", SAY("Device refused")},
    {"letter.code", SAY("Letter with a code")},
    {"letter.link", SAY("Letter with a sign-in link")},
    {"letter.pass", SAY("Letter with a guest pass")},
    {"letter.sponsor", SAY("Question to a sponsor")},
    {"message.code", SAY("Text message with a code")},
    {"notice.ending", SAY("Letter: a password ends soon")},
    {"notice.made", SAY("Letter about a new password")},
    {"notice.rotated", SAY("Letter about a renewed password")},
    {"voucher.low", SAY("Few vouchers left")},
};

const char *
spoken_act_at(size_t i)
{
	return i < sizeof(acts) / sizeof(*acts) ? acts[i].act : NULL;
}

const char *
spoken_act(int lang, const char *act)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++)
		if (strcmp(acts[i].act, act) == 0)
			return tpl_said(lang, acts[i].words);
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
		if (strcmp(told[i].act, act) == 0)
			return tpl_said(lang, told[i].words);
	return act;
}
